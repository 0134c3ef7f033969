"""A tier never concentrates power, whatever it says; and once it is reached it holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.figures import blocks, hands
from phyle.cooperative.charter.rules import AtLeast, Counts, judge
from phyle.cooperative.charter.text import read
from phyle.errors import Unprocessable
from tests.cooperative.charter.charters import TEXT, changed, charter, with_article


def tier(power: str, when: str = "members = 20") -> str:
    return f'[[tier]]\nname = "village"\n{when}\n\n[[tier.power]]\n{power}'


def resolve(rule: str, quorum: str) -> str:
    return f'effect = "Resolve"\nrule = "{rule}"\nquorum = "{quorum}"'


def refused(toml: str, text: str = TEXT) -> str:
    with pytest.raises(Unprocessable) as refusal:
        read(with_article(9, toml, text))
    (sentence,) = refusal.value.sentence.splitlines()[1:]
    assert sentence.startswith("article 9, line ")
    return sentence


class TestConcentration:
    def test_more_hands_are_allowed(self) -> None:
        made = charter(tier(resolve("at least 2/3 of cast", "at least 1/2 of eligible")))
        after = at(made, 20, ("village",), ())
        assert (hands(made, "Resolve", 20), hands(after, "Resolve", 20)) == (7, 10)
        assert at(made, 20, (), ()) == made

    def test_a_smaller_quorum_is_refused(self) -> None:
        sentence = refused(tier(resolve("more than 1/2 of cast", "at least 1/4 of eligible")))
        assert "of 20 members 5 could bring about Resolve where it takes 7 at the least before" in sentence

    def test_a_quorum_that_falls_behind_only_at_a_thousand_is_refused(self) -> None:
        sentence = refused(tier(resolve("at least 340", "at least 1")))
        assert "of 1021 members 340 could bring about Resolve where it takes 341" in sentence

    def test_active_members_are_not_all_members(self) -> None:
        sentence = refused(tier(resolve("more than 1/2 of cast", "at least 1/2 of active")))
        assert "could bring about Resolve" in sentence

    def test_a_lone_veto_is_refused(self) -> None:
        toml = tier(
            'effect = "Resolve"\nrule = { all = ["no standing objection", "more than 1/2 of eligible"] }\n'
            'override = "none"\nreview_days = 90\nquorum = "at least 1/2 of eligible"'
        )
        assert "of 20 members 1 could prevent Resolve where it takes 10 before" in refused(toml)

    def test_a_house_of_one_has_a_lone_veto(self) -> None:
        seat = changed(TEXT, ("seats = 2", "seats = 1"))
        toml = tier(
            'effect = "Resolve"\nquorum = "at least 1/2 of eligible"\n'
            'rule = { all = ["more than 1/2 of cast", { house = "stewards", rule = "at least 1" }] }'
        )
        assert "could prevent Resolve" in refused(toml, seat)

    def test_a_power_given_to_one_holder_is_refused_though_hands_stay(self) -> None:
        # Each steward could do it alone before; then each keeper could, so hands are 1 both times.
        text = changed(
            with_article(
                4,
                '[[power]]\neffect = "AcceptItem"\nquorum = "at least 1"\n'
                'rule = { house = "stewards", rule = "at least 1" }',
            ),
        )
        toml = tier('effect = "AcceptItem"\nquorum = "at least 1"\nrule = { house = "keepers", rule = "at least 1" }')
        assert "one person (keepers) could bring about AcceptItem alone" in refused(toml, text)

    def test_a_more_specific_clause_is_compared_with_what_governed_before(self) -> None:
        toml = tier('effect = "Expel"\nscope = "agora"\nrule = "more than 1/2 of cast"\nquorum = "at least 2"')
        assert "could bring about Expel" in refused(toml)

    @pytest.mark.parametrize(
        ("toml", "because"),
        [
            ('[tier.office.stewards]\nscope = ["moderation", "items"]', "gain powers"),
            ("[tier.office.stewards]\nseats = 1", "have fewer seats"),
            ("[tier.office.stewards]\nterm_days = 400", "last longer"),
            ("[tier.office.keepers]\nincompatible = []", "go together with more"),
            ('[tier.office.stewards]\nby = "decision"', "be filled by fewer"),
            ("[tier.office.stewards]\ncaretaker_days = 40", "outlast its term"),
            ("[tier.office.elders]\nseats = 3", "there is no office elders"),
            ("[tier.jury]\nsize = 3", "a jury would become smaller"),
            ("[tier.delegation]\nallowed = true", "votes could be delegated"),
        ],
    )
    def test_offices_juries_and_delegates_gain_nothing(self, toml: str, because: str) -> None:
        assert because in refused(f'[[tier]]\nname = "village"\nmembers = 20\n\n{toml}')

    def test_offices_and_juries_may_spread(self) -> None:
        made = charter(
            '[[tier]]\nname = "village"\nmembers = 20\n\n[tier.office.stewards]\nseats = 4\nterm_days = 90\n'
            'by = "sortition"\n\n[tier.jury]\nsize = 9'
        )
        after = at(made, 20, ("village",), ())
        assert (after.offices["stewards"].seats, after.offices["stewards"].scope) == (4, ("moderation",))
        assert (made.jury.size, after.jury.size) == (5, 9)

    def test_a_second_tier_is_compared_with_what_the_first_made(self) -> None:
        first = tier(resolve("more than 1/2 of cast", "at least 1/2 of eligible"))
        second = (
            first.replace("village", "town").replace("20", "200").replace("at least 1/2 of el", "at least 2/5 of el")
        )
        charter(second)
        assert "town" in refused(f"{first}\n\n{second}")

    def test_asking_for_everybody_gives_each_a_veto(self) -> None:
        assert "of 20 members 1 could prevent Resolve" in refused(
            tier(resolve("at least 2/3 of cast", "at least 5001"))
        )

    def test_tiers_of_a_kind_stand_in_the_order_in_which_they_are_reached(self) -> None:
        first = tier(resolve("more than 1/2 of cast", "at least 1/2 of eligible"), "members = 50")
        second = tier(resolve("more than 1/2 of cast", "at least 3/5 of eligible"), "members = 40")
        second = second.replace("village", "hamlet")
        assert "a tier that is reached earlier stands before it" in refused(f"{first}\n\n{second}")

    def test_what_one_tier_gave_another_of_another_kind_cannot_take(self) -> None:
        more = tier(resolve("more than 1/2 of cast", "at least 3/5 of eligible"))
        less = tier(resolve("more than 1/2 of cast", "at least 1/2 of eligible"), "days = 99").replace(
            "village", "later"
        )
        assert "tier later cannot stand" in refused(f"{more}\n\n{less}")


class TestTiersInForce:
    def test_the_numbers_that_reach_them(self) -> None:
        two_thirds = resolve("at least 2/3 of cast", "at least 1/2 of eligible")
        made = charter(
            tier(two_thirds),
            tier(two_thirds, "days = 365").replace("village", "year"),
            tier(two_thirds, "treaties = 2").replace("village", "league"),
        )
        assert made.tiers_at(19) == ()
        assert made.tiers_at(20) == ("village",)
        assert made.tiers_at(0, 365, 1) == ("year",)
        assert made.tiers_at(20, 400, 2) == ("village", "year", "league")

    def test_at_least_in_a_tier_is_capped_by_who_is_there(self) -> None:
        made = charter(tier(resolve("at least 9", "at least 1/2 of eligible"), "members = 20"))
        power = at(made, 7, ("village",), ()).power("Resolve")
        assert power.rule == AtLeast(n=7, capped=True)
        assert judge(power.rule, {"members": Counts(for_=7, eligible=7)}, power.quorum).passed
        assert not judge(power.rule, {"members": Counts(for_=6, eligible=7)}, power.quorum).passed
        assert at(made, 90, ("village",), ()).power("Resolve").rule == AtLeast(n=9, capped=True)


RULES = (
    *('"more than 1/2 of cast"', '"at least 2/3 of cast"', '"more than 1/2 of eligible"', '"at least 3/4 of active"'),
    *('"at least 7"', '"no standing objection"', '"passed unless at least 1/3 of eligible object"'),
    *(
        '{ all = ["no standing objection", "at least 1/4 of eligible"] }',
        '{ any = ["at least 2/3 of active", { house = "keepers", rule = "at least 2" }] }',
        '{ weighted = [{ body = "members", weight = 4 }, { body = "stewards", weight = 1 }], passes = "at least 2/3" }',
    ),
)
QUORUMS = ('"at least 1"', '"at least 3"', '"at least 1/4 of eligible"', '"at least 1/2 of active"')


def power_with(rule: str, quorum: str) -> str:
    consent = 'override = "none"\nreview_days = 30\n' if "objection" in rule else ""
    return f'effect = "Resolve"\nrule = {rule}\nquorum = {quorum}\n{consent}'


@given(
    st.sampled_from(RULES),
    st.sampled_from(QUORUMS),
    st.sampled_from(RULES),
    st.sampled_from(QUORUMS),
    st.integers(3, 40),
    st.lists(st.integers(0, 300), min_size=1, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_a_tier_that_is_accepted_never_concentrates_power(
    rule: str, quorum: str, later: str, later_quorum: str, least: int, beyond: list[int]
) -> None:
    base = with_article(4, f"[[power]]\n{power_with(rule, quorum)}")
    try:
        made = read(with_article(5, tier(power_with(later, later_quorum), f"members = {least}"), base))
    except Unprocessable:
        return
    for n in (least, *(least + more for more in beyond)):
        after = at(made, n, ("village",), ())
        assert (hands(after, "Resolve", n) or 10**9) >= (hands(made, "Resolve", n) or 10**9)
        before = blocks(made, "Resolve", n)
        assert before == 1 or blocks(after, "Resolve", n) != 1
