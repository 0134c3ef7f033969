"""Proposals as people read them: text, options and effects in words, what governs them, and what is due when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.conversation.paging import Page
from phyle.cooperative import agenda, lists, seeing, wording
from phyle.cooperative.agenda import Due
from phyle.cooperative.governing import Governing, governing
from phyle.cooperative.law.ballots import ballot_id
from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.proposed import Effect, Option, Proposal
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.blobs import blob
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Missing, Refusal
from phyle.store.transaction import Tx

PHASES: Mapping[str, tuple[str, ...]] = {
    "open": ("draft", "deliberation", "balloting", "counting", "drawing", "passed", "stayed"),
    "over": ("executed", "sent_back", "failed", "withdrawn", "annulled"),
    "decided": ("passed", "stayed", "executed", "sent_back", "failed", "annulled"),
}
"""Phases together, by a word for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEffect:
    """`says`: what it would do, in a sentence."""

    kind: str
    arguments: Any
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOption:
    """What can be chosen, with what would happen. Without effects it leaves everything as it is."""

    label: str
    effects: tuple[ShownEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCandidate:
    """Who was nominated, by whom, and whether they accept."""

    member: str
    by: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A proposal in a list. `until`: when the phase ends; times in milliseconds, 0 for never. `ballot`: the newest.
    `office`: that an election fills. `author`: who it is, for members alone. `status`: its post in the agora."""

    id: str
    title: str
    phase: str
    by: str
    author: Account | None
    created: int
    until: int
    method: str
    seats: int
    office: str | None
    options: tuple[ShownOption, ...]
    effects: tuple[ShownEffect, ...]
    sponsors: tuple[str, ...]
    ballot: str | None
    decided: int
    winners: tuple[int, ...]
    why: str
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the phyle owes to the outside since a decision: done, failed, or neither yet (both 0)."""

    what: Any
    since: int
    discharged: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A proposal with all that belongs to it. `text`: the reasons, None if they are not here. `governs`: None with the
    reason in `ungoverned`, if the charter does not let it be decided as it is. `recused`: who takes no part."""

    proposal: Summary
    text: str | None
    text_hash: str
    body: str
    params: Mapping[str, int]
    scope: str
    governs: Governing | None
    ungoverned: str
    due: tuple[Due, ...]
    ballots: tuple[str, ...]
    candidates: tuple[ShownCandidate, ...]
    recused: tuple[str, ...]
    stayed_by: tuple[str, ...]
    second_call: bool
    noticed: int
    assembly: str | None
    appeal: str | None
    obligations: tuple[Owed, ...]
    outcome: str | None


async def proposals(
    tx: Tx, viewer: Sight, page: Page, *, phases: Sequence[str] = ()
) -> tuple[list[Summary], list[int]]:
    """A page of proposals, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Proposal, page, phases=phases)
    return await shown(tx, viewer, {each.id: each.value for each in held}), [each.began for each in held]


async def proposal(tx: Tx, viewer: Sight, id: str) -> Details:
    """One of them, whole. Missing."""
    found = await get(tx, id)
    governs, why = await _governs(tx, found)
    owed = await reading.group(tx, Obligation, id)
    return Details(
        proposal=(await shown(tx, viewer, {id: found}))[0],
        text=await text(tx, found.text),
        text_hash=found.text,
        body=found.body,
        params={str(name): number for name, number in found.params.items()},
        scope=found.scope,
        governs=governs,
        ungoverned=why,
        due=await agenda.about(tx, id),
        ballots=tuple(ballot_id(id, round) for round in range(1, found.round + 1)),
        candidates=tuple(ShownCandidate(member=c.member, by=c.by, accepted=c.accepted) for c in found.candidates),
        recused=found.recused,
        stayed_by=found.stayed_by,
        second_call=found.second_call,
        noticed=found.noticed,
        assembly=found.assembly,
        appeal=found.appeal,
        obligations=tuple(
            Owed(what=it.what, since=it.since, discharged=it.discharged, failed=it.failed) for it in owed.values()
        ),
        outcome=await text(tx, found.outcome),
    )


async def get(tx: Tx, id: str) -> Proposal:
    """The slice. Missing."""
    found = await reading.get(tx, Proposal, id)
    if found is None:
        raise Missing("There is no such proposal.")
    return found


async def text(tx: Tx, hash: str | None) -> str | None:
    """The text that an entry names by its hash."""
    data = None if hash is None else await blob(tx, hash)
    return None if data is None else data.decode(errors="replace")


async def _governs(tx: Tx, proposal: Proposal) -> tuple[Governing | None, str]:
    state = await reading.load(tx)
    try:
        power = await reading.knowing(tx, state, lambda: power_over(state, charter(state), proposal))
    except Refusal as refusal:
        return None, refusal.sentence
    return governing(power), ""


async def shown(tx: Tx, viewer: Sight, found: Mapping[str, Proposal]) -> list[Summary]:
    """Proposals as they are shown to somebody."""
    people = {member for each in found.values() for member in (each.by, *_concerned(each))}
    accounts = await seeing.names(tx, viewer, people)
    names = {member: f"@{account.acct}" for member, account in accounts.items()}
    posts = {row["subject"]: row["post"] for row in await tx.rows(lists.SQL.posts_of, list(found), "proposal")}
    return [
        Summary(
            id=id,
            title=each.title,
            phase=each.phase,
            by=each.by,
            author=accounts.get(each.by),
            created=each.created,
            until=each.until,
            method=each.method,
            seats=each.seats,
            office=each.election.office if each.election is not None else None,
            options=tuple(_option(option, names) for option in each.options),
            effects=tuple(_effect(effect, names) for effect in each.effects),
            sponsors=each.sponsors,
            ballot=ballot_id(id, each.round) if each.round else None,
            decided=each.decided,
            winners=each.winners,
            why=each.why,
            status=str(posts[id]) if id in posts else None,
        )
        for id, each in found.items()
    ]


def _concerned(proposal: Proposal) -> Iterable[str]:
    effects = [*proposal.effects, *(effect for option in proposal.options for effect in option.effects)]
    for effect in effects:
        if isinstance(effect.arguments, Mapping):
            yield from (str(effect.arguments[name]) for name in ("member", "to") if name in effect.arguments)
    yield from (option.label for option in proposal.options if proposal.election is not None)


def _option(option: Option, names: Mapping[str, str]) -> ShownOption:
    return ShownOption(label=option.label, effects=tuple(_effect(effect, names) for effect in option.effects))


def _effect(effect: Effect, names: Mapping[str, str]) -> ShownEffect:
    return ShownEffect(kind=effect.kind, arguments=effect.arguments, says=wording.effect(effect, names))
