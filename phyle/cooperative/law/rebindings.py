"""Rebinding: a member whose key or server is gone is known by a new key, on the word of members, after a delay in which
the old key, or any member, can object."""

from dataclasses import dataclass, replace
from typing import ClassVar

from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.members import (
    OVER,
    Introduction,
    Member,
    check_introduction,
    elector,
    full,
    key_address,
    settle,
    use_key,
)
from phyle.cooperative.law.membership import check_voucher, note_vouched, roomy
from phyle.cooperative.law.phyles import active, charter, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebinding:
    """A member's request to be known by a new key. `old`: the membership. `until`: when it takes effect, once enough
    have vouched. `objections`: who objected, the member themselves or others. `phase`: `waiting` for a decision after
    an objection, or because too many electors would be known by vouching alone."""

    SLICE: ClassVar[str] = "rebinding"

    old: Id
    introduction: Introduction
    asked: int
    phase: str = "open"
    vouchers: tuple[Id, ...] = ()
    until: int = 0
    objections: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebind(Introduction):
    """Somebody says, under a new key, that a membership is theirs. `member` is the id of this request."""

    old: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A rebinding."""

    rebinding: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRebinding(Named):
    """The old key objects, or a member does, who gives the reason as an opening."""

    reason: Hash | None = None


def _check_rebind(state: State, given: Given) -> None:
    active(state)
    check_introduction(state, given, given.payload)
    if state.get(Rebinding, given.payload.member) is not None:
        raise Refused("There is a request with this id already.")
    if state.require(Member, given.payload.old).standing in OVER:
        raise Refused("This membership has ended.")


def _rebind(state: State, given: Given) -> None:
    rebind: Rebind = given.payload
    introduction = Introduction(
        member=rebind.member,
        key=rebind.key,
        custody=rebind.custody,
        via=rebind.via,
        klass=rebind.klass,
        identity=rebind.identity,
    )
    state.put(Rebinding(old=rebind.old, introduction=introduction, asked=given.at), rebind.member)
    use_key(state, rebind.old, rebind.key)


def _check_vouch(state: State, given: Given) -> None:
    active(state)
    rebinding = state.require(Rebinding, given.payload.rebinding)
    check_voucher(state, given)
    if rebinding.phase != "open":
        raise Refused("This request does not wait for vouchers.")
    if given.by == rebinding.old or given.by in rebinding.vouchers:
        raise Refused("You have vouched for this, or it is about you.")


def _vouch(state: State, given: Given) -> None:
    id = given.payload.rebinding
    rebinding = state.require(Rebinding, id)
    terms = charter(state).membership
    rebinding = replace(rebinding, vouchers=(*rebinding.vouchers, Id(given.by)))
    if len(rebinding.vouchers) == terms.rebind_vouchers:
        until = given.at + terms.rebind_delay_days * DAY
        rebinding = replace(rebinding, until=until)
        schedule(state, until, "rebound", id)
    state.put(rebinding, id)
    note_vouched(state, given, rebinding.old)


def _check_object(state: State, given: Given) -> None:
    rebinding = state.require(Rebinding, given.payload.rebinding)
    if rebinding.phase != "open":
        raise Refused("This request is not open to objections any more.")
    if given.by == rebinding.old:
        return
    full(state, given)
    if given.payload.reason is None:
        raise Refused("An objection has a reason.")
    if given.by in rebinding.objections:
        raise Refused("You have objected already.")


def _object(state: State, given: Given) -> None:
    """It takes a decision from now on."""
    id = given.payload.rebinding
    rebinding = state.require(Rebinding, id)
    state.put(replace(rebinding, phase="waiting", objections=(*rebinding.objections, Id(given.by))), id)
    unschedule(state, "rebound", id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebound:
    """The delay is over: the member is known by the new key, or not, with the reason why."""

    rebinding: Id
    member: Id
    done: bool
    why: str = ""


def _due_rebound(state: State, at: int, item: Item) -> Rebound:
    rebinding = state.require(Rebinding, item.id)
    member = state.require(Member, rebinding.old)
    why = ""
    if member.standing in OVER:
        why = "The membership has ended."
    elif member.standing == "suspended":
        why = "The member is suspended; it takes a decision."
    elif elector(state, member) and not roomy(state, tacit=int(not member.tacit), electors=0):
        why = "As many as can be are known by vouching alone; it takes a decision."
    return Rebound(rebinding=Id(item.id), member=rebinding.old, done=not why, why=why)


def _apply_rebound(state: State, at: int, rebound: Rebound) -> None:
    if rebound.done:
        carry_out(state, rebound.rebinding, at, tacit=True)
    else:
        state.put(replace(state.require(Rebinding, rebound.rebinding), phase="waiting"), rebound.rebinding)


def carry_out(state: State, id: str, at: int, *, tacit: bool) -> None:
    """The member is known by the new key. `tacit`: on the word of some members alone, which is then all the vouching
    that counts for them."""
    rebinding = state.require(Rebinding, id)
    new, member = rebinding.introduction, state.require(Member, rebinding.old)
    after = replace(
        member,
        key=new.key,
        custody=new.custody,
        via=new.via,
        identity={**{name: hash for name, hash in member.identity.items() if name != "pinned"}, **new.identity},
        tacit=tacit or member.tacit,
        vouchers=rebinding.vouchers if tacit else member.vouchers,
    )
    settle(state, rebinding.old, after, at)
    state.put(replace(rebinding, phase="done"), id)
    unschedule(state, "rebound", id)


def _needs_rebind(payload: Rebind) -> tuple[tuple[str, str], ...]:
    return (*key_address(payload), ("rebinding", payload.member), ("member", payload.old))


def _about(payload: Named) -> tuple[tuple[str, str], ...]:
    return (("rebinding", payload.rebinding),)


ACTS = {
    "rebind": act(Rebind, _check_rebind, _rebind, by=["newcomer"], power=SELF, needs=_needs_rebind),
    "vouch_rebinding": act(Named, _check_vouch, _vouch, power=SELF, needs=_about),
    "object_rebinding": act(ObjectRebinding, _check_object, _object, power=SELF, needs=_about),
}
CONSEQUENCES = {
    "rebound": consequence(Rebound, _due_rebound, _apply_rebound, needs=lambda item: (("rebinding", item.id),)),
}
