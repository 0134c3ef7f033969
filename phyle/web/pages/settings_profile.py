"""What a member says of themselves, and who may find and follow them."""

from dataclasses import dataclass

from phyle.errors import Refusal, Unprocessable
from phyle.identity import profiles
from phyle.identity.actors import Actor
from phyle.identity.profiles import MOST_FIELDS, Change
from phyle.text import plain
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.settings import PROFILE, done, part
from phyle.web.pages.visitors import first_log_in

_FIELDS = 4  # that are offered; a client may have set more


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it stands."""

    display_name: str
    note: str
    fields: list[tuple[str, str]]
    locked: bool
    discoverable: bool
    indexable: bool


async def show(asked: Asked) -> Answer:
    """GET /settings"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return _page(asked, _kept(asked.me))


async def save(asked: Asked) -> Answer:
    """POST /settings"""
    typed = _typed(asked)
    change = Change(
        display_name=typed.display_name,
        note=typed.note,
        fields=typed.fields,
        locked=typed.locked,
        discoverable=typed.discoverable,
        indexable=typed.indexable,
    )
    try:
        await profiles.change(asked.tx, asked.me, change)
    except Unprocessable as refusal:  # found before anything was written
        return _page(asked, typed, refusal)
    return done(PROFILE, "profile")


def _kept(me: Actor) -> Typed:
    return Typed(
        display_name=me.display_name,
        note=me.note,
        fields=[(each["name"], each.get("typed") or plain(each["value"])) for each in me.fields],
        locked=me.locked,
        discoverable=me.discoverable,
        indexable=me.indexable,
    )


def _typed(asked: Asked) -> Typed:
    rows = range(1, MOST_FIELDS + 1)
    fields = [(asked.text(f"field_name_{row}"), asked.text(f"field_value_{row}")) for row in rows]
    return Typed(
        display_name=asked.text("display_name"),
        note=asked.text("note").replace("\r\n", "\n"),
        fields=[field for field in fields if any(field)],
        locked=asked.flag("locked"),
        discoverable=asked.flag("discoverable"),
        indexable=asked.flag("indexable"),
    )


def _page(asked: Asked, typed: Typed, fault: Refusal | None = None) -> Answer:
    empty = [("", "")] * (_FIELDS - len(typed.fields))
    return part(
        asked,
        PROFILE,
        "settings_profile.html",
        fault=fault,
        typed=typed,
        fields=[*typed.fields, *empty],
        longest_name=profiles.LONGEST_NAME,
        longest_note=profiles.LONGEST_NOTE,
        longest_field=profiles.LONGEST_FIELD,
    )
