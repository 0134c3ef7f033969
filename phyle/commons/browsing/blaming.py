"""Blame: which commit each line of a file comes from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.browsing import contents, trees
from phyle.commons.browsing.commits import Person, instant
from phyle.commons.browsing.naming import honest, unquoted
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.taking import taken
from phyle.commons.git import objects
from phyle.errors import Missing, TooLarge

MOST_LINES = 10_000
LARGEST = 1 << 20
"""Bytes that a file may have whose lines are traced back."""
_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A commit that lines come from, as far as blame says it."""

    oid: str
    author: Person
    subject: str
    previous: tuple[str, bytes] | None
    """The commit before, in which these lines were not so, and what the file was called in it; None for its first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Neighbouring lines of one origin. `first`: the number of the first of them in the file as it is."""

    origin: Origin
    first: int
    lines: Sequence[str]


async def check(repository: Path, place: Place) -> None:
    """Whether the lines at a place can be traced back. Raises Missing where there are none, TooLarge."""
    async with objects.opened(repository) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind != "file":
            raise Missing("Only the lines of files come from somewhere.")
        raw = (await reading.read(entry.oid, most=LARGEST))[1]
    if contents.of(entry.name, raw, len(raw)).media not in contents.TEXTS:
        raise Missing("This file has no lines.")
    if raw.count(b"\n") > MOST_LINES:
        raise TooLarge(f"Up to {MOST_LINES} lines are traced back here; `git blame` traces any number.")


async def blame(repository: Path, place: Place) -> list[Block]:
    """The file at a place, in blocks. The caller has asked `check`."""
    path = place.path.decode("utf-8", "surrogateescape")
    args = ("blame", "--porcelain", "--root", place.commit, "--", path)
    said = await taken(repository, *args, most=64 << 20, seconds=_SECONDS)
    return await asyncio.to_thread(read, said.out)


def read(said: bytes) -> list[Block]:
    """What `git blame --porcelain` said."""
    origins: dict[str, Origin] = {}
    blocks: list[Block] = []
    current: list[str] = []
    headers: dict[str, bytes] = {}
    oid, final = "", 0
    for line in said.split(b"\n")[:-1]:
        if line.startswith(b"\t"):
            if oid not in origins:
                origins[oid] = _origin(oid, headers)
            if not blocks or blocks[-1].origin.oid != oid:
                current = []
                blocks.append(Block(origin=origins[oid], first=final, lines=current))
            current.append(honest(line[1:].decode(errors="replace").removesuffix("\r"))[0][:2000])
            headers, oid = {}, ""
        elif not oid:
            words = line.decode("ascii", "replace").split(" ")
            oid, final = words[0], int(words[2])
        else:
            name, _, value = line.partition(b" ")
            headers[name.decode("ascii", "replace")] = value
    return blocks


def _origin(oid: str, headers: dict[str, bytes]) -> Origin:
    def text(name: str) -> str:
        return headers.get(name, b"").decode(errors="replace")

    author = Person(name=text("author")[:200], email=text("author-mail")[:200], at=instant(text("author-time")))
    before, _, path = headers.get("previous", b"").partition(b" ")
    try:
        previous = (before.decode("ascii"), unquoted(path)) if before else None
    except ValueError:
        previous = None
    return Origin(oid=oid, author=author, subject=text("summary")[:500], previous=previous)
