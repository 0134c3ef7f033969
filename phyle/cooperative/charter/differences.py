"""What a new charter would change, in sentences: articles, clauses, and rules in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import unified_diff
from fractions import Fraction
from typing import Any as Value

from phyle.cooperative.charter.amendment import differing
from phyle.cooperative.charter.clauses import Article, Charter, Delegation, Jury, MemberClass, Office
from phyle.cooperative.charter.notation import quorum_words, words
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, Power
from phyle.cooperative.charter.rules import (
    All,
    Any,
    AtLeast,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Share,
    Weighted,
)

_RULES = (Share, AtLeast, NoStandingObjection, House, Weighted, PassUnlessVeto, All, Any)
_PLACES = ("article", "line", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that would change. `where`: an article or a clause; `says`: a sentence for each change; `lines`: for
    prose, the lines that go ("-") and come ("+") with those around them."""

    where: str
    says: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def differences(old: Charter, new: Charter) -> tuple[Difference, ...]:
    """Everything in which two charters differ, first what they say to the law and then what they say to people. Empty
    if they say the same, though one may be written with other comments or spaces."""
    return (*_clauses(old, new), *_effects(old, new), *_articles(old, new))


def _clauses(old: Charter, new: Charter) -> Iterator[Difference]:
    for name in ("header", "membership", "assembly", "jury", "delegation", "moderation"):
        yield from _changed(name, getattr(old, name), getattr(new, name))
    for kind in ("offices", "houses", "rights", "tiers", "sunsets", "reciprocal", "funds", "licences"):
        before, after = _named(getattr(old, kind)), _named(getattr(new, kind))
        for name in differing(before, after):
            yield from _changed(f"{_SINGULAR[kind]} {name}", before.get(name), after.get(name))


_SINGULAR = {
    "offices": "office",
    "houses": "house",
    "rights": "right",
    "tiers": "tier",
    "sunsets": "experiment",
    "reciprocal": "reciprocal grant",
    "funds": "fund",
    "licences": "licence",
}


def _named(values: Value) -> Mapping[str, Value]:
    if isinstance(values, Mapping):
        return values
    return {str(getattr(value, "name", index)): value for index, value in enumerate(values, start=1)}


def _changed(where: str, before: Value, after: Value) -> Iterator[Difference]:
    if before == after:
        return
    if before is None:
        yield Difference(where=where, says=("This is new.", *_lines(after)))
    elif after is None:
        yield Difference(where=where, says=("This goes.", *_lines(before)))
    else:
        yield Difference(where=where, says=tuple(_sentences(_parts(before), _parts(after))))


def _lines(value: Value) -> list[str]:
    return [f"{_spaced(name)}: {said(part)}." for name, part in _parts(value).items()]


def _sentences(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        was, now = _inner(before.get(name)), _inner(after.get(name))
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from (f"{_spaced(name)} {sentence}" for sentence in _sentences(was, now))
        elif was != now:
            yield f"{_spaced(name)}: {said(now)} instead of {said(was)}."


def _inner(value: Value) -> Value:
    """What has parts of its own, as a table of them."""
    if isinstance(value, tuple) and value and all(isinstance(each, Power) for each in value):
        return {each.key: each for each in value}
    if isinstance(value, Power | Office | Delegation | Jury | MemberClass):
        return _parts(value)
    return value


def _parts(value: Value) -> Mapping[str, Value]:
    """What a clause consists of."""
    if isinstance(value, Mapping):
        return value
    unsaid = (*_PLACES, "effect", "scope") if isinstance(value, Power) else _PLACES
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in unsaid}


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def said(value: Value) -> str:
    """A value of a clause in words."""
    if isinstance(value, _RULES):
        return words(value)
    match value:
        case Quorum():
            return quorum_words(value)
        case Power():
            return f"{value.key}: {words(value.rule)} ({quorum_words(value.quorum)})"
        case Mapping() if value:
            return "; ".join(f"{name}: {said(each)}" for name, each in value.items())
        case tuple() | list() if value:
            return ", ".join(map(said, value))
        case bool():
            return "yes" if value else "no"
        case None | "" | () | [] | {}:
            return "nothing"
        case int() | str() | Fraction():
            return str(value)
        case _ if hasattr(value, "__dataclass_fields__"):
            return "; ".join(f"{_spaced(name)} {said(part)}" for name, part in _parts(value).items())
        case _:
            return str(value)


def _effects(old: Charter, new: Charter) -> Iterator[Difference]:
    """Who decides what: by effect and scope, whichever clauses say so."""
    written = {(power.effect, power.scope) for power in (*old.powers, *new.powers) if power.effect != DEFAULT}
    alike: dict[tuple[str, ...], list[str]] = {}
    for effect, scope in sorted(written | {(effect, "") for effect in EFFECTS}):
        before, after = old.power(effect, scope), new.power(effect, scope)
        if not before.same(after):
            sentences = tuple(_sentences(_parts(before), _parts(after)))
            alike.setdefault(sentences, []).append(f"{effect} ({scope})" if scope else effect)
    for sentences, effects in alike.items():
        yield Difference(where=f"power: {', '.join(effects)}", says=sentences)


def _articles(old: Charter, new: Charter) -> Iterator[Difference]:
    numbers = sorted({article.number for article in (*old.articles, *new.articles)})
    for number in numbers:
        before, after = old.article(number), new.article(number)
        where = f"article {number}" if number else "preamble"
        if before is None or after is None:
            there = after or before
            verb = "This is new" if before is None else "This goes"
            title = f": {there.title}" if there else ""
            yield Difference(where=where, says=(f"{verb}{title}.",), lines=_prose(before, after))
        elif before.title != after.title or before.prose != after.prose:
            renamed = (f"It is called {after.title} instead of {before.title}.",) if before.title != after.title else ()
            yield Difference(where=where, says=renamed, lines=_prose(before, after))


def _prose(before: Article | None, after: Article | None) -> tuple[str, ...]:
    was, now = (article.prose.split("\n") if article and article.prose else [] for article in (before, after))
    # The first two lines of a unified difference name files.
    return tuple(line for line in list(unified_diff(was, now, lineterm="", n=1))[2:] if not line.startswith("@@"))
