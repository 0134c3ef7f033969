"""64-bit ids that sort by time, as the Mastodon API expects: milliseconds, then the process's slot, then a counter.

Layout: 48 bits of milliseconds since 1970, 6 bits of slot, 10 bits of counter. A process holds its slot exclusively
(an advisory lock in the database), so no two processes ever make the same id.
"""

import time
from datetime import UTC, datetime
from typing import NewType

ActorId = NewType("ActorId", int)
PostId = NewType("PostId", int)

SLOTS = 64
_COUNTERS = 1024


class Sequence:
    """Makes ids for one process. Never repeats, even if the wall clock steps back."""

    def __init__(self, slot: int) -> None:
        if not 0 <= slot < SLOTS:
            raise ValueError(f"slot {slot} is outside 0..{SLOTS - 1}")
        self.slot = slot
        self._millisecond = 0
        self._counter = 0

    def move(self, slot: int) -> None:
        """From now on with another slot; what follows is still greater than everything before."""
        self.slot = slot
        self._millisecond, self._counter = self._millisecond + 1, 0

    def next(self) -> int:
        """A new id, greater than every id this process made before."""
        millisecond = max(time.time_ns() // 1_000_000, self._millisecond)
        if millisecond > self._millisecond:
            self._millisecond, self._counter = millisecond, 0
        elif self._counter == _COUNTERS - 1:
            self._millisecond, self._counter = millisecond + 1, 0
        else:
            self._counter += 1
        return (self._millisecond << 16) | (self.slot << 10) | self._counter


def lowest_at(instant: datetime) -> int:
    """The lowest id that could have been made at `instant`."""
    return int(instant.timestamp() * 1000) << 16


def made_at(number: int) -> datetime:
    """When the id was made, to the millisecond."""
    return datetime.fromtimestamp((number >> 16) / 1000, UTC)
