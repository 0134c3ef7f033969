"""What a process that was killed leaves behind in a repository: locks, halves of packs, quarantined objects."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

OLD = 24 * 3600.0
"""Seconds after which a temporary file or a lock is nobody's, even if nobody is known to have died."""
FETCHING = "fetching-"
"""How folders below `objects` begin in which something is being fetched."""
_TEMPORARY = (
    *("*.lock", "refs/**/*.lock", "objects/info/**/*.lock", "edit-*.index"),
    *("objects/tmp_*", f"objects/{FETCHING}*", "objects/??/tmp_obj_*", "objects/pack/tmp_*", "objects/pack/.tmp-*"),
)


async def clear(folder: Path, refs: Iterable[str]) -> None:
    """After the death of a process that was changing these refs (full names), while no other push goes on in here."""
    await asyncio.to_thread(_clear, folder, tuple(refs))


def _clear(folder: Path, refs: tuple[str, ...]) -> None:
    for name in (*refs, "HEAD", "packed-refs", "shallow"):
        (folder / f"{name}.lock").unlink(missing_ok=True)
    for path in folder.glob("objects/tmp_objdir-*"):
        shutil.rmtree(path, ignore_errors=True)


async def sweep(folder: Path) -> None:
    """Whatever has lain about for a day."""
    await asyncio.to_thread(_sweep, folder)


def _sweep(folder: Path) -> None:
    before = time.time() - OLD
    for path in chain.from_iterable(folder.glob(pattern) for pattern in _TEMPORARY):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime > before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
