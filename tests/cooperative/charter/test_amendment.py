"""A change is decided by all that protects what it touches, and an entrenched rule also protects itself."""

from dataclasses import replace

import pytest

from phyle.cooperative.charter.amendment import touched
from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.powers import all_of
from phyle.cooperative.charter.rules import All
from phyle.cooperative.charter.text import read
from phyle.errors import Unprocessable
from tests.cooperative.charter.charters import TEXT, changed, with_article

ENTRENCHED = with_article(
    4,
    """
[[power]]
effect = "Amend"
scope = "core"
protects = ["article/1", "power/Expel", "membership"]
rule = { all = ["at least 3/4 of eligible", { house = "keepers", rule = "at least 1" }] }
quorum = "at least 1/2 of active"

[[power]]
effect = "Amend"
scope = "light"
protects = ["office/stewards", "article/5"]
rule = "more than 1/2 of cast"
quorum = "at least 2"

[[power]]
effect = "Expel"
rule = "at least 2/3 of cast"
quorum = "at least 3"

[[tier]]
name = "village"
members = 30

[[tier.power]]
effect = "Amend"
scope = "core"
protects = ["article/1", "power/Expel", "membership"]
rule = { all = ["at least 4/5 of eligible", { house = "keepers", rule = "at least 1" }] }
quorum = "at least 3/4 of eligible"
""",
)
ENTRENCHED = with_article(5, '[[right]]\nname = "to leave"\nof = "members"\nsays = "At any time."', ENTRENCHED)

ORDINARY, CORE, LIGHT = "power/Amend", "power/Amend/core", "power/Amend/light"


def keys(*changes: tuple[str, str], more: str = "") -> set[str]:
    new = changed(ENTRENCHED, *changes)
    return {power.key for power in touched(read(ENTRENCHED), read(with_article(6, more, new) if more else new))}


def test_what_says_the_same_touches_nothing() -> None:
    assert touched(read(TEXT), read(TEXT)) == ()
    assert keys() == set()


@pytest.mark.parametrize(
    ("before", "after", "protecting"),
    [
        ('legal_name = "Test"', 'legal_name = "Rest"', {ORDINARY}),
        ("We decide.", "You decide.", {CORE}),
        ("keepers]\nscope = [", "keepers]\nscope = [ ", set()),
        ('says = "At any time."', 'says = "At no time."', {ORDINARY, LIGHT}),
        ("ballot_days = 3", "ballot_days = 4", {ORDINARY, CORE, LIGHT}),
        (
            'rule = "at least 2/3 of cast"\nquorum = "at least 3"',
            'rule = "at least 2/3"\nquorum = "at least 2"',
            {ORDINARY, CORE},
        ),
        ("at least 3/4 of eligible", "at least 2/3 of eligible", {ORDINARY, CORE}),
        ("We decide.\n\n```toml\n", "We decide.\n\n```toml\n# Not really.\n", {CORE}),
        ("at least 4/5 of eligible", "at least 5/6 of eligible", {ORDINARY, CORE}),
        ('"article/1", "power/Expel", "membership"]', '"article/1", "power/Expel"]', {ORDINARY, CORE}),
        (
            '["office/stewards", "article/5"]',
            '["office/stewards", "article/5", "power/Expel"]',
            {ORDINARY, CORE, LIGHT},
        ),
        ('["office/stewards", "article/5"]', '["office/stewards", "article/5", "jury"]', {ORDINARY, LIGHT}),
    ],
)
def test_a_change_touches_what_protects_it(before: str, after: str, protecting: set[str]) -> None:
    assert keys((before, after)) == protecting


class TestDetours:
    """Ways round an entrenched rule that leave its words alone."""

    def test_another_clause_for_the_same_effect(self) -> None:
        toml = '[[power]]\neffect = "Expel"\nscope = "agora"\nrule = "more than 1/2 of cast"\nquorum = "at least 1"'
        assert CORE in keys(more=toml)

    def test_a_new_power_to_amend_what_is_protected(self) -> None:
        toml = (
            '[[power]]\neffect = "Amend"\nscope = "swift"\nprotects = ["power/Expel"]\n'
            'rule = "more than 1/2 of cast"\nquorum = "at least 1"'
        )
        assert keys(more=toml) == {ORDINARY, CORE}

    def test_a_tier_that_will_change_it(self) -> None:
        toml = (
            '[[tier]]\nname = "town"\nmembers = 90\n\n[[tier.power]]\neffect = "Expel"\n'
            'rule = "at least 2/3 of cast"\nquorum = "at least 5"'
        )
        assert CORE in keys(more=toml)

    def test_a_sunset_that_will_end_it(self) -> None:
        toml = (
            '[[sunset]]\nname = "end"\nclause = "power/Expel"\nmetric = "none"\nexpires_days = 1\nreverts = "nothing"'
        )
        assert CORE in keys(more=toml)
        toml = toml.replace("power/Expel", "power/Amend/core")
        assert CORE in keys(more=toml)

    def test_who_votes(self) -> None:
        assert {CORE, LIGHT} <= keys(more="[class.member]\n\n[class.friend]\nvouch = false")
        assert CORE not in keys(more="[class.member]\nvouch = false")

    def test_who_counts_as_active(self) -> None:
        assert CORE in keys(more="[membership]\nactive_days = 1")

    def test_who_sits_in_a_house_it_names(self) -> None:
        assert CORE in keys(
            ('[office.keepers]\nscope = ["keys"]\nseats = 2', '[office.keepers]\nscope = ["keys"]\nseats = 9')
        )
        toml = '[[power]]\neffect = "Appoint"\nscope = "keepers"\nrule = "at least 1"\nquorum = "at least 1"'
        assert CORE in keys(more=toml)

    def test_moving_it_out_of_a_protected_article(self) -> None:
        assert CORE in keys(("## Article 1. Everything\n\nWe decide.\n", "## Article 1. Everything\n"))


def test_the_rules_in_force_decide_and_not_those_of_the_text() -> None:
    old = read(ENTRENCHED)
    new = read(changed(ENTRENCHED, ("We decide.", "You decide.")))
    (core,) = touched(at(old, 40, ("village",), ()), new)
    assert core.quorum != old.power("Amend", "core").quorum


def test_what_a_tier_has_changed_already_is_no_difference() -> None:
    old = read(ENTRENCHED)
    assert touched(at(old, 40, ("village",), ()), old) == ()


class TestAllOf:
    def powers(self) -> tuple[Charter, tuple[str, ...]]:
        return read(ENTRENCHED), ("Resolve", "Expel")

    def test_all_rules_and_the_longest_times(self) -> None:
        made, effects = self.powers()
        joined = made.all_of([made.power(effect) for effect in effects])
        assert isinstance(joined.rule, All)
        assert joined.methods == ("yesno",)
        assert joined.quorum.at_least == 3
        assert joined.quorum.shares == made.power("Resolve").quorum.shares
        assert joined.ballot_days == 3

    def test_minutes_are_shorter_than_days(self) -> None:
        made, _ = self.powers()
        sitting = replace(made.power("Expel"), ballot_minutes=20)
        assert sitting.ballot_lasts == 20
        joined = all_of([made.power("Resolve"), sitting])
        assert (joined.ballot_days, joined.ballot_minutes, joined.ballot_lasts) == (3, 0, 3 * 24 * 60)

    def test_one_is_itself(self) -> None:
        made, _ = self.powers()
        assert made.all_of([made.power("Expel"), made.power("Expel")]) == made.power("Expel")

    def test_nothing_and_nothing_in_common_are_refused(self) -> None:
        made = read(
            with_article(
                4,
                '[[power]]\neffect = "Grant"\nmethods = ["stv"]\nrule = "at least 1"\nquorum = "at least 1"',
            )
        )
        with pytest.raises(Unprocessable):
            all_of([])
        with pytest.raises(Unprocessable, match="separate decisions"):
            all_of([made.power("Grant"), made.power("Expel")])
