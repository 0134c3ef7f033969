"""The only clock: aware UTC instants, and the two shapes in which the wire writes them."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def api_time(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the only form that every Mastodon client parses."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def wire_time(instant: datetime) -> str:
    """ActivityStreams `xsd:dateTime` in UTC, whole seconds: `YYYY-MM-DDTHH:MM:SSZ`."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
