"""The only clock: aware UTC instants, and how they are written for clients and peers."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def api_time(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the only form that every Mastodon client parses."""
    return f"{instant.isoformat(timespec='milliseconds')[:23]}Z"  # a fifth of the time that strftime takes


wire_time = api_time
"""ActivityStreams `xsd:dateTime` in UTC. Milliseconds matter: an edit may follow its post within the second."""
