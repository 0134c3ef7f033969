"""How many processes of git may run at once: of each kind in all, and for one client."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from phyle.errors import TooMany, Unavailable

Kind = Literal["read", "write", "serve", "receive", "work"]
"""`read`: a question of ours. `write`: a short change by ourselves. `serve`: somebody fetches. `receive`: somebody
pushes. `work`: what takes long (upkeep, fetching from elsewhere)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """At most `all` processes at once, `each` for one client, and so many seconds in the queue for a place."""

    all: int
    each: int
    patience: float


ROOMS: Mapping[Kind, Room] = {
    "read": Room(all=8, each=8, patience=20),
    "write": Room(all=4, each=4, patience=30),
    "serve": Room(all=12, each=4, patience=30),
    "receive": Room(all=6, each=2, patience=30),
    "work": Room(all=2, each=2, patience=600),
}


class _Places:
    """One kind's."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.free = asyncio.Semaphore(room.all)
        self.taken: Counter[str] = Counter()


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Kind, _Places]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def place(kind: Kind, client: str = "") -> AsyncIterator[None]:
    """A place for the time of the block. `client`: who is served, "" if that is this server itself.

    Raises TooMany when the client has all that one may have, Unavailable when none became free in time.
    """
    places = _of(kind)
    if client and places.taken[client] >= places.room.each:
        raise TooMany(
            f"At most {places.room.each} git operations of this kind at once, please; try again when one is over.",
            retry_after=10,
        )
    places.taken[client] += 1
    try:
        await _waited(places)
        try:
            yield
        finally:
            places.free.release()
    finally:
        places.taken[client] -= 1
        if not places.taken[client]:
            del places.taken[client]


def _of(kind: Kind) -> _Places:
    kinds = _places.setdefault(asyncio.get_running_loop(), {})
    if kind not in kinds:
        kinds[kind] = _Places(ROOMS[kind])
    return kinds[kind]


async def _waited(places: _Places) -> None:
    try:
        async with asyncio.timeout(places.room.patience):
            await places.free.acquire()
    except TimeoutError:
        raise Unavailable(
            "Too much git work is going on here at once. Please try again soon.", retry_after=15
        ) from None
