"""Tallies: opened papers are compared with their commitments, counted exactly, and the charter's rule is applied."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, Counts, Quorum, Share, Verdict, judge
from phyle.cooperative.law.ballots import Ballot, BodyCount, Paper
from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.delegations import carried
from phyle.cooperative.law.kinds import DAY, Item, consequence
from phyle.cooperative.law.lots import begin_lot
from phyle.cooperative.law.phyles import charter_as_of, schedule
from phyle.cooperative.law.proposals import power_over, release
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import digest, spell
from phyle.cooperative.law.state import Sheet, State
from phyle.cooperative.law.values import Hash, Id
from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.papers import valid
from phyle.cooperative.tally.values import NeedsLot, Result
from phyle.errors import Refused

JURY_RULE = Share(num=1, den=2, strict=True, of="cast")
JURY_QUORUM = Quorum(at_least=2)
PRESENT = AtLeast(n=1)
"""Where options are ranked or scored the method finds the winner; the rule only asks for the quorum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """What the papers of a ballot amount to. `sheet`: the hash of the opened papers. `stages`: a blob that explains the
    count step by step. `needs_lot`: the options between which a lot must decide before it can be said who won."""

    ballot: str
    sheet: Hash
    counts: tuple[BodyCount, ...]
    winners: tuple[int, ...] = ()
    stages: Hash
    invalid: int = 0
    needs_lot: tuple[int, ...] = ()


def sheet_hash(sheet: Sheet) -> Hash:
    """What the tally names of a sheet: the hash of its rows, each a member, the value and the salt."""
    return Hash(digest([[row.member, row.value, row.salt] for row in sheet]))


def due_tally(state: State, at: int, item: Item) -> Tallied:
    """Count. SheetWithheld if the papers cannot be opened here; Refused if they are not what was committed to."""
    ballot = state.require(Ballot, item.id)
    proposal = state.require(Proposal, ballot.proposal)
    sheet = state.sheet(item.id)
    chosen = _choices(state, item.id, proposal.method, sheet)
    papers = dict(state.all(Paper, item.id))
    invalid = 0
    by_body: dict[str, list[Any]] = {roll.body: [] for roll in ballot.rolls}
    options = [option.label for option in proposal.options]
    lent = carried(state, item.id, ballot.delegations, frozenset(chosen))
    for _, voter in sorted([*((member, member) for member in chosen), *lent.items()]):
        paper = papers[f"{item.id}/{voter}"]
        if valid(proposal.method, options, chosen[voter]) is not None:
            invalid += 1
            continue
        by_body[paper.body].append(_weighed(chosen[voter], paper))
    counts = tuple(_count(body, proposal.method, given) for body, given in by_body.items())
    result = _winners(proposal, ballot, by_body[proposal.body], options)
    needs = result.options if isinstance(result, NeedsLot) else ()
    stages = [] if isinstance(result, NeedsLot) else [*result.stages]
    return Tallied(
        ballot=item.id,
        sheet=sheet_hash(sheet),
        counts=counts,
        winners=() if isinstance(result, NeedsLot) else result.winners,
        stages=Hash(state.keep(spell({"lent": lent, "stages": stages}))),
        invalid=invalid,
        needs_lot=needs,
    )


def _choices(state: State, ballot: str, method: str, sheet: Sheet) -> dict[str, Any]:
    """By member, what they chose: every counted commitment opened once. Approvals by poll are put together."""
    rows: dict[str, list[Any]] = {}
    for row in sheet:
        rows.setdefault(row.member, []).append(row)
    chosen: dict[str, Any] = {}
    for id, paper in state.all(Paper, ballot):
        member = id.partition("/")[2]
        opened = rows.pop(member, [])
        if len(opened) != len(paper.counted) or not all(
            opens(commitment, row.value, row.salt) for commitment, row in zip(paper.counted, opened, strict=True)
        ):
            raise Refused("The opened papers are not what was voted.", cause=member)
        chosen[member] = opened[0].value if len(opened) == 1 else _together(method, [row.value for row in opened])
    if rows:
        raise Refused("The sheet has papers that nobody handed in.", cause=next(iter(rows)))
    return chosen


def _together(method: str, values: list[Any]) -> Any:
    """Several choices by poll: their union for approval, else the first."""
    if method != "approval":
        return values[0]
    return {"approve": sorted({option for value in values for option in value["approve"]})}


def _weighed(choice: Any, paper: Paper) -> Any:
    """A block without a reason counts as against."""
    return {"paper": "against"} if choice == {"paper": "block"} and not paper.reasoned else choice


def _count(body: str, method: str, papers: list[Any]) -> BodyCount:
    if method != "yesno":
        return BodyCount(body=body, for_=len(papers), against=0, abstain=0, block=0)  # type: ignore[arg-type]
    found = Counter(paper["paper"] for paper in papers)
    return BodyCount(
        body=body,  # type: ignore[arg-type]
        for_=found["for"],
        against=found["against"],
        abstain=found["abstain"],
        block=found["block"],
    )


def _winners(proposal: Proposal, ballot: Ballot, papers: list[Any], options: Sequence[str]) -> Result | NeedsLot:
    grouped: Iterable[tuple[Any, int]] = [(paper, 1) for paper in papers]
    quo = next((place for place, option in enumerate(proposal.options) if not option.effects), None)
    params = {"status_quo": quo} if proposal.method == "schulze" and quo is not None else {}
    lot = bytes.fromhex(ballot.lot) if ballot.lot else None
    return tally(proposal.method, options, grouped, proposal.seats, lot, params)


def apply_tally(state: State, at: int, tallied: Tallied) -> None:
    """The result is kept; without a tie the decision follows, with one a lot is drawn first."""
    ballot = state.require(Ballot, tallied.ballot)
    proposal = state.require(Proposal, ballot.proposal)
    if tallied.needs_lot:
        state.put(replace(proposal, phase="drawing"), ballot.proposal)
        begin_lot(state, at, tallied.ballot)
        return
    counted = replace(
        ballot,
        phase="counted",
        sheet=tallied.sheet,
        stages=tallied.stages,
        counts=tallied.counts,
        winners=tallied.winners,
    )
    state.put(counted, tallied.ballot)
    schedule(state, at, "decide", ballot.proposal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the charter's rule makes of the counts, with its reasons in figures. `challenge_until`: until when a
    decision that passed can be challenged before it is executed. `again`: when there is a second call, else 0."""

    proposal: Id
    ballot: str
    passed: bool
    why: tuple[str, ...]
    winners: tuple[int, ...] = ()
    challenge_until: int = 0
    again: int = 0


def due_decision(state: State, at: int, item: Item) -> Decided:
    """Apply the rule that was in force at the opening."""
    proposal = state.require(Proposal, item.id)
    ballot_id = f"{item.id}.{proposal.round}"
    ballot = state.require(Ballot, ballot_id)
    power = power_over(state, charter_as_of(state, ballot.frozen), proposal)
    verdict = _verdict(proposal, ballot, power)
    winners = _winning(proposal, ballot) if verdict.passed else ()
    passed = verdict.passed and bool(winners)
    again = at + power.second_call_days * DAY if _called_again(proposal, ballot, power) else 0
    return Decided(
        proposal=Id(item.id),
        ballot=ballot_id,
        passed=passed,
        why=verdict.why,
        winners=winners if passed else (),
        challenge_until=at + power.challenge_days * DAY if passed else 0,
        again=again,
    )


def bodies(ballot: Ballot) -> dict[str, Counts]:
    """The counts of a ballot, as rules are asked about them."""
    eligible = {roll.body: roll.eligible for roll in ballot.rolls}
    return {
        count.body: Counts(
            for_=count.for_,
            against=count.against,
            abstain=count.abstain,
            block=count.block,
            eligible=eligible[count.body],
            active=ballot.active if count.body == ASSEMBLY else eligible[count.body],
        )
        for count in ballot.counts
    }


def _as_assembly(proposal: Proposal, ballot: Ballot) -> dict[str, Counts]:
    """Where a jury decides in place of the assembly, the rule is asked about the jury."""
    found = bodies(ballot)
    return {**found, ASSEMBLY: found[proposal.body]}


def _verdict(proposal: Proposal, ballot: Ballot, power: Power) -> Verdict:
    if proposal.body != ASSEMBLY:
        return judge(JURY_RULE, _as_assembly(proposal, ballot), JURY_QUORUM)
    if proposal.method == "yesno":
        return judge(power.rule, bodies(ballot), power.quorum, second_call=proposal.second_call)
    return judge(PRESENT, bodies(ballot), power.quorum, second_call=proposal.second_call)


def _called_again(proposal: Proposal, ballot: Ballot, power: Power) -> bool:
    """Whether too few came and the charter knows a second call."""
    if proposal.second_call or power.quorum.second is None or proposal.body != ASSEMBLY:
        return False
    came = Counts(
        for_=bodies(ballot)[ASSEMBLY].present, eligible=bodies(ballot)[ASSEMBLY].eligible, active=ballot.active
    )
    return not judge(AtLeast(n=0), {ASSEMBLY: came}, power.quorum).passed


def _winning(proposal: Proposal, ballot: Ballot) -> tuple[int, ...]:
    """The options that won, less the status quo."""
    won = (0,) if proposal.method == "yesno" else ballot.winners
    return tuple(place for place in won if proposal.options[place].effects)


def apply_decision(state: State, at: int, decided: Decided) -> None:
    """Passed: it can be challenged, and is executed after that. Failed: it is over, unless there is a second call."""
    proposal = state.require(Proposal, decided.proposal)
    if decided.passed:
        passed = replace(proposal, phase="passed", until=decided.challenge_until, decided=at, winners=decided.winners)
        state.put(passed, decided.proposal)
        schedule(state, decided.challenge_until, "execute", decided.proposal)
    elif decided.again:
        again = replace(proposal, phase="deliberation", until=decided.again, second_call=True)
        state.put(again, decided.proposal)
        schedule(state, decided.again, "open", decided.proposal)
    else:
        state.put(replace(proposal, phase="failed", decided=at), decided.proposal)
        release(state, decided.proposal, at)


def _needs_tally(item: Item) -> tuple[tuple[str, str], ...]:
    return (
        ("ballot", item.id),
        ("proposal", item.id.partition(".")[0]),
        ("group", f"paper/{item.id}"),
        ("sheet", item.id),
    )


CONSEQUENCES = {
    "tally": consequence(Tallied, due_tally, apply_tally, needs=_needs_tally),
    "decide": consequence(Decided, due_decision, apply_decision, needs=lambda item: (("proposal", item.id),)),
}
