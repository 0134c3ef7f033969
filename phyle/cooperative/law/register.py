"""The statutory register: what members say of themselves, what stewards enter, and who looked, and what for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.members import Member, own
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Word
from phyle.errors import Refused
from phyle.powers import SELF, mandate

BY_DOORS = frozenset(("actor", "pinned", "request"))
"""What only an application, a move or a rebinding can say."""
BY_STEWARDS = frozenset(("shares", "number", "claim"))
"""What only a steward with the scope `register` enters: shares held, a number in the register, what is owed."""
MOST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a member says of themselves anew: name, address and the like, as commitments by name."""

    identity: Mapping[Word, Hash]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Amendment):
    """What a steward enters of a member."""

    member: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """A member looks into the register, as it stood at an entry, or now. `purpose`: an opening."""

    purpose: Hash
    as_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The newest inspection by a member; the slice's id is the member's."""

    SLICE: ClassVar[str] = "inspection"

    at: int
    purpose: Hash
    as_of: int | None = None


def _check_amend(state: State, given: Given) -> None:
    member = own(state, given)
    names = set(given.payload.identity)
    if not names or names & (BY_DOORS | BY_STEWARDS):
        raise Refused(f"This is not for you to change here: {', '.join(sorted(names)) or 'nothing'}.")
    _bounded(member, given)


def _bounded(member: Member, given: Given) -> None:
    if len({*member.identity, *given.payload.identity}) > MOST:
        raise Refused(f"The register has at most {MOST} fields for each member.")


def _amend(state: State, given: Given) -> None:
    _write(state, given.by, given.payload.identity)


def _write(state: State, id: str, identity: Mapping[Word, Hash]) -> None:
    member = state.require(Member, id)
    state.put(replace(member, identity={**member.identity, **identity}), id)


def _check_enter(state: State, given: Given) -> None:
    own(state, given)
    steward(state, given, "register")
    member = state.require(Member, given.payload.member)
    if not given.payload.identity or not set(given.payload.identity) <= BY_STEWARDS:
        raise Refused(f"A steward enters only these: {', '.join(sorted(BY_STEWARDS))}.")
    _bounded(member, given)


def _enter(state: State, given: Given) -> None:
    _write(state, given.payload.member, given.payload.identity)


def _check_inspect(state: State, given: Given) -> None:
    if own(state, given).standing not in ("member", "suspended"):
        raise Refused("The register can be inspected by members.")
    if given.payload.as_of is not None and not 0 <= given.payload.as_of <= given.seq:
        raise Refused("The ledger has no such entry yet.")


def _inspect(state: State, given: Given) -> None:
    state.put(Inspection(at=given.at, purpose=given.payload.purpose, as_of=given.payload.as_of), given.by)


ACTS = {
    "amend_identity": act(Amendment, _check_amend, _amend, power=SELF, own=True, ever=True),
    "enter_register": act(
        Enter,
        _check_enter,
        _enter,
        power=mandate("register"),
        needs=lambda payload: (("member", payload.member),),
    ),
    "inspect": act(Inspect, _check_inspect, _inspect, power=SELF, ever=True),
}
