"""Fields: what a form of a proposal asks for, and what effect it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

DAY = 24 * 3600 * 1000
Sort = Literal["member", "office", "line", "text", "number", "charge", "rebinding", "moderation", "choice", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `standings`: of the members among whom one chooses; `choices`: words by value. `argument`: the
    argument of the effect that it is, when it is called otherwise than the field. What is `hidden` is filled in by a
    page that leads here."""

    name: str
    label: str
    sort: Sort
    hint: str = ""
    standings: tuple[str, ...] = ()
    choices: Mapping[str, str] | None = None
    needed: bool = True
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of proposal. `effect`: what follows if it passes. `several`: it lets people choose among options;
    `election`: among candidates; `charter`: it carries the text of a charter; `key_made`: it names a new key of the
    phyle, which is made for it. `either`: fields of which exactly one is filled in. `caution`: what to know before one
    proposes it."""

    key: str
    heading: str
    says: str
    effect: str
    group: str
    fields: tuple[Field, ...] = ()
    several: bool = False
    election: bool = False
    charter: bool = False
    key_made: bool = False
    either: tuple[str, ...] = ()
    caution: str = ""


def arguments(kind: Kind, typed: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The arguments of the effect from what the fields held. `now` in milliseconds."""
    told = [field for field in kind.fields if typed.get(field.name) not in (None, "")]
    found = {field.argument or field.name: typed[field.name] for field in told}
    if "days" in found:
        found["until"] = now + int(found.pop("days")) * DAY
    return found
