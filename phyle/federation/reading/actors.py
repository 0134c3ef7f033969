"""Actors from elsewhere: people, groups, services, and what else has an inbox."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import unquote

from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.reading.keys import ReadKey, read_keys
from phyle.federation.reading.ornaments import Emoji, fields, icon, read_tags
from phyle.federation.urls import host_of, same_origin
from phyle.federation.wire import Document

ActorKind = Literal["Person", "Group", "Service", "Application", "Organization", "Repository"]

_KINDS: dict[str, ActorKind] = {kind: kind for kind in get_args(ActorKind)}
# It becomes a part of `name@host`: nothing in it may look like another part (B15).
_NAME = re.compile(r"[^\s@/\\:?#<>&\"'\x00-\x20\x7f]{1,255}")
_LONGEST_SUMMARY = 1 << 16
_MOST_ALIASES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """One actor as its own server says it.

    `types` is as the wire says, `kind` one of six (what else a forge has for actors are services). `summary` and the
    values of `fields` ({"name", "value"}) are raw HTML: sanitise before showing. Every address but `url`, pictures,
    `also_known_as` and `moved_to` lies on the actor's own origin.
    """

    uri: str
    kind: ActorKind
    types: tuple[str, ...]
    preferred_name: str
    display_name: str
    summary: str
    url: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    avatar_url: str | None
    header_url: str | None
    fields: tuple[dict[str, str], ...]
    emojis: tuple[Emoji, ...]
    locked: bool
    discoverable: bool
    indexable: bool
    also_known_as: tuple[str, ...]
    moved_to: str | None
    published: datetime | None
    keys: tuple[ReadKey, ...]


def read_actor(document: Document) -> RemoteActor:
    """The actor that `document` holds; any type will do if it has an inbox.

    Raises `Malformed` if the id or the inbox is missing or the inbox lies elsewhere, if the name could be mistaken for
    an address, or if a property has a type it cannot have.
    """
    uri = shapes.id_of(document)
    if uri is None:
        raise Malformed("`id` is missing: an actor without an address cannot be answered.")
    inbox = _own(document, "inbox", uri)
    if inbox is None:
        raise Malformed("`inbox` is missing or lies on another host than `id`.", cause=uri)
    types = shapes.types(document)
    return RemoteActor(
        uri=uri,
        kind=_kind(types),
        types=types[:10],
        preferred_name=_preferred_name(document, uri),
        display_name=(shapes.natural(document, "name") or "").strip(),
        summary=shapes.natural(document, "summary", _LONGEST_SUMMARY) or "",
        url=shapes.page(document),
        inbox=inbox,
        shared_inbox=_shared_inbox(document, uri),
        outbox=_own(document, "outbox", uri),
        followers=_own(document, "followers", uri),
        following=_own(document, "following", uri),
        featured=_own(document, "featured", uri),
        avatar_url=icon(document, "icon"),
        header_url=icon(document, "image"),
        fields=tuple(fields(document)),
        emojis=read_tags(document).emojis,
        locked=shapes.boolean(document, "manuallyApprovesFollowers") or False,
        discoverable=shapes.boolean(document, "discoverable") or False,
        indexable=shapes.boolean(document, "indexable") or False,
        also_known_as=shapes.links(document, "alsoKnownAs")[:_MOST_ALIASES],
        moved_to=shapes.link(document, "movedTo"),
        published=shapes.instant(document, "published"),
        keys=read_keys(document, uri),
    )


def _own(document: Document, name: str, uri: str) -> str | None:
    found = shapes.link(document, name)
    return found if found is not None and same_origin(found, uri) else None


def _shared_inbox(document: Document, uri: str) -> str | None:
    endpoints = document.get("endpoints")
    found = _own(endpoints, "sharedInbox", uri) if isinstance(endpoints, dict) else None
    # Discourse writes it beside the inbox.
    return found or _own(document, "sharedInbox", uri)


def _kind(types: tuple[str, ...]) -> ActorKind:
    return next((_KINDS[name] for name in types if name in _KINDS), "Service")


def _preferred_name(document: Document, uri: str) -> str:
    name = shapes.natural(document, "preferredUsername", 256)
    if not name:
        # ForgeFed's actors have none: the last word of their address serves, else their host.
        last = unquote(uri.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]).lstrip("@")
        name = last if _NAME.fullmatch(last) else host_of(uri).partition(":")[0]
    if not _NAME.fullmatch(name):
        raise Malformed("`preferredUsername` has characters that no name may have.", cause=ascii(name))
    return name
