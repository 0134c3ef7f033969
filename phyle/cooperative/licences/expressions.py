"""SPDX licence expressions: what they say, as a tree, and which licences a user may choose.

The grammar is that of SPDX 2.3, annex D. It is read here, not by a library: a ledger is judged by it for ever.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from phyle.errors import Malformed

LONGEST = 300
DEEPEST = 20
_TOKEN = re.compile(r" *(\(|\)|[A-Za-z0-9][A-Za-z0-9.\-:]*\+?)")
_WORDS = frozenset({"AND", "OR", "WITH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One licence by its id. `later`: or any later version. `exception`: what it is with, if anything."""

    id: str
    later: bool = False
    exception: str = ""

    def __str__(self) -> str:
        return f"{self.id}{'+' if self.later else ''}{f' WITH {self.exception}' if self.exception else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of them must be kept."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """The user chooses one."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Expression = Licence | All | Either


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression. Malformed, saying where, if it is none. Operators in lower case are read too."""
    tokens = _tokens(text)
    found, end = _either(tokens, 0, 0)
    if end != len(tokens):
        raise Malformed(f"{tokens[end]!r} does not belong there in the licence expression {_short(text)}.")
    return found


def licences(expression: Expression) -> Iterator[Licence]:
    """All licences that it names, in order; one that is named twice comes twice."""
    if isinstance(expression, Licence):
        yield expression
    else:
        for part in expression.parts:
            yield from licences(part)


def choices(expression: Expression) -> tuple[Expression, ...]:
    """What a user may rely on: the whole, or any one of what it offers to choose from."""
    if not isinstance(expression, Either):
        return (expression,)
    return tuple(dict.fromkeys((expression, *(each for part in expression.parts for each in choices(part)))))


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise Malformed(f"A licence expression has at most {LONGEST} characters.")
    found, place = [], 0
    text = text.strip(" ")
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Malformed(f"{text[place:].strip()[:1]!r} is nothing in a licence expression, as in {_short(text)}.")
        found.append(match[1])
        place = match.end()
    if not found:
        raise Malformed("A licence expression names a licence, such as PPL or MIT OR Apache-2.0.")
    return found


def _either(tokens: list[str], place: int, depth: int) -> tuple[Expression, int]:
    first, place = _all(tokens, place, depth)
    parts = [first]
    while _is(tokens, place, "OR"):
        part, place = _all(tokens, place + 1, depth)
        parts.append(part)
    return (first if len(parts) == 1 else Either(parts=tuple(parts))), place


def _all(tokens: list[str], place: int, depth: int) -> tuple[Expression, int]:
    first, place = _one(tokens, place, depth)
    parts = [first]
    while _is(tokens, place, "AND"):
        part, place = _one(tokens, place + 1, depth)
        parts.append(part)
    return (first if len(parts) == 1 else All(parts=tuple(parts))), place


def _one(tokens: list[str], place: int, depth: int) -> tuple[Expression, int]:
    if place < len(tokens) and tokens[place] == "(":
        if depth >= DEEPEST:
            raise Malformed("The licence expression is nested too deeply.")
        found, place = _either(tokens, place + 1, depth + 1)
        if place >= len(tokens) or tokens[place] != ")":
            raise Malformed("A parenthesis of the licence expression is not closed.")
        return found, place + 1
    id = _id(tokens, place)
    licence = Licence(id=id.removesuffix("+"), later=id.endswith("+"))
    if not _is(tokens, place + 1, "WITH"):
        return licence, place + 1
    exception = _id(tokens, place + 2)
    return Licence(id=licence.id, later=licence.later, exception=exception), place + 3


def _id(tokens: list[str], place: int) -> str:
    if place >= len(tokens):
        raise Malformed("The licence expression ends where a licence should be named.")
    if tokens[place] in ("(", ")") or tokens[place].upper() in _WORDS:
        raise Malformed(f"A licence should be named where the licence expression says {tokens[place]!r}.")
    return tokens[place]


def _is(tokens: list[str], place: int, word: str) -> bool:
    return place < len(tokens) and tokens[place] in (word, word.lower())


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
