"""Ballots as people see them: who may vote, how many did, one's own paper, and after the close how it was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals, seeing
from phyle.cooperative.governing import Governing, governing
from phyle.cooperative.law.ballots import Ballot, BodyCount, Pair, Paper, ballot_id
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.phyles import charter_as_of
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import openings, reading, sheets
from phyle.cooperative.proposals import ShownOption
from phyle.cooperative.seeing import Sight
from phyle.cooperative.tally import counting
from phyle.cooperative.tally.explaining import explained
from phyle.cooperative.tally.papers import valid
from phyle.cooperative.tally.values import Result
from phyle.errors import Missing, Unprocessable
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollSize:
    """A body that votes: `roll` is the hash of the list of its ids, `eligible` how many they are."""

    body: str
    eligible: int
    roll: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPaper:
    """What the viewer can do and has done. `choice` and `reason` are theirs alone to see until the close. `by`: `booth`
    or `poll`, None before they voted. `may_vote`: they can hand in a paper now, or another."""

    on_roll: bool
    may_vote: bool
    by: str | None
    choice: Any
    reason: str | None
    reasoned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A ballot in a list. `voted`: how many papers were handed in. `charter`: that governs it, by its hash."""

    id: str
    proposal: str
    title: str
    phase: str
    method: str
    seats: int
    params: Mapping[str, int]
    options: tuple[ShownOption, ...]
    rolls: tuple[RollSize, ...]
    active: int
    opened: int
    closes: int
    voted: int
    final: bool
    second_call: bool
    charter: str
    winners: tuple[int, ...]
    mine: MyPaper | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One paper after the close. `salt`: with which anybody can check that it is the one that was handed in."""

    member: str
    value: Any
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What was handed in: `votes`, the commitments by member. After the close, for those who may see it: `papers`, each
    opened, and `reasons` by member; `sheet`: the hash of the papers in the ledger, None before the count. `carried`:
    whose paper counts for whom."""

    votes: Mapping[str, tuple[str, ...]]
    sheet: str | None
    papers: tuple[Opened, ...] | None
    reasons: Mapping[str, str]
    carried: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A ballot with what came of it. `stages`: of the count, as the ledger has them; `explanation`: the same in words
    and figures, to be checked by hand. `fault`: why it could not be counted."""

    ballot: Summary
    governs: Governing | None
    counts: tuple[BodyCount, ...]
    pairs: tuple[Pair, ...]
    fault: str
    stages: Any
    explanation: str


async def ballots(tx: Tx, viewer: Sight, page: Page, *, phases: Sequence[str] = ()) -> tuple[list[Summary], list[int]]:
    """A page of ballots, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Ballot, page, phases=phases)
    of = await lists.by_ids(tx, Proposal, [each.value.proposal for each in held])
    shown = [await _summary(tx, viewer, each.id, each.value, of[each.value.proposal]) for each in held]
    return shown, [each.began for each in held]


async def ballot(tx: Tx, viewer: Sight, id: str) -> Details:
    """One of them, with its count. Missing."""
    found = await get(tx, id)
    proposal = await proposals.get(tx, found.proposal)
    stages = await _stages(tx, found)
    return Details(
        ballot=await _summary(tx, viewer, id, found, proposal),
        governs=await _governs(tx, found, proposal),
        counts=found.counts,
        pairs=found.pairs,
        fault=found.fault,
        stages=stages,
        explanation=explanation(found, proposal, stages),
    )


async def papers(tx: Tx, viewer: Sight, id: str) -> Papers:
    """What was handed in to a ballot. Missing."""
    found = await get(tx, id)
    handed_in = await reading.group(tx, Paper, id)
    sheet = await sheets.sheet(tx, id)
    shown = sheet is not None and (sheet.audience == "public" or viewer.inside)
    rows = orjson.loads(sheet.data) if sheet is not None and shown else []
    return Papers(
        votes={key.partition("/")[2]: paper.counted for key, paper in handed_in.items()},
        sheet=found.sheet,
        papers=tuple(Opened(member=member, value=value, salt=salt) for member, value, salt in rows) if shown else None,
        reasons=await _reasons(tx, id) if shown else {},
        carried=await _carried(tx, found),
    )


async def get(tx: Tx, id: str) -> Ballot:
    """The slice. Missing."""
    found = await reading.get(tx, Ballot, id)
    if found is None:
        raise Missing("There is no such ballot.")
    return found


async def _summary(tx: Tx, viewer: Sight, id: str, ballot: Ballot, proposal: Proposal) -> Summary:
    whole = (await proposals.shown(tx, viewer, {ballot.proposal: proposal}))[0]
    return Summary(
        id=id,
        proposal=ballot.proposal,
        title=proposal.title,
        phase=ballot.phase,
        method=proposal.method,
        seats=proposal.seats,
        params={str(name): number for name, number in proposal.params.items()},
        options=whole.options,
        rolls=tuple(RollSize(body=r.body, eligible=r.eligible, roll=r.roll) for r in ballot.rolls),
        active=ballot.active,
        opened=ballot.opened,
        closes=ballot.closes,
        voted=ballot.papers,
        final=ballot.final,
        second_call=proposal.second_call and id != ballot_id(ballot.proposal, 1),
        charter=ballot.frozen.charter,
        winners=ballot.winners,
        mine=await my_paper(tx, viewer, id, ballot) if viewer.member else None,
    )


# One's own paper


async def my_paper(tx: Tx, viewer: Sight, id: str, ballot: Ballot) -> MyPaper:
    """What the viewer can do and has done."""
    on_roll = await _on_roll(tx, viewer.member, ballot)
    paper = await reading.get(tx, Paper, f"{id}/{viewer.member}") or Paper()
    by = "booth" if paper.booth is not None else "poll" if paper.poll else None
    return MyPaper(
        on_roll=on_roll,
        may_vote=on_roll and ballot.phase == "open" and not (ballot.final and by is not None),
        by=by,
        choice=await _choice(tx, viewer, paper),
        reason=await _own_reason(tx, viewer, id),
        reasoned=paper.reasoned,
    )


async def _own_reason(tx: Tx, viewer: Sight, id: str) -> str | None:
    data = await tx.value(SQL.own_reason, id, viewer.member)
    value = None if data is None else orjson.loads(data)
    return value if isinstance(value, str) else None


async def _on_roll(tx: Tx, member: str, ballot: Ballot) -> bool:
    for roll in ballot.rolls:
        ids = orjson.loads(await proposals.text(tx, roll.roll) or "[]")
        if member in ids:
            return True
    return False


async def _choice(tx: Tx, viewer: Sight, paper: Paper) -> Any:
    """As it was given; several by poll as a list."""
    found = await seeing.opened(tx, viewer, paper.counted)
    values = [found[each] for each in paper.counted if each in found]
    return values[0] if len(values) == 1 else values or None


# What may be on a paper


async def check_choice(tx: Tx, id: str, choice: Any) -> None:
    """Unprocessable, with the reason, for what would not count on a paper of this ballot. Missing."""
    value = await tx.value(SQL.asked, id)
    if value is None:
        raise Missing("There is no such ballot.")
    proposal = read(Proposal, value, "proposal")
    if proposal.method not in counting.METHODS:
        return
    labels = [option.label for option in proposal.options]
    why = valid(proposal.method, labels, choice, dict(proposal.params.items()))
    if why is not None:
        raise Unprocessable(f"This would not count: {why}.")


# After the close


async def _reasons(tx: Tx, id: str) -> dict[str, str]:
    """What electors said, by member; what was said last counts."""
    found = await openings.about(tx, id, "reason", audiences=("closed",))
    return {it.by: it.value for it in found if isinstance(it.value, str)}


async def _carried(tx: Tx, ballot: Ballot) -> dict[str, str]:
    if ballot.delegations is None or ballot.phase == "open":
        return {}
    found: dict[str, str] = orjson.loads(await proposals.text(tx, ballot.delegations) or "{}")
    return found


async def _stages(tx: Tx, ballot: Ballot) -> Any:
    return orjson.loads(await proposals.text(tx, ballot.stages) or "{}").get("stages") if ballot.stages else None


def explanation(ballot: Ballot, proposal: Proposal, stages: Any) -> str:
    """The count in words and figures that can be checked by hand; "" before it."""
    if ballot.phase != "counted":
        return ""
    if ballot.fault or not stages:
        return ballot.fault
    names = tuple(option.label for option in proposal.options)
    result = Result(method=proposal.method, options=names, winners=ballot.winners, stages=tuple(stages))
    return explained(result)


async def _governs(tx: Tx, ballot: Ballot, proposal: Proposal) -> Governing:
    """Under the charter as it stood when the ballot opened."""
    state = await reading.load(tx)
    power = await reading.knowing(tx, state, lambda: power_over(state, charter_as_of(state, ballot.frozen), proposal))
    return governing(power)
