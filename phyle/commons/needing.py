"""Whether something is needed, and who has said until when they do it: pure, the same for every door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from phyle.errors import Conflict, Unprocessable

State = Literal["none", "needed", "claimed", "stale", "done"]

LONGEST = timedelta(days=90)
"""How long somebody may keep others from doing it, before they say so again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`claimed`: `by` said that they do it `until` then. `stale`: they did not. `done`: the ticket is resolved."""

    state: State = "none"
    by: int | None = None
    until: datetime | None = None


NOT_NEEDED = Need()
NEEDED = Need(state="needed")


def asked(need: Need) -> Need:
    """Somebody says that it is needed; of what is claimed that is known."""
    if need.state == "done":
        raise Conflict("This is done. Reopen the ticket if it is needed again.")
    return need if need.state == "claimed" else NEEDED


def unasked(need: Need) -> Need:
    """It is needed no more. Conflict while somebody is at it."""
    if need.state == "claimed":
        raise Conflict("Somebody is doing this. Talk to them first.")
    return need if need.state == "done" else NOT_NEEDED


def claimed(need: Need, by: int, until: datetime, now: datetime) -> Need:
    """Somebody does it until then; or says so again. Conflict while another one does; Unprocessable for a time that has
    passed or is further away than anybody may keep others waiting."""
    if need.state == "done":
        raise Conflict("This is done already.")
    if need.state == "claimed" and need.by != by:
        raise Conflict("Somebody else is doing this. If nothing comes of it in time, it is open again.")
    if not now < until <= now + LONGEST:
        raise Unprocessable(f"Say until when, at most {LONGEST.days} days from now.")
    return Need(state="claimed", by=by, until=until)


def given_back(need: Need) -> Need:
    """Whoever claimed it does not do it after all."""
    if need.state != "claimed":
        raise Conflict("Nobody has claimed this.")
    return NEEDED


def run_out(need: Need, now: datetime) -> Need:
    """The claim's time has passed: it is said who let it lie, and anybody may take it."""
    if need.state == "claimed" and need.until is not None and need.until <= now:
        return Need(state="stale", by=need.by, until=need.until)
    return need


def resolved(need: Need) -> Need:
    """The ticket is resolved."""
    return need if need.state == "none" else Need(state="done", by=need.by)


def reopened(need: Need) -> Need:
    """The ticket is open again, and needed if it was."""
    return NEEDED if need.state == "done" else need
