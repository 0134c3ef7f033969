"""Moderation: what one steward does in an emergency lapses after some hours unless a second one or all confirm it."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.kinds import DAY, HOUR, Given, Item, act, consequence
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.phyles import active, charter, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Word
from phyle.errors import Refused
from phyle.powers import mandate

AGAIN_AFTER = 30 * DAY
"""What lapsed is not done again by one person alone before. The law cannot see it, as it knows no target; hosts ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """`target`: what was moderated, and `reason`, as openings; `action`: what was done to it. `until`: when it lapses
    unless it is confirmed, 0 for what a decision did. `by`: the steward, None for a decision."""

    SLICE: ClassVar[str] = "moderation"

    target: Hash
    action: Word
    reason: Hash | None
    since: int
    until: int = 0
    by: Id | None = None
    confirmed_by: Id | None = None
    phase: Literal["provisional", "confirmed", "lapsed", "lifted"] = "provisional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderate:
    """A steward acts at once, and says why."""

    moderation: Id
    target: Hash
    action: Word
    reason: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModeration:
    """What was moderated."""

    moderation: Id


def _check_moderate(state: State, given: Given) -> None:
    active(state)
    steward(state, given, "moderation")
    if state.get(Moderation, given.payload.moderation) is not None:
        raise Refused("There is a moderation with this id already.")


def _moderate(state: State, given: Given) -> None:
    it: Moderate = given.payload
    until = given.at + charter(state).moderation.provisional_hours * HOUR
    moderation = Moderation(
        target=it.target, action=it.action, reason=it.reason, since=given.at, until=until, by=Id(given.by)
    )
    state.put(moderation, it.moderation)
    schedule(state, until, "moderated", it.moderation)


def _check_confirm(state: State, given: Given) -> None:
    steward(state, given, "moderation")
    moderation = state.require(Moderation, given.payload.moderation)
    if moderation.phase != "provisional":
        raise Refused("This was confirmed or lifted, or has lapsed.")
    if moderation.by == given.by:
        raise Refused("Another steward confirms it, or a decision.")


def _confirm(state: State, given: Given) -> None:
    confirm(state, given.payload.moderation, by=Id(given.by))


def confirm(state: State, id: str, *, by: Id | None = None) -> None:
    """It holds on."""
    state.put(replace(state.require(Moderation, id), phase="confirmed", confirmed_by=by), id)
    unschedule(state, "moderated", id)


def _check_lift(state: State, given: Given) -> None:
    steward(state, given, "moderation")
    moderation = state.require(Moderation, given.payload.moderation)
    if moderation.phase != "provisional":
        raise Refused("A steward can lift what is provisional; for the rest it takes a decision, or an appeal.")


def _lift(state: State, given: Given) -> None:
    lift(state, given.payload.moderation)


def lift(state: State, id: str) -> None:
    """It holds no more."""
    state.put(replace(state.require(Moderation, id), phase="lifted"), id)
    unschedule(state, "moderated", id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationLapsed:
    """Nobody confirmed it in time: it holds no more."""

    moderation: Id


def _lapse(state: State, at: int, lapsed: ModerationLapsed) -> None:
    state.put(replace(state.require(Moderation, lapsed.moderation), phase="lapsed"), lapsed.moderation)


def _due(state: State, at: int, item: Item) -> ModerationLapsed:
    return ModerationLapsed(moderation=Id(item.id))


def _about(payload: Moderate | NamedModeration) -> tuple[tuple[str, str], ...]:
    return (("moderation", payload.moderation),)


ACTS = {
    "moderate": act(Moderate, _check_moderate, _moderate, power=mandate("moderation"), needs=_about),
    "confirm_moderation": act(NamedModeration, _check_confirm, _confirm, power=mandate("moderation"), needs=_about),
    "lift_moderation": act(NamedModeration, _check_lift, _lift, power=mandate("moderation"), needs=_about),
}
CONSEQUENCES = {
    "moderated": consequence(ModerationLapsed, _due, _lapse, needs=lambda item: (("moderation", item.id),)),
}
