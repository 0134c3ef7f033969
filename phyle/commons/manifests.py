"""The licence manifest of a commit: every file read as far as it may say under which licence it is."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from phyle.commons.browsing import naming
from phyle.commons.browsing.taking import taken
from phyle.commons.git import objects
from phyle.commons.git.objects import Objects
from phyle.cooperative.licences import manifests, tags
from phyle.cooperative.licences.manifests import Manifest
from phyle.errors import Missing

MOST_FILES = 20_000
MOST_BYTES = 256 << 20
"""Of all files that are read."""
_LARGE = 1 << 20  # bytes from which on a file is not read to its end
_MOST_LARGE = 200
_UNREAD = b"\0"  # says nothing itself; what lies beside it may
_KEPT = 64
_FEW = 1_000
"""Files that are looked at while somebody waits for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A manifest. `whole`: whether all files were looked at."""

    manifest: Manifest
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: bytes
    oid: str
    size: int


_kept: OrderedDict[str, Read] = OrderedDict()
_long: OrderedDict[str, None] = OrderedDict()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def of_commit(repository: Path, commit: str) -> Read:
    """The manifest of a commit (whole id); read once, because a tree never changes. Raises Missing, Unavailable."""
    root = (await objects.look(repository, [f"{commit}^{{tree}}"]))[0]
    if root is None:
        raise Missing
    if (found := _kept.get(root.oid)) is not None:
        _kept.move_to_end(root.oid)
        return found
    files, whole = await _listed(repository, commit)
    heads, all_read = await _heads(repository, files)
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1)):  # threads are for others, too
        made = Read(manifest=await asyncio.to_thread(manifests.manifest, heads), whole=whole and all_read)
    _kept[root.oid] = made
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return made


async def brief(repository: Path, commit: str) -> Read | None:
    """As `of_commit`, but None for what has so many files that looking at them takes long, and was not done yet."""
    root = (await objects.look(repository, [f"{commit}^{{tree}}"]))[0]
    if root is not None and root.oid not in _kept:
        if root.oid in _long:
            return None
        files, whole = await _listed(repository, commit)
        if not whole or len(files) > _FEW:
            _long[root.oid] = None
            while len(_long) > _KEPT:
                _long.popitem(last=False)
            return None
    return await of_commit(repository, commit)


async def _listed(repository: Path, commit: str) -> tuple[list[_File], bool]:
    said = await taken(repository, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, most=16 << 20)
    files = []
    for line in said.out.split(b"\0")[: None if said.whole else -1]:
        words, _, path = line.partition(b"\t")
        if words.startswith(b"100"):  # neither symbolic links nor submodules
            _, _, oid, size = words.split()
            files.append(_File(path=path, oid=oid.decode(), size=int(size)))
    return files[:MOST_FILES], said.whole and len(files) <= MOST_FILES


async def _heads(repository: Path, files: list[_File]) -> tuple[list[tuple[str, bytes]], bool]:
    """Path and beginning of each file, and whether that was read of all."""
    heads, whole, large = list[tuple[str, bytes]](), True, 0
    left = MOST_BYTES
    async with objects.opened(repository, seconds=120) as reading:
        for file in files:
            head = _UNREAD
            if file.size > _LARGE:
                large += 1
                if large <= _MOST_LARGE:
                    head = (await taken(repository, "cat-file", "blob", file.oid, most=tags.HEAD)).out
            elif file.size <= left:
                left -= file.size
                head = await _head(reading, file)
            whole &= head is not _UNREAD
            heads.append((naming.written(file.path), head))
    return heads, whole


async def _head(reading: Objects, file: _File) -> bytes:
    content = (await reading.read(file.oid, most=_LARGE))[1]
    return content if file.path.endswith(b"REUSE.toml") else content[: tags.HEAD]
