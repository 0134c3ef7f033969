"""Any document at all: what is invalid for every reader is refused, everything else becomes a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.reading.activities import Activity, read_activity
from phyle.federation.reading.actors import RemoteActor, read_actor
from phyle.federation.reading.collections import Collection, read_collection
from phyle.federation.reading.posts import RemotePost, author_of, read_post
from phyle.federation.urls import same_origin
from phyle.federation.vocabulary import (
    ACTIVITY_TYPES,
    ACTOR_TYPES,
    COLLECTION_TYPES,
    FORGE_ACTOR_TYPES,
    PAGE_TYPES,
    POST_TYPES,
    TOMBSTONE,
)
from phyle.federation.wire import Document

_ACTORS = ACTOR_TYPES | FORGE_ACTOR_TYPES
_COLLECTIONS = COLLECTION_TYPES | PAGE_TYPES
_LINKING = ("actor", "object", "attributedTo", "inReplyTo", "target", "to", "cc")
_SPEAKING = ("name", "summary", "content")
_ACTIVITYSTREAMS = re.compile(r"https?://www\.w3\.org/ns/activitystreams")
# RFC 5646 §2.1, with `_` for `-` as some software writes it; `x-...` and `i-...` are left to their owners.
_LANGUAGE = re.compile(
    r"(?i:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|[xi](?:-[a-z0-9]{1,8})+|@none|)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What was here has been deleted."""

    id: str | None
    former_type: str | None
    deleted: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Valid, but nothing that we can act on; `reason` says why where the type alone does not."""

    id: str | None
    type: str | None
    reason: str = ""


Value = RemoteActor | RemotePost | Activity | Collection | Tombstone | Unknown


def check(document: Document) -> None:
    """Refuse what is invalid for any reader of ActivityStreams 2.0: `Malformed` names the property."""
    _check_context(document)
    kind = shapes.type_of(document)
    shapes.id_of(document)
    for name in _LINKING:
        if name in document:
            shapes.links(document, name)
    for name in _SPEAKING:
        shapes.natural(document, name)
        _check_languages(document, f"{name}Map")
    _check_url(document)
    if kind in COLLECTION_TYPES:
        _check_collection(document, kind)


def read(document: Document) -> Value:
    """Whatever `document` holds. Raises `Malformed` (from `check` and the readers), for invalid documents only."""
    check(document)
    kind = shapes.type_of(document)
    if kind in POST_TYPES:
        return _post(document, kind)
    if kind in _ACTORS:
        return _actor(document, kind)
    if kind in _COLLECTIONS:
        return read_collection(document)
    if kind == TOMBSTONE:
        return _tombstone(document)
    if kind in ACTIVITY_TYPES or (kind is not None and document.get("actor") is not None):
        return read_activity(document)
    return Unknown(id=shapes.id_of(document), type=kind)


def _post(document: Document, kind: str | None) -> RemotePost | Unknown:
    uri, author = shapes.id_of(document), author_of(document)
    if uri is None or author is None:
        return Unknown(id=uri, type=kind, reason="The post names no address or no author.")
    if not same_origin(uri, author):
        return Unknown(id=uri, type=kind, reason="The post lies on another host than its author.")
    return read_post(document)


def _actor(document: Document, kind: str | None) -> RemoteActor | Unknown:
    uri, inbox = shapes.id_of(document), shapes.link(document, "inbox")
    if uri is None or inbox is None or not same_origin(uri, inbox):
        return Unknown(id=uri, type=kind, reason="The actor has no inbox on its own host.")
    return read_actor(document)


def _tombstone(document: Document) -> Tombstone:
    return Tombstone(
        id=shapes.id_of(document),
        former_type=shapes.text(document, "formerType") if isinstance(document.get("formerType"), str) else None,
        deleted=shapes.instant(document, "deleted"),
    )


def _check_context(document: Document) -> None:
    # Never resolved (C1, C3): only asked whether this speaks ActivityStreams at all. Lemmy often sends none.
    context = document.get("@context")
    if context is None:
        return
    if not isinstance(context, str | list | dict):
        raise shapes.wrong("@context", "an address, an object, or a list of them")
    if not any(_ACTIVITYSTREAMS.match(name) for name in _context_names(context)):
        raise Malformed("`@context` does not name ActivityStreams: this is a document of another kind.")


def _context_names(context: Any) -> Iterator[str]:
    for each in context[: shapes.LONGEST_LIST] if isinstance(context, list) else (context,):
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from (value for value in each.values() if isinstance(value, str))


def _check_languages(document: Document, name: str) -> None:
    words = document.get(name)
    if words is None:
        return
    if not isinstance(words, dict):
        raise shapes.wrong(name, "an object of languages")
    for tag, said in words.items():
        if len(tag) > 100 or not _LANGUAGE.fullmatch(tag.replace("_", "-")):
            raise Malformed(f"`{name}` has a language tag that RFC 5646 does not know: {tag[:100]!a}.")
        if said is not None and not isinstance(said, str | list):
            raise shapes.wrong(name, "an object of texts")


def _check_url(document: Document) -> None:
    # Dangerous schemes are dropped later; an address without any leads nowhere from here.
    for value in shapes.listed(document, "url"):
        if isinstance(value, str) and value and ":" not in value:
            raise shapes.wrong("url", "an absolute address")
        if not isinstance(value, str | dict):
            raise shapes.wrong("url", "an address or a Link")


def _check_collection(document: Document, kind: str) -> None:
    foreign = "items" if kind == "OrderedCollection" else "orderedItems"
    if document.get(foreign) is not None:
        raise Malformed(f"`{foreign}` does not belong into the type {kind}.")
    first = document.get("first")
    if isinstance(first, dict):
        found = shapes.type_of(first)
        if found is not None and found not in PAGE_TYPES and found != "Link":
            raise Malformed(f"`first` must be a page of the collection, not of type {found[:100]}.")
    elif first is not None and not isinstance(first, str):
        raise shapes.wrong("first", "a page or its address")
