"""Tallies: opened papers are compared with their commitments and counted exactly, body by body."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from phyle.cooperative.law.assembled import without_quorum
from phyle.cooperative.law.ballots import Ballot, BodyCount, Pair, handed_in, ids_of
from phyle.cooperative.law.decisions import quorum_met
from phyle.cooperative.law.failing import attempt, fitting
from phyle.cooperative.law.kinds import Item, consequence
from phyle.cooperative.law.lots import TOO_FEW, begin_lot
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.phyles import charter_as_of, schedule
from phyle.cooperative.law.proposed import Proposal, status_quo
from phyle.cooperative.law.sheets import choices, sheet_hash
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Word
from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.papers import read as paper_of
from phyle.cooperative.tally.papers import valid
from phyle.cooperative.tally.values import NeedsLot, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """What the papers of a ballot amount to. `sheet`: the hash of the opened papers. `counts`: by body. `pairs`: each
    winner among several options against the one that changes nothing. `stages`: a blob that explains the count step by
    step. `needs_lot`: the options between which a lot must decide before it can be said who won. `fault`: why it could
    not be counted; then nothing has won."""

    ballot: str
    sheet: Hash
    counts: tuple[BodyCount, ...]
    winners: tuple[int, ...] = ()
    pairs: tuple[Pair, ...] = ()
    stages: Hash
    invalid: int = 0
    needs_lot: tuple[int, ...] = ()
    fault: str = ""


def due_tally(state: State, at: int, item: Item) -> Tallied:
    """Count. SheetWithheld if the papers cannot be opened here; Refused if they are not what was committed to."""
    ballot = state.require(Ballot, item.id)
    proposal = state.require(Proposal, ballot.proposal)
    sheet = state.sheet(item.id)
    chosen = papers_that_count(state, item.id, ballot, proposal.method, choices(state, item.id, proposal.method, sheet))
    counted, fault = attempt(lambda: _counted(state, ballot, proposal, chosen))
    by_body, invalid, result, pairs = counted or ({}, 0, None, ())
    counts = tuple(count_of(body, proposal.method, given) for body, given in by_body.items())
    needs = result.options if isinstance(result, NeedsLot) else ()
    stages = [*result.stages] if isinstance(result, Result) else []
    found = Tallied(
        ballot=item.id,
        sheet=sheet_hash(sheet),
        counts=counts,
        winners=result.winners if isinstance(result, Result) else (),
        pairs=pairs,
        stages=Hash(state.keep(spell({"stages": stages}))),
        invalid=invalid,
        needs_lot=needs,
        fault=fault,
    )
    _, too_long = attempt(lambda: fitting(found))
    if too_long:
        return Tallied(ballot=item.id, sheet=found.sheet, counts=(), stages=found.stages, fault=too_long)
    return found


def papers_that_count(
    state: State, id: str, ballot: Ballot, method: str, chosen: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Papers by member, in order: their own, or that of their delegate. A block without a reason counts as against; a
    reason is given by whoever votes."""
    reasoned = {member for member, paper in handed_in(state, id).items() if paper.reasoned}
    carried = {} if ballot.delegations is None else orjson.loads(state.blob(ballot.delegations))
    cast = {member: _weighed(choice, member in reasoned) for member, choice in chosen.items()}
    return sorted([*cast.items(), *((member, cast[voter]) for member, voter in carried.items())], key=lambda it: it[0])


def _weighed(choice: Any, reasoned: bool) -> Any:
    return {"paper": "against"} if choice == {"paper": "block"} and not reasoned else choice


_Counted = tuple[dict[str, list[Any]], int, Result | NeedsLot | None, tuple[Pair, ...]]


def _counted(state: State, ballot: Ballot, proposal: Proposal, chosen: list[tuple[str, Any]]) -> _Counted:
    options = [option.label for option in proposal.options]
    params: dict[str, int] = dict(proposal.params.items())
    good = [(member, choice) for member, choice in chosen if is_valid(proposal.method, options, choice, params)]
    by_body: dict[str, list[Any]] = {}
    for roll in ballot.rolls:
        on_roll = ids_of(state, roll.roll)
        by_body[roll.body] = [choice for member, choice in good if member in on_roll]
    if not by_body[proposal.body]:
        # Nobody came, so there is no tie that would have to be drawn.
        return by_body, len(chosen) - len(good), None, ()
    quo = status_quo(proposal.options) if proposal.election is None else None
    if proposal.method == "schulze" and quo is not None:
        params["status_quo"] = quo
    result = tally(
        proposal.method,
        options,
        ((paper, 1) for paper in by_body[proposal.body]),
        proposal.seats,
        bytes.fromhex(ballot.lot) if ballot.lot else None,
        params,
    )
    winners = result.winners if isinstance(result, Result) and quo is not None else ()
    pairs = tuple(_pair(proposal.method, won, quo, by_body) for won in winners if quo not in (None, won))
    return by_body, len(chosen) - len(good), result, pairs


def is_valid(method: str, options: Sequence[str], choice: Any, params: Mapping[str, Any]) -> bool:
    """One voter's paper, whatever stands on it, invalidates that paper alone."""
    why, fault = attempt(lambda: valid(method, options, choice, params))
    return not why and not fault


def count_of(body: str, method: str, papers: list[Any]) -> BodyCount:
    """The papers of one body, which are valid, as figures."""
    if method != "yesno":
        return BodyCount(body=Word(body), for_=len(papers), against=0, abstain=0, block=0)
    found = Counter(paper["paper"] for paper in papers)
    return BodyCount(
        body=Word(body), for_=found["for"], against=found["against"], abstain=found["abstain"], block=found["block"]
    )


def _pair(method: str, option: int, quo: int | None, by_body: Mapping[str, list[Any]]) -> Pair:
    """Who prefers the option to leaving everything as it is, who the reverse, and who neither."""
    counts = []
    for body, papers in by_body.items():
        found = Counter(_preference(method, paper, option, quo or 0) for paper in papers)
        counts.append(BodyCount(body=Word(body), for_=found[1], against=found[-1], abstain=found[0], block=0))
    return Pair(option=option, counts=tuple(counts))


def _preference(method: str, paper: Any, option: int, quo: int) -> int:
    """1 for the option, -1 for the status quo, 0 for neither: on any valid paper."""
    given = paper_of(method, paper)
    if method == "approval":
        return _sign(int(option in given) - int(quo in given))
    if isinstance(given, Mapping):
        return _sign(given.get(str(option), 0) - given.get(str(quo), 0))
    return _sign(_rank(given, quo) - _rank(given, option))


def _rank(given: Sequence[Any], option: int) -> int:
    """The place on a ranking; what is not ranked comes last, all of it equal."""
    for place, group in enumerate(given):
        if group == option or (isinstance(group, list | tuple) and option in group):
            return place
    return len(given)


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def apply_tally(state: State, at: int, tallied: Tallied) -> None:
    """The result is kept; without a tie the decision follows, with one a lot is drawn first, if enough took part."""
    ballot = state.require(Ballot, tallied.ballot)
    ballot = replace(ballot, sheet=tallied.sheet, stages=tallied.stages, counts=tallied.counts)
    proposal = state.require(Proposal, ballot.proposal)
    too_few = bool(tallied.needs_lot) and not _enough(state, proposal, ballot)
    if tallied.needs_lot and not too_few:
        state.put(replace(proposal, phase="drawing"), ballot.proposal)
        state.put(ballot, tallied.ballot)
        begin_lot(state, at, tallied.ballot, tallied.needs_lot)
        return
    counted = replace(
        ballot,
        phase="counted",
        pairs=tallied.pairs,
        winners=tallied.winners,
        fault=TOO_FEW if too_few else tallied.fault,
    )
    state.put(counted, tallied.ballot)
    schedule(state, at, "decide", ballot.proposal)


def _enough(state: State, proposal: Proposal, ballot: Ballot) -> bool:
    """Whether the quorum of this call is met, as far as that can be said."""

    def met() -> bool:
        power = power_over(state, charter_as_of(state, ballot.frozen), proposal)
        nobody, _ = without_quorum(state, proposal)
        return not nobody and quorum_met(proposal, ballot, power, second_call=proposal.second_call)

    found, _ = attempt(met)
    return found is not False


def _needs_tally(item: Item) -> tuple[tuple[str, str], ...]:
    return (
        ("ballot", item.id),
        ("proposal", item.id.partition(".")[0]),
        ("group", f"paper/{item.id}"),
        ("sheet", item.id),
    )


CONSEQUENCES = {"tally": consequence(Tallied, due_tally, apply_tally, needs=_needs_tally)}
