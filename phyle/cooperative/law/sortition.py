"""Sortition: offices and outside houses that the charter fills by lot."""

from dataclasses import dataclass
from typing import Literal

from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.draws import Draw, begin_draw, pending
from phyle.cooperative.law.eligibility import eligible, vacancies
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.mandates import Mandate, give
from phyle.cooperative.law.members import full, full_members
from phyle.cooperative.law.phyles import active, charter, phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Line, Word
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraw:
    """A member has free seats filled that the charter fills by lot. `beacon`: a public source of chance and which of
    its outputs to come, if members' secrets are to be mixed with one."""

    purpose: Literal["office", "house"]
    about: Word
    beacon: Line | None = None


def _check_call(state: State, given: Given) -> None:
    active(state)
    full(state, given)
    call: CallDraw = given.payload
    if not phyle(state).ratified:
        raise Refused("The charter must be ratified anew before any seat is filled.")
    if pending(state, call.purpose, call.about):
        raise Refused("A draw for this is under way.")
    pool, take = pool_of_seats(state, given.at, call.purpose, call.about)
    if not take:
        raise Refused("No seat is free.")
    if not pool:
        raise Refused("There is nobody to draw from.")


def _call(state: State, given: Given) -> None:
    call: CallDraw = given.payload
    begin_draw(state, given.at, call.purpose, call.about, call.beacon or "")


def pool_of_seats(state: State, at: int, purpose: str, about: str) -> tuple[list[str], int]:
    """Who can be drawn, by id, and how many seats are free. Refused if the charter does not fill this by lot."""
    law = charter(state)
    if purpose == "office":
        office = law.offices.get(about)
        if office is None or office.by != "sortition":
            raise Refused(f"The charter fills no office called {about} by lot.")
        for each in law.offices:
            # All mandates at once, rather than those of each member one by one.
            list(state.all(Mandate, each))
        free = vacancies(state, about, at)
        return [id for id, _ in full_members(state) if eligible(state, about, id, at)], free
    house = law.houses.get(about)
    if house is None or house.by != "sortition":
        raise Refused(f"The charter fills no house called {about} by lot.")
    sitting = state.get(Body, about)
    free = 0 if sitting is not None and at < sitting.until else house.seats
    klass = law.membership.classes.get(house.of.removeprefix("class/"))
    if klass is None or klass.vote:
        return [], free
    return [id for id, member in full_members(state) if house.of == f"class/{member.klass}"], free


def pool_of_office(state: State, at: int, about: str) -> tuple[list[str], int]:
    """Who can be drawn for an office."""
    return pool_of_seats(state, at, "office", about)


def pool_of_house(state: State, at: int, about: str) -> tuple[list[str], int]:
    """Who can be drawn for an outside house: those known here in a class that has no vote in the assembly."""
    return pool_of_seats(state, at, "house", about)


def seat_office(state: State, at: int, id: str, draw: Draw) -> None:
    """Whoever was drawn and can still take the office has it; they can lay it down."""
    for member in draw.taken:
        if eligible(state, draw.about, member, at) and vacancies(state, draw.about, at):
            give(state, draw.about, member, at, "sortition")


def seat_house(state: State, at: int, id: str, draw: Draw) -> None:
    """The house sits for its term."""
    house = charter(state).houses.get(draw.about)
    if house is None:
        return
    members = tuple(Id(member) for member in draw.taken)
    state.put(Body(name=Word(draw.about), members=members, until=at + house.term_days * DAY), draw.about)


def leave_empty(state: State, at: int, id: str, draw: Draw) -> None:
    """The seats stay free, and a draw can be called again."""


ACTS = {
    "call_draw": act(
        CallDraw,
        _check_call,
        _call,
        power=SELF,
        needs=lambda payload: (("group", "draw/"), ("group", "member/"), ("group", f"mandate/{payload.about}")),
    ),
}
