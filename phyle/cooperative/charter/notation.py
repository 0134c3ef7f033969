"""Rules as people write them in a charter: "more than 1/2 of cast", and tables of such words."""

import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import Any as Toml
from typing import cast

from phyle.cooperative.charter.rules import (
    All,
    Any,
    AtLeast,
    Base,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weight,
    Weighted,
)

DEEPEST, MOST_PARTS, MOST_HOUSES = 4, 8, 5
LARGEST = 1_000_000

_SHARE = re.compile(r"(more than|at least) (\d{1,7})/(\d{1,7})(?: of (cast|present|eligible|active))?")
_NUMBER = re.compile(r"at least (\d{1,7})")
_VETO = re.compile(r"passed unless (more than|at least) (\d{1,7})/(\d{1,7}) of (eligible|active) object")
_CONSENT = "no standing objection"

EXAMPLES = (
    '"more than 1/2 of cast", "at least 2/3 of eligible", "at least 5", "no standing objection", '
    '"passed unless at least 1/4 of eligible object", { all = [...] }, { any = [...] }, '
    '{ house = "...", rule = "..." } or { weighted = [...], passes = "more than 1/2" }'
)


class Wrong(Exception):
    """Something written is no rule: why, and what to write instead."""

    def __init__(self, because: str, write: str) -> None:
        super().__init__(because)
        self.because = because
        self.write = write


def rule_of(written: Toml, override: Rule | None = None, *, capped: bool = False, depth: int = 0) -> Rule:
    """The rule that is written. `override` is put into every part that asks for consent; `capped`, as in tiers: "at
    least" means all, where they are fewer. Wrong says what is not understood."""
    if depth > DEEPEST:
        raise Wrong(f"a rule within {DEEPEST} rules is more than a reader can follow", "a flatter rule")
    if isinstance(written, str):
        return _words(written, override, capped)
    if isinstance(written, Mapping):
        return _table(written, override, capped, depth)
    raise Wrong(f"{reprlib.repr(written)} is no rule", EXAMPLES)


def _words(written: str, override: Rule | None, capped: bool) -> Rule:
    if written == _CONSENT:
        return NoStandingObjection(override=override)
    if share := _SHARE.fullmatch(written):
        how, num, den, of = share.groups()
        num, den = _bar(how, num, den)
        return Share(num=num, den=den, strict=how == "more than", of=cast(Base, of or "cast"))
    if number := _NUMBER.fullmatch(written):
        return AtLeast(n=_persons(number[1]), capped=capped)
    if veto := _VETO.fullmatch(written):
        how, num, den, of = veto.groups()
        num, den = _bar(how, num, den)
        return PassUnlessVeto(num=num, den=den, strict=how == "more than", of=cast(Base, of))
    raise Wrong(f"{reprlib.repr(written)} is no rule", EXAMPLES)


def _persons(digits: str) -> int:
    if not 0 < int(digits) <= LARGEST:
        raise Wrong(f"{digits} is no number of persons", "at least 1, or more")
    return int(digits)


def _bar(how: str, num: str, den: str) -> tuple[int, int]:
    top, bottom = int(num), int(den)
    if not 0 < bottom <= LARGEST or not 0 < top <= bottom:
        raise Wrong(f"{num}/{den} is no share: shares lie above 0 and up to 1", '"1/2" or "2/3"')
    if how == "more than" and top == bottom:
        raise Wrong("more than all can never be reached", '"at least 1/1"')
    return top // gcd(top, bottom), bottom // gcd(top, bottom)


def _table(written: Mapping[str, Toml], override: Rule | None, capped: bool, depth: int) -> Rule:
    match dict(written):
        case {"all": [*rules], **rest} | {"any": [*rules], **rest} if len(rules) > MOST_PARTS and not rest:
            raise Wrong(f"more than {MOST_PARTS} rules at once are more than a reader can follow", "fewer rules")
        case {"all": [_, *_] as rules, **rest} if not rest:
            return All(rules=tuple(rule_of(each, override, capped=capped, depth=depth + 1) for each in rules))
        case {"any": [_, *_] as rules, **rest} if not rest:
            return Any(rules=tuple(rule_of(each, override, capped=capped, depth=depth + 1) for each in rules))
        case {"house": str(body), "rule": rule, **rest} if rest.keys() <= {"quorum"}:
            inner = rule_of(rule, override, capped=capped, depth=depth + 1)
            return House(body=body, rule=inner, quorum=quorum_of(rest.get("quorum", "at least 1"), capped=capped))
        case {"weighted": [_, *_] as houses, "passes": str(passes), **rest} if not rest:
            return _weighted(houses, passes, capped)
    raise Wrong("this table is no rule", EXAMPLES)


def _weighted(houses: Sequence[Toml], passes: str, capped: bool) -> Weighted:
    share = _SHARE.fullmatch(passes)
    if share is None or share[4]:
        raise Wrong(f"{passes!r} does not say when a weighted sum passes", 'passes = "more than 1/2"')
    num, den = _bar(share[1], share[2], share[3])
    if len(houses) > MOST_HOUSES:
        raise Wrong(f"more than {MOST_HOUSES} houses are more than a reader can weigh", "fewer houses")
    weights = tuple(_weight(house, capped) for house in houses)
    if len({weight.body for weight in weights}) < len(weights):
        raise Wrong("a house is weighed twice", "each house once")
    return Weighted(houses=weights, num=num, den=den, strict=share[1] == "more than")


def _weight(written: Toml, capped: bool) -> Weight:
    match written:
        case {"body": str(body), "weight": int(weight), **rest} if rest.keys() <= {"quorum"} and weight is not True:
            if not 0 < weight <= LARGEST:
                raise Wrong(f"{weight} is no weight", "a whole number from 1 on")
            return Weight(body=body, weight=weight, quorum=quorum_of(rest.get("quorum", "at least 1"), capped=capped))
    raise Wrong("a house needs its body and its weight", '{ body = "members", weight = 4, quorum = "at least 1" }')


def quorum_of(written: Toml, second: Toml = None, *, capped: bool = False) -> Quorum:
    """The quorum that is written, a phrase or a list of phrases that all hold; `second`: that of the second call.
    `capped`, as in tiers: all are enough where they are fewer than it says."""
    quorum = replace(_quorum(written if isinstance(written, list | tuple) else [written]), capped=capped)
    return quorum if second is None else replace(quorum, second=quorum_of(second, capped=capped))


def _quorum(phrases: Sequence[Toml]) -> Quorum:
    at_least, shares = 1, []
    for phrase in phrases:
        text = phrase if isinstance(phrase, str) else ""
        share, number = _SHARE.fullmatch(text), _NUMBER.fullmatch(text)
        if number:
            at_least = max(at_least, _persons(number[1]))
        elif share and share[1] == "at least" and share[4] in ("eligible", "active"):
            num, den = _bar(share[1], share[2], share[3])
            shares.append((Fraction(num, den), cast(Base, share[4])))
        else:
            raise Wrong(
                f"{reprlib.repr(phrase)} is no quorum", '"at least 3" or "at least 1/3 of eligible", or a list of such'
            )
    if not phrases:
        raise Wrong("every rule has a quorum", '"at least 1"')
    return Quorum(at_least=at_least, shares=tuple(dict.fromkeys(shares)))


def words(rule: Rule) -> str:
    """A rule in words."""
    match rule:
        case Share():
            return f"{_how(rule.strict)} {rule.num}/{rule.den} of {_BASES[rule.of]} for it"
        case AtLeast():
            return f"at least {rule.n} for it" + (", or all if they are fewer" if rule.capped else "")
        case NoStandingObjection():
            over = f"overcome by {words(rule.override)}" if rule.override else "which nothing overcomes"
            return f"no standing objection ({over})"
        case House():
            return f"in {rule.body} ({quorum_words(rule.quorum)}): {words(rule.rule)}"
        case Weighted():
            houses = ", ".join(f"{w.body} with weight {w.weight} ({quorum_words(w.quorum)})" for w in rule.houses)
            return f"{_how(rule.strict)} {rule.num}/{rule.den} of the weighted houses: {houses}"
        case PassUnlessVeto():
            return f"passed unless {_how(rule.strict)} {rule.num}/{rule.den} of {_BASES[rule.of]} object"
        case All():
            return "all of: " + "; ".join(map(words, rule.rules))
        case Any():
            return "any of: " + "; ".join(map(words, rule.rules))


_BASES: Mapping[Base, str] = {
    "cast": "the papers cast",
    "present": "those present",
    "eligible": "all on the roll",
    "active": "the active members",
}


def _how(strict: bool) -> str:
    return "more than" if strict else "at least"


def quorum_words(quorum: Quorum) -> str:
    """A quorum in words."""
    shares = [f"{share} of {_BASES[of]}" for share, of in quorum.shares]
    first = "quorum: " + " and ".join([f"{quorum.at_least} present", *shares])
    return first if quorum.second is None else f"{first}; at a second call {quorum_words(quorum.second)}"
