"""One command of git, its whole answer in memory, under limits."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.git.places import Kind
from phyle.commons.git.spawning import Running, spawned
from phyle.errors import TooLarge, Unavailable

__all__ = ["LARGEST", "OLDEST", "Ended", "ran", "run", "spawned", "version"]

LARGEST = 16 << 20
"""Bytes that an answer may have, where nothing else is said."""
OLDEST = (2, 38)
"""The first version of git that is enough: merges without a work tree."""
_versions: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: exit status, what it said, what it complained of."""

    code: int
    out: bytes
    complaints: str


async def run(
    repository: Path,
    *args: str,
    stdin: bytes = b"",
    most: int = LARGEST,
    seconds: float = 30,
    kind: Kind = "read",
    environ: Mapping[str, str] | None = None,
) -> bytes:
    """What `git --git-dir=REPOSITORY ARGS` says, given `stdin`.

    Raises Unavailable (with git's complaint as the cause) when it fails or takes longer than `seconds`, TooLarge when
    it says more than `most` bytes.
    """
    ended = await ran(repository, *args, stdin=stdin, most=most, seconds=seconds, kind=kind, environ=environ)
    if ended.code:
        raise failed(ended, *args)
    return ended.out


async def ran(
    repository: Path,
    *args: str,
    stdin: bytes = b"",
    most: int = LARGEST,
    seconds: float = 30,
    kind: Kind = "read",
    client: str = "",
    environ: Mapping[str, str] | None = None,
) -> Ended:
    """As `run`, for commands whose exit status is an answer: only what keeps them from ending is an error. `client`:
    for whom (see `spawned`)."""
    talks = bool(stdin)
    async with spawned(
        repository, *args, kind=kind, client=client, seconds=seconds, environ=environ, talks=talks
    ) as running:
        telling = asyncio.create_task(_tell(running, stdin))
        try:
            out = await _heard(running, most)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return Ended(code=await running.code(), out=out, complaints=await running.complaints())


def failed(ended: Ended, *args: str) -> Unavailable:
    """What to raise for a command that should not have failed."""
    cause = f"git {' '.join(args)[:300]} ended with {ended.code}: {ended.complaints.strip()[-1000:]}"
    return Unavailable("git could not do this.", cause=cause)


async def _tell(running: Running, stdin: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # it knew enough
        await running.stdin.write(stdin)
    running.stdin.close()


async def _heard(running: Running, most: int) -> bytes:
    said = bytearray()
    async for piece in running.stdout:
        said += piece
        if len(said) > most:
            raise TooLarge(f"That is more than {most >> 20} MiB, which is too much to show.")
    return bytes(said)


async def version() -> str:
    """Which git this is, such as `2.39.5`; asked once. Raises Unavailable, with what to do, for one that is too old."""
    if "git" not in _versions:
        said = (await run(Path("/nonexistent"), "version")).decode()
        match = re.search(r"(\d+)\.(\d+)[0-9.]*", said)
        if match is None or (int(match[1]), int(match[2])) < OLDEST:
            raise Unavailable(
                f"The git of this server is too old ({said.strip()[:60]}): version 2.38 or later is needed.",
                retry_after=3600,
            )
        _versions["git"] = match[0]
    return _versions["git"]
