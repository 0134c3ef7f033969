"""Maintaining: who speaks for a work, and how maintainers come and go. What the phyle took in its mandates maintain."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.law.commons.works import Work, founded, is_commons
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import holds
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import Id
from phyle.errors import Refused
from phyle.powers import SELF

SCOPE = "commons"
"""The scope of mandates over all that the phyle took in; `commons/NAME` is that of one work."""
PRESENT = ("member", "probation")


def maintains(state: State, work: str, member: str) -> bool:
    """Whether somebody is a maintainer of a work now, and a member still."""
    found = state.get(Maintainer, f"{work}/{member}")
    if found is None or found.ended:
        return False
    standing = state.get(Member, member)
    return standing is not None and standing.standing in PRESENT


def mandated(state: State, work: Work, member: str, at: int) -> bool:
    """Whether the phyle took the work in, and a mandate of this member is over it."""
    if not is_commons(state, work):
        return False
    return any(holds(state, member, scope, at) for scope in (SCOPE, f"{SCOPE}/{work.name}"))


def speaks(state: State, given: Given, id: str) -> Work:
    """The work, if the author maintains it or holds a mandate over it. Refused otherwise."""
    founded(state)
    work = state.require(Work, id)
    if not maintains(state, id, given.by) and not mandated(state, work, given.by, given.at):
        raise Refused("This takes a maintainer of the work, and you are none.")
    return work


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteMaintainer:
    """Another member becomes a maintainer; who does not want to be one resigns."""

    work: Id
    member: Id


def _check_invite(state: State, given: Given) -> None:
    invite: InviteMaintainer = given.payload
    speaks(state, given, invite.work)
    if state.require(Member, invite.member).standing not in PRESENT:
        raise Refused("Only members can be maintainers.")
    found = state.get(Maintainer, f"{invite.work}/{invite.member}")
    if found is not None and not found.ended:
        raise Refused("This member maintains the work already.")


def _invite(state: State, given: Given) -> None:
    invite: InviteMaintainer = given.payload
    maintainer = Maintainer(since=given.at, entry=given.seq, by=Id(given.by))
    state.put(maintainer, f"{invite.work}/{invite.member}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeMaintainer:
    """Whoever maintained the work before them, or holds a mandate over it, ends somebody's maintaining it: so nobody
    who was invited can turn out those who invited them."""

    work: Id
    member: Id


def _check_revoke(state: State, given: Given) -> None:
    revoke: RevokeMaintainer = given.payload
    work = speaks(state, given, revoke.work)
    found = _live(state, revoke.work, revoke.member)
    if given.by == revoke.member:
        raise Refused("Who wants to maintain a work no more resigns.")
    mine = state.get(Maintainer, f"{revoke.work}/{given.by}")
    before = mine is not None and not mine.ended and mine.entry < found.entry
    if not before and not mandated(state, work, given.by, given.at):
        raise Refused("Only who maintained the work before them can end this, or a mandate over the commons.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResignMaintainer:
    """A maintainer wants to be one no more."""

    work: Id


def _check_resign(state: State, given: Given) -> None:
    _live(state, given.payload.work, given.by)


def _live(state: State, work: str, member: str) -> Maintainer:
    state.require(Work, work)
    found = state.get(Maintainer, f"{work}/{member}")
    if found is None or found.ended:
        raise Refused("This is no maintainer of the work.")
    return found


def _end(state: State, given: Given, member: str) -> None:
    id = f"{given.payload.work}/{member}"
    state.put(replace(state.require(Maintainer, id), ended=given.at), id)


def about(work: str, *members: str) -> Iterable[Address]:
    """The slices of a work and of these maintainers."""
    return (("work", work), *(("maintainer", f"{work}/{member}") for member in members))


def mine(payload: "InviteMaintainer | RevokeMaintainer | ResignMaintainer", by: str) -> Iterable[Address]:
    """The author's own maintaining."""
    return (("maintainer", f"{payload.work}/{by}"),)


def _whom(payload: InviteMaintainer | RevokeMaintainer) -> Iterable[Address]:
    return (*about(payload.work, payload.member), ("member", payload.member))


ACTS = {
    "invite_maintainer": act(InviteMaintainer, _check_invite, _invite, power=SELF, needs=_whom, mine=mine),
    "revoke_maintainer": act(
        RevokeMaintainer,
        _check_revoke,
        lambda state, given: _end(state, given, given.payload.member),
        power=SELF,
        needs=_whom,
        mine=mine,
    ),
    "resign_maintainer": act(
        ResignMaintainer,
        _check_resign,
        lambda state, given: _end(state, given, given.by),
        power=SELF,
        needs=lambda payload: about(payload.work),
        mine=mine,
    ),
}
