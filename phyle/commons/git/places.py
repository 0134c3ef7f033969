"""How many processes of git may run at once: of each kind in all, and for one client."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from phyle.errors import TooMany, Unavailable

Kind = Literal["read", "write", "serve", "give", "receive", "fetch", "work"]
"""`read`: a question of ours. `write`: a short change by ourselves. `serve`: somebody fetches. `give`: somebody
downloads a file. `receive`: somebody pushes. `fetch`: another server is asked, which may be slow. `work`: what takes
long, such as upkeep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """At most `all` processes at once, `each` for one client, and so many seconds of waiting for a place."""

    all: int
    each: int
    patience: float


ROOMS: Mapping[Kind, Room] = {
    "read": Room(all=8, each=8, patience=20),
    "write": Room(all=4, each=4, patience=30),
    "serve": Room(all=12, each=4, patience=30),
    "give": Room(all=8, each=3, patience=30),
    "receive": Room(all=6, each=2, patience=30),
    "fetch": Room(all=8, each=2, patience=60),
    "work": Room(all=2, each=2, patience=600),
}


class _Client:
    """One client's places, and how many want one."""

    def __init__(self, each: int) -> None:
        self.free = asyncio.Semaphore(each)
        self.here = 0


class _Places:
    """One kind's."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.free = asyncio.Semaphore(room.all)
        self.clients: dict[str, _Client] = {}


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Kind, _Places]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def place(kind: Kind, client: str = "") -> AsyncIterator[None]:
    """A place for the time of the block. `client`: who is served, "" if that is this server itself.

    A client that has all that one may have waits, and so does everybody when all are taken. Raises TooMany when a
    client has three times as many waiting, Unavailable when no place became free in time.
    """
    places = _of(kind)
    if not client:
        async with _held(places, places.free):
            yield
        return
    known = places.clients.setdefault(client, _Client(places.room.each))
    if known.here >= places.room.each * 4:
        raise TooMany(f"At most {places.room.each} git operations of this kind at once, please.", retry_after=10)
    known.here += 1
    try:
        async with _held(places, known.free), _held(places, places.free):
            yield
    finally:
        known.here -= 1
        if not known.here:
            places.clients.pop(client, None)


def _of(kind: Kind) -> _Places:
    kinds = _places.setdefault(asyncio.get_running_loop(), {})
    if kind not in kinds:
        kinds[kind] = _Places(ROOMS[kind])
    return kinds[kind]


@contextlib.asynccontextmanager
async def _held(places: _Places, free: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(places.room.patience):
            await free.acquire()
    except TimeoutError:
        raise Unavailable(
            "Too much git work is going on here at once. Please try again soon.", retry_after=15
        ) from None
    try:
        yield
    finally:
        free.release()
