"""Polling: votes by a native poll, from any client, become acts; those of people who are on no roll are advisory."""

from collections.abc import Mapping
from typing import Any

from phyle.conversation import polls, posts, publishing
from phyle.conversation.polls import KeptVote
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.cooperative import agora, people, wording
from phyle.cooperative.activities.attesting import attest, still_pinned, unneeded
from phyle.cooperative.circles import AGORA, circle
from phyle.cooperative.law.ballots import Ballot, ids_of
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import acts, reading, signing
from phyle.cooperative.ledger.openings import seal
from phyle.identity import actors
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def voted(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of PollVoted: a vote in a poll of ours that is a ballot waits here until the ledger has it."""
    kept = await polls.kept_vote(tx, body["vote"]) if body["ballot"] and body["local"] and body["vote"] else None
    if kept is None:
        return
    subject = await agora.subject_of(tx, kept.post)
    if subject is not None and subject[1] == "ballot":
        await _count(tx, subject[0], kept)
    await polls.taken(tx, kept.id)
    await unneeded(tx, kept.evidence)


async def advisory(tx: Tx, ballot: str) -> list[int]:
    """How often those who are on no roll chose each option of the poll; never part of the tally."""
    rows = await tx.rows(SQL.advisory, ballot)
    found = {row["choice"]: row["votes"] for row in rows}
    return [found.get(choice, 0) for choice in range(max(found, default=-1) + 1)]


async def waiting(tx: Tx, before: int) -> bool:
    """Whether a vote that was received before (milliseconds) has not become an act yet."""
    return bool(await tx.value(SQL.waiting, before))


async def _count(tx: Tx, id: str, kept: KeptVote) -> None:
    ballot = await reading.get(tx, Ballot, id)
    member = await people.member_of(tx, kept.actor)
    if ballot is None:
        return
    on_a_roll = member is not None and await _on_a_roll(tx, ballot, member)
    if member is None or not on_a_roll or not await _provable(tx, member, kept):
        if await tx.run(SQL.advise, id, kept.actor, list(kept.choices)):
            await _say_so(tx, ballot, kept, on_a_roll=on_a_roll)
        return
    proposal = await reading.get(tx, Proposal, ballot.proposal)
    post = await posts.by_id(tx, kept.post)
    if proposal is None or post is None or post.poll is None:
        return
    titles = [option["title"] for option in post.poll["options"]]
    choice = seal("choice", paper(proposal.method, titles, kept.choices), audience="closed", about=id)
    payload = {"ballot": id, "choice": choice.commitment, "poll": True}
    received = int(kept.received_at.timestamp() * 1000)
    if kept.evidence is None:
        document = await signing.as_member(tx, member, "vote", payload)
        await acts.submit_in(tx, document, author="server-key", openings=[choice], received=received)
    else:
        await attest(tx, member, "vote", payload, [choice], request=kept.evidence)


async def _say_so(tx: Tx, ballot: Ballot, kept: KeptVote, *, on_a_roll: bool) -> None:
    """Whoever voted sees their vote in the poll; that it does not count, and why, only we can tell them."""
    actor = await actors.by_id(tx, kept.actor)
    why = "we cannot prove that it is yours: your server signs with another key than it did when you joined"
    if not on_a_roll:
        why = f"you are not on its roll, which has those who could vote when it opened on {wording.day(ballot.opened)}"
    where = agora.page(tx, f"proposals/{ballot.proposal}")
    says = f"@{actor.acct} Your vote in the poll is advice, and not part of the count: {why}.\n\n{where}"
    await publishing.publish_as(tx, await circle(tx, AGORA), Draft(text=says, visibility="direct"))


async def _provable(tx: Tx, member: str, kept: KeptVote) -> bool:
    return kept.evidence is None or await still_pinned(tx, member, await actors.by_id(tx, kept.actor))


def paper(method: str, titles: list[str], choices: Any) -> dict[str, Any]:
    """What the choices in a poll are as a paper: `titles` are the words of its options."""
    if method == "yesno":
        return {"paper": agora.ANSWERS[titles[choices[0]]]}
    return {"approve": sorted(choices)}


async def _on_a_roll(tx: Tx, ballot: Ballot, member: str) -> bool:
    state = await reading.load(tx, *(("blob", roll.roll) for roll in ballot.rolls))
    return any(member in ids_of(state, roll.roll) for roll in ballot.rolls)


async def answered(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of GroupPosted: what an elector who has voted answers to the open ballot is their reason."""
    post = await posts.by_id(tx, body["post"])
    subject = await agora.subject_of(tx, post.reply_to) if post is not None and post.reply_to else None
    if post is not None and subject is not None and subject[1] == "ballot":
        await _explain(tx, subject[0], post, body["evidence"])
    await unneeded(tx, body["evidence"])


async def _explain(tx: Tx, id: str, post: Post, request: int | None) -> None:
    ballot, member = await reading.get(tx, Ballot, id), await people.member_of(tx, post.author)
    if ballot is None or ballot.phase != "open" or member is None:
        return
    if not await _on_a_roll(tx, ballot, member) or not await voted_already(tx, id, member):
        return
    author = await actors.by_id(tx, post.author)
    reason = seal("reason", post.uri, audience="closed", about=id)
    payload = {"ballot": id, "reason": reason.commitment}
    if author.local:
        document = await signing.as_member(tx, member, "explain", payload)
        await acts.submit_in(tx, document, author="server-key", openings=[reason])
    elif request is not None and await still_pinned(tx, member, author):
        await attest(tx, member, "explain", payload, [reason], request=request)


async def voted_already(tx: Tx, ballot: str, member: str) -> bool:
    """Whether a member has handed in a paper."""
    return bool(await tx.value(SQL.voted, f"{ballot}/{member}"))
