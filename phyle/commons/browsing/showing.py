"""Files as people read them: coloured, rendered, drawn, laid out as a table; whatever cannot be shown says so."""

import csv
import io
import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from phyle.commons.browsing.contents import decoded
from phyle.commons.browsing.keeping import Kept
from phyle.commons.browsing.naming import honest
from phyle.commons.browsing.workshop import highlighting, shop
from phyle.errors import Unavailable, Unprocessable
from phyle.text.markdown import MAX_SOURCE

MOST_LINES = 20_000
MOST_ROWS, MOST_COLUMNS, _LONGEST_CELL = 1_000, 60, 1_000
MODELS = 24 << 20
"""Bytes that a model may have."""
_kept = Kept(32 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`lines`: HTML of each line, harmless. `turned`: some line reads otherwise than it is, and now says where."""

    lines: Sequence[str]
    turned: bool
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file of rows; the first is its head."""

    rows: Sequence[Sequence[str]]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A 3D model: number of triangles, size along x, y and z in the unit of the file (mostly mm)."""

    triangles: int
    sides: Sequence[float]
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where a text stands, for its links: address of the repository (`/@name.git`), the ref as it is in addresses, the
    folder, and the folder of the wiki, "" outside of it."""

    base: str
    ref: str
    folder: str
    wiki: str = ""


async def code(oid: str, name: bytes, raw: bytes) -> Code:
    """A text file, in colours if its language is known and it is not too long."""
    text, turned = honest(decoded(raw).replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.removesuffix("\n").split("\n") if text else []
    whole = len(lines) <= MOST_LINES
    coloured = await _coloured(oid, name, text) if whole and len(raw) <= highlighting.MOST else None
    shown = coloured if coloured is not None and len(coloured) == len(lines) else [escape(line) for line in lines]
    return Code(lines=shown[:MOST_LINES], turned=turned, whole=whole)


async def _coloured(oid: str, name: bytes, text: str) -> list[str] | None:
    title = PurePosixPath(name.decode("ascii", "replace")).name
    key = ("code", oid, title)
    made = _kept.get(key)
    if made is None:
        try:
            made = await shop.made("highlight", text.encode("utf-8", "replace"), name=title)
        except Unprocessable:  # plain, then, and not tried again
            made = b"null"
        except Unavailable:
            return None
        _kept.put(key, made)
    lines: list[str] | None = json.loads(made)
    return lines


async def prose(oid: str, raw: bytes, around: Around) -> str | None:
    """Markdown as HTML, harmless; None if it cannot be rendered in time."""
    key = ("prose", oid, around)
    made = _kept.get(key)
    if made is None:
        text = honest(decoded(raw[: 4 * MAX_SOURCE])[:MAX_SOURCE])[0]
        try:
            made = await shop.made(
                "markdown",
                text.encode("utf-8", "replace"),
                base=around.base,
                place=around.ref,
                folder=around.folder,
                wiki=around.wiki,
            )
        except (Unprocessable, Unavailable):
            return None
        _kept.put(key, made)
    return made.decode()


async def model(oid: str, raw: bytes) -> Model:
    """A 3D model, with a picture of it. Raises Unprocessable, Unavailable."""
    key = ("model", oid)
    made = _kept.get(key)
    if made is None:
        made = await shop.made("model", raw, seconds=8)
        _kept.put(key, made)
    found = json.loads(made)
    return Model(triangles=found["triangles"], sides=found["sides"], png=b64decode(found["png"]))


def table(name: bytes, raw: bytes) -> Table | None:
    """A file of separated values as rows, None if it is none after all."""
    text = honest(decoded(raw))[0]
    delimiter = "\t" if name.lower().endswith(b".tsv") else _delimiter(text)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell[:_LONGEST_CELL] for cell in row[:MOST_COLUMNS]])
            if len(rows) > MOST_ROWS:
                break
    except csv.Error:
        return None
    if not rows or max(map(len, rows)) < 2:
        return None
    return Table(rows=rows[:MOST_ROWS], whole=len(rows) <= MOST_ROWS)


def _delimiter(text: str) -> str:
    """Which of the usual ones stands most often in the first line."""
    first = text[:10_000].partition("\n")[0]
    return max(",;\t", key=first.count)
