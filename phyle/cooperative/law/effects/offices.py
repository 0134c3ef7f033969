"""Effects on offices: Appoint and Recall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.mandates import caretaking, end, give, holders, live
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import charter, phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Word
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A member in an office."""

    office: Word
    member: Id


def _can_appoint(state: State, at: int, place: Place) -> None:
    office = charter(state).offices.get(place.office)
    if office is None:
        raise Refused(f"The charter knows no office called {place.office}.")
    if not phyle(state).ratified:
        raise Refused("The charter must be ratified anew before anybody is appointed.")
    if state.require(Member, place.member).standing != "member":
        raise Refused("Only full members hold offices.")
    if live(state, place.office, place.member, at):
        raise Refused("This member holds the office already.")
    others = [id for id in holders(state, place.office, at) if not caretaking(state, place.office, id)]
    if len(others) >= office.seats:
        raise Refused(f"All {office.seats} seats of the office are taken.")
    for other in office.incompatible:
        if live(state, other, place.member, at):
            raise Refused(f"Nobody can be {place.office} and {other} at once.")


def _appoint(state: State, at: int, place: Place) -> Owed:
    give(state, place.office, place.member, at, "decision")
    return [{"what": "appointed", "office": place.office, "member": place.member}]


def _can_recall(state: State, at: int, place: Place) -> None:
    if not live(state, place.office, place.member, at):
        raise Refused("This member does not hold the office.")


def _recall(state: State, at: int, place: Place) -> Owed:
    end(state, f"{place.office}/{place.member}", at)
    return [{"what": "recalled", "office": place.office, "member": place.member}]


EFFECTS = {
    **effect("Appoint", Place, _can_appoint, _appoint),
    **effect("Recall", Place, _can_recall, _recall, recuses=lambda place: (place.member,)),
}
