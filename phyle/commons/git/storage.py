"""Where repositories lie: bare folders named by numbers, each with objects of its own."""

import asyncio
import contextlib
import os
import secrets
import shutil
from pathlib import Path

from phyle.commons import repositories
from phyle.commons.git import commands
from phyle.errors import Unavailable
from phyle.settings import Settings

LARGEST = 2 << 30
"""Bytes that a repository may have."""
FULL = f"A repository may have {LARGEST >> 30} GiB here, and this one would have more. Keep large files elsewhere."


async def create(settings: Settings, repository: int) -> Path:
    """The folder of a repository, empty; nothing happens if it is there. Several may do so at once: it is made beside
    its place, and put there whole."""
    folder = repositories.folder(settings, repository)
    if await asyncio.to_thread((folder / "HEAD").is_file) and await asyncio.to_thread((folder / "objects").is_dir):
        return folder
    await asyncio.to_thread(folder.parent.mkdir, parents=True, exist_ok=True)
    if await asyncio.to_thread(folder.is_dir):  # something of it was lost
        await _init(folder)
        return folder
    beside = folder.with_suffix(f".{secrets.token_hex(4)}.new")
    try:
        await _init(beside)
        with contextlib.suppress(OSError):
            await asyncio.to_thread(os.rename, beside, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, beside, ignore_errors=True)
    return await existing(settings, repository)


async def _init(folder: Path) -> None:
    await commands.run(
        folder,
        "init",
        "--quiet",
        "--bare",
        "--object-format=sha1",
        "--template=",
        "--initial-branch=main",
        kind="write",
    )


async def existing(settings: Settings, repository: int) -> Path:
    """The folder of a repository. Raises Unavailable where the disk has lost it, or git is missing or too old."""
    await commands.version()
    folder = repositories.folder(settings, repository)
    if not await asyncio.to_thread((folder / "objects").is_dir):
        raise Unavailable("The files of this repository are not there at the moment.", cause=str(folder))
    return folder


async def remove(settings: Settings, repository: int) -> None:
    """The folder, with everything in it. Nothing happens if it is gone."""
    folder = repositories.folder(settings, repository)
    gone = folder.with_suffix(".gone")
    with contextlib.suppress(FileNotFoundError):
        await asyncio.to_thread(os.rename, folder, gone)  # from one moment to the next, even if it is large
    await asyncio.to_thread(shutil.rmtree, gone, ignore_errors=True)


async def size(folder: Path) -> int:
    """Bytes of all files of a repository."""
    return await asyncio.to_thread(_size, folder)


def _size(folder: Path) -> int:
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # git works on it meanwhile
                if entry.is_dir(follow_symlinks=False):
                    total += _size(Path(entry.path))
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total
