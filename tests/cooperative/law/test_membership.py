"""Membership: who comes in, with what rights, and when the vote comes by itself and when it takes a decision."""

from dataclasses import replace

import pytest

from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refusal, Refused, Unproven
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person, Story, key, replayed

FIVE = charter(membership="probation_days = 10\nnewcomers_per_voucher = 4")


def five() -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(FIVE, founders=5)


def test_probation_gives_a_voice_but_neither_vote_nor_vouching() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:2])
    assert story.member(newcomer).standing == "probation"
    assert newcomer.id not in electors(story.state)
    assert phyle(story.state).electors == 5
    story.proposed(newcomer, {"kind": "Resolve", "arguments": {}})
    other = story.person()
    story.act(other, "apply", **other.introduction())
    with pytest.raises(Refused, match="past probation"):
        story.act(newcomer, "vouch", member=other.id)


def test_probationers_count_in_no_denominator() -> None:
    story, founders = five()
    for _ in range(3):
        story.admitted(*founders[:2])
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    assert story.ballot(ballot).rolls[0].eligible == 5
    assert story.ballot(ballot).active == 5


def test_the_vote_comes_by_itself_after_probation_without_objection() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:2], days=9)
    assert story.member(newcomer).standing == "probation"
    story.later(days=2)
    assert story.member(newcomer).standing == "member"
    assert story.member(newcomer).tacit
    assert phyle(story.state).electors == 6
    assert phyle(story.state).tacit == 1


def test_an_objection_makes_it_a_decision_and_only_the_objector_takes_it_back() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:2])
    story.act(founders[4], "object", member=newcomer.id, reason=story.seal("I do not know them."))
    story.later(days=30)
    assert story.member(newcomer).standing == "probation"
    with pytest.raises(Refused, match="not objected"):
        story.act(founders[3], "withdraw_objection", member=newcomer.id)
    story.act(founders[4], "withdraw_objection", member=newcomer.id)
    assert story.member(newcomer).standing == "member"


def test_a_decision_confirms_in_spite_of_an_objection() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:2])
    story.act(founders[4], "object", member=newcomer.id, reason=story.seal("No."))
    proposal = story.proposed(founders[0], {"kind": "Confirm", "arguments": {"member": newcomer.id}})
    assert story.decided(proposal, founders[:3]) == "executed"
    assert story.member(newcomer).standing == "member"
    assert not story.member(newcomer).tacit


def test_vouching_alone_brings_in_one_in_six_and_more_vouchers_or_a_decision_the_rest() -> None:
    story, founders = five()
    first, second = story.admitted(*founders[:2]), story.admitted(*founders[:2])
    story.later(days=11)
    assert story.member(first).standing == "member"
    assert story.member(second).standing == "probation"
    story.act(founders[2], "vouch", member=second.id)
    assert story.member(second).standing == "probation"
    story.act(founders[3], "vouch", member=second.id)
    assert story.member(second).standing == "member"
    assert not story.member(second).tacit
    third = story.admitted(*founders[2:5], days=11)
    assert story.member(third).standing == "probation"
    proposal = story.proposed(founders[0], {"kind": "Confirm", "arguments": {"member": first.id}})
    assert story.decided(proposal, founders) == "executed"
    assert phyle(story.state).tacit == 0
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_voucher_vouches_for_so_many_newcomers_in_a_period() -> None:
    story, founders = five()
    for _ in range(4):
        story.admitted(founders[0])
    fifth = story.person()
    story.act(fifth, "apply", **fifth.introduction())
    with pytest.raises(Refused, match="4 newcomers in 90 days"):
        story.act(founders[0], "vouch", member=fifth.id)
    story.later(days=91)
    story.act(founders[0], "vouch", member=fifth.id)
    assert len(story.member(founders[0]).vouched) == 1


def test_nobody_vouches_twice_or_for_somebody_who_is_in() -> None:
    story, founders = five()
    newcomer = story.admitted(founders[0])
    with pytest.raises(Refused, match="already"):
        story.act(founders[0], "vouch", member=newcomer.id)
    with pytest.raises(Refused, match="Nobody is waiting"):
        story.act(founders[0], "vouch", member=founders[1].id)


def test_the_threshold_follows_the_active_members() -> None:
    story = Story()
    founders = story.founded(charter(membership="probation_days = 10\nvouch_cap = 4\nactive_days = 30"), founders=8)
    newcomer = story.admitted(*founders[:3])
    assert story.member(newcomer).threshold == 4
    assert story.member(newcomer).standing == "applicant"
    story.later(days=40)
    for founder in founders[:4]:
        story.act(founder, "amend_identity", identity={"name": story.seal("Ada")})
    other = story.admitted(*founders[:2])
    assert story.member(other).threshold == 2
    assert story.member(other).standing == "probation"


@pytest.mark.parametrize("standing", ["applicant", "probation"])
def test_leaving_before_the_vote(standing: str) -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[: 1 if standing == "applicant" else 2])
    assert story.member(newcomer).standing == standing
    story.act(newcomer, "exit")
    assert story.member(newcomer).standing == {"applicant": "withdrawn", "probation": "exited"}[standing]
    story.later(days=20)
    assert phyle(story.state).electors == 5
    with pytest.raises(Refused):
        story.act(newcomer, "exit")


def test_whoever_comes_back_does_so_under_the_same_membership() -> None:
    story, founders = five()
    story.act(founders[4], "exit")
    assert phyle(story.state).electors == 4
    story.act(founders[4], "apply_again")
    assert story.member(founders[4]).standing == "applicant"
    assert phyle(story.state).electors == 4
    for voucher in founders[:3]:
        story.act(voucher, "vouch", member=founders[4].id)
    story.later(days=11)
    assert story.member(founders[4]).standing == "member"
    assert phyle(story.state).electors == 5
    assert not story.member(founders[4]).founder


def test_a_key_is_used_for_one_membership_only() -> None:
    story, founders = five()
    double = Person(id=story.new_id(), key=founders[0].key)
    with pytest.raises(Refused, match="in use here already"):
        story.act(double, "apply", **double.introduction())
    host = Person(id=story.new_id(), key=story.host)
    with pytest.raises(Refused, match="in use here already"):
        story.act(host, "apply", **host.introduction())


def test_an_application_is_signed_by_the_key_that_it_brings() -> None:
    story, _ = five()
    victim = story.person()
    with pytest.raises(Unproven):
        story.act(replace(victim, key=key(7)), "apply", **victim.introduction())


def test_members_elsewhere_are_known_by_requests_and_pinned_keys() -> None:
    story, founders = five()
    assert not phyle(story.state).proven
    newcomer = story.person(custody="none", via="far.test")
    told = newcomer.introduction()
    with pytest.raises(Unproven, match="public key"):
        story.act(newcomer, "apply", **{**told, "identity": {"actor": told["identity"]["actor"]}})
    story.act(newcomer, "apply", **told)
    for voucher in founders[:3]:
        story.act(voucher, "vouch", member=newcomer.id)
    story.later(days=11)
    assert story.member(newcomer).standing == "member"
    assert phyle(story.state).proven
    here = story.person(custody="none")
    with pytest.raises(Unproven, match="ledger key"):
        story.act(here, "apply", **here.introduction())


def test_dormant_with_fewer_than_three_and_then_nobody_comes_in_but_by_decision() -> None:
    story = Story()
    founders = story.founded(charter())
    newcomer = story.admitted(*founders[:2])
    story.act(founders[2], "exit")
    assert story.phase == "dormant"
    story.later(days=11)
    assert story.member(newcomer).standing == "probation"
    other = story.person()
    story.act(other, "apply", **other.introduction())
    with pytest.raises(Refused, match="dormant"):
        story.act(founders[0], "vouch", member=other.id)
    with pytest.raises(Refused, match="dormant"):
        story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    proposal = story.proposed(founders[0], {"kind": "Admit", "arguments": {"member": newcomer.id}})
    assert story.decided(proposal, founders[:2]) == "executed"
    assert story.phase == "active"


def test_what_cannot_be_is_refused_and_leaves_nothing_behind() -> None:
    story, founders = five()
    before = list(story.state.everything())
    for kind, payload in (
        ("vouch", {"member": story.new_id()}),
        ("object", {"member": founders[1].id, "reason": "0" * 64}),
        ("return", {}),
        ("apply_again", {}),
        ("vouch", {"member": "short"}),
    ):
        with pytest.raises(Refusal):
            story.act(founders[0], kind, **payload)
    assert list(story.state.everything()) == before
