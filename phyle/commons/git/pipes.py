"""Pipes to and from a process, read and written exactly when somebody asks: nothing piles up in between."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Callable

CHUNK = 1 << 18
"""Bytes that are moved at a time."""
_ROOM = 1 << 20  # bytes that the kernel keeps in a pipe; what it may take without privilege
_SET_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)


def made(*, reading: bool, wide: bool = False) -> "tuple[int, Reading | Writing]":
    """A pipe: the end for the process (a descriptor, to be closed here once it has it) and ours. `wide`: for a lot of
    bytes; a user may have only so much in pipes, so not every pipe is."""
    out, into = os.pipe()
    if wide and _SET_SIZE is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(into, _SET_SIZE, _ROOM)
    return (into, Reading(out)) if reading else (out, Writing(into))


class _End:
    """One end of a pipe, without blocking."""

    def __init__(self, number: int) -> None:
        os.set_blocking(number, False)
        self._number = number

    def close(self) -> None:
        """The other end hears of it. May be called again."""
        if self._number >= 0:
            os.close(self._number)
            self._number = -1


class Reading(_End):
    """What a process says."""

    async def read(self, most: int = CHUNK) -> bytes:
        """Some bytes, at most `most`; none at the end."""
        while True:
            try:
                return os.read(self._number, most)
            except BlockingIOError:
                await readable(self._number)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self.read():
            yield piece


class Writing(_End):
    """What a process is told."""

    async def write(self, data: bytes) -> None:
        """All of it, as fast as it is taken. BrokenPipeError when the process has stopped listening."""
        loop = asyncio.get_running_loop()
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._number, rest) :]
            except BlockingIOError:
                await _ready(self._number, loop.add_writer, loop.remove_writer)


async def readable(number: int) -> None:
    """Until there is something to be read from a descriptor."""
    loop = asyncio.get_running_loop()
    await _ready(number, loop.add_reader, loop.remove_reader)


async def _ready(number: int, add: Callable[..., None], remove: Callable[[int], object]) -> None:
    """Until the kernel says that there is something to do."""
    ready = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    add(number, wake)
    try:
        await ready
    finally:
        remove(number)
