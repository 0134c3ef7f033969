"""The templates are sound, say in their boxes what they say in words, and can be adopted as they stand."""

import pytest

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.differences import differences
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.figures import blocks, hands
from phyle.cooperative.charter.powers import EFFECTS
from phyle.cooperative.charter.rules import Counts, Weighted, judge
from phyle.cooperative.charter.templates import template, templates
from phyle.cooperative.charter.text import normalised, read, write
from phyle.errors import Missing

GRAVE = ("Amend", "Expel", "Dissolve", "Transfer")


@pytest.fixture(params=templates())
def charter(request: pytest.FixtureRequest) -> Charter:
    return read(template(request.param))


def test_there_is_no_other() -> None:
    with pytest.raises(Missing, match="small-assembly"):
        template("../__init__")


def test_each_is_its_own_normal_form(charter: Charter) -> None:
    again = read(write(charter))
    assert again.articles == charter.articles
    assert not differences(charter, again)
    assert normalised(charter.text) == charter.text


def test_three_founders_can_decide_everything_and_none_alone(charter: Charter) -> None:
    for effect in EFFECTS:
        weighted = isinstance(charter.power(effect).rule, Weighted)
        alone = "moderation" if effect == "Moderate" else "face" if effect == "PublicFace" else ""
        allowed = any(alone in office.scope for office in charter.offices.values())
        figure = hands(charter, effect, 3)
        assert figure is not None
        assert figure > 1 or allowed, effect
        assert figure <= 3 or weighted, effect


@pytest.mark.parametrize("n", [5, 12, 40, 400])
def test_grave_decisions_take_as_many_hands_as_any(charter: Charter, n: int) -> None:
    ordinary = hands(charter, "Confirm", n)
    assert ordinary is not None
    for effect in GRAVE:
        assert (hands(charter, effect, n) or 0) >= ordinary
        assert blocks(charter, effect, n) != 1, "nobody has a veto"


def test_those_who_are_many_are_not_held_up_by_one(charter: Charter) -> None:
    grown = at(charter, 200, charter.tiers_at(200), ())
    for effect in EFFECTS:
        assert (blocks(grown, effect, 200) or 0) > 1


def test_consent_has_a_review_and_an_override(charter: Charter) -> None:
    power = charter.power("Resolve")
    assert power.consent
    assert power.review_days
    assert power.override is not None


def test_stewards_are_elected_by_single_transferable_vote(charter: Charter) -> None:
    assert charter.power("Appoint").methods[0] == "stv"
    assert "election" in {office.by for office in charter.offices.values()}
    assert charter.jury.size >= 3


def test_the_federation_gives_its_commoners_a_fifth() -> None:
    made = read(template("federation-of-phyles"))
    power = made.power("Ratify")
    members = Counts(for_=7, against=5, eligible=14)

    def passed(commoners: Counts) -> bool:
        return judge(power.rule, {"members": members, "commoners": commoners}, power.quorum).passed

    # 4 * 7/12 is 2.33 of 3 that are needed, so two thirds of the house must be for it.
    assert passed(Counts(for_=6, against=3, eligible=15))
    assert not passed(Counts(for_=5, against=4, eligible=15))
    assert not passed(Counts(for_=7, eligible=15)), "too few of the house took part"


def test_lent_votes_end_after_a_year() -> None:
    made = read(template("worker-co-operative"))
    assert made.delegation.allowed
    after = at(made, 10, (), ("lent-votes",))
    assert not after.delegation.allowed
