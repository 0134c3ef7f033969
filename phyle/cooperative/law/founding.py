"""Founding: a ledger begins, at least three sign the same charter, and nobody owns what comes of it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from phyle.cooperative.law.acts import key_of
from phyle.cooperative.law.calendar import plan_ordinary
from phyle.cooperative.law.departures import REVIEW_EVERY
from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.mandates import Mandate, end, give, office_ids
from phyle.cooperative.law.members import (
    FEWEST,
    Introduction,
    check_introduction,
    introduced,
    key_address,
    settle,
    use_key,
)
from phyle.cooperative.law.phyle_keys import begin_keys, check_origin
from phyle.cooperative.law.phyles import Phyle, charter_of, phyle, schedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.tiers import enact
from phyle.cooperative.law.values import Hash, Id, Key, Word
from phyle.errors import Refused
from phyle.powers import OPERATOR, SELF

YEAR = 365 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One founder's signature under a charter, while the phyle gathers. `at`: milliseconds."""

    SLICE: ClassVar[str] = "signature"

    charter: Hash
    introduction: Introduction
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The first entry: what the ledger is called, by which keys it speaks, and on which host."""

    origin: str
    log_key: Key
    credential_key: Key
    host: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Introduction):
    """A founder signs a charter. Signing again replaces the signature."""

    charter: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One of those who signed declares the phyle founded, and names all founders."""

    charter: Hash
    founders: tuple[Id, ...]


def _check_begin(state: State, given: Given) -> None:
    if state.get(Phyle) is not None or given.seq != 0:
        raise Refused("The ledger has begun already.")
    begin: Begin = given.payload
    check_origin(begin.origin)
    if given.entry.act.phyle != begin.origin or key_of(given.entry.act.proof) != begin.credential_key:
        raise Refused("The first entry names the ledger that it begins, and is signed by its credential key.")
    if begin.log_key == begin.credential_key:
        raise Refused("Every key has one use; the two keys of a ledger differ.")


def _begin(state: State, given: Given) -> None:
    begin: Begin = given.payload
    state.put(
        Phyle(
            origin=begin.origin,
            phase="gathering",
            log_key=begin.log_key,
            credential_key=begin.credential_key,
            host=begin.host,
        )
    )
    begin_keys(state, given.seq)


def _check_sign(state: State, given: Given) -> None:
    sign: Sign = given.payload
    if phyle(state).phase != "gathering":
        raise Refused("This phyle is founded; whoever wants to join applies.")
    check_introduction(state, given, sign)
    before = state.get(Signature, sign.member)
    if before is not None and before.introduction.key != sign.key:
        raise Refused("Somebody has signed under this id, and only their key can sign anew.")
    if sign.custody == "none":
        raise Refused("Founders sign with a key of their own or with one that their instance keeps.")
    classes = charter_of(state, sign.charter).membership.classes
    if sign.klass not in classes or not classes[sign.klass].vote or classes[sign.klass].principal != "person":
        raise Refused("Founders are persons of a class that votes under the charter they sign.")


def _needs_sign(sign: Sign) -> tuple[tuple[str, str], ...]:
    return (*key_address(sign), ("signature", sign.member))


def _sign(state: State, given: Given) -> None:
    sign: Sign = given.payload
    introduction = Introduction(
        member=sign.member,
        key=sign.key,
        custody=sign.custody,
        via=sign.via,
        klass=sign.klass,
        identity=sign.identity,
    )
    state.put(Signature(charter=sign.charter, introduction=introduction, at=given.at), sign.member)


def _check_found(state: State, given: Given) -> None:
    found: Found = given.payload
    if phyle(state).phase != "gathering":
        raise Refused("This phyle is founded already.")
    if len(set(found.founders)) != len(found.founders) or tuple(sorted(found.founders)) != found.founders:
        raise Refused("The founders must be named once each, in order.")
    if len(found.founders) < FEWEST:
        raise Refused(f"It takes at least {FEWEST} founders; {len(found.founders)} are named.")
    if given.by not in found.founders:
        raise Refused("Only one of the founders can declare the phyle founded.")
    for founder in found.founders:
        if state.require(Signature, founder).charter != found.charter:
            raise Refused("All founders must have signed the same charter.", cause=founder)
    keys = [state.require(Signature, founder).introduction.key for founder in found.founders]
    if len(set(keys)) != len(keys):
        raise Refused("Every founder signs with a key of their own.")


def _found(state: State, given: Given) -> None:
    found: Found = given.payload
    state.put(replace(phyle(state), phase="active", founded=given.at, founders=len(found.founders)))
    enact(state, found.charter, given.at)
    for founder in found.founders:
        signature = state.require(Signature, founder)
        member = introduced(given, signature.introduction, "member")
        use_key(state, founder, member.key)
        member = replace(member, admitted=given.at, founder=True, applied=signature.at, last_act=signature.at)
        settle(state, founder, member, given.at)
        state.drop(Signature, founder)
    until = given.at + YEAR
    for office in office_ids(state):
        for founder in found.founders:
            give(state, office, founder, given.at, "founding", until=until)
    schedule(state, until, "founding_sunset")
    schedule(state, given.at + REVIEW_EVERY, "review")
    plan_ordinary(state, given.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingSunset:
    """The founders' time is over: so many mandates end, and the charter waits to be ratified by the members."""

    mandates: int


def _founding(state: State) -> list[str]:
    return [
        id
        for office in office_ids(state)
        for id, mandate in state.all(Mandate, office)
        if mandate.source == "founding" and not mandate.ended
    ]


def _due_sunset(state: State, at: int, item: Item) -> FoundingSunset:
    return FoundingSunset(mandates=len(_founding(state)))


def _apply_sunset(state: State, at: int, sunset: FoundingSunset) -> None:
    for id in _founding(state):
        end(state, id, at)
    state.put(replace(phyle(state), sunset=True, ratified=False))


ACTS = {
    "begin": act(Begin, _check_begin, _begin, by=["host"], power=OPERATOR),
    "sign": act(Sign, _check_sign, _sign, by=["newcomer"], power=SELF, needs=_needs_sign),
    "found": act(Found, _check_found, _found, by=["newcomer"], power=SELF),
}
CONSEQUENCES = {"founding_sunset": consequence(FoundingSunset, _due_sunset, _apply_sunset)}
