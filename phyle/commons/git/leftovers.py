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


async def clear(folder: Path, refs: Iterable[str]) -> None:
    """After the death of a process that was changing these refs (full names), while no other does anything in here."""
    await asyncio.to_thread(_clear, folder, tuple(refs))


def _clear(folder: Path, refs: tuple[str, ...]) -> None:
    for name in (*refs, "HEAD", "packed-refs", "shallow"):
        (folder / f"{name}.lock").unlink(missing_ok=True)
    _sweep(folder, (), older=0)


async def sweep(folder: Path) -> None:
    """What has lain about for a day."""
    await asyncio.to_thread(_sweep, folder, ("*.lock", "refs/**/*.lock"), older=OLD)


def _sweep(folder: Path, locks: tuple[str, ...], *, older: float) -> None:
    before = time.time() - older
    halves = ("tmp_objdir-*", "incoming-*", "tmp_*", "pack/tmp_*", "pack/.tmp-*", "??/tmp_obj_*")
    for path in chain(
        *(folder.glob(pattern) for pattern in locks), *((folder / "objects").glob(pattern) for pattern in halves)
    ):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime > before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
