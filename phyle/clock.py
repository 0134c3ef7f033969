"""The only clock: aware UTC instants, and how they are written for clients and peers."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def api_time(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the only form that every Mastodon client parses."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


wire_time = api_time
"""ActivityStreams `xsd:dateTime` in UTC. Milliseconds matter: an edit may follow its post within the second."""
