"""Activities from elsewhere: who does what to which object, and nothing that only one kind of activity needs."""

from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.wire import Document

_ABOUT_ACTIVITIES = frozenset({"Accept", "Announce", "Ignore", "Reject", "TentativeAccept", "TentativeReject", "Undo"})
_BLIND = ("bto", "bcc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """The activity that an Undo, Accept, Reject or Announce embeds: a stranger's claims, only for finding ours."""

    id: str | None
    type: str | None
    actor: str | None
    object_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity, unjudged.

    `actor` is None unless exactly one is named; so are `object` and `object_id`. `object` is the id or the embedded
    document; `object_ids` are all that are named (a Flag names many). `raw` is the whole document without `bto`, `bcc`.
    """

    id: str | None
    type: str
    actor: str | None
    object: str | Document | None
    object_id: str | None
    object_ids: tuple[str, ...]
    object_type: str | None
    inner: Inner | None
    target: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience: tuple[str, ...]
    published: datetime | None
    content: str | None
    raw: Document


def read_activity(document: Document) -> Activity:
    """The activity that `document` holds, of any type. Raises `Malformed` for a property of a type it cannot have."""
    kind = shapes.type_of(document)
    if kind is None:
        raise Malformed("`type` is missing: nobody can say what this activity does.")
    raw = _without_blind(document)
    thing = _object(raw)
    embedded = thing if isinstance(thing, dict) else None
    return Activity(
        id=shapes.id_of(document),
        type=kind,
        actor=_single(document, "actor"),
        object=thing,
        object_id=_single(document, "object"),
        object_ids=shapes.links(document, "object"),
        object_type=shapes.type_of(embedded) if embedded else None,
        inner=_inner(embedded) if embedded and kind in _ABOUT_ACTIVITIES else None,
        target=shapes.link(document, "target"),
        to=shapes.ids(document, "to"),
        cc=shapes.ids(document, "cc"),
        audience=shapes.ids(document, "audience"),
        published=shapes.instant(document, "published"),
        content=shapes.natural(document, "content", shapes.LONGEST_TEXT),
        raw=raw,
    )


def _single(document: Document, name: str) -> str | None:
    value = document.get(name)
    if isinstance(value, list) and len(value) != 1:
        return None
    return shapes.link(document, name)


def _object(document: Document) -> str | Document | None:
    value = document.get("object")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if value is None or isinstance(value, dict):
        return value
    return shapes.identifier(value, "object") or None


def _inner(embedded: Document) -> Inner:
    return Inner(
        id=shapes.id_of(embedded),
        type=shapes.type_of(embedded),
        actor=_single(embedded, "actor"),
        object_id=_single(embedded, "object"),
    )


def _without_blind(document: Document) -> Document:
    # Copies only what has to change: almost no activity carries them.
    embedded = document.get("object")
    if isinstance(embedded, dict) and any(name in embedded for name in _BLIND):
        document = {**document, "object": {name: value for name, value in embedded.items() if name not in _BLIND}}
    if any(name in document for name in _BLIND):
        document = {name: value for name, value in document.items() if name not in _BLIND}
    return document
