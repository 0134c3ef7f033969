"""As much of an answer of git as somebody reads, and no more: what is longer is cut, and the process ends."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.git.commands import Ended, failed, spawned


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`out` has at most the bytes that were allowed; `whole`: whether that is all."""

    out: bytes
    whole: bool


async def taken(repository: Path, *args: str, most: int, seconds: float = 20, fine: tuple[int, ...] = (0,)) -> Taken:
    """The first `most` bytes of what `git ARGS` says. `fine`: exit statuses that are answers. Raises Unavailable."""
    async with spawned(repository, *args, kind="read", seconds=seconds, talks=False) as running:
        said = bytearray()
        async for piece in running.stdout:
            said += piece
            if len(said) > most:
                return Taken(out=bytes(said[:most]), whole=False)
        code = await running.code()
        if code not in fine:
            raise failed(Ended(code=code, out=b"", complaints=await running.complaints()), *args)
        return Taken(out=bytes(said), whole=True)


async def lenient(repository: Path, *args: str, most: int, seconds: float, fine: tuple[int, ...] = (0,)) -> Taken:
    """As `taken`, but what git has said when its time is over is an answer, too: a search that found something."""
    said = bytearray()
    try:
        async with (
            spawned(repository, *args, kind="read", seconds=seconds + 5, talks=False) as running,
            asyncio.timeout(seconds),
        ):
            async for piece in running.stdout:
                said += piece
                if len(said) > most:
                    return Taken(out=bytes(said[:most]), whole=False)
            code = await running.code()
            if code not in fine:
                raise failed(Ended(code=code, out=b"", complaints=await running.complaints()), *args)
    except TimeoutError:
        return Taken(out=bytes(said), whole=False)
    return Taken(out=bytes(said), whole=True)
