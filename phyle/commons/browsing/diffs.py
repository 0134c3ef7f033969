"""Differences as git writes them -> files, hunks and lines; pure, and ready for any bytes in names and contents."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from phyle.commons.browsing.naming import honest, unquoted, words

Change = Literal["added", "removed", "changed", "renamed", "copied", "retyped"]
Sign = Literal[" ", "+", "-"]

MOST_FILES = 300
MOST_LINES = 20_000
LARGEST = 4 << 20
"""Bytes of a patch that are read at all."""
_LONGEST_LINE = 2_000
_RAW = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([A-Z])[0-9]*\t(.*)", re.DOTALL)
_HUNK = re.compile(rb"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@ ?(.*)", re.DOTALL)
_CHANGES: dict[bytes, Change] = {
    b"A": "added",
    b"D": "removed",
    b"M": "changed",
    b"R": "renamed",
    b"C": "copied",
    b"T": "retyped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`old` and `new`: the number that it has on either side. `ends`: whether it ends without a line feed."""

    sign: Sign
    old: int | None
    new: int | None
    text: str
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Neighbouring changes with what is around them; `context`: the function or section, as git guesses."""

    context: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file. `old` and `new`: its paths (the same but for renames), `old_mode` and `new_mode` in octal. `turned`:
    some line has marks that turn the reading direction about. `whole`: whether all of its hunks are here."""

    change: Change
    old: bytes
    new: bytes
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str
    binary: bool
    turned: bool
    whole: bool
    hunks: Sequence[Hunk]

    @property
    def name(self) -> str:
        """What it is called, for people."""
        return words(self.new) if self.old == self.new else f"{words(self.old)} → {words(self.new)}"

    @property
    def added(self) -> int:
        """How many of the lines here are new."""
        return sum(line.sign == "+" for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        """How many of the lines here are gone."""
        return sum(line.sign == "-" for hunk in self.hunks for line in hunk.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What differs. `whole`: nothing was left out; else the patch has the rest. `count`: of all files that differ, as
    far as they were read."""

    files: Sequence[File]
    count: int
    whole: bool


@dataclass(slots=True, kw_only=True)
class _Body:
    """What follows `diff --git`: hunks, until the lines are used up."""

    hunks: list[Hunk]
    binary: bool = False
    turned: bool = False
    whole: bool = True


def read(said: bytes, *, whole: bool = True) -> Diff:
    """What `git diff-tree -r --raw -p --full-index` said; `whole`: whether that was all of it.

    Files come from the raw lines; the parts of the patch follow in the same order. Only lines of hunks can hold what a
    file holds, and they begin with a sign, so that no content is taken for a header.
    """
    lines = said.split(b"\n")
    if not whole and lines:
        lines.pop()  # half a line
    headers = [match for line in _while_raw(lines) if (match := _RAW.fullmatch(line))]
    bodies = _bodies(lines[len(headers) :])
    files, left = [], MOST_LINES
    for header in headers[:MOST_FILES]:
        parsed = next(bodies, None)
        if parsed is not None and header[5] == b"T":  # what it was goes, what it is comes: two parts for one file
            parsed += next(bodies, [])
        body = _body(parsed, left) if parsed is not None else _Body(hunks=[], whole=False)
        left -= sum(len(hunk.lines) for hunk in body.hunks)
        files.append(_file(header, body))
    cut = not whole or len(headers) > MOST_FILES or not all(file.whole for file in files)
    return Diff(files=files, count=len(headers), whole=not cut)


def _while_raw(lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        if not line.startswith(b":"):
            return
        yield line


def _bodies(lines: list[bytes]) -> Iterator[list[bytes]]:
    """The parts of a patch, one for each file."""
    current: list[bytes] | None = None
    for line in lines:
        if line.startswith(b"diff --git "):
            if current is not None:
                yield current
            current = []
        elif current is not None:
            current.append(line)
    if current is not None:
        yield current


def _body(lines: list[bytes], left: int) -> _Body:
    """The hunks. Their own counts say where each ends: headers between two are not taken for lines."""
    body = _Body(hunks=[])
    current: list[Line] = []
    old = new = old_end = new_end = 0
    for raw in lines:
        if raw.startswith(b"\\") and current:
            current[-1] = _ended(current[-1])
        elif old < old_end or new < new_end:
            if left <= 0:
                body.whole = False
                break
            left -= 1
            sign = raw[:1].decode(errors="replace") or " "
            text, turned = _text(raw[1:])
            body.turned |= turned
            current.append(_line(sign, old, new, text))
            old += sign != "+"
            new += sign != "-"
        elif match := _HUNK.fullmatch(raw):
            current = []
            old, old_end, new, new_end = _bounds(match)
            body.hunks.append(Hunk(context=_text(match[5])[0][:200], lines=current))
        elif raw.startswith((b"Binary files ", b"GIT binary patch")):
            body.binary = True
    return body


def _bounds(match: re.Match[bytes]) -> tuple[int, int, int, int]:
    """First line and end of both sides; a side without lines is counted from the line before it."""
    old, new = int(match[1]), int(match[3])
    return old, old + int(match[2] or 1), new, new + int(match[4] or 1)


def _line(sign: str, old: int, new: int, text: str) -> Line:
    if sign == "+":
        return Line(sign="+", old=None, new=new, text=text)
    if sign == "-":
        return Line(sign="-", old=old, new=None, text=text)
    return Line(sign=" ", old=old, new=new, text=text)


def _ended(line: Line) -> Line:
    return Line(sign=line.sign, old=line.old, new=line.new, text=line.text, ends=True)


def _text(raw: bytes) -> tuple[str, bool]:
    text, turned = honest(raw[: _LONGEST_LINE * 4].decode(errors="replace").removesuffix("\r"))
    return (text if len(text) <= _LONGEST_LINE else text[:_LONGEST_LINE] + " …"), turned


def _file(header: re.Match[bytes], body: _Body) -> File:
    old, _, new = header[6].partition(b"\t")
    first = _name(old)
    return File(
        change=_CHANGES.get(header[5], "changed"),
        old=first,
        new=_name(new) if new else first,
        old_mode=header[1].decode(),
        new_mode=header[2].decode(),
        old_oid=header[3].decode(),
        new_oid=header[4].decode(),
        binary=body.binary,
        turned=body.turned,
        whole=body.whole,
        hunks=body.hunks,
    )


def _name(raw: bytes) -> bytes:
    """A name as git writes it: a tab in one is quoted, so that none stands between two."""
    try:
        return unquoted(raw)
    except ValueError:
        return raw
