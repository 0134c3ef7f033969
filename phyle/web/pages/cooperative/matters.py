"""What can be proposed by a form, each with the fields that it asks for and the effect that it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Sort = Literal["member", "office", "line", "number", "charge", "choice", "rank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `standings`: of the members among whom one chooses; `choices`: words by value."""

    name: str
    label: str
    sort: Sort
    hint: str = ""
    standings: tuple[str, ...] = ()
    choices: Mapping[str, str] | None = None
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of proposal. `effect`: what follows if it passes; `fixed`: arguments that are always the same. `several`:
    it lets people choose among options; `election`: among candidates; `charter`: it carries the text of a charter."""

    key: str
    heading: str
    says: str
    effect: str
    group: str
    fields: tuple[Field, ...] = ()
    several: bool = False
    election: bool = False
    charter: bool = False


_HERE = ("member", "lapsed", "suspended", "probation")


def _member(label: str, *standings: str, hint: str = "") -> Field:
    return Field(name="member", label=label, sort="member", standings=standings or _HERE, hint=hint)


def _line(name: str, label: str, hint: str = "") -> Field:
    return Field(name=name, label=label, sort="line", hint=hint)


_OFFICE = Field(name="office", label="Which office", sort="office")
_WORDS, _PEOPLE, _OFFICES, _PHYLE = "In words", "People", "Offices", "The phyle itself"

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="resolve",
            heading="Resolve something in words",
            says="A yes or no decision about a text. If it passes, the phyle has resolved what the text says.",
            effect="Resolve",
            group=_WORDS,
        ),
        Kind(
            key="choose",
            heading="Choose among several options",
            says="People rank, score or tick several options. That everything stays as it is, is always one of them.",
            effect="Resolve",
            group=_WORDS,
            several=True,
        ),
        Kind(
            key="admit",
            heading="Admit somebody",
            says="Somebody who has applied, or is on probation, becomes a full member at once.",
            effect="Admit",
            group=_PEOPLE,
            fields=(_member("Who", "applicant", "probation"),),
        ),
        Kind(
            key="confirm",
            heading="End somebody’s probation",
            says="Somebody on probation gets their vote.",
            effect="Confirm",
            group=_PEOPLE,
            fields=(_member("Who", "probation"),),
        ),
        Kind(
            key="suspend",
            heading="Suspend a member",
            says="A member rests for a time and takes no part. It can be appealed against.",
            effect="Suspend",
            group=_PEOPLE,
            fields=(
                _member("Who", "member", "lapsed", "probation"),
                Field(
                    name="days",
                    label="For how many days",
                    sort="number",
                    hint="At most 365. Empty: for as long as can be.",
                    needed=False,
                ),
            ),
        ),
        Kind(
            key="reinstate",
            heading="Take somebody back",
            says="A member who was suspended or expelled stands as before.",
            effect="Reinstate",
            group=_PEOPLE,
            fields=(_member("Who", "suspended", "expelled"),),
        ),
        Kind(
            key="expel",
            heading="Expel a member",
            says="It takes a charge first, to which the member has had time to reply. Nobody votes on their own case.",
            effect="Expel",
            group=_PEOPLE,
            fields=(Field(name="charge", label="On which charge", sort="charge"),),
        ),
        Kind(
            key="elect",
            heading="Hold an election",
            says="Members nominate each other until the ballot opens; whoever accepts is a candidate.",
            effect="Appoint",
            group=_OFFICES,
            fields=(_OFFICE, Field(name="seats", label="How many seats", sort="number")),
            election=True,
        ),
        Kind(
            key="appoint",
            heading="Appoint somebody",
            says="A yes or no decision on one person for one office.",
            effect="Appoint",
            group=_OFFICES,
            fields=(_OFFICE, _member("Who", "member")),
        ),
        Kind(
            key="recall",
            heading="Recall somebody from an office",
            says="Their mandate ends as soon as it passes.",
            effect="Recall",
            group=_OFFICES,
            fields=(_OFFICE, _member("Who", "member", "suspended", "lapsed")),
        ),
        Kind(
            key="amend",
            heading="Change the charter",
            says="You change its text; each change is decided by the rule that protects what it touches.",
            effect="Amend",
            group=_PHYLE,
            charter=True,
        ),
        Kind(
            key="ratify",
            heading="Ratify the charter",
            says="After the founders’ time the members confirm the charter anew.",
            effect="Ratify",
            group=_PHYLE,
        ),
        Kind(
            key="face",
            heading="Change what this phyle shows of itself",
            says="Its name, its description, or who can have an account here.",
            effect="PublicFace",
            group=_PHYLE,
            fields=(
                Field(
                    name="what",
                    label="What",
                    sort="choice",
                    choices={"name": "Its name", "description": "Its description", "registrations": "New accounts"},
                ),
                _line("value", "What it shall be", "For new accounts: open, application or closed."),
            ),
        ),
        Kind(
            key="annul",
            heading="Annul a decision",
            says="A decision that passed and is not carried out yet is taken back.",
            effect="Annul",
            group=_PHYLE,
            fields=(_line("proposal", "Which proposal", "The last part of the address of its page."),),
        ),
        Kind(
            key="dissolve",
            heading="Dissolve the phyle",
            says="It ends. Its ledger stays readable.",
            effect="Dissolve",
            group=_PHYLE,
        ),
    )
}
"""By their key, in the order in which they are offered."""

DAY = 24 * 3600 * 1000


def arguments(kind: Kind, typed: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The arguments of the effect from what the fields held. `now` in milliseconds."""
    found = {field.name: typed[field.name] for field in kind.fields if typed.get(field.name) not in (None, "")}
    if "days" in found:
        found["until"] = now + int(found.pop("days")) * DAY
    return found
