"""Notices: every elector is told of what will be decided, and the ledger holds by whom it is proven to have reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from phyle.clock import now
from phyle.conversation import posts, publishing
from phyle.conversation.publishing import Draft
from phyle.cooperative import people, wording
from phyle.cooperative.agora import page
from phyle.cooperative.circles import AGORA, circle
from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.draws import Commitment, Draw
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.proposals import needs_notice
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.ledger import acts, reading, signing
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

AT_ONCE = 200
"""Electors who are told at one look. Each has a message of their own: who else is an elector is for members to see."""
PATIENCE = timedelta(hours=1)
"""So long is waited for servers that do not answer; then the ledger says that their people were not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    """What is told, and the act by which the ledger hears of it, if it must. `version`: another text is told anew.
    `whom`: the members who are told, None for all electors."""

    subject: str
    version: str
    says: str
    act: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    whom: frozenset[str] | None = None

    @property
    def name(self) -> str:
        return f"{self.subject}/{self.version}"


async def look(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: whatever needs notice is told, and once the word has gone out that is entered."""
    for notice in [*await _of_proposals(tx), *await _of_assemblies(tx), *await _of_draws(tx)]:
        told = [row["post"] for row in await tx.rows(SQL.told, notice.name, f"{notice.name}0")]
        electors_now = await _whom(tx)
        whom = {id: actor for id, actor in electors_now.items() if notice.whom is None or id in notice.whom}
        addressed = {row["actor"] for row in await tx.rows(SQL.addressed, told)}
        missing = [actor for actor in whom.values() if actor and not actor.gone and actor.id not in addressed]
        if missing:
            await _tell(tx, notice, missing, first=len(told))
        elif notice.act:
            await _prove(tx, notice, told, whom)


async def _of_proposals(tx: Tx) -> list[_Notice]:
    found = []
    for row in await tx.rows(SQL.unnoticed_proposals):
        proposal = await reading.get(tx, Proposal, row["id"])
        if proposal is not None and proposal.assembly is None and await _needed(tx, proposal):
            says = f"will be decided from {wording.day(proposal.until)} on: {proposal.title}\n\n"
            says += page(tx, f"proposals/{row['id']}")
            payload = {"proposal": row["id"]}
            notice = _Notice(subject=row["id"], version=proposal.text[:16], says=says, act="noticed", payload=payload)
            found.append(notice)
    return found


async def _needed(tx: Tx, proposal: Proposal) -> bool:
    state = await reading.load(tx)
    return await reading.knowing(tx, state, lambda: needs_notice(power_over(state, charter(state), proposal)))


async def _of_assemblies(tx: Tx) -> list[_Notice]:
    found = []
    for row in await tx.rows(SQL.unnoticed_assemblies):
        assembly = await reading.get(tx, Assembly, row["id"])
        if assembly is not None:
            link = page(tx, f"assemblies/{row['id']}")
            says = f"the assembly meets on {wording.day(assembly.opens)}.\n\n{link}"
            payload = {"assembly": row["id"]}
            found.append(_Notice(subject=row["id"], version="call", says=says, act="assembly_noticed", payload=payload))
    return found


async def _of_draws(tx: Tx) -> list[_Notice]:
    """A draw waits for secrets of members, and then for those who gave one to reveal it."""
    found = []
    for row in await tx.rows(SQL.waiting_draws):
        draw = await reading.get(tx, Draw, row["id"])
        if draw is None:
            continue
        until, link = wording.day(draw.until), page(tx, f"draws/{row['id']}")
        whom: frozenset[str] | None = None
        says = f"a lot is drawn. Add words of your own until {until}, so that nobody can choose who wins."
        if draw.phase == "revealing":
            says = f"the draw by lot waits for your words: give the same ones again until {until}, or it may fail."
            given = await reading.group(tx, Commitment, f"{row['id']}.{draw.round}")
            whom = frozenset(key.partition("/")[2] for key in given)
        version = f"{draw.phase}{draw.round}."
        found.append(_Notice(subject=row["id"], version=version, says=f"{says}\n\n{link}", whom=whom))
    return found


async def _whom(tx: Tx) -> dict[str, Actor | None]:
    """The electors now, and their accounts as far as they are known."""
    state = await reading.load(tx)
    members = await reading.knowing(tx, state, lambda: electors(state))
    numbers = await people.actors_of(tx, members)
    known = await actors.by_ids(tx, numbers.values())
    return {member: known.get(numbers[member]) if member in numbers else None for member in members}


async def _tell(tx: Tx, notice: _Notice, whom: Sequence[Actor], *, first: int) -> None:
    group = await circle(tx, AGORA)
    for number, actor in enumerate(whom[:AT_ONCE], start=first):
        draft = Draft(text=f"@{actor.acct} Notice: {notice.says}", visibility="direct")
        post = await publishing.publish_as(tx, group, draft)
        await tx.run(SQL.keep, f"{notice.name}/{number:06}", post.id)


async def _prove(tx: Tx, notice: _Notice, told: Sequence[int], whom: Mapping[str, Actor | None]) -> None:
    """Once every server has answered, or long enough was waited: by elector, how the notice reached them."""
    origin = tx.store.settings.origin
    waiting = {row["host"] for row in await tx.rows(SQL.waiting, [f"{origin}/activities/{post}" for post in told])}
    newest = await posts.by_id(tx, max(told, default=0))
    if newest is not None and waiting and now() - newest.published_at < PATIENCE:
        return
    proof = {member: _reached(actor, waiting) for member, actor in whom.items()}
    payload = {**notice.payload, "evidence": await keep_blob(tx, spell(proof))}
    nonce = signing.once(await signing.origin(tx), notice.act, notice.name)
    document = await signing.as_host(tx, notice.act, payload, nonce=nonce)
    await acts.submit_in(tx, document, author="host")


def _reached(actor: Actor | None, waiting: set[str]) -> str:
    if actor is None or actor.gone:
        return "unknown"
    if actor.local:
        return "here"
    return "unanswered" if urlsplit(actor.inbox).netloc.lower() in waiting else "delivered"
