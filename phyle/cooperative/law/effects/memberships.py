"""Effects on memberships: Admit, Confirm, Suspend, Reinstate, Expel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.law.charges import check_expulsion
from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.members import Member, Standing, stand
from phyle.cooperative.law.phyles import schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The member that the effect is about."""

    member: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Whom):
    """A suspension until a time in milliseconds, 0 for without an end."""

    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expulsion(Whom):
    """An expulsion, for the charge that was brought and could be answered."""

    charge: Id


def _standing(state: State, member: str, *allowed: Standing) -> Member:
    found = state.require(Member, member)
    if found.standing not in allowed:
        raise Refused(f"The member's standing is {found.standing}; this needs {' or '.join(allowed)}.", cause=member)
    return found


def _can_admit(state: State, at: int, whom: Whom) -> None:
    _standing(state, whom.member, "applicant", "probation")


def _admit(state: State, at: int, whom: Whom) -> Owed:
    stand(state, whom.member, "member", at)
    unschedule(state, "vouched", whom.member)
    unschedule(state, "probation", whom.member)
    return [{"what": "admitted", "member": whom.member}]


def _can_confirm(state: State, at: int, whom: Whom) -> None:
    _standing(state, whom.member, "probation")


def _can_suspend(state: State, at: int, suspension: Suspension) -> None:
    _standing(state, suspension.member, "member", "probation", "lapsed")
    if suspension.until and suspension.until <= at:
        raise Refused("The suspension would be over already.")


def _suspend(state: State, at: int, suspension: Suspension) -> Owed:
    stand(state, suspension.member, "suspended", at)
    unschedule(state, "probation", suspension.member)
    if suspension.until:
        schedule(state, suspension.until, "suspension", suspension.member)
    return [{"what": "suspended", "member": suspension.member}]


def _can_reinstate(state: State, at: int, whom: Whom) -> None:
    _standing(state, whom.member, "suspended", "expelled")


def _reinstate(state: State, at: int, whom: Whom) -> Owed:
    stand(state, whom.member, "member", at)
    unschedule(state, "suspension", whom.member)
    return [{"what": "admitted", "member": whom.member}]


def _can_expel(state: State, at: int, expulsion: Expulsion) -> None:
    _standing(state, expulsion.member, "member", "probation", "lapsed", "suspended")
    check_expulsion(state, at, expulsion.member, expulsion.charge)


def _expel(state: State, at: int, expulsion: Expulsion) -> Owed:
    stand(state, expulsion.member, "expelled", at)
    unschedule(state, "suspension", expulsion.member)
    unschedule(state, "probation", expulsion.member)
    return [{"what": "left", "member": expulsion.member}]


def _them(whom: Whom) -> tuple[str, ...]:
    return (whom.member,)


EFFECTS = {
    **effect("Admit", Whom, _can_admit, _admit, recuses=_them),
    **effect("Confirm", Whom, _can_confirm, _admit, recuses=_them),
    **effect("Suspend", Suspension, _can_suspend, _suspend, recuses=_them),
    **effect("Reinstate", Whom, _can_reinstate, _reinstate, recuses=_them),
    **effect("Expel", Expulsion, _can_expel, _expel, recuses=_them),
}
