"""What others answered: a fetched body, or the fate of a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer to a GET: `url` is where it came from in the end; header names are lower case; `body` is inflated."""

    url: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a delivery: `retry_after` in seconds, if said; `body_start` is at most 4 kB, for the log."""

    status: int
    retry_after: int | None
    body_start: bytes


def retry_after(value: str | None, now: datetime) -> int | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3), at most a week; None if it cannot be read."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return min(max(0, int((instant - now).total_seconds())), LONGEST_WAIT)
