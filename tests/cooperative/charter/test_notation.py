"""Rules in words and as JSON."""

from fractions import Fraction
from typing import Any as Json

import pytest
from hypothesis import given

from phyle.cooperative.charter.notation import Wrong, quorum_of, quorum_words, rule_of, words
from phyle.cooperative.charter.rules import (
    All,
    Any,
    AtLeast,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weight,
    Weighted,
)
from tests.cooperative.charter.rules_drawn import rules

WRITTEN: list[tuple[Json, Rule]] = [
    ("more than 1/2 of cast", Share(num=1, den=2, strict=True, of="cast")),
    ("more than 1/2", Share(num=1, den=2, strict=True, of="cast")),
    ("at least 4/6 of eligible", Share(num=2, den=3, strict=False, of="eligible")),
    ("at least 5", AtLeast(n=5)),
    ("no standing objection", NoStandingObjection()),
    (
        "passed unless more than 1/4 of active object",
        PassUnlessVeto(num=1, den=4, strict=True, of="active"),
    ),
    (
        {"all": ["at least 5", {"any": ["more than 1/2 of present", "at least 9"]}]},
        All(rules=(AtLeast(n=5), Any(rules=(Share(num=1, den=2, strict=True, of="present"), AtLeast(n=9))))),
    ),
    (
        {"house": "stewards", "rule": "at least 1", "quorum": "at least 2"},
        House(body="stewards", rule=AtLeast(n=1), quorum=Quorum(at_least=2)),
    ),
    (
        {"weighted": [{"body": "members", "weight": 4}, {"body": "outside", "weight": 1}], "passes": "more than 1/2"},
        Weighted(
            houses=(Weight(body="members", weight=4), Weight(body="outside", weight=1)), num=1, den=2, strict=True
        ),
    ),
]


@pytest.mark.parametrize(("written", "rule"), WRITTEN)
def test_rules_are_read(written: Json, rule: Rule) -> None:
    assert rule_of(written) == rule


@pytest.mark.parametrize(
    "written",
    [
        "most",
        "more than 0/2 of cast",
        "more than 3/2 of cast",
        "more than 1/1 of cast",
        "at least 1/0",
        "at least 0",
        "at least 1/2 of everyone",
        "At least 1/2",
        "passed unless more than 1/4 of cast object",
        0.5,
        None,
        7,
        {"all": []},
        {"all": ["at least 1"], "any": ["at least 1"]},
        {"house": "stewards"},
        {"house": "stewards", "rule": "at least 1", "weight": 2},
        {"weighted": [{"body": "members", "weight": 0}], "passes": "more than 1/2"},
        {"weighted": [{"body": "members", "weight": True}], "passes": "more than 1/2"},
        {"weighted": [{"body": "a", "weight": 1}, {"body": "a", "weight": 1}], "passes": "more than 1/2"},
        {"weighted": [{"body": "members", "weight": 1}], "passes": "more than 1/2 of cast"},
        {"any": [{"any": [{"any": [{"any": [{"any": ["at least 1"]}]}]}]}]},
    ],
)
def test_what_is_no_rule_is_refused_with_an_example(written: Json) -> None:
    with pytest.raises(Wrong) as wrong:
        rule_of(written)
    assert wrong.value.because
    assert wrong.value.write


def test_tiers_cap_numbers_of_persons() -> None:
    assert rule_of({"all": ["at least 5"]}, capped=True) == All(rules=(AtLeast(n=5, capped=True),))
    assert quorum_of("at least 5", capped=True) == Quorum(at_least=5, capped=True)


def test_quorums_are_read() -> None:
    assert quorum_of(["at least 3", "at least 1/3 of eligible"], "at least 2") == Quorum(
        at_least=3, shares=((Fraction(1, 3), "eligible"),), second=Quorum(at_least=2)
    )
    for wrong in ("more than 1/3 of eligible", "at least 1/3", "at least 1/3 of cast", [], 3, [["at least 1"]]):
        with pytest.raises(Wrong):
            quorum_of(wrong)


def test_words_name_base_and_strictness() -> None:
    rule = rule_of({"all": ["no standing objection", "more than 1/2 of cast"]}, rule_of("at least 3/4 of cast"))
    assert words(rule) == (
        "all of: no standing objection (overcome by at least 3/4 of the papers cast for it); "
        "more than 1/2 of the papers cast for it"
    )
    quorum = quorum_of(["at least 3", "at least 1/3 of active"], "at least 2")
    assert quorum_words(quorum) == "quorum: 3 present and 1/3 of the active members; at a second call quorum: 2 present"


@given(rules(("stewards", "outside")))
def test_every_rule_has_words(rule: Rule) -> None:
    assert words(rule)
