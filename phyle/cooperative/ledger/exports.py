"""Exports: the whole ledger as a stream into one file, which an audit reads without asking anybody."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phyle.cooperative.law.spelling import spell
from phyle.cooperative.ledger import checkpoints, reading
from phyle.cooperative.ledger.disclosing import disclosed
from phyle.cooperative.tree import archive
from phyle.cooperative.tree.archive import Section
from phyle.cooperative.tree.bundles import bundle, entries_of
from phyle.cooperative.tree.checkpoints import Head
from phyle.cooperative.tree.tiles import FULL
from phyle.errors import Conflict, Unavailable
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

Progress = Callable[[int, int], None]
"""Told after each bundle: how many entries are written, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Who the file is for. `public`: what everybody may see; else what members may see."""

    public: bool

    @property
    def name(self) -> str:
        """As the file says it."""
        return "public" if self.public else "members"

    @property
    def sheets(self) -> list[str]:
        """The audiences whose sheets go into it."""
        return ["public"] if self.public else ["public", "members"]


async def export(store: Store, path: Path, level: Level, progress: Progress = lambda done, size: None) -> int:
    """Writes the ledger up to its newest checkpoint; how many entries that are. A file that a former export of the same
    kind left unfinished is continued. Conflict for any other file that is there already."""
    async with store.transaction() as tx:
        await checkpoints.publish(tx)
    async with store.reading() as tx:
        head, cosigned = await checkpoints.newest(tx), await checkpoints.cosigned(tx)
    if head is None:
        raise Unavailable("The ledger has no checkpoint yet: start the server once.")
    about = {"origin": head.checkpoint.origin, "host": store.settings.domain, "level": level.name}
    with _opened(path, spell(about)) as stream:
        first = _continued(stream, head.checkpoint.origin, spell(about))
        while first < head.size:
            end = min(first + FULL, head.size)
            async with store.reading() as tx:
                _write(stream, [section async for section in _bundle(tx, level, first, end)])
            first = end
            progress(first, head.size)
        _write(stream, _ends(head, cosigned))
        stream.flush()
        os.fsync(stream.fileno())
    return head.size


async def _bundle(tx: Tx, level: Level, first: int, end: int) -> AsyncIterator[Section]:
    """Some entries, after all that they name."""
    for row in await tx.rows(SQL.blobs, first, end):
        yield Section("blob", row["hash"], row["data"])
    for row in await tx.rows(SQL.sheets, first, end, level.sheets):
        yield Section("sheet", row["ballot"], row["data"])
    if not level.public:
        found = await disclosed(tx, first, end)
        yield Section("openings", str(first), spell({"opened": found.opened, "closed": found.closed}))
        yield Section("erasures", str(first), spell(found.erasures))
    yield Section("entries", str(first), bundle(await reading.entries(tx, first, end - first)))


def _ends(head: Head, cosigned: Head | None) -> list[Section]:
    """The newest checkpoint last, after one that has cosignatures if the newest has none yet."""
    heads = [head] if cosigned is None or cosigned.size == head.size else [cosigned, head]
    notes = [Section("checkpoint", str(each.size), bytes(each.note)) for each in heads]
    return [*notes, Section("end", str(head.size), b"")]


def _opened(path: Path, about: bytes) -> BinaryIO:
    """The file, new or unfinished."""
    try:
        stream = path.open("xb+")
    except FileExistsError:
        return path.open("rb+")
    archive.begin(stream)
    stream.flush()
    return stream


def _continued(stream: BinaryIO, origin: str, about: bytes) -> int:
    """The first entry that the file does not have yet; what follows its last full bundle is cut off."""
    stream.seek(0)
    whole = archive.whole_until(stream)
    if not whole:
        raise _other()
    first, place, begun = 0, len(archive.FIRST_LINE), False
    for section in _sections(stream, whole):
        if section.kind == "end" or (section.data != about if section.kind == "about" else not begun):
            raise _other()
        begun = True
        full = section.kind == "entries" and len(entries_of(section.data)) == FULL
        first = int(section.name) + FULL if full else first
        place = stream.tell() if full or section.kind == "about" else place
    stream.seek(place)
    stream.truncate()
    if not begun:
        archive.write(stream, Section("about", origin, about))
    return first


def _sections(stream: BinaryIO, whole: int) -> Iterator[Section]:
    stream.seek(0)
    if whole > len(archive.FIRST_LINE):
        for section in archive.sections(stream):
            yield section
            if stream.tell() >= whole:
                return


def _write(stream: BinaryIO, sections: Iterable[Section]) -> None:
    for section in sections:
        archive.write(stream, section)


def _other() -> Conflict:
    return Conflict("There is another file of this name, or this ledger's whole one: name a new file.")
