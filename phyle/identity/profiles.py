"""What people say of themselves: name, text, fields, and who may find and follow them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.errors import Unprocessable
from phyle.identity import actors
from phyle.identity.actors import SQL, Actor
from phyle.store.transaction import Tx
from phyle.text import render, well_formed

LONGEST_NAME = 100
LONGEST_NOTE = 2_000
MOST_FIELDS = 8
LONGEST_FIELD = 255

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to change; None leaves it as it is. `note` and the values of `fields` are as typed, not HTML."""

    display_name: str | None = None
    note: str | None = None
    fields: Fields | None = None
    locked: bool | None = None
    aliases: Sequence[str] | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    bot: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """Someone's profile is different now."""

    actor: int


async def change(tx: Tx, actor: Actor, wanted: Change) -> Actor:
    """The actor after the change. Raises Unprocessable when something is too long or too much."""
    _check(wanted)
    note = actor.note if wanted.note is None else well_formed(wanted.note).strip()
    rows = await tx.change(
        SQL.update_profile,
        actor.id,
        actor.display_name if wanted.display_name is None else well_formed(wanted.display_name).strip(),
        note,
        actor.summary if wanted.note is None else _html(tx, note),
        list(actor.fields) if wanted.fields is None else _fields(tx, actor, wanted.fields),
        actor.locked if wanted.locked is None else wanted.locked,
        actor.discoverable if wanted.discoverable is None else wanted.discoverable,
        actor.indexable if wanted.indexable is None else wanted.indexable,
        _kind(actor, wanted.bot),
        list(actor.also_known_as) if wanted.aliases is None else list(wanted.aliases),
    )
    await tx.emit(ProfileChanged(actor=actor.id))
    return actors.from_row(rows[0])


def _check(wanted: Change) -> None:
    if len(wanted.display_name or "") > LONGEST_NAME:
        raise Unprocessable(f"Validation failed: Display name is longer than {LONGEST_NAME} characters")
    if len(wanted.note or "") > LONGEST_NOTE:
        raise Unprocessable(f"Validation failed: Note is longer than {LONGEST_NOTE} characters")
    if len(wanted.fields or ()) > MOST_FIELDS:
        raise Unprocessable(f"Validation failed: There may be at most {MOST_FIELDS} profile fields")
    for name, value in wanted.fields or ():
        if len(name) > LONGEST_FIELD or len(value) > LONGEST_FIELD:
            raise Unprocessable(f"Validation failed: A profile field is longer than {LONGEST_FIELD} characters")


def _kind(actor: Actor, bot: bool | None) -> str:
    if bot is None or actor.kind not in ("Person", "Service"):
        return actor.kind
    return "Service" if bot else "Person"


def _html(tx: Tx, typed: str) -> str:
    origin = tx.store.settings.origin
    return render(typed, mentions={}, hashtag_url=lambda tag: f"{origin}/tags/{tag}").html


def _fields(tx: Tx, actor: Actor, wanted: Fields) -> list[Mapping[str, Any]]:
    """Rows without a name or a value are left out. A value that did not change keeps when it was verified."""
    before = {(each["name"], each.get("typed")): each.get("verified_at") for each in actor.fields}
    rows: list[Mapping[str, Any]] = []
    for name, value in ((well_formed(name).strip(), well_formed(value).strip()) for name, value in wanted):
        if not name or not value:
            continue
        shown = _html(tx, value).removeprefix("<p>").removesuffix("</p>")
        verified = before.get((name, value))
        rows.append({"name": name, "value": shown, "typed": value, "verified_at": verified})
    return rows
