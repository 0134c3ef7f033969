"""The Date header, read and written: IMF-fixdate of RFC 9110 section 5.6.7, the only form that is still in use."""

import re
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache

from phyle.errors import Unproven

NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: at for at, name in enumerate(NAMES, 1)}
IMF_FIXDATE = re.compile(r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT")


def read(text: str) -> datetime:
    """The instant of a Date header; Unproven when it cannot be read, since only signatures depend on it."""
    match = IMF_FIXDATE.fullmatch(text)
    if match and match[2] in MONTHS:
        day, name, year, hour, minute, second = match.groups()
        try:
            return datetime(int(year), MONTHS[name], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        except ValueError:
            pass
    raise Unproven("The Date header cannot be read; send, for example, Sun, 06 Nov 1994 08:49:37 GMT")


def write(instant: datetime) -> str:
    """A Date header. A thousand deliveries in one second share the text."""
    return _written(int(instant.timestamp()))


@lru_cache(maxsize=8)
def _written(second: int) -> str:
    return formatdate(second, usegmt=True)
