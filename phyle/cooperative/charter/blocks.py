"""The outline of a charter's text: articles with their prose, and the fenced blocks of TOML between it."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.charter.bounds import MOST_CLAUSES
from phyle.cooperative.charter.clauses import Article, Clause
from phyle.cooperative.charter.fields import Problems
from phyle.cooperative.charter.visible import Doubt, doubts_in_box, doubts_in_opening, doubts_in_prose

_ARTICLE = re.compile(r"## Article ([1-9]\d{0,3})\. (\S.*)")
_FENCE = "```"
_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_OWN_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")

ARRAYS = ("power", "right", "tier", "sunset", "reciprocal")
"""Tables that may be written many times, in double brackets."""

NAMED = ("class", "office", "house", "fund", "licence")
"""Tables that have a name of their own after the dot."""

SINGLE = ("charter", "membership", "assembly", "jury", "delegation", "moderation")


@dataclass(slots=True)
class _Draft:
    """An article that is being read."""

    number: int
    title: str
    line: int
    parts: list[str | tuple[Clause, ...]] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    def end_prose(self) -> None:
        text = "\n".join(self.prose).strip("\n")
        if text.strip():
            self.parts.append(text)
        self.prose = []

    def article(self, text: str) -> Article:
        self.end_prose()
        return Article(number=self.number, title=self.title, parts=tuple(self.parts), line=self.line, text=text)


def outline(text: str, problems: Problems) -> tuple[Article, ...]:
    """The articles of a text in their order; number 0 is what stands before the first. `text`: newlines only."""
    drafts = [_Draft(number=0, title="", line=1)]
    lines = enumerate(text.split("\n"), start=1)
    for number, line in lines:
        heading = _ARTICLE.fullmatch(line)
        if heading:
            _begin(drafts, heading, number, problems)
        elif line.startswith(_FENCE):
            _fenced(drafts[-1], line, number, lines, problems)
        else:
            _prose(drafts[-1], line, number, problems)
    written = text.split("\n")
    ends = [draft.line - 1 for draft in drafts[1:]] + [len(written)]
    return tuple(
        draft.article("\n".join(written[draft.line - 1 : end])) for draft, end in zip(drafts, ends, strict=True)
    )


def _begin(drafts: list[_Draft], heading: re.Match[str], line: int, problems: Problems) -> None:
    number = int(heading[1])
    if number <= drafts[-1].number:
        write = f"## Article {drafts[-1].number + 1}."
        problems.add(number, line, f"article {number} stands here", "articles are numbered upwards", write)
    drafts.append(_Draft(number=number, title=heading[2].strip(), line=line))


def _prose(draft: _Draft, line: str, number: int, problems: Problems) -> None:
    before = draft.prose[-1] if draft.prose else ""
    _doubt(draft, number, doubts_in_prose(line, before, preamble=not draft.number), problems)
    draft.prose.append(line)


def _doubt(draft: _Draft, line: int, doubts: Iterable[Doubt], problems: Problems) -> None:
    for because, write in doubts:
        problems.add(draft.number, line, "this line cannot stand", because, write)


def _fenced(draft: _Draft, opening: str, number: int, lines: Iterator[tuple[int, str]], problems: Problems) -> None:
    """Read to the closing fence: clauses of a toml block, prose of any other."""
    clauses = opening.rstrip() == f"{_FENCE}toml"
    _doubt(draft, number, doubts_in_opening(opening), problems)
    inside: list[str] = []
    for at, line in lines:
        if line.rstrip() == _FENCE:
            break
        _doubt(draft, at, doubts_in_box(line, clauses=clauses), problems)
        inside.append(line)
    else:
        problems.add(draft.number, number, "this block does not end", "its closing fence is missing", "``` after it")
    if clauses:
        draft.end_prose()
        draft.parts.append(tuple(_clauses(draft.number, inside, number + 1, problems)))
    else:
        draft.prose += [opening, *inside, _FENCE]


def _clauses(article: int, inside: list[str], first: int, problems: Problems) -> Iterator[Clause]:
    try:
        tables = tomllib.loads("\n".join(inside))
    except (ValueError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        at = first + int(place[1]) - 1 if place and place[1] else first
        because = f"it is not TOML: {_TOML_PLACE.sub('', str(error))}"
        problems.add(article, at, "this block cannot be read", because, 'lines such as name = "value"')
        return
    if sum(len(value) if isinstance(value, dict | list) else 1 for value in tables.values()) > MOST_CLAUSES:
        because = f"a charter has at most {MOST_CLAUSES} clauses"
        problems.add(article, first, "this block cannot be read", because, "fewer")
        return
    places = _places(inside, first)
    for name, value in tables.items():
        yield from _table(name, value, article, places, first, problems)


def _table(
    name: str, value: Any, article: int, places: Mapping[str, int], first: int, problems: Problems
) -> Iterator[Clause]:
    """The clauses of one top-level name of a block."""
    line = places.get(name, places.get(f"{name}.0", first))
    if name in ARRAYS and isinstance(value, list) and all(isinstance(each, dict) for each in value):
        for index, body in enumerate(value):
            yield _clause(name, body, f"{name}.{index}", places, first, many=True)
    elif name in NAMED and isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
        for own, body in value.items():
            if not _OWN_NAME.fullmatch(own):
                what = f"[{name}.{own[:60]}] cannot stand"
                problems.add(article, line, what, "it is named in the ledger", f"[{name}.lower-case-words]")
            yield _clause(f"{name}.{own}", body, f"{name}.{own}", places, first)
    elif name in SINGLE and isinstance(value, dict):
        yield _clause(name, value, name, places, first)
    else:
        problems.add(article, line, f"{name} is no clause", "the law does not know it", _known(name))


def _known(name: str) -> str:
    if name in ARRAYS:
        return f"[[{name}]]"
    if name in NAMED:
        return f"[{name}.NAME]"
    return ", ".join(
        [*(f"[{each}]" for each in SINGLE), *(f"[[{e}]]" for e in ARRAYS), *(f"[{e}.NAME]" for e in NAMED)]
    )


def _clause(
    table: str, body: Mapping[str, Any], path: str, places: Mapping[str, int], first: int, *, many: bool = False
) -> Clause:
    lines = {key.removeprefix(f"{path}."): at for key, at in places.items() if key.startswith(f"{path}.")}
    return Clause(table=table, body=body, many=many, line=places.get(path, first), lines=lines)


def _places(inside: list[str], first: int) -> dict[str, int]:
    """Dotted paths of tables and keys to lines. Elements of arrays of tables are counted: `tier.0.power.1.rule`."""
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    path = ""
    for number, line in enumerate(inside, start=first):
        if table := _TABLE.fullmatch(line):
            path = _resolved(table[2].replace(" ", "").split("."), counts, array=table[1] == "[[")
            places.setdefault(path, number)
        elif key := _KEY.match(line):
            places.setdefault(f"{path}.{key[1]}" if path else key[1], number)
    return places


def _resolved(names: list[str], counts: dict[str, int], *, array: bool) -> str:
    path = ""
    for index, name in enumerate(names):
        path = f"{path}.{name}" if path else name
        if array and index == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}.{counts[path]}"
    return path
