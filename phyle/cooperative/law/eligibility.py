"""Eligibility: who can take an office, and how many of its seats are free."""

from phyle.cooperative.charter.clauses import Office
from phyle.cooperative.law.mandates import caretaking, holders, live, terms_in_row
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.state import State
from phyle.errors import Refused


def office_of(state: State, name: str) -> Office:
    """The office. Refused if the charter has none of this name."""
    office = charter(state).offices.get(name)
    if office is None:
        raise Refused(f"The charter knows no office called {name}.")
    return office


def vacancies(state: State, office: str, at: int) -> int:
    """How many seats are free: those of founders and caretakers are, as they only stay until somebody follows."""
    sitting = [id for id in holders(state, office, at) if not caretaking(state, office, id)]
    return max(0, office_of(state, office).seats - len(sitting))


def check_eligible(state: State, name: str, member: str, at: int) -> None:
    """Refused, with the reason, for somebody who cannot take the office now."""
    office = office_of(state, name)
    found = state.get(Member, member)
    if found is None or found.standing != "member":
        raise Refused("Only full members hold offices.")
    if live(state, name, member, at) and not caretaking(state, name, member):
        raise Refused("This member holds the office already.")
    for other in office.incompatible:
        if live(state, other, member, at) and not caretaking(state, other, member):
            raise Refused(f"Nobody can be {name} and {other} at once.")
    for other, terms in charter(state).offices.items():
        if name in terms.incompatible and live(state, other, member, at) and not caretaking(state, other, member):
            raise Refused(f"Nobody can be {other} and {name} at once.")
    if office.consecutive_terms and terms_in_row(state, name, member, at) >= office.consecutive_terms:
        raise Refused(f"Nobody holds this office more than {office.consecutive_terms} times in a row.")


def eligible(state: State, name: str, member: str, at: int) -> bool:
    """Whether somebody can take the office now."""
    try:
        check_eligible(state, name, member, at)
    except Refused:
        return False
    return True
