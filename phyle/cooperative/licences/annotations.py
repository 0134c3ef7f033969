"""Annotations: what a REUSE.toml says of the files beside and below it (REUSE 3.3)."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from phyle.cooperative.licences.tags import Said
from phyle.errors import Malformed

Precedence = Literal["closest", "aggregate", "override"]
PRECEDENCES: tuple[Precedence, ...] = ("closest", "aggregate", "override")
NAME = "REUSE.toml"
MOST, MOST_PATHS, LONGEST = 1000, 5000, 1000
"""Tables of one file, paths in all of them, and characters of a path."""
_STEP = 16  # comparing one character, in comparisons of how a path begins


@dataclass(slots=True)
class Patience:
    """How much of comparing is left for one work, so that no pattern keeps anybody waiting for more than seconds."""

    left: int = 32_000_000

    def spend(self, much: int) -> None:
        """Malformed when there is no more."""
        self.left -= much
        if self.left < 0:
            raise Malformed(
                "Its annotations are about too many paths, or too intricate ones, to be compared with all files."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Glob:
    """A path in which `*` is anything but a slash and `**` anything at all, as bits: which characters lead from which
    place to the next, and where one may stay. So no path takes longer than its length, whatever the pattern. `begins`:
    the letters before its first wildcard."""

    begins: str
    letters: dict[str, int]
    stays: int
    stays_within: int
    length: int

    def matches(self, path: str, patience: Patience) -> bool:
        """Whether the whole path fits. Malformed when patience is at its end."""
        patience.spend(1)
        if not path.startswith(self.begins):
            return False
        patience.spend(_STEP * len(path))
        places = self._skipped(1)
        for character in path:
            moved = (places & self.letters.get(character, 0)) << 1
            stayed = places & (self.stays if character == "/" else self.stays | self.stays_within)
            places = self._skipped(moved | stayed)
            if not places:
                return False
        return bool(places >> self.length & 1)

    def _skipped(self, places: int) -> int:
        """With the places after wildcards that may match nothing."""
        wild = self.stays | self.stays_within
        while (more := (places & wild) << 1 | places) != places:
            places = more
        return places


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One table: the paths it is about, from its file's folder on, what it says of them, and what goes before what."""

    paths: tuple[Glob, ...]
    said: Said
    precedence: Precedence


def glob(pattern: str) -> Glob:
    """A pattern as the specification means it: a backslash takes the next character as it is; `**/` is also nothing."""
    letters, stays, within, place, begins = dict[str, int](), 0, 0, 0, ""
    for kind, character in _joined(_tokens(pattern)):
        begins += character if kind == "letter" and place == len(begins) else ""
        if kind == "letter":
            letters[character] = letters.get(character, 0) | 1 << place
        elif kind == "any":
            stays |= 1 << place
        else:
            within |= 1 << place
        place += 1
    return Glob(begins=begins, letters=letters, stays=stays, stays_within=within, length=place)


def _tokens(pattern: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    characters = list(pattern)
    while characters:
        character = characters.pop(0)
        if character == "\\" and characters:
            found.append(("letter", characters.pop(0)))
        elif character != "*":
            found.append(("letter", character))
        elif characters[:1] == ["*"]:
            while characters[:1] == ["*"]:
                characters.pop(0)
            if characters[:1] == ["/"]:
                characters.pop(0)
            found.append(("any", ""))
        else:
            found.append(("within", ""))
    return found


def _joined(tokens: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Wildcards side by side are one: the wider."""
    found: list[tuple[str, str]] = []
    for token in tokens:
        if token[0] != "letter" and found and found[-1][0] != "letter":
            found[-1] = ("any", "")
        else:
            found.append(token)
    return found


def read(data: bytes) -> tuple[Annotation, ...]:
    """The tables of a REUSE.toml, in order. Malformed if it is none."""
    try:
        document = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"{NAME} is not TOML.", cause=str(error)) from error
    tables = document.get("annotations", [])
    if document.get("version") != 1 or not isinstance(tables, list):
        raise Malformed(f"{NAME} says version = 1 and has a list of annotations.")
    found = [_annotation(table) for table in tables[:MOST]]
    if len(tables) > MOST or sum(len(each.paths) for each in found) > MOST_PATHS:
        raise Malformed(f"{NAME} has at most {MOST} tables of annotations, with {MOST_PATHS} paths.")
    return tuple(found)


def _annotation(table: Any) -> Annotation:
    if not isinstance(table, dict):
        raise Malformed(f"The annotations of {NAME} are tables.")
    precedence = table.get("precedence", "closest")
    if precedence not in PRECEDENCES:
        raise Malformed(f"The precedence in {NAME} is one of {', '.join(PRECEDENCES)}.")
    paths = _texts(table, "path")
    if not paths:
        raise Malformed(f"Every table of annotations in {NAME} says for which path it is.")
    said = Said(licences=_texts(table, "SPDX-License-Identifier"), notices=_texts(table, "SPDX-FileCopyrightText"))
    return Annotation(paths=tuple(map(glob, paths)), said=said, precedence=cast(Precedence, precedence))


def _texts(table: dict[str, Any], name: str) -> tuple[str, ...]:
    value = table.get(name, [])
    texts: Sequence[Any] = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(each, str) and len(each) <= LONGEST for each in texts):
        raise Malformed(f"{name} in {NAME} is text or a list of texts, of at most {LONGEST} characters each.")
    return tuple(each.strip() for each in texts)


def about(path: str, annotations: Iterable[Annotation], patience: Patience) -> Annotation | None:
    """The last table that is about a path, which is given from the file's folder on. Malformed when comparing all of
    them takes too long."""
    last_first = reversed(tuple(annotations))
    return next((each for each in last_first if any(one.matches(path, patience) for one in each.paths)), None)
