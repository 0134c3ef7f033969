"""Withholding: the operator takes unlawful content from view at once, in the open, and for 72 hours unless the phyle
says that it shall stay so."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.kinds import HOUR, Given, Item, act, consequence
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.members import own
from phyle.cooperative.law.phyles import phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import OPERATOR, mandate

PROVISIONAL = 72 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """`target`: what is withheld, and `reason`, as openings. `until`: when it lapses unless it is confirmed."""

    SLICE: ClassVar[str] = "withholding"

    target: Hash
    reason: Hash
    since: int
    until: int
    phase: Literal["provisional", "confirmed", "lapsed", "lifted"] = "provisional"
    by: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withhold:
    """The operator withholds something."""

    withholding: Id
    target: Hash
    reason: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is withheld: a steward with the scope `moderation` confirms it, or the operator shows it again."""

    withholding: Id


def _check_withhold(state: State, given: Given) -> None:
    phyle(state)
    if state.get(Withholding, given.payload.withholding) is not None:
        raise Refused("There is a withholding with this id already.")


def _withhold(state: State, given: Given) -> None:
    it: Withhold = given.payload
    until = given.at + PROVISIONAL
    state.put(Withholding(target=it.target, reason=it.reason, since=given.at, until=until), it.withholding)
    schedule(state, until, "withheld", it.withholding)


def _check_uphold(state: State, given: Given) -> None:
    own(state, given)
    steward(state, given, "moderation")
    if state.require(Withholding, given.payload.withholding).phase != "provisional":
        raise Refused("This was confirmed, or has lapsed.")


def _uphold(state: State, given: Given) -> None:
    confirm(state, given.payload.withholding, by=Id(given.by))


def confirm(state: State, id: str, *, by: Id | None = None) -> None:
    """It stays withheld: a steward said so, or a decision."""
    state.put(replace(state.require(Withholding, id), phase="confirmed", by=by), id)
    unschedule(state, "withheld", id)


def _check_release(state: State, given: Given) -> None:
    if state.require(Withholding, given.payload.withholding).phase not in ("provisional", "confirmed"):
        raise Refused("This is shown already.")


def _release(state: State, given: Given) -> None:
    id = given.payload.withholding
    state.put(replace(state.require(Withholding, id), phase="lifted"), id)
    unschedule(state, "withheld", id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """Nobody confirmed it in time: it is shown again."""

    withholding: Id


def _lapse(state: State, at: int, lapsed: Lapsed) -> None:
    state.put(replace(state.require(Withholding, lapsed.withholding), phase="lapsed"), lapsed.withholding)


def _due(state: State, at: int, item: Item) -> Lapsed:
    return Lapsed(withholding=Id(item.id))


def _about(payload: Withhold | Named) -> tuple[tuple[str, str], ...]:
    return (("withholding", payload.withholding),)


ACTS = {
    "withhold": act(Withhold, _check_withhold, _withhold, by=["operator"], power=OPERATOR, needs=_about, ever=True),
    "release": act(Named, _check_release, _release, by=["operator"], power=OPERATOR, needs=_about, ever=True),
    "uphold": act(Named, _check_uphold, _uphold, power=mandate("moderation"), needs=_about),
}
CONSEQUENCES = {"withheld": consequence(Lapsed, _due, _lapse, needs=lambda item: (("withholding", item.id),))}
