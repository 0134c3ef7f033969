"""Polls: a `Question` with `oneOf` or `anyOf` (AS2 Vocabulary §Question, as Mastodon counts votes in `replies`)."""

from dataclasses import dataclass
from datetime import datetime

from phyle.federation.reading import shapes
from phyle.federation.wire import Document

_MOST_OPTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePoll:
    """`options` in order as (name, votes); `voters` may be unknown; `closed_at` only once it has closed."""

    options: tuple[tuple[str, int], ...]
    multiple: bool
    ends_at: datetime | None
    closed_at: datetime | None
    voters: int | None


def read_poll(document: Document) -> RemotePoll | None:
    """The poll of a `Question`, None if it offers nothing to choose."""
    multiple = document.get("oneOf") is None
    options = tuple(_options(document, "anyOf" if multiple else "oneOf"))
    if not options:
        return None
    ends_at = shapes.instant(document, "endTime")
    return RemotePoll(
        options=options,
        multiple=multiple,
        ends_at=ends_at,
        closed_at=_closed_at(document, ends_at),
        voters=shapes.count(document, "votersCount"),
    )


def _options(document: Document, name: str) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for item in shapes.objects(document, name):
        label = item.get("name")
        if isinstance(label, str) and label.strip():
            replies = item.get("replies")
            votes = shapes.count(replies, "totalItems") if isinstance(replies, dict) else None
            found.setdefault(label[: shapes.LONGEST_NAME], votes or 0)
    return list(found.items())[:_MOST_OPTIONS]


def _closed_at(document: Document, ends_at: datetime | None) -> datetime | None:
    # `closed` may be an instant, or only say that it is so.
    if document.get("closed") is True:
        return ends_at
    return shapes.instant(document, "closed") if isinstance(document.get("closed"), str) else None
