"""A ledger in one file, as `phyle ledger export` writes it, as the source of an audit."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from phyle.cooperative.audit.sources import Opened, Openings
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.law.values import Hash, read
from phyle.cooperative.tree import archive
from phyle.cooperative.tree.bundles import entries_of
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.tiles import Tile
from phyle.errors import Malformed

_OPENED: Any = tuple[tuple[Hash, str, Any, str], ...]
_ERASED: Any = tuple[tuple[Hash, int], ...]


class Archive:
    """The file is read once to find its sections; each is read again when it is asked for."""

    tiled = False

    def __init__(self, path: Path) -> None:
        """Malformed if it is no ledger, or not whole."""
        self.where = str(path)
        self._stream: BinaryIO = path.open("rb")
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self._read: set[tuple[str, str]] = set()
        self._firsts: list[int] = []
        self._notes: list[bytes] = []
        try:
            self._index()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def _index(self) -> None:
        last = ("", "")
        for section in archive.sections(self._stream):
            last, end = section[:2], self._stream.tell()
            if last in self._places or ("end", "") in self._places:
                raise Malformed(f"The file has its section {section.kind} {section.name} twice.")
            self._places[last] = (end - 1 - len(section.data), len(section.data))
            if section.kind == "entries":
                self._firsts.append(_number(section.name))
            elif section.kind == "checkpoint":
                self._notes.insert(0, section.data)
                _same(section.name, str(Checkpoint.read(Note.read(section.data).text).size))
            elif section.kind == "about":
                _same(section.name, _about(section.data))
        if last[0] != "end" or not self._notes:
            raise Malformed("The file is not whole: it has no checkpoint or no end. Export the ledger again.")
        told = Checkpoint.read(Note.read(self._notes[0]).text)
        _same(last[1], str(told.size))
        _same(*[name for kind, name in self._places if kind == "about"][:1], told.origin)
        self.members = any(kind == "openings" for kind, _ in self._places)

    def _section(self, kind: str, name: str) -> bytes | None:
        place = self._places.get((kind, name))
        if place is None:
            return None
        self._read.add((kind, name))
        self._stream.seek(place[0])
        return self._stream.read(place[1])

    def checkpoints(self) -> Sequence[bytes]:
        """The last of the file first."""
        return self._notes

    def entries(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        """Bundle by bundle, as they were exported."""
        for start in self._firsts:
            if first <= start < size:
                yield start, entries_of(self._section("entries", str(start)) or b"")

    def tile(self, tile: Tile) -> bytes | None:
        """There are none: they follow from the entries."""
        return None

    def blob(self, hash: str) -> bytes | None:
        """As it was exported."""
        return self._section("blob", hash)

    def sheet(self, ballot: str) -> bytes | None:
        """As it was exported."""
        return self._section("sheet", ballot)

    def unread(self) -> Iterator[str]:
        """What stands in the file and belongs to nothing; a blob is no harm as long as it is what it is called."""
        for kind, name in sorted(self._places.keys() - self._read):
            if kind == "blob" and sha256(self._section(kind, name) or b"").hexdigest() != name:
                yield f"The blob {name} is another."
            elif kind in ("sheet", "openings", "erasures", "entries"):
                yield f"The section {kind} {name} belongs to nothing in this ledger."

    def openings(self, first: int, count: int) -> Openings | None:
        """Of the bundle that begins with `first`, if the file was written for members."""
        if not self.members:
            return None
        return read_openings(self._section("openings", str(first)), self._section("erasures", str(first)))


def read_openings(openings: bytes | None, erasures: bytes | None) -> Openings:
    """Openings from the JSON of both sections. Malformed if they are none."""
    document: Any = parse(openings) if openings is not None else {}
    erased: Any = read(_ERASED, parse(erasures) if erasures is not None else [], "erasures")
    if not isinstance(document, dict):
        raise Malformed("The openings are not an object")
    return openings_of({**document, "erasures": [list(row) for row in erased]})


def openings_of(document: dict[str, Any]) -> Openings:
    """Openings from one document: `opened`, `closed` and `erasures`. Malformed if they are none."""
    opened: Any = read(_OPENED, document.get("opened", []), "opened")
    closed: Any = read(_CLOSED, document.get("closed", []), "closed")
    erased: Any = read(_ERASED, document.get("erasures", []), "erasures")
    return Openings(
        opened={commitment: Opened(name=name, value=value, salt=salt) for commitment, name, value, salt in opened},
        closed=frozenset(closed),
        erased=dict(erased),
    )


_CLOSED: Any = tuple[Hash, ...]


def _number(name: str) -> int:
    if not name.isdecimal() or name != str(int(name)):
        raise Malformed(f"The file has entries from {name[:40]} on, which is no number.")
    return int(name)


def _about(data: bytes) -> str:
    document: Any = parse(data)
    return str(document.get("origin")) if isinstance(document, dict) else ""


def _same(*told: str) -> None:
    if len(set(told)) > 1:
        raise Malformed(f"The file contradicts itself: {' or '.join(told)}.")
