"""Contributions: facts that whoever did something claims and a maintainer who is somebody else validates. No scores."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Literal

from phyle.cooperative.law.commons import outsiders
from phyle.cooperative.law.commons.maintaining import about, speaks
from phyle.cooperative.law.commons.outsiders import MOST_OPEN, Contributor, Outsider, check_outsider, meet
from phyle.cooperative.law.commons.works import Work, founded
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import Hash, Id, Line
from phyle.cooperative.licences.expressions import parse
from phyle.errors import Malformed, Refused
from phyle.powers import SELF

What = Literal[
    "change",
    "review",
    "ticket",
    "release",
    "documentation",
    "design",
    "translation",
    "maintenance",
    "mentoring",
    "hosting",
    "care",
    "material",
]
CHANGE = "change"
"""A change that was merged: it comes with the terms on which it was given."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms something was given. `dco`: the contributor's word that they may give it (Developer Certificate
    of Origin 1.1). `licence`: an SPDX expression. `mandate`: they let the phyle grant licences of it in their name."""

    dco: bool
    licence: Line
    mandate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something that somebody did for a work; the slice's id is work/contribution. `on`: the day, as 2030-01-31.
    `subject`: the address or commit that it is about. `answered`: when, and by which maintainer; `reason`: why it was
    refused, a blob for all to read. `entry`: of the claim as it stands, `validated`: of its validation. What is `valid`
    is doubly signed: by whoever did it and by a maintainer who is somebody else."""

    SLICE: ClassVar[str] = "contribution"

    by: Id
    what: What
    subject: Line
    since: int
    entry: int
    text: Hash | None = None
    on: Line | None = None
    terms: Terms | None = None
    phase: Literal["claimed", "valid", "refused", "withdrawn"] = "claimed"
    answered: int = 0
    answered_by: Id | None = None
    reason: Hash | None = None
    validated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A contribution to a work."""

    work: Id
    contribution: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Named):
    """Somebody says what they did. `text`: in words, a blob. `outsider`: who they are, if nobody here knows."""

    what: What
    subject: Line
    text: Hash | None = None
    on: Line | None = None
    terms: Terms | None = None
    outsider: Outsider | None = None


def _check_claim(state: State, given: Given) -> None:
    founded(state)
    claim: Claim = given.payload
    state.require(Work, claim.work)
    check_outsider(state, given)
    if state.get(Contribution, _id(claim)) is not None:
        raise Refused("There is a contribution with this id already.")
    _check_facts(given, claim.what, claim.on, claim.terms)
    _check_open(state, given)


def _check_open(state: State, given: Given) -> None:
    known = state.get(Contributor, given.by)
    if known is not None and known.open >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} claims of yours wait for an answer; more can come when they have one.")


def _check_facts(given: Given, what: What, on: str | None, terms: Terms | None) -> None:
    """Refused for what cannot have happened, and for a change without terms."""
    if on is not None and _begins(on) > given.at + DAY:  # it is tomorrow already somewhere
        raise Refused("What has not been done yet cannot be claimed.")
    if terms is not None:
        parse(terms.licence)
    if what == CHANGE and (terms is None or not terms.dco):
        raise Refused("A change comes with the contributor's word that they may give it, and under which licence.")


def _begins(day: str) -> int:
    """When a day begins, in milliseconds. Malformed for what is no day."""
    try:
        found = date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        found = None
    if found is None:
        raise Malformed("payload.on must be a day such as 2030-01-31")
    return (found.toordinal() - _EPOCH) * DAY


def _claim(state: State, given: Given) -> None:
    claim: Claim = given.payload
    meet(state, given)
    _waits(state, given.by, 1)
    contribution = Contribution(
        by=Id(given.by),
        what=claim.what,
        subject=claim.subject,
        since=given.at,
        entry=given.seq,
        text=claim.text,
        on=claim.on,
        terms=claim.terms,
    )
    state.put(contribution, _id(claim))


def _waits(state: State, by: str, change: int) -> None:
    """One claim of an outsider more, or fewer, waits for an answer."""
    known = state.get(Contributor, by)
    if known is not None:
        state.put(replace(known, open=known.open + change), by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validate(Named):
    """A maintainer says that it was so. `text`: in words, a blob."""

    text: Hash | None = None


def _check_validate(state: State, given: Given) -> None:
    if _to_answer(state, given).phase != "claimed":
        raise Refused("This waits for no validation: it has been answered already, or was withdrawn.")


def _to_answer(state: State, given: Given) -> Contribution:
    """What somebody else than its author answers who speaks for the work."""
    speaks(state, given, given.payload.work)
    found = state.require(Contribution, _id(given.payload))
    if found.by == given.by:
        raise Refused("Nobody answers their own claim: another maintainer does.")
    return found


def _validate(state: State, given: Given) -> None:
    _answer(state, given, phase="valid", reason=None, validated=given.seq)


def _answer(state: State, given: Given, **changed: Any) -> None:
    found = state.require(Contribution, _id(given.payload))
    if found.phase == "claimed":
        _waits(state, found.by, -1)
    answered = replace(found, answered=given.at, answered_by=Id(given.by), **changed)
    state.put(answered, _id(given.payload))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseContribution(Named):
    """A maintainer says that it was not so, or takes back a validation. `text`: the reason, a blob for all to read."""

    text: Hash


def _check_refuse(state: State, given: Given) -> None:
    if _to_answer(state, given).phase not in ("claimed", "valid"):
        raise Refused("This has been refused already, or was withdrawn.")


def _refuse(state: State, given: Given) -> None:
    _answer(state, given, phase="refused", reason=given.payload.text, validated=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectContribution(Named):
    """Whoever claimed it says it anew, all of it; and it waits for validation again."""

    what: What
    subject: Line
    text: Hash | None = None
    on: Line | None = None
    terms: Terms | None = None


def _check_correct(state: State, given: Given) -> None:
    correct: CorrectContribution = given.payload
    if _own(state, given).phase == "withdrawn":
        raise Refused("This was withdrawn; it can be claimed as another contribution.")
    _check_facts(given, correct.what, correct.on, correct.terms)
    _check_open(state, given)


def _own(state: State, given: Given) -> Contribution:
    founded(state)
    found = state.require(Contribution, _id(given.payload))
    if found.by != given.by:
        raise Refused("Only whoever claimed this can change it.")
    return found


def _correct(state: State, given: Given) -> None:
    correct: CorrectContribution = given.payload
    found = state.require(Contribution, _id(correct))
    if found.phase != "claimed":
        _waits(state, found.by, 1)
    corrected = Contribution(
        by=found.by,
        what=correct.what,
        subject=correct.subject,
        since=found.since,
        entry=given.seq,
        text=correct.text,
        on=correct.on,
        terms=correct.terms,
    )
    state.put(corrected, _id(correct))


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawContribution(Named):
    """Whoever claimed it takes it back."""


def _check_withdraw(state: State, given: Given) -> None:
    if _own(state, given).phase == "withdrawn":
        raise Refused("This was withdrawn already.")


def _withdraw(state: State, given: Given) -> None:
    found = state.require(Contribution, _id(given.payload))
    if found.phase == "claimed":
        _waits(state, found.by, -1)
    state.put(replace(found, phase="withdrawn", validated=0), _id(given.payload))


def _id(named: Named) -> str:
    return f"{named.work}/{named.contribution}"


def _needs(named: Named) -> Iterable[Address]:
    return (*about(named.work), ("contribution", _id(named)))


def _maintained(named: Named, by: str) -> Iterable[Address]:
    return (("maintainer", f"{named.work}/{by}"),)


ACTS = {
    "claim": act(Claim, _check_claim, _claim, by=["member", "outsider"], power=SELF, needs=_needs, mine=outsiders.mine),
    "validate": act(Validate, _check_validate, _validate, power=SELF, needs=_needs, mine=_maintained),
    "refuse_contribution": act(RefuseContribution, _check_refuse, _refuse, power=SELF, needs=_needs, mine=_maintained),
    "correct_contribution": act(
        CorrectContribution,
        _check_correct,
        _correct,
        by=["member", "outsider"],
        power=SELF,
        needs=_needs,
        mine=outsiders.mine,
    ),
    "withdraw_contribution": act(
        WithdrawContribution,
        _check_withdraw,
        _withdraw,
        by=["member", "outsider"],
        power=SELF,
        needs=_needs,
        mine=outsiders.mine,
    ),
}
