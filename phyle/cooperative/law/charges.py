"""Charges: before anybody can be expelled, a charge is brought and they can reply; only then is it put to the members.
Afterwards they can appeal."""

from dataclasses import dataclass, replace
from typing import ClassVar

from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.members import Member, full, own
from phyle.cooperative.law.phyles import active, charter
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What somebody is charged with: the articles of the charter in words, the reasons as an opening. `replied`: when
    the reply came, 0 if none did; `reply_until`: until when one may. `expelled`: when they were for this, 0 if they
    were not, and `appeal_until`: until when that can be appealed. `withdrawn`: when it was."""

    SLICE: ClassVar[str] = "charge"

    member: Id
    by: Id
    articles: Line
    reasons: Hash
    brought: int
    reply_until: int
    replied: int = 0
    reply: Hash | None = None
    expelled: int = 0
    appeal_until: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """A member charges another."""

    charge: Id
    member: Id
    articles: Line
    reasons: Hash


def _check_bring(state: State, given: Given) -> None:
    active(state)
    full(state, given)
    if state.get(Charge, given.payload.charge) is not None:
        raise Refused("There is a charge with this id already.")
    accused = state.require(Member, given.payload.member)
    if given.payload.member == given.by:
        raise Refused("Nobody charges themselves; you can leave.")
    if accused.standing not in ("member", "probation", "lapsed", "suspended"):
        raise Refused("Only members can be charged.")


def _bring(state: State, given: Given) -> None:
    bring: Bring = given.payload
    charge = Charge(
        member=bring.member,
        by=Id(given.by),
        articles=bring.articles,
        reasons=bring.reasons,
        brought=given.at,
        reply_until=given.at + charter(state).membership.reply_days * DAY,
    )
    state.put(charge, bring.charge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The accused replies; the text is an opening."""

    charge: Id
    reply: Hash


def _check_reply(state: State, given: Given) -> None:
    own(state, given)
    charge = state.require(Charge, given.payload.charge)
    if charge.member != given.by:
        raise Refused("Only the accused replies to a charge.")
    if charge.replied:
        raise Refused("You have replied to this charge.")
    if charge.withdrawn or charge.expelled:
        raise Refused("This charge is over.")


def _reply(state: State, given: Given) -> None:
    charge = state.require(Charge, given.payload.charge)
    state.put(replace(charge, replied=given.at, reply=given.payload.reply), given.payload.charge)


def check_expulsion(state: State, at: int, member: str, charge_id: str) -> None:
    """Refused unless the charge was brought against this member, and was answered or its time to reply is over."""
    charge = state.require(Charge, charge_id)
    if charge.member != member:
        raise Refused("The charge is against somebody else.")
    if charge.withdrawn or charge.expelled:
        raise Refused("This charge is over; it takes a new one, and time to reply to it.")
    if not charge.replied and at < charge.reply_until:
        raise Refused("The accused still has time to reply to the charge.")


def expelled_for(state: State, id: str, at: int) -> None:
    """They were expelled for this charge; now they can appeal."""
    until = at + charter(state).membership.appeal_days * DAY
    state.put(replace(state.require(Charge, id), expelled=at, appeal_until=until), id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Whoever charged somebody takes it back."""

    charge: Id


def _check_withdraw(state: State, given: Given) -> None:
    own(state, given)
    charge = state.require(Charge, given.payload.charge)
    if charge.by != given.by:
        raise Refused("Only whoever brought a charge withdraws it.")
    if charge.withdrawn or charge.expelled:
        raise Refused("This charge is over.")


def _withdraw(state: State, given: Given) -> None:
    id = given.payload.charge
    state.put(replace(state.require(Charge, id), withdrawn=given.at), id)


def _about(payload: Bring | Reply | Withdraw) -> tuple[tuple[str, str], ...]:
    return (("charge", payload.charge),)


ACTS = {
    "charge": act(Bring, _check_bring, _bring, power=SELF, needs=_about),
    "reply": act(Reply, _check_reply, _reply, power=SELF, needs=_about),
    "withdraw_charge": act(Withdraw, _check_withdraw, _withdraw, power=SELF, needs=_about),
}
