"""The calendar of ordinary assemblies: when the next is due, and that nobody prevents it by not calling it."""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.law.kinds import DAY, Item, consequence
from phyle.cooperative.law.phyles import charter, phyle, schedule, unschedule
from phyle.cooperative.law.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When the last ordinary assembly closed, 0 if there was none; since when the next is overdue, 0 if it is not."""

    SLICE: ClassVar[str] = "calendar"

    last: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinaryDue:
    """The ordinary assembly is due: from now on any full member can call it."""

    since: int


def overdue(state: State, at: int) -> bool:
    """Whether an ordinary assembly should have met by now."""
    found = state.get(Calendar)
    return found is not None and 0 < found.overdue <= at


def plan_ordinary(state: State, at: int) -> None:
    """The next ordinary assembly is due as many days from now as the charter says."""
    unschedule(state, "ordinary")
    schedule(state, at + charter(state).assembly.ordinary_every_days * DAY, "ordinary")


def met(state: State, at: int) -> None:
    """An ordinary assembly has met."""
    state.put(Calendar(last=at))
    plan_ordinary(state, at)


def _due(state: State, at: int, item: Item) -> OrdinaryDue:
    return OrdinaryDue(since=item.time)


def _apply(state: State, at: int, due: OrdinaryDue) -> None:
    before = state.get(Calendar) or Calendar()
    state.put(Calendar(last=before.last, overdue=due.since))
    if phyle(state).phase != "dissolved":
        plan_ordinary(state, at)


CONSEQUENCES = {"ordinary": consequence(OrdinaryDue, _due, _apply, needs=lambda item: (("calendar", ""),))}
