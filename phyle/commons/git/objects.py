"""Objects by id and path: one process that answers many questions, each within bounds."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.git import names
from phyle.commons.git.commands import LARGEST
from phyle.commons.git.spawning import Running, spawned
from phyle.errors import Missing, TooLarge, Unavailable

_KINDS = {"40000": "tree", "160000": "commit"}
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An object: `kind` is commit, tree, blob or tag, `size` its bytes."""

    oid: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a folder: `mode` in octal as git writes it (100644, 100755, 120000 a symbolic link, 40000 a folder,
    160000 a submodule), `kind` tree, blob or commit. A name that is not UTF-8 has replacement characters."""

    mode: str
    kind: str
    oid: str
    name: str

    @property
    def link(self) -> bool:
        """Whether it is a symbolic link, whose content is a path that nobody follows."""
        return self.mode == "120000"


def at(oid: str, path: str) -> str:
    """The name of what lies at a path of a commit or tree; '' is its root. Raises Missing for what no path can be."""
    if not names.OID.fullmatch(oid) or "\n" in path or "\0" in path or len(path.encode("utf-8", "replace")) > 4096:
        raise Missing
    return f"{oid}:{path.strip('/')}"


class Objects:
    """An open `git cat-file --batch-command`, from `opened`. Questions are asked one after the other."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._rest = b""

    async def look(self, name: str) -> Found | None:
        """What is there: kind and size alone. `name`: an id, or as `at` makes it."""
        await self._ask("info", name)
        return await self._header()

    async def read(self, name: str, *, most: int = LARGEST) -> tuple[Found, bytes]:
        """What is there, whole. Raises Missing, TooLarge beyond `most` bytes."""
        found = await self.look(name)
        if found is None:
            raise Missing
        if found.size > most:
            raise TooLarge(f"This is larger than {most >> 10} KiB.", cause=f"{found.oid}: {found.size}")
        await self._ask("contents", found.oid)
        if await self._header() is None:
            raise Unavailable("git has lost an object.", cause=found.oid)
        content = await self._exactly(found.size + 1)
        return found, content[:-1]

    async def tree(self, name: str) -> list[Entry]:
        """A folder, in git's order. `name`: a commit's or tree's id, or as `at` makes it. Missing for what is none."""
        found = await self.look(name)
        if found is not None and found.kind == "commit":
            found = await self.look(f"{found.oid}^{{tree}}")
        if found is None or found.kind != "tree":
            raise Missing
        return entries((await self.read(found.oid))[1])

    async def _ask(self, what: str, name: str) -> None:
        if "\n" in name or not names.OID.match(name):
            raise Missing
        await self._running.stdin.write(f"{what} {name}\n".encode("utf-8", "surrogateescape"))

    async def _header(self) -> Found | None:
        line = await self._line()
        words = line.split(" ")
        if len(words) == 3 and names.OID.fullmatch(words[0]) and words[2].isdigit():
            return Found(oid=words[0], kind=words[1], size=int(words[2]))
        return None

    async def _line(self) -> str:
        while b"\n" not in self._rest:
            await self._more()
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode(errors="replace")

    async def _exactly(self, size: int) -> bytes:
        parts, have = [self._rest], len(self._rest)
        while have < size:
            piece = await self._running.stdout.read()
            if not piece:
                raise await self._ended()
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    async def _more(self) -> None:
        piece = await self._running.stdout.read()
        if not piece:
            raise await self._ended()
        self._rest += piece

    async def _ended(self) -> Unavailable:
        return Unavailable("git ended before its answer did.", cause=await self._running.complaints())


@contextlib.asynccontextmanager
async def opened(repository: Path, *, seconds: float = 30) -> AsyncIterator[Objects]:
    """Objects of a repository for the time of the block, at most `seconds`. Raises Unavailable, TooMany."""
    async with spawned(repository, "cat-file", "--batch-command", kind="read", seconds=seconds) as running:
        yield Objects(running)


async def read(repository: Path, name: str, *, most: int = LARGEST) -> tuple[Found, bytes]:
    """One object (see `Objects.read`)."""
    async with opened(repository) as objects:
        return await objects.read(name, most=most)


async def tree(repository: Path, name: str) -> list[Entry]:
    """One folder (see `Objects.tree`)."""
    async with opened(repository) as objects:
        return await objects.tree(name)


async def look(repository: Path, wanted: Sequence[str]) -> list[Found | None]:
    """Kind and size of several, in their order."""
    async with opened(repository) as objects:
        return [await objects.look(name) for name in wanted]


def entries(raw: bytes) -> list[Entry]:
    """The lines of a tree as it is stored. Raises TooLarge for more than anybody would read."""
    found: list[Entry] = []
    position = 0
    while position < len(raw):
        end = raw.index(b"\0", position)
        mode, _, name = raw[position:end].partition(b" ")
        octal = mode.decode("ascii")
        oid = raw[end + 1 : end + 21].hex()
        found.append(Entry(mode=octal, kind=_KINDS.get(octal, "blob"), oid=oid, name=name.decode(errors="replace")))
        position = end + 21
        if len(found) > _MOST_ENTRIES:
            raise TooLarge(f"This folder has more than {_MOST_ENTRIES} entries.")
    return found
