"""Writing a charter's articles down again: the one form that gives the same articles and clauses back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from phyle.cooperative.charter.clauses import Article, Clause

WIDTH = 100


def written(articles: Iterable[Article]) -> str:
    """Markdown articles with fenced TOML blocks. Comments among the clauses are not kept."""
    return "\n\n".join(part for article in articles for part in _article(article))


def _article(article: Article) -> Iterator[str]:
    if article.number:
        yield f"## Article {article.number}. {article.title}"
    for part in article.parts:
        yield part if isinstance(part, str) else _block(part)


def _block(clauses: Sequence[Clause]) -> str:
    return "\n".join(["```toml", "\n\n".join(map(_clause, clauses)), "```"])


def _clause(clause: Clause) -> str:
    return "\n".join(_table(clause.table, clause.body, many=clause.many))


def _table(path: str, body: Mapping[str, Any], *, many: bool) -> Iterator[str]:
    """A table with its plain fields first; tables within it follow under headings of their own."""
    yield f"[[{path}]]" if many else f"[{path}]"
    for key, value in body.items():
        if not _own_heading(value):
            yield f"{key} = {_value(value)}"
    for key, value in body.items():
        if _own_heading(value):
            tables = value if isinstance(value, list) else [value]
            for table in tables:
                yield ""
                yield from _table(f"{path}.{key}", table, many=isinstance(value, list))


def _own_heading(value: Any) -> bool:
    """Tables of several fields, or arrays of them, are read better under a heading; those of a rule stay inline."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Mapping) and "rule" in each and "effect" in each for each in value)
    return isinstance(value, Mapping) and not value.keys() & {"all", "any", "house", "weighted"}


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case str():
            return _string(value)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
        case _:
            return _list([_value(each) for each in value])


def _list(items: list[str]) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= WIDTH:
        return line
    return "\n".join(["[", *(f"    {item}," for item in items), "]"])


def _string(value: str) -> str:
    # A JSON string is a basic TOML string, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
