"""Execution: all effects of a decision happen in one entry or none does; what is owed to others is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from phyle.cooperative.law.appeals import settle_appeal
from phyle.cooperative.law.assembled import approve
from phyle.cooperative.law.ballots import Ballot, ballot_id
from phyle.cooperative.law.challenges import finish
from phyle.cooperative.law.effects.table import effect_kind, read_arguments
from phyle.cooperative.law.failing import attempt, fitting
from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.matters import filled, power_over
from phyle.cooperative.law.phyles import allowed, charter_as_of, schedule
from phyle.cooperative.law.proposed import Effect, Proposal, effects_of
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something the phyle owes to the outside since a decision: what, and since when it is done or has failed. The
    slice's id is proposal/number."""

    SLICE: ClassVar[str] = "obligation"

    what: Mapping[str, Any]
    since: int
    discharged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """A decision is executed: its effects, and what follows for the outside. Or it is sent back, with the reason why
    one of its effects is impossible, and nothing was done. `look_again`: when it is to be looked at again, else 0."""

    proposal: Id
    effects: tuple[Effect, ...] = ()
    obligations: tuple[Mapping[str, Any], ...] = ()
    look_again: int = 0
    sent_back: str | None = None


def due_execution(state: State, at: int, item: Item) -> Executed:
    """Try all effects on a fork. Whatever goes wrong, nothing is done."""
    proposal = state.require(Proposal, item.id)
    executed, why = attempt(lambda: fitting(_executed(state, at, item.id, proposal)))
    return executed or Executed(proposal=Id(item.id), sent_back=why)


def _executed(state: State, at: int, id: str, proposal: Proposal) -> Executed:
    effects = effects_won(proposal)
    owed = execute(state.fork(), at, effects)
    ballot = state.require(Ballot, ballot_id(id, proposal.round))
    days = power_over(state, charter_as_of(state, ballot.frozen), proposal).review_days
    return Executed(
        proposal=Id(id), effects=effects, obligations=tuple(owed), look_again=at + days * DAY if days else 0
    )


def effects_won(proposal: Proposal) -> tuple[Effect, ...]:
    """What follows from the options that won, one after the other, and from the proposal whichever won."""
    won = [proposal.options[place] for place in proposal.winners]
    effects = (*effects_of(tuple(won)), *proposal.effects)
    if proposal.election is None:
        return effects
    return tuple(filled(effect, [option.label for option in won]) for effect in effects)


def execute(state: State, at: int, effects: tuple[Effect, ...]) -> list[Mapping[str, Any]]:
    """Execute effects one after the other on a fork. Raises a Refusal if one is impossible after those before it."""
    owed: list[Mapping[str, Any]] = []
    for effect in effects:
        allowed(state, effect.kind)
        kind, arguments = effect_kind(effect.kind), read_arguments(effect.kind, effect.arguments)
        kind.possible(state, at, arguments)
        owed += kind.execute(state, at, arguments)
    return owed


def apply_execution(state: State, at: int, executed: Executed) -> None:
    """The effects happen, or the decision is sent back."""
    id = executed.proposal
    if executed.sent_back is None:
        execute(state, at, executed.effects)
        for effect in executed.effects:
            _settle(state, at, effect)
        for number, what in enumerate(executed.obligations):
            state.put(Obligation(what=what, since=at), f"{id}/{number}")
        state.put(replace(state.require(Proposal, id), until=at), id)
        finish(state, id, "executed", at)
    else:
        finish(state, id, "sent_back", at, executed.sent_back)
    settle_appeal(state, id, at)
    if executed.look_again:
        schedule(state, executed.look_again, "look_again", id)


def _settle(state: State, at: int, effect: Effect) -> None:
    """What an effect means for other matters: minutes are approved; a decision that is void challenges none itself."""
    if effect.kind == "Resolve" and (text := effect.arguments.get("text")) is not None:
        approve(state, text)
    if effect.kind == "Annul":
        finish(state, effect.arguments["proposal"], "annulled", at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """The day has come on which a decision is to be looked at again."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharge:
    """The host did what the phyle owed, or could not: then with a reason, as an opening. What was decided stays so."""

    proposal: Id
    number: int
    failed: bool = False
    reason: Hash | None = None


def _check_discharge(state: State, given: Given) -> None:
    obligation = state.require(Obligation, f"{given.payload.proposal}/{given.payload.number}")
    if obligation.discharged:
        raise Refused("This obligation is discharged.")


def _discharge(state: State, given: Given) -> None:
    id = f"{given.payload.proposal}/{given.payload.number}"
    obligation = state.require(Obligation, id)
    done = replace(obligation, failed=given.at) if given.payload.failed else replace(obligation, discharged=given.at)
    state.put(done, id)


def _nothing(state: State, at: int, look: LookAgain) -> None:
    """Only the members can say what follows."""


ACTS = {
    "discharge": act(
        Discharge,
        _check_discharge,
        _discharge,
        by=["host"],
        power=SELF,
        ever=True,
        needs=lambda payload: (("obligation", f"{payload.proposal}/{payload.number}"),),
    ),
}
CONSEQUENCES = {
    "execute": consequence(Executed, due_execution, apply_execution, needs=lambda item: (("proposal", item.id),)),
    "look_again": consequence(
        LookAgain,
        lambda state, at, item: LookAgain(proposal=Id(item.id)),
        _nothing,
    ),
}
