"""The agora: what the ledger holds of proposals and ballots, as posts that anybody on any server can read and answer.

The ledger's text is what binds. Posts follow it, each job once, in the commit of the entry that it follows from.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from phyle.conversation import polls, posts, publishing
from phyle.conversation.polls import MOST_OPTIONS, PollDraft
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.cooperative import wording
from phyle.cooperative.circles import AGORA, circle
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.blobs import blob
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

DESCRIBED = "phyle:proposal"
PHASES = frozenset(("sponsor", "withdraw", "open", "decide", "execute"))
"""Entries after which a proposal may be in another phase."""
_LONGEST_SHOWN = 20_000
UNNAMED: wording.Names = {}
"""Who the members are, members see, on the pages that the posts link to. The posts of the agora are for everybody."""
ANSWERS: Mapping[str, str] = {"Agree": "for", "Abstain": "abstain", "Disagree": "against", "Block": "block"}
"""The words of a poll, and the papers that they are."""


async def tell_entered(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of Entered: the agora says what was entered about proposals and ballots."""
    tell = _TELLS.get(body["kind"])
    for seq in body["seqs"] if tell is not None or body["kind"] in PHASES else ():
        leaf = await reading.entry(tx, seq)
        if leaf is None:
            continue
        entry = orjson.loads(leaf)
        payload = entry["act"]["payload"] if "act" in entry else entry["payload"]
        if tell is not None:
            await tell(tx, seq, payload)
        if body["kind"] in PHASES:
            await _rephased(tx, payload.get("proposal") or payload["ballot"].rpartition(".")[0])


async def _rephased(tx: Tx, id: str) -> None:
    """The proposal's post says in which phase it is now, for those who read more than its text."""
    proposal, post = await reading.get(tx, Proposal, id), await post_of(tx, id, "proposal")
    said = (await posts.extension(tx, post.id) or {}) if post is not None else {}
    if proposal is None or post is None or DESCRIBED not in said:
        return
    now = {**said[DESCRIBED], "phase": proposal.phase, "until": proposal.until}
    if now != said[DESCRIBED]:
        await publishing.extend(tx, await circle(tx, AGORA), post, {**said, DESCRIBED: now})


async def post_of(tx: Tx, subject: str, role: str) -> Post | None:
    """The post of a proposal (`proposal`), a ballot (`ballot`) or a decision (`decision`), None if there is none."""
    found = await tx.value(SQL.post_of, subject, role)
    return None if found is None else await posts.by_id(tx, found)


async def subject_of(tx: Tx, post: int) -> tuple[str, str] | None:
    """What a post speaks of: the subject's id and the post's role."""
    row = await tx.row(SQL.subject_of, post)
    return None if row is None else (row["subject"], row["role"])


async def _proposed(tx: Tx, seq: int, payload: Mapping[str, Any]) -> None:
    id = payload["proposal"]
    proposal = await reading.get(tx, Proposal, id)
    if proposal is None or await post_of(tx, id, "proposal") is not None:
        return
    draft = await _draft(tx, seq, id, proposal)
    post = await publishing.publish_as(tx, await circle(tx, AGORA), draft)
    await tx.run(SQL.keep, id, "proposal", post.id)


async def _revised(tx: Tx, seq: int, payload: Mapping[str, Any]) -> None:
    id = payload["proposal"]
    proposal, post = await reading.get(tx, Proposal, id), await post_of(tx, id, "proposal")
    if proposal is not None and post is not None:
        await publishing.edit(tx, await circle(tx, AGORA), post, await _draft(tx, seq, id, proposal))


async def _draft(tx: Tx, seq: int, id: str, proposal: Proposal) -> Draft:
    text = (await blob(tx, proposal.text) or b"").decode()[:_LONGEST_SHOWN]
    says = "\n".join(f"- {wording.option(option, UNNAMED)}" for option in proposal.options)
    link = page(tx, f"proposals/{id}")
    would = f"What would happen:\n{says}" if says else ""
    # The title stands in the text, too: few clients show the name of a post.
    parts = [proposal.title, text, would, f"Answer here to deliberate. The proposal: {link}"]
    return Draft(
        text="\n\n".join(part for part in parts if part),
        title=proposal.title[:200],
        extension={DESCRIBED: await _described(tx, seq, id, proposal)},
    )


async def _described(tx: Tx, seq: int, id: str, proposal: Proposal) -> dict[str, Any]:
    return {
        "id": id,
        "ledgerIndex": seq,
        "method": proposal.method,
        "phase": proposal.phase,
        "until": proposal.until,
        "options": [
            {"label": option.label, "effects": [effect.kind for effect in option.effects]}
            for option in proposal.options
        ],
    }


async def _opened(tx: Tx, seq: int, payload: Mapping[str, Any]) -> None:
    id = payload["ballot"]
    ballot = await reading.get(tx, Ballot, id)
    if ballot is None or await post_of(tx, id, "ballot") is not None:
        return
    proposal = await reading.get(tx, Proposal, ballot.proposal)
    parent = await post_of(tx, ballot.proposal, "proposal")
    if proposal is None:
        return
    draft = await _ballot_draft(tx, seq, id, ballot, proposal, parent)
    post = await publishing.publish_as(tx, await circle(tx, AGORA), draft)
    await tx.run(SQL.keep, id, "ballot", post.id)


async def _ballot_draft(tx: Tx, seq: int, id: str, ballot: Ballot, proposal: Proposal, parent: Post | None) -> Draft:
    answers = await answers_of(tx, proposal)
    closes = datetime.fromtimestamp(ballot.closes / 1000, UTC)
    booth = page(tx, f"booth/{id}")
    if answers:
        says = (
            f"Vote until {wording.day(ballot.closes)}: {proposal.title}\n\nWhat you vote in this poll cannot be "
            f"changed and is seen by your own server; only members on the roll are counted. In the booth you can "
            f"change your vote and give a reason: {booth}"
        )
    else:
        says = f"The ballot is open until {wording.day(ballot.closes)}: {proposal.title}\n\nVote in the booth: {booth}"
    return Draft(
        text=says,
        reply_to=parent.id if parent else None,
        poll=PollDraft(
            options=answers, ends_at=closes, multiple=proposal.method == "approval", hidden=True, ballot=True
        )
        if answers
        else None,
        extension={"phyle:ballot": {"id": id, "ledgerIndex": seq, "method": proposal.method, "closes": ballot.closes}},
    )


async def answers_of(tx: Tx, proposal: Proposal) -> list[str]:
    """The options of a native poll for this proposal; none if its method or options do not fit into one."""
    if proposal.method == "yesno":
        state = await reading.load(tx)
        power = await reading.knowing(tx, state, lambda: power_over(state, charter(state), proposal))
        return [word for word, paper in ANSWERS.items() if paper != "block" or power.consent]
    labels = [option.label[: polls.LONGEST_OPTION] for option in proposal.options]
    if proposal.method == "approval" and 2 <= len(set(labels)) == len(labels) <= MOST_OPTIONS:
        return labels
    return []


async def _closed(tx: Tx, seq: int, payload: Mapping[str, Any]) -> None:
    post = await post_of(tx, payload["ballot"], "ballot")
    if post is not None and post.poll is not None:
        await polls.close(tx, post.id)


async def _decided(tx: Tx, seq: int, payload: Mapping[str, Any]) -> None:
    id, ballot_of = payload["proposal"], payload["ballot"]
    proposal, ballot = await reading.get(tx, Proposal, id), await reading.get(tx, Ballot, ballot_of)
    if proposal is None or ballot is None or await post_of(tx, ballot_of, "decision") is not None:
        return
    asked = await post_of(tx, ballot_of, "ballot")
    if asked is not None and asked.poll is not None:
        await polls.reveal(tx, asked.id, await _totals(tx, proposal, ballot), voters=ballot.papers)
    post = await publishing.publish_as(
        tx, await circle(tx, AGORA), await _result(tx, seq, id, proposal, payload, asked)
    )
    await tx.run(SQL.keep, ballot_of, "decision", post.id)


async def _totals(tx: Tx, proposal: Proposal, ballot: Ballot) -> list[int]:
    """What the poll shows: the papers of all bodies, by answer."""
    if proposal.method != "yesno":
        stages = orjson.loads(await blob(tx, ballot.stages or "") or b"{}").get("stages") or [{}]
        return [int(total) for total in stages[0].get("totals", [0] * len(proposal.options))]
    found = {
        "for": sum(count.for_ for count in ballot.counts),
        "against": sum(count.against for count in ballot.counts),
        "abstain": sum(count.abstain for count in ballot.counts),
        "block": sum(count.block for count in ballot.counts),
    }
    return [found[ANSWERS[answer]] for answer in await answers_of(tx, proposal)]


async def _result(
    tx: Tx, seq: int, id: str, proposal: Proposal, decided: Mapping[str, Any], asked: Post | None
) -> Draft:
    won = [wording.option(proposal.options[place], UNNAMED) for place in decided.get("winners", ())]
    outcome = "Passed" if decided["passed"] else "Not passed"
    until = decided.get("challenge_until", 0)
    parts = [
        f"{outcome}: {proposal.title}",
        "\n".join(won),
        "\n".join(decided["why"]),
        f"It can be challenged until {wording.day(until)}, and is executed then." if until else "",
        f"How it was counted, and how to check it: {page(tx, f'decisions/{id}')} (entry {seq} of the ledger)",
    ]
    return Draft(
        text="\n\n".join(part for part in parts if part),
        reply_to=asked.id if asked else None,
        extension={"phyle:decision": {"proposal": id, "passed": decided["passed"], "ledgerIndex": seq}},
    )


def page(tx: Tx, path: str) -> str:
    """The address of a page of the phyle."""
    return f"{tx.store.settings.origin}/phyle/{path}"


_Tell = Callable[[Tx, int, Mapping[str, Any]], Awaitable[None]]
_TELLS: Mapping[str, _Tell] = {
    "propose": _proposed,
    "revise": _revised,
    "open": _opened,
    "close": _closed,
    "decide": _decided,
}
