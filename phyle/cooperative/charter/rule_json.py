"""Rules as JSON, so that they can be kept in a ledger and shown: the form for machines, with rationals as "2/3"."""

import re
import reprlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any as Json
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
from phyle.errors import Malformed

_RATIONAL = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")
_BASES = ("cast", "present", "eligible", "active")
_DEEPEST = 12


def to_json(rule: Rule) -> dict[str, Json]:
    """A rule as JSON."""
    match rule:
        case Share():
            return {"rule": "share", "of": rule.of, **_bar_json(rule)}
        case AtLeast():
            return {"rule": "at_least", "n": rule.n, "capped": rule.capped}
        case NoStandingObjection():
            return {"rule": "no_standing_objection", "override": to_json(rule.override) if rule.override else None}
        case House():
            quorum = quorum_to_json(rule.quorum)
            return {"rule": "house", "body": rule.body, "inner": to_json(rule.rule), "quorum": quorum}
        case Weighted():
            houses = [
                {"body": house.body, "weight": house.weight, "quorum": quorum_to_json(house.quorum)}
                for house in rule.houses
            ]
            return {"rule": "weighted", "houses": houses, **_bar_json(rule)}
        case PassUnlessVeto():
            return {"rule": "pass_unless_veto", "of": rule.of, **_bar_json(rule)}
        case All() | Any():
            return {"rule": "all" if isinstance(rule, All) else "any", "rules": [to_json(each) for each in rule.rules]}


def _bar_json(rule: Share | Weighted | PassUnlessVeto) -> dict[str, Json]:
    return {"share": f"{rule.num}/{rule.den}", "strict": rule.strict}


def quorum_to_json(quorum: Quorum) -> dict[str, Json]:
    """A quorum as JSON."""
    return {
        "at_least": quorum.at_least,
        "capped": quorum.capped,
        "shares": [{"share": f"{share.numerator}/{share.denominator}", "of": of} for share, of in quorum.shares],
        "second": quorum_to_json(quorum.second) if quorum.second else None,
    }


def from_json(value: Json) -> Rule:
    """The rule that `to_json` wrote. Malformed for anything else: no field is missing, unknown or of another type."""
    return _rule(value, 0)


def quorum_from_json(value: Json) -> Quorum:
    """The quorum that `quorum_to_json` wrote. Malformed for anything else."""
    match value:
        case {"at_least": at_least, "capped": capped, "shares": [*shares], "second": second, **rest} if not rest:
            return Quorum(
                at_least=_whole(at_least),
                capped=_flag(capped),
                shares=tuple(_quorum_share(share) for share in shares),
                second=None if second is None else _second(second),
            )
    raise _malformed(value)


def _second(value: Json) -> Quorum:
    quorum = quorum_from_json(value)
    if quorum.second is not None:
        raise _malformed(value)
    return quorum


def _quorum_share(value: Json) -> tuple[Fraction, Base]:
    match value:
        case {"share": share, "of": of, **rest} if not rest:
            return Fraction(*_rational(share)), _base(of)
    raise _malformed(value)


def _rule(value: Json, depth: int) -> Rule:
    if isinstance(value, Mapping) and depth <= _DEEPEST:
        kind = value.get("rule")
        read = _KINDS.get(kind) if isinstance(kind, str) else None
        if read is not None:
            return read(value, depth)
    raise _malformed(value)


def _share(value: Mapping[str, Json], _depth: int) -> Rule:
    num, den, strict = _bar(value, {"of"})
    return Share(num=num, den=den, strict=strict, of=_base(value.get("of")))


def _at_least(value: Mapping[str, Json], _depth: int) -> Rule:
    _only(value, {"n", "capped"})
    return AtLeast(n=_whole(value.get("n")), capped=_flag(value.get("capped")))


def _consent(value: Mapping[str, Json], depth: int) -> Rule:
    _only(value, {"override"})
    override = value["override"]
    return NoStandingObjection(override=None if override is None else _rule(override, depth + 1))


def _house(value: Mapping[str, Json], depth: int) -> Rule:
    _only(value, {"body", "inner", "quorum"})
    inner = _rule(value["inner"], depth + 1)
    return House(body=_name(value["body"]), rule=inner, quorum=quorum_from_json(value["quorum"]))


def _weighted(value: Mapping[str, Json], _depth: int) -> Rule:
    num, den, strict = _bar(value, {"houses"})
    houses = value["houses"]
    if not isinstance(houses, list | tuple) or not houses:
        raise _malformed(value)
    return Weighted(houses=tuple(_weight(house) for house in houses), num=num, den=den, strict=strict)


def _weight(value: Json) -> Weight:
    match value:
        case {"body": body, "weight": weight, "quorum": quorum, **rest} if not rest:
            return Weight(body=_name(body), weight=_whole(weight), quorum=quorum_from_json(quorum))
    raise _malformed(value)


def _pass_unless_veto(value: Mapping[str, Json], _depth: int) -> Rule:
    num, den, strict = _bar(value, {"of"})
    return PassUnlessVeto(num=num, den=den, strict=strict, of=_base(value.get("of")))


def _all(value: Mapping[str, Json], depth: int) -> Rule:
    return All(rules=_rules(value, depth))


def _any(value: Mapping[str, Json], depth: int) -> Rule:
    return Any(rules=_rules(value, depth))


def _rules(value: Mapping[str, Json], depth: int) -> tuple[Rule, ...]:
    _only(value, {"rules"})
    rules = value["rules"]
    if not isinstance(rules, list | tuple) or not rules:
        raise _malformed(value)
    return tuple(_rule(each, depth + 1) for each in rules)


_KINDS: Mapping[str, Callable[[Mapping[str, Json], int], Rule]] = {
    "share": _share,
    "at_least": _at_least,
    "no_standing_objection": _consent,
    "house": _house,
    "weighted": _weighted,
    "pass_unless_veto": _pass_unless_veto,
    "all": _all,
    "any": _any,
}


def _only(value: Mapping[str, Json], keys: set[str]) -> None:
    if value.keys() != keys | {"rule"}:
        raise _malformed(value)


def _bar(value: Mapping[str, Json], keys: set[str]) -> tuple[int, int, bool]:
    _only(value, keys | {"share", "strict"})
    return *_rational(value["share"]), _flag(value["strict"])


def _rational(value: Json) -> tuple[int, int]:
    match = _RATIONAL.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) > int(match[2]):
        raise _malformed(value)
    return int(match[1]), int(match[2])


def _whole(value: Json) -> int:
    if type(value) is int and 1 <= value < 2**53:
        return value
    raise _malformed(value)


def _flag(value: Json) -> bool:
    if isinstance(value, bool):
        return value
    raise _malformed(value)


def _name(value: Json) -> str:
    if isinstance(value, str) and value:
        return value
    raise _malformed(value)


def _base(value: Json) -> Base:
    if value in _BASES:
        return cast(Base, value)
    raise _malformed(value)


def _malformed(value: Json) -> Malformed:
    return Malformed("This is no rule.", cause=reprlib.repr(value))
