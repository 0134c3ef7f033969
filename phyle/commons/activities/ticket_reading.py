"""Tickets that come from elsewhere: what a ForgeFed Ticket says, read and bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from phyle.commons.tickets import KINDS, LONGEST_TEXT, LONGEST_TITLE, MOST_SKILLS, Words
from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.wire import Document
from phyle.text import plain, sanitise, well_formed

_MARKDOWN = "text/markdown"
_NEEDS = ("needed", "claimed", "stale")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteTicket:
    """A ticket as its author, or its home, describes it. `uri`, `context`: "" where it has none yet. `need`: "" where
    nothing is needed. `author`: the actor's id."""

    uri: str
    context: str
    author: str
    words: Words
    page: str
    resolved: bool
    need: str
    until: datetime | None
    published: datetime | None


def read_ticket(document: Document) -> RemoteTicket:
    """The ForgeFed Ticket that `document` holds. Raises Malformed for one without title or author, and for properties
    that hold what they cannot."""
    author = shapes.link(document, "attributedTo")
    if author is None:
        raise Malformed("A ticket says by `attributedTo` whose it is.")
    need, until = _need(document)
    return RemoteTicket(
        uri=shapes.id_of(document) or "",
        context=shapes.link(document, "context") or "",
        author=author,
        words=_words(document),
        page=shapes.page(document) or "",
        resolved=bool(shapes.boolean(document, "isResolved")),
        need=need,
        until=until,
        published=shapes.instant(document, "published"),
    )


def _words(document: Document) -> Words:
    """The title in `summary` (or `name`, as some write it) is HTML; the text is what was typed, if that is sent."""
    said = shapes.natural(document, "summary") or shapes.natural(document, "name") or ""
    title = " ".join(well_formed(unescape(plain(said))).split())[:LONGEST_TITLE]
    if not title:
        raise Malformed("A ticket needs a title, as its `summary`.")
    kind = document.get("phyle:kind")
    return Words(
        title=title,
        source=_source(document)[:LONGEST_TEXT],
        kind=kind if isinstance(kind, str) and kind in KINDS else "",
        skills=_skills(document),
    )


def _source(document: Document) -> str:
    source = document.get("source")
    if isinstance(source, Mapping) and str(source.get("mediaType", "")).startswith(_MARKDOWN):
        typed = source.get("content")
        if isinstance(typed, str):
            return typed
    return plain(sanitise(shapes.natural(document, "content", shapes.LONGEST_TEXT) or ""))


def _skills(document: Document) -> tuple[str, ...]:
    """Those that can be words of ours; what cannot is passed over."""
    found = (each for each in shapes.listed(document, "phyle:skills") if isinstance(each, str))
    fit = (each.lower() for each in found if 0 < len(each) <= 40 and all(c.isalnum() or c in "_.+#-" for c in each))
    return tuple(dict.fromkeys(fit))[:MOST_SKILLS]


def _need(document: Document) -> tuple[str, datetime | None]:
    need = document.get("phyle:need")
    if not isinstance(need, Mapping) or need.get("state") not in _NEEDS:
        return "", None
    return str(need["state"]), shapes.instant(dict(need), "until")
