"""Searching one commit: names of files, and their lines; words as they stand, never patterns."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.browsing.naming import honest, words
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.taking import lenient

LONGEST = 200
"""Characters of a query."""
MOST = 100
"""Files that are shown."""
_LARGEST = 16 << 20
_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A file, and the lines in which the words are: number and text. None where only its name has them."""

    path: bytes
    lines: Sequence[tuple[int, str]]

    @property
    def words(self) -> str:
        """The path for people."""
        return words(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found. `whole`: whether there is no more."""

    hits: Sequence[Hit]
    whole: bool


async def names(repository: Path, place: Place, query: str) -> Hits:
    """Files whose path has these words, in upper or lower case, the shortest paths first."""
    args = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", place.commit)
    said = await lenient(repository, *args, most=_LARGEST, seconds=_SECONDS)
    paths = await asyncio.to_thread(_named, said.out, query.casefold())
    return Hits(hits=[Hit(path=path, lines=()) for path in paths[:MOST]], whole=said.whole and len(paths) <= MOST)


def _named(said: bytes, wanted: str) -> list[bytes]:
    paths = [path for path in said.split(b"\0") if path and wanted in path.decode(errors="replace").casefold()]
    return sorted(paths, key=lambda path: (len(path), path))


async def lines(repository: Path, place: Place, query: str) -> Hits:
    """Lines of text that have these words, in upper or lower case; at most five of a file."""
    args = ["grep", "--no-color", "-I", "-n", "-z", "--full-name", "--fixed-strings", "--ignore-case", "--max-count=5"]
    args += ["--no-textconv", "-e", query, place.commit, "--"]
    said = await lenient(repository, *args, most=1 << 20, seconds=_SECONDS, fine=(0, 1))
    return read(said.out, place.commit, whole=said.whole)


def read(said: bytes, commit: str, *, whole: bool = True) -> Hits:
    """What `git grep -z -n` said of a commit: `COMMIT:path`, zero, number, zero, line."""
    found: dict[bytes, list[tuple[int, str]]] = {}
    rest, prefix = said, commit.encode() + b":"
    while rest:
        name, _, rest = rest.partition(b"\0")
        number, zero, rest = rest.partition(b"\0")
        line, _, rest = rest.partition(b"\n")
        if not zero or not number.isdigit() or not name.startswith(prefix):
            break
        text = honest(line.decode(errors="replace").removesuffix("\r"))[0]
        found.setdefault(name.removeprefix(prefix), []).append((int(number), text[:300]))
    hits = [Hit(path=path, lines=its) for path, its in list(found.items())[:MOST]]
    return Hits(hits=hits, whole=whole and len(found) <= MOST)
