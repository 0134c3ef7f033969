"""Putting a repository's objects in order: few packs, a graph of commits, nothing that nobody reaches any more."""

import asyncio
from datetime import timedelta
from pathlib import Path

from phyle.commons.git import leftovers
from phyle.commons.git.commands import Ended, ran, run
from phyle.errors import Unavailable

KEPT = "2.weeks.ago"
"""What no ref reaches is kept for so long: a push under way may be about to name it."""
MOMENT = timedelta(minutes=5)
"""Between the arrival of the objects of a push and the change of its refs lies much less."""
_MANY = 12  # packs beside which another look-up is felt
_SECONDS = 3000.0


async def tend(folder: Path, *, wholly: bool) -> None:
    """What keeps reading fast and the disk small; pushes and fetches go on meanwhile. `wholly`: all objects into one
    pack, those that nobody reaches apart, and the oldest of these removed. Raises Unavailable. Takes minutes."""
    await leftovers.sweep(folder)
    if wholly:
        words = ("repack", "-d", "--cruft", f"--cruft-expiration={KEPT}", "--quiet", "--write-bitmap-index")
        await run(folder, *words, kind="work", seconds=_SECONDS)
        await run(folder, "prune", f"--expire={KEPT}", kind="work", seconds=_SECONDS)
    elif await asyncio.to_thread(_packs, folder) > _MANY:
        await run(folder, "repack", "-d", "--geometric=2", "--quiet", kind="work", seconds=_SECONDS)
    await run(folder, "pack-refs", "--all", kind="work", seconds=_SECONDS)
    await run(folder, "commit-graph", "write", "--reachable", "--changed-paths", kind="work", seconds=_SECONDS)


async def forget(folder: Path) -> None:
    """Removes what no ref reaches and what was written longer ago than a moment. Raises Unavailable."""
    age = f"{int(MOMENT.total_seconds())}.seconds.ago"
    words = ("repack", "-d", "--cruft", f"--cruft-expiration={age}", "--quiet", "--write-bitmap-index")
    await run(folder, *words, kind="work", seconds=_SECONDS)
    await run(folder, "prune", f"--expire={age}", kind="work", seconds=_SECONDS)


def _packs(folder: Path) -> int:
    return sum(1 for _ in (folder / "objects" / "pack").glob("*.pack"))


async def faults(folder: Path) -> str:
    """What git finds wrong: objects that refs need and that are not there; '' if nothing. Raises Unavailable when git
    cannot even look."""
    ended: Ended = await ran(
        folder, "fsck", "--connectivity-only", "--no-dangling", "--no-progress", kind="work", seconds=_SECONDS
    )
    if ended.code < 0:
        raise Unavailable("git could not check a repository.", cause=ended.complaints[-500:])
    said = f"{ended.complaints}\n{ended.out.decode(errors='replace')}".strip()
    return said if ended.code else ""
