"""Decisions: what the charter's rule makes of the counts, with its reasons in figures."""

from dataclasses import dataclass, replace

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, Counts, Verdict, judge
from phyle.cooperative.law.appeals import settle_appeal
from phyle.cooperative.law.assembled import NO_QUORUM, without_quorum
from phyle.cooperative.law.ballots import Ballot, BodyCount, ballot_id
from phyle.cooperative.law.challenges import finish
from phyle.cooperative.law.effects.table import failed
from phyle.cooperative.law.failing import attempt, in_short
from phyle.cooperative.law.kinds import DAY, Item, consequence
from phyle.cooperative.law.lots import NO_LOT, TOO_FEW
from phyle.cooperative.law.matters import all_effects, power_over
from phyle.cooperative.law.phyles import charter_as_of, schedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id

PRESENT = AtLeast(n=1)
"""In an election the method finds the winners; the rule only asks for the quorum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the charter's rule makes of the counts. `challenge_until`: until when a decision that passed can be
    challenged before it is executed. `again`: when there is a second call, else 0. `refused`: it failed although enough
    took part."""

    proposal: Id
    ballot: str
    passed: bool
    why: tuple[str, ...]
    winners: tuple[int, ...] = ()
    challenge_until: int = 0
    again: int = 0
    refused: bool = False


def due_decision(state: State, at: int, item: Item) -> Decided:
    """Apply the rule that was in force at the opening. Whatever goes wrong, it has not passed."""
    proposal = state.require(Proposal, item.id)
    ballot = state.require(Ballot, ballot_id(item.id, proposal.round))
    decided, why = attempt(lambda: _decided(state, at, item.id, proposal, ballot))
    return decided or Decided(proposal=Id(item.id), ballot=ballot_id(item.id, proposal.round), passed=False, why=(why,))


def _decided(state: State, at: int, id: str, proposal: Proposal, ballot: Ballot) -> Decided:
    power = power_over(state, charter_as_of(state, ballot.frozen), proposal)
    nobody, assembled_again = without_quorum(state, proposal)
    if nobody:
        ballot_of = ballot_id(id, proposal.round)
        return Decided(proposal=Id(id), ballot=ballot_of, passed=False, why=(NO_QUORUM,), again=assembled_again)
    verdict, winners = verdict_on(proposal, ballot, power)
    return Decided(
        proposal=Id(id),
        ballot=ballot_id(id, proposal.round),
        passed=bool(winners),
        why=in_short(verdict.why),
        winners=winners,
        challenge_until=at + power.challenge_days * DAY if winners else 0,
        again=0 if winners else _again(state, at, proposal, ballot, power),
        refused=not winners and not ballot.fault and quorum_met(proposal, ballot, power),
    )


def bodies(ballot: Ballot, counts: tuple[BodyCount, ...]) -> dict[str, Counts]:
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
        for count in counts
    }


def asked(proposal: Proposal, ballot: Ballot, counts: tuple[BodyCount, ...]) -> dict[str, Counts]:
    """The counts of all bodies. Where a jury decides in place of the assembly, the rule is asked about the jury."""
    found = bodies(ballot, counts)
    return {**found, ASSEMBLY: found[proposal.body]}


def verdict_on(proposal: Proposal, ballot: Ballot, power: Power) -> tuple[Verdict, tuple[int, ...]]:
    """Whether the rule is met, and the options that won and met it. Among several options each that won must meet the
    rule against the one that changes nothing, so that no charter's threshold falls because more is on offer."""
    if ballot.fault:
        return Verdict(passed=False, why=(ballot.fault,)), ()
    second = proposal.second_call
    if proposal.election is not None:
        verdict = judge(PRESENT, asked(proposal, ballot, ballot.counts), power.quorum, second_call=second)
        return verdict, ballot.winners if verdict.passed else ()
    if proposal.method == "yesno":
        verdict = judge(power.rule, asked(proposal, ballot, ballot.counts), power.quorum, second_call=second)
        return verdict, (0,) if verdict.passed else ()
    why: list[str] = [] if ballot.pairs else ["Nothing won against leaving everything as it is."]
    winners: list[int] = []
    for pair in ballot.pairs:
        verdict = judge(power.rule, asked(proposal, ballot, pair.counts), power.quorum, second_call=second)
        why += [f"{proposal.options[pair.option].label}, against leaving everything as it is:", *verdict.why]
        winners += [pair.option] if verdict.passed else []
    return Verdict(passed=bool(winners), why=tuple(why)), tuple(winners)


def quorum_met(proposal: Proposal, ballot: Ballot, power: Power, *, second_call: bool = False) -> bool:
    """Whether enough came, for the first call or the second."""
    counts = asked(proposal, ballot, ballot.counts)[ASSEMBLY]
    came = Counts(for_=counts.present, eligible=counts.eligible, active=counts.active)
    return judge(PRESENT, {ASSEMBLY: came}, power.quorum, second_call=second_call).passed


def _again(state: State, at: int, proposal: Proposal, ballot: Ballot, power: Power) -> int:
    """When the ballot is repeated because too few came, if the charter knows a second call. A tie among too few, for
    which nobody drew a lot, is no reason to do without it."""
    if proposal.second_call or power.quorum.second is None or proposal.body != ASSEMBLY:
        return 0
    if ballot.fault not in ("", NO_LOT, TOO_FEW):
        return 0
    if quorum_met(proposal, ballot, power):
        return 0
    return at + max(1, power.second_call_days) * DAY


def apply_decision(state: State, at: int, decided: Decided) -> None:
    """Passed: it can be challenged, and is executed after that. Failed: it is over, unless there is a second call."""
    id = decided.proposal
    proposal = state.require(Proposal, id)
    if decided.passed:
        passed = replace(proposal, phase="passed", until=decided.challenge_until, decided=at, winners=decided.winners)
        state.put(passed, id)
        schedule(state, decided.challenge_until, "execute", id)
    elif decided.again:
        meets_again, _ = without_quorum(state, proposal)
        again = replace(proposal, phase="deliberation", until=decided.again, second_call=True)
        state.put(again if meets_again else replace(again, assembly=None), id)
        if not meets_again:
            schedule(state, decided.again, "open", id)
    else:
        state.put(replace(proposal, decided=at), id)
        finish(state, id, "failed", at)
        if decided.refused:
            failed(state, at, [effect for effect in all_effects(proposal) if proposal.election is None])
        settle_appeal(state, id, at)


CONSEQUENCES = {
    "decide": consequence(Decided, due_decision, apply_decision, needs=lambda item: (("proposal", item.id),)),
}
