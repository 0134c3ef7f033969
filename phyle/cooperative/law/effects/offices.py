"""Effects on offices: Appoint and Recall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.law.eligibility import check_eligible, office_of, vacancies
from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.mandates import end, give, live
from phyle.cooperative.law.phyles import phyle
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
    office = office_of(state, place.office)
    if office.by == "sortition":
        raise Refused(f"The office {place.office} is filled by lot.")
    if not phyle(state).ratified:
        raise Refused("The charter must be ratified anew before anybody is appointed.")
    check_eligible(state, place.office, place.member, at)
    if not vacancies(state, place.office, at):
        raise Refused(f"All {office.seats} seats of the office are taken.")


def _appoint(state: State, at: int, place: Place) -> Owed:
    by = office_of(state, place.office).by
    give(state, place.office, place.member, at, "decision" if by == "sortition" else by)
    return [{"what": "appointed", "office": place.office, "member": place.member}]


def _can_recall(state: State, at: int, place: Place) -> None:
    if not live(state, place.office, place.member, at):
        raise Refused("This member does not hold the office.")


def _recall(state: State, at: int, place: Place) -> Owed:
    end(state, f"{place.office}/{place.member}", at)
    return [{"what": "recalled", "office": place.office, "member": place.member}]


def _office(place: Place) -> str:
    return place.office


EFFECTS = {
    **effect("Appoint", Place, _can_appoint, _appoint, scope=_office),
    **effect("Recall", Place, _can_recall, _recall, recuses=lambda place: (place.member,), scope=_office),
}
