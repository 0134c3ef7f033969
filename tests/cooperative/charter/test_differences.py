"""A difference can be read by those who are to vote on it."""

import pytest

from phyle.cooperative.charter.differences import Difference, differences
from phyle.cooperative.charter.text import read
from tests.cooperative.charter.charters import TEXT, changed, with_article

TIER = """
[[tier]]
name = "village"
members = 20

[[tier.power]]
effect = "Resolve"
rule = "more than 1/2 of cast"
quorum = "at least 1/2 of eligible"
sponsors = 2
"""


def between(before: str, after: str) -> tuple[Difference, ...]:
    return differences(read(before), read(after))


def test_the_same_has_none() -> None:
    assert between(TEXT, TEXT) == ()


def test_a_rule_is_said_in_words_for_each_effect_that_it_governs() -> None:
    (difference,) = between(TEXT, changed(TEXT, ("at least 2/3 of cast", "at least 3/4 of cast")))
    assert difference == Difference(
        where="power: Amend",
        says=("rule: at least 3/4 of the papers cast for it instead of at least 2/3 of the papers cast for it.",),
    )


def test_effects_that_change_alike_are_said_together() -> None:
    (difference,) = between(
        TEXT,
        changed(TEXT, ("challenge_days = 1", "challenge_days = 2"), ('"Amend"\n', '"Amend"\nchallenge_days = 1\n')),
    )
    assert difference.where.startswith("power: AcceptItem, Admit, ")
    assert "Amend" not in difference.where
    assert difference.says == ("challenge days: 2 instead of 1.",)


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ("seats = 2", "seats = 3", "office stewards", "seats: 3 instead of 2."),
        ('scope = ["moderation"]', "scope = []", "office stewards", "scope: nothing instead of moderation."),
        ('seat = "Graz"', 'seat = "Wien"', "header", "seat: Wien instead of Graz."),
        (
            "electronic_assemblies = true",
            "electronic_assemblies = false",
            "header",
            "electronic assemblies: no instead of yes.",
        ),
    ],
)
def test_clauses_are_named(before: str, after: str, where: str, says: str) -> None:
    (difference,) = between(TEXT, changed(TEXT, (before, after)))
    assert (difference.where, difference.says) == (where, (says,))


def test_a_tier_is_told_apart_part_by_part() -> None:
    with_tier = with_article(4, TIER)
    (difference,) = between(with_tier, changed(with_tier, ("sponsors = 2", "sponsors = 3")))
    assert difference.says == ("powers power/Resolve sponsors: 3 instead of 2.",)
    new, article = between(TEXT, with_tier)
    assert (new.where, new.says[:2]) == ("tier village", ("This is new.", "members: 20."))
    assert (article.where, article.lines) == ("article 4", ("+More is said here.",))
    gone, _ = between(with_tier, TEXT)
    assert gone.says[0] == "This goes."


def test_prose_is_shown_line_by_line() -> None:
    (difference,) = between(TEXT, changed(TEXT, ("We decide.", "We decide together."), ("1. Everything", "1. All")))
    assert difference.says == ("It is called All instead of Everything.",)
    assert difference.lines == ("-We decide.", "+We decide together.")
