"""Effects on memberships: Admit, Confirm, Suspend, Reinstate, Expel, Rebind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.law.charges import check_expulsion, expelled_for
from phyle.cooperative.law.departures import expel, leave, reinstate, suspend
from phyle.cooperative.law.kinds import DAY, effect
from phyle.cooperative.law.members import OVER, Member, Standing, settle, stand
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.rebindings import Rebinding, carry_out
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import NO_MOMENT, Id, Moment, Word
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]
LONGEST_SUSPENSION = 365 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The member that the effect is about."""

    member: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission(Whom):
    """An admission, into another class than they applied for, or have, if one is named."""

    klass: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension(Whom):
    """A suspension until a time in milliseconds, 0 for as long as can be. It is no expulsion by another name."""

    until: Moment = NO_MOMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Expulsion(Whom):
    """An expulsion, for the charge that was brought and could be answered."""

    charge: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Whom):
    """A member's new key, as they asked for it."""

    rebinding: Id


def _standing(state: State, member: str, *allowed: Standing) -> Member:
    found = state.require(Member, member)
    if found.standing not in allowed:
        raise Refused(f"The member's standing is {found.standing}; this needs {' or '.join(allowed)}.", cause=member)
    return found


def _can_admit(state: State, at: int, admission: Admission) -> None:
    if admission.klass is None:
        _standing(state, admission.member, "applicant", "probation")
        return
    member = _standing(state, admission.member, "applicant", "probation", "member")
    if admission.klass not in charter(state).membership.classes:
        raise Refused(f"The charter knows no class of members called {admission.klass}.")
    if member.standing == "member" and member.klass == admission.klass:
        raise Refused(f"They are of the class {admission.klass} already.")


def _admit(state: State, at: int, admission: Admission) -> Owed:
    id = admission.member
    if admission.klass is not None:
        settle(state, id, replace(state.require(Member, id), klass=admission.klass), at)
    return _confirm(state, at, admission)


def _confirm(state: State, at: int, whom: Whom) -> Owed:
    leave(state, whom.member)
    member = state.require(Member, whom.member)
    if member.standing in ("member", "lapsed"):
        settle(state, whom.member, replace(member, tacit=False), at)
        return ()
    stand(state, whom.member, "member", at, tacit=False)
    return [{"what": "admitted", "member": whom.member}]


def _refuse(state: State, at: int, whom: Whom) -> None:
    """Whom the members did not want is no applicant any more; who is a member already stays one."""
    member = state.get(Member, whom.member)
    if member is not None and member.standing in ("applicant", "probation"):
        leave(state, whom.member)
        stand(state, whom.member, "refused", at)


def _can_confirm(state: State, at: int, whom: Whom) -> None:
    """Whoever is on probation, or came by vouching alone."""
    if not _standing(state, whom.member, "probation", "member", "lapsed").tacit:
        _standing(state, whom.member, "probation")


def _can_suspend(state: State, at: int, suspension: Suspension) -> None:
    _standing(state, suspension.member, "member", "probation", "lapsed")
    if suspension.until and not at < suspension.until <= at + LONGEST_SUSPENSION:
        raise Refused("A suspension lasts for a year at the most, and is not over when it begins.")


def _suspend(state: State, at: int, suspension: Suspension) -> Owed:
    suspend(state, suspension.member, suspension.until or at + LONGEST_SUSPENSION, at)
    return [{"what": "suspended", "member": suspension.member}]


def _can_reinstate(state: State, at: int, whom: Whom) -> None:
    _standing(state, whom.member, "suspended", "expelled")


def _reinstate(state: State, at: int, whom: Whom) -> Owed:
    reinstate(state, whom.member, at)
    return [{"what": "admitted", "member": whom.member}]


def _can_expel(state: State, at: int, expulsion: Expulsion) -> None:
    _standing(state, expulsion.member, "member", "probation", "lapsed", "suspended")
    check_expulsion(state, at, expulsion.member, expulsion.charge)


def _expel(state: State, at: int, expulsion: Expulsion) -> Owed:
    expel(state, expulsion.member, at)
    expelled_for(state, expulsion.charge, at)
    return [{"what": "left", "member": expulsion.member}]


def _can_rebind(state: State, at: int, identity: Identity) -> None:
    rebinding = state.require(Rebinding, identity.rebinding)
    if rebinding.old != identity.member:
        raise Refused("This request is about another membership.")
    if rebinding.phase == "done" or state.require(Member, rebinding.old).standing in OVER:
        raise Refused("The member is known by this key already, or the membership has ended.")


def _rebind(state: State, at: int, identity: Identity) -> Owed:
    carry_out(state, identity.rebinding, at, tacit=False)
    return [{"what": "rebound", "member": identity.member}]


def _them(whom: Whom) -> tuple[str, ...]:
    return (whom.member,)


EFFECTS = {
    **effect("Admit", Admission, _can_admit, _admit, recuses=_them, fails=_refuse),
    **effect("Confirm", Whom, _can_confirm, _confirm, recuses=_them, fails=_refuse),
    **effect("Suspend", Suspension, _can_suspend, _suspend, recuses=_them),
    **effect("Reinstate", Whom, _can_reinstate, _reinstate, recuses=_them),
    **effect("Expel", Expulsion, _can_expel, _expel, recuses=_them, proposable=_can_expel),
    **effect("Rebind", Identity, _can_rebind, _rebind, recuses=_them),
}
