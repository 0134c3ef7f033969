"""Reading typed fields out of a clause, and collecting everything that is wrong with them instead of the first."""

import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.charter.clauses import Clause
from phyle.cooperative.charter.notation import Wrong, quorum_of, rule_of
from phyle.cooperative.charter.rules import ONE_PRESENT, Quorum, Rule
from phyle.errors import Unprocessable

MOST_DAYS = 36_500
MOST_SAID = 100
"""Problems that a refusal tells at once."""

_SHORT = reprlib.Repr()  # its sizes are arguments only from Python 3.12 on
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(slots=True)
class Problems:
    """What is wrong with a text, in sentences that say where, why and what to write."""

    found: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, article: int, line: int, what: str, because: str, write: str) -> None:
        """Note one problem. `article` 0 is what stands before the first."""
        where = f"article {article}" if article else "header"
        self.found.append((article, line, f"{where}, line {line}: {what}, because {because}; write {write}"))

    def sentences(self) -> list[str]:
        """Every problem once, in the order of the text."""
        return list(dict.fromkeys(sentence for _, _, sentence in sorted(self.found, key=lambda each: each[:2])))

    def refuse(self) -> None:
        """Unprocessable with every problem, if there is any."""
        if sentences := self.sentences():
            count = "a problem" if len(sentences) == 1 else f"{len(sentences)} problems"
            if len(sentences) > MOST_SAID:
                count, sentences = f"{count}, of which these are the first {MOST_SAID}", sentences[:MOST_SAID]
            raise Unprocessable(
                f"The charter has {count}:\n" + "\n".join(sentences),
                details={"charter": [{"error": "ERR_INVALID", "description": each} for each in sentences]},
            )


class Fields:
    """The fields of one clause. Every getter notes what is wrong and gives the default instead."""

    def __init__(self, problems: Problems, article: int, clause: Clause) -> None:
        self.problems = problems
        self.article = article
        self.clause = clause
        self.taken: set[str] = set()

    def line(self, key: str = "") -> int:
        """Where a key of the clause stands."""
        return self.clause.lines.get(key, self.clause.line)

    def wrong(self, key: str, because: str, write: str) -> None:
        """Note that a field is wrong."""
        value = self.clause.body.get(key)
        what = f"{self.clause.table} lacks {key}" if value is None else f"{key} = {_shown(value)} cannot stand"
        self.problems.add(self.article, self.line(key), what, because, write)

    def has(self, key: str) -> bool:
        """Whether the field is written."""
        return key in self.clause.body

    def raw(self, key: str) -> Any:
        """The field as TOML gives it, None if it is not written."""
        self.taken.add(key)
        return self.clause.body.get(key)

    def whole(self, key: str, default: int | None, least: int = 0, most: int = MOST_DAYS, why: str = "") -> int:
        """A whole number within bounds. A default of None means that it must be written."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if type(value) is int and least <= value <= most:
            return value
        reason = why or f"it is a whole number from {least} to {most}"
        self.wrong(key, reason, f"{key} = {max(least, default or 0)}")
        return max(least, default or 0)

    def flag(self, key: str, default: bool | None) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool):
            return value
        self.wrong(key, "it is either true or false", f"{key} = true or {key} = false")
        return bool(default)

    def text(self, key: str, default: str | None = None, most: int = 2000) -> str:
        """A sentence or name that is not empty."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.strip() and len(value) <= most:
            return value
        self.wrong(key, f"it must say something, in at most {most} characters", f'{key} = "..."')
        return default or ""

    def choice(self, key: str, choices: Collection[str], default: str | None = None, why: str = "") -> str:
        """One of a few words."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in choices:
            return value
        listed = " or ".join(f'"{choice}"' for choice in choices)
        self.wrong(key, why or "it is none of the words that the law knows here", f"{key} = {listed}")
        return default if default is not None else next(iter(choices))

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words, without doubles."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
            if len(set(value)) == len(value):
                return tuple(value)
            self.wrong(key, "something is named twice", "each once")
            return tuple(dict.fromkeys(value))
        self.wrong(key, "it is a list of words", f'{key} = ["...", "..."]')
        return default

    def rule(self, key: str, default: Rule, override: Rule | None = None, *, capped: bool = False) -> Rule:
        """A rule. It must be written; the default only lets the reading go on."""
        try:
            return rule_of(self.raw(key), override, capped=capped)
        except Wrong as wrong:
            self.wrong(key, wrong.because, f"{key} = {wrong.write}")
            return default

    def quorum(self, key: str, second: str, *, capped: bool = False) -> Quorum:
        """A quorum and that of a second call, if there is one."""
        try:
            return quorum_of(self.raw(key), self.raw(second), capped=capped)
        except Wrong as wrong:
            self.wrong(second if self.has(second) and _readable(self.raw(key)) else key, wrong.because, wrong.write)
            return ONE_PRESENT

    def inner(self, key: str) -> list["Fields"]:
        """The tables of an array of tables, each as fields of its own."""
        value = self.raw(key)
        if value is None:
            return []
        tables = value if isinstance(value, list) else [value]
        if not all(isinstance(each, Mapping) for each in tables):
            self.wrong(key, "it is a table", f"[[{self.clause.table}.{key}]]")
            return []
        return [Fields(self.problems, self.article, self._part(key, index, each)) for index, each in enumerate(tables)]

    def _part(self, key: str, index: int, body: Mapping[str, Any]) -> Clause:
        prefix = f"{key}.{index}." if isinstance(self.clause.body[key], list) else f"{key}."
        lines = {name.removeprefix(prefix): at for name, at in self.clause.lines.items() if name.startswith(prefix)}
        line = self.clause.lines.get(f"{key}.{index}", self.line(key))
        return Clause(table=f"{self.clause.table}.{key}", body=body, line=line, lines=lines)

    def close(self) -> None:
        """Note every field that nobody asked for: a word that the law does not know would only seem to bind."""
        for key in self.clause.body:
            if key not in self.taken:
                known = ", ".join(sorted(self.taken))
                self.wrong(key, f"{self.clause.table} has no such field", f"one of these: {known}")


def _readable(value: Any) -> bool:
    try:
        quorum_of(value)
    except Wrong:
        return False
    return True


def _shown(value: Any) -> str:
    return reprlib.repr(value)
