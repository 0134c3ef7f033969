"""Rules are exact, name their denominators, and fail closed."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.charter.rules import (
    ONE_PRESENT,
    UNAPPLICABLE,
    All,
    Any,
    AtLeast,
    Counts,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weight,
    Weighted,
    judge,
    possible_outcomes,
)
from tests.cooperative.charter.rules_drawn import counts, quorums, rules

HALF = Share(num=1, den=2, strict=True, of="cast")


def passed(rule: Rule, quorum: Quorum = ONE_PRESENT, *, second_call: bool = False, **figures: int) -> bool:
    return judge(rule, {"members": Counts(**figures)}, quorum, second_call=second_call).passed


class TestShares:
    def test_more_than_half_is_not_half(self) -> None:
        assert not passed(HALF, for_=5, against=5, eligible=10)
        assert passed(HALF, for_=6, against=5, eligible=11)
        assert passed(Share(num=1, den=2, strict=False), for_=5, against=5, eligible=10)

    def test_abstentions_are_present_but_not_cast(self) -> None:
        two_thirds = Share(num=2, den=3, strict=False, of="cast")
        assert passed(two_thirds, for_=2, against=1, abstain=50, eligible=100)
        assert not passed(Share(num=2, den=3, strict=False, of="present"), for_=2, against=1, abstain=50, eligible=100)

    def test_a_block_is_cast(self) -> None:
        assert not passed(HALF, for_=2, against=1, block=1, eligible=9)

    def test_eligible_and_active_are_different_bases(self) -> None:
        bodies = {"members": Counts(for_=4, eligible=10, active=6)}
        assert not judge(Share(num=1, den=2, strict=True, of="eligible"), bodies).passed
        assert judge(Share(num=1, den=2, strict=True, of="active"), bodies).passed

    @pytest.mark.parametrize("of", ["cast", "present", "eligible", "active"])
    def test_a_share_of_nothing_is_not_passed(self, of: str) -> None:
        assert not passed(Share(num=1, den=2, strict=False, of=of))  # type: ignore[arg-type]  # every base

    def test_large_numbers_stay_exact(self) -> None:
        n = 3 * 10**30
        assert not passed(Share(num=2, den=3, strict=True), for_=2 * 10**30, against=10**30, eligible=n)
        assert passed(Share(num=2, den=3, strict=True), for_=2 * 10**30 + 1, against=10**30 - 1, eligible=n)

    def test_the_reason_names_figures_and_base(self) -> None:
        (_, why) = judge(HALF, {"members": Counts(for_=5, against=4, block=1, abstain=2, eligible=20)}).why
        assert why == (
            "members: for 5 of 10 cast (for 5, against 4, block 1, abstain 2); needed: more than 1/2 of cast; not met."
        )


class TestOtherRules:
    def test_at_least_so_many(self) -> None:
        assert not passed(AtLeast(n=3), for_=2, eligible=2)
        assert passed(AtLeast(n=3, capped=True), for_=2, eligible=2)
        assert not passed(AtLeast(n=3, capped=True), for_=2, eligible=3)

    def test_consent_is_without_standing_objections(self) -> None:
        assert passed(NoStandingObjection(), for_=1, against=2, eligible=9)
        assert not passed(NoStandingObjection(), for_=8, block=1, eligible=9)
        assert not passed(NoStandingObjection(), eligible=9)

    def test_an_override_overcomes_an_objection(self) -> None:
        consent = NoStandingObjection(override=Share(num=3, den=4, strict=False))
        assert passed(consent, for_=3, block=1, eligible=9)
        assert not passed(consent, for_=2, block=1, eligible=9)

    def test_silence_passes_unless_enough_object(self) -> None:
        veto = PassUnlessVeto(num=1, den=4, strict=False, of="eligible")
        assert passed(veto, for_=1, against=1, eligible=8)
        assert not passed(veto, for_=1, against=2, eligible=8)
        assert not passed(veto, for_=6, against=1, block=1, eligible=8)
        assert not passed(veto, eligible=8), "one must be present even then"

    def test_all_and_any(self) -> None:
        rules = (HALF, AtLeast(n=4))
        assert not passed(All(rules=rules), for_=3, eligible=9)
        assert passed(Any(rules=rules), for_=3, eligible=9)
        assert not passed(All(rules=()), for_=9, eligible=9)
        assert not passed(Any(rules=()), for_=9, eligible=9)


class TestHouses:
    RULE = Weighted(
        houses=(Weight(body="members", weight=4), Weight(body="outside", weight=1, quorum=Quorum(at_least=2))),
        num=1,
        den=2,
        strict=True,
    )

    def test_the_weighted_sum_is_exact(self) -> None:
        members = Counts(for_=5, against=5, eligible=10)
        assert not judge(self.RULE, {"members": members, "outside": Counts(for_=1, against=1, eligible=3)}).passed
        verdict = judge(self.RULE, {"members": members, "outside": Counts(for_=2, against=1, eligible=3)})
        assert verdict.passed
        assert "(4 * 5/10 (members) + 1 * 2/3 (outside)) / 5 = 8/15" in verdict.why[-1]

    def test_a_silent_house_fails_the_whole(self) -> None:
        members = Counts(for_=10, eligible=10)
        assert judge(self.RULE, {"members": members, "outside": Counts(for_=2, eligible=3)}).passed
        assert not judge(self.RULE, {"members": members, "outside": Counts(for_=1, eligible=3)}).passed
        assert not judge(self.RULE, {"members": members, "outside": Counts(abstain=3, eligible=3)}).passed

    def test_a_house_that_is_missing_fails_the_whole(self) -> None:
        verdict = judge(Any(rules=(HALF, House(body="outside", rule=HALF))), {"members": Counts(for_=9, eligible=9)})
        assert (verdict.passed, verdict.why) == (False, (UNAPPLICABLE,))

    def test_a_house_counts_its_own_papers(self) -> None:
        rule = All(rules=(HALF, House(body="stewards", rule=Share(num=1, den=1, strict=False))))
        members = Counts(for_=9, eligible=9)
        assert judge(rule, {"members": members, "stewards": Counts(for_=2, eligible=2)}).passed
        assert not judge(rule, {"members": members, "stewards": Counts(for_=1, against=1, eligible=2)}).passed


class TestQuorums:
    def test_abstaining_makes_a_quorum(self) -> None:
        third = Quorum(shares=((Fraction(1, 3), "eligible"),))
        assert passed(HALF, third, for_=1, abstain=2, eligible=9)
        assert not passed(HALF, third, for_=2, eligible=9)

    def test_the_second_call_has_its_own(self) -> None:
        quorum = Quorum(at_least=5, second=Quorum(at_least=2))
        assert not passed(HALF, quorum, for_=2, eligible=9)
        assert passed(HALF, quorum, second_call=True, for_=2, eligible=9)
        assert not passed(HALF, Quorum(at_least=5), second_call=True, for_=2, eligible=9)

    def test_nobody_is_no_quorum(self) -> None:
        assert not passed(PassUnlessVeto(num=1, den=2, strict=True), Quorum(at_least=0), eligible=9)


class TestFailsClosed:
    GOOD = Counts(for_=9, eligible=9)

    @pytest.mark.parametrize(
        "bodies",
        [
            {},
            None,
            {"members": None},
            {"members": Counts(for_=9, eligible=8)},
            {"members": Counts(for_=9, against=-1, eligible=9)},
            {"members": Counts(for_=9.0, eligible=9)},  # type: ignore[arg-type]  # on purpose
            {"members": Counts(for_=True, eligible=9)},
            {"members": GOOD, "unsound": Counts(for_=3, eligible=2)},
        ],
    )
    def test_unsound_counts_are_not_passed(self, bodies: dict[str, Counts]) -> None:
        assert judge(HALF, bodies) == judge(HALF, {})
        assert judge(HALF, bodies).why == (UNAPPLICABLE,)

    @pytest.mark.parametrize(
        "rule",
        [
            None,
            "more than 1/2",
            Share(num=0, den=1, strict=False),
            Share(num=1, den=0, strict=False),
            Share(num=-1, den=2, strict=False),
            Share(num=1, den=2, strict=False, of="everyone"),  # type: ignore[arg-type]  # on purpose
            AtLeast(n=0),
            AtLeast(n=-3),
            Any(rules=(HALF, None)),  # type: ignore[arg-type]  # on purpose
            Weighted(houses=(), num=1, den=2, strict=True),
            Weighted(houses=(Weight(body="members", weight=0),), num=1, den=2, strict=True),
            PassUnlessVeto(num=0, den=1, strict=True),
        ],
    )
    def test_rules_that_are_none_are_not_passed(self, rule: Rule) -> None:
        assert judge(rule, {"members": self.GOOD}).why[-1:] == (UNAPPLICABLE,)
        assert not judge(rule, {"members": self.GOOD}).passed

    def test_a_quorum_that_is_none_is_not_met(self) -> None:
        assert not judge(HALF, {"members": self.GOOD}, None).passed  # type: ignore[arg-type]  # on purpose

    def test_an_error_within_an_alternative_is_not_passed(self) -> None:
        assert not judge(Any(rules=(HALF, AtLeast(n=0))), {"members": self.GOOD}).passed

    def test_counts_that_raise_are_not_passed(self) -> None:
        class Trap(dict[str, Counts]):
            def __getitem__(self, key: str) -> Counts:
                raise RuntimeError(key)

        assert judge(HALF, Trap(members=self.GOOD)).why == (UNAPPLICABLE,)


BODIES = ("stewards", "outside")
DRAWN = st.fixed_dictionaries({name: counts() for name in ("members", *BODIES)})
DRAWN_WITHOUT_BLOCKS = st.fixed_dictionaries({name: counts(blocks=False) for name in ("members", *BODIES)})


@given(rules(BODIES), DRAWN, quorums())
def test_one_more_for_never_hurts(rule: Rule, bodies: dict[str, Counts], quorum: Quorum) -> None:
    if not judge(rule, bodies, quorum).passed:
        return
    for name, these in bodies.items():
        if these.present < these.eligible:
            assert judge(rule, {**bodies, name: changed(these, for_=1)}, quorum).passed


@given(rules(BODIES), DRAWN, quorums())
def test_verdicts_have_reasons_and_are_the_same_twice(rule: Rule, bodies: dict[str, Counts], quorum: Quorum) -> None:
    verdict = judge(rule, bodies, quorum)
    assert verdict.why
    assert verdict == judge(rule, dict(reversed(bodies.items())), quorum)


def changed(these: Counts, *, for_: int = 0, against: int = 0, abstain: int = 0) -> Counts:
    return Counts(
        for_=these.for_ + for_,
        against=these.against + against,
        abstain=these.abstain + abstain,
        block=these.block,
        eligible=these.eligible,
        active=these.active,
    )


def completions(these: Counts, outstanding: int) -> list[Counts]:
    """Every way in which so many can still vote or not."""
    return [
        changed(these, for_=yes, against=no, abstain=neither)
        for yes, no, neither in product(range(outstanding + 1), repeat=3)
        if yes + no + neither <= outstanding
    ]


class TestEarlyClose:
    @given(rules(BODIES), DRAWN_WITHOUT_BLOCKS, quorums(), st.data())
    def test_no_completion_alters_what_is_certain(
        self, rule: Rule, bodies: dict[str, Counts], quorum: Quorum, data: st.DataObject
    ) -> None:
        most = {name: min(2, these.eligible - these.present) for name, these in bodies.items()}
        outstanding = {name: data.draw(st.integers(0, count)) for name, count in most.items()}
        certain = possible_outcomes(rule, bodies, outstanding, quorum)
        if certain is None:
            return
        for ends in product(*(completions(these, outstanding[name]) for name, these in bodies.items())):
            assert judge(rule, dict(zip(bodies, ends, strict=True)), quorum).passed is certain

    @given(rules(BODIES), DRAWN, quorums())
    def test_certain_when_nothing_is_outstanding(self, rule: Rule, bodies: dict[str, Counts], quorum: Quorum) -> None:
        certain = possible_outcomes(rule, bodies, {}, quorum)
        assert certain is None or certain is judge(rule, bodies, quorum).passed

    def test_a_majority_of_the_roll_is_certain(self) -> None:
        bodies = {"members": Counts(for_=6, against=1, eligible=11)}
        assert possible_outcomes(HALF, bodies, {"members": 4}) is True
        bodies = {"members": Counts(for_=5, against=1, eligible=11)}
        assert possible_outcomes(HALF, bodies, {"members": 5}) is None
        bodies = {"members": Counts(for_=1, against=6, eligible=11)}
        assert possible_outcomes(HALF, bodies, {"members": 4}) is False

    def test_a_quorum_that_may_fail_is_open(self) -> None:
        quorum = Quorum(at_least=7)
        bodies = {"members": Counts(for_=6, eligible=11)}
        assert possible_outcomes(HALF, bodies, {"members": 5}, quorum) is None

    def test_consent_is_never_certain(self) -> None:
        assert possible_outcomes(NoStandingObjection(), {"members": Counts(for_=9, eligible=9)}, {}) is None

    def test_what_cannot_be_applied_is_never_certain(self) -> None:
        assert possible_outcomes(HALF, {"members": Counts(for_=9, eligible=9)}, {"members": 3}) is None
        assert possible_outcomes(AtLeast(n=0), {"members": Counts(for_=9, eligible=9)}, {}) is None
