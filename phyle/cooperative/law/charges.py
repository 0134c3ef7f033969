"""Charges: before anybody can be expelled, a charge is brought, they can reply, and only then is it decided."""

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
    the reply came, 0 if none did; `reply_until`: until when one may."""

    SLICE: ClassVar[str] = "charge"

    member: Id
    by: Id
    articles: Line
    reasons: Hash
    brought: int
    reply_until: int
    replied: int = 0
    reply: Hash | None = None


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


def _reply(state: State, given: Given) -> None:
    charge = state.require(Charge, given.payload.charge)
    state.put(replace(charge, replied=given.at, reply=given.payload.reply), given.payload.charge)


def check_expulsion(state: State, at: int, member: str, charge_id: str) -> None:
    """Refused unless the charge was brought against this member, and was answered or its time to reply is over."""
    charge = state.require(Charge, charge_id)
    if charge.member != member:
        raise Refused("The charge is against somebody else.")
    if not charge.replied and at < charge.reply_until:
        raise Refused("The accused still has time to reply to the charge.")


def _about(payload: Bring | Reply) -> tuple[tuple[str, str], ...]:
    return (("charge", payload.charge),)


ACTS = {
    "charge": act(Bring, _check_bring, _bring, power=SELF, needs=_about),
    "reply": act(Reply, _check_reply, _reply, power=SELF, needs=_about),
}
