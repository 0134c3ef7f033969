"""Executions: what a decision does, what it owes to the outside, and the rules that let it come to that."""

import pytest

from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refused
from tests.cooperative.law.clauses import SIMPLE, charter, power
from tests.cooperative.law.stories import Story
from tests.cooperative.law.test_draws import HOUSE, by_secrets

RESOLVE = {"kind": "Resolve", "arguments": {}}
FACE = {"kind": "PublicFace", "arguments": {"what": "name", "value": "x"}}


def test_what_is_owed_to_the_outside_is_discharged_or_fails_and_the_decision_stays():
    story = Story()
    people = story.founded(SIMPLE)
    id = story.proposed(people[0], FACE)
    assert story.decided(id, people) == "executed"
    owed = story.state.require(Obligation, f"{id}/0")
    assert owed.what == {"what": "face", "name": "name", "value": "x"}
    story.host_act("discharge", proposal=id, number=0, failed=True, reason=story.seal("no network"))
    assert story.state.require(Obligation, f"{id}/0").failed
    story.host_act("discharge", proposal=id, number=0)
    assert story.state.require(Obligation, f"{id}/0").discharged
    with pytest.raises(Refused, match="is discharged"):
        story.host_act("discharge", proposal=id, number=0)
    with pytest.raises(Refused, match="no such obligation"):
        story.host_act("discharge", proposal=id, number=1)
    assert story.proposal(id).phase == "executed"


def test_an_amendment_is_decided_by_what_protects_what_it_touches_under_the_old_charter():
    entrenched = power("Amend", '"at least 1/1 of eligible"', scope="core", protects=["power/Expel"])
    old = charter(power("Expel"), entrenched)
    story = Story()
    people = story.founded(old, 4)

    def amended(text, voters):
        amend = {"charter": story.keep(text.encode()), "amends": phyle(story.state).charter}
        return story.decided(story.proposed(people[0], {"kind": "Amend", "arguments": amend}), voters)

    strict = 'effect = "Expel"\nrule = "at least 2/3 of cast"'
    touching = old.replace('effect = "Expel"\nrule = "more than 1/2 of cast"', strict)
    unlocking = old.replace('rule = "at least 1/1 of eligible"', 'rule = "at least 1/2 of eligible"')
    other = touching.replace("size = 3", "size = 4")
    assert len({old, unlocking, touching, other}) == 4
    assert amended(touching, people[:3]) == "failed"
    assert amended(unlocking, people[:3]) == "failed"
    assert amended(touching, people) == "executed"
    assert amended(other, people[:3]) == "executed"


def test_an_amendment_of_a_charter_that_has_changed_is_sent_back():
    story = Story()
    people = story.founded(SIMPLE)
    here = phyle(story.state).charter
    texts = [SIMPLE.replace("deliberation_days = 2", f"deliberation_days = {days}") for days in (3, 4)]
    amends = [{"kind": "Amend", "arguments": {"charter": story.keep(text.encode()), "amends": here}} for text in texts]
    first, second = (story.proposed(people[0], amend) for amend in amends)
    ballots = [story.to_ballot(first), f"{second}.1"]
    for ballot in ballots:
        story.vote(people[0], ballot, {"paper": "for"})
    assert story.finished(first) == "executed"
    assert story.finished(second) == "sent_back"
    assert "has changed" in story.proposal(second).why


VETO = charter(power("Resolve", '"passed unless at least 1/3 of eligible object"', notice_days=3))


@pytest.mark.parametrize(("objecting", "ends"), [(1, "executed"), (2, "failed")])
def test_silence_passes_only_after_notice_and_against_few(objecting, ends):
    story = Story()
    people = story.founded(VETO, 5)
    id = story.proposed(people[0], RESOLVE)
    story.later(days=10)
    assert story.proposal(id).phase == "deliberation"
    ballot = story.to_ballot(id)
    for person in people[:objecting]:
        story.vote(person, ballot, {"paper": "against"})
    assert story.finished(id) == ends


WEIGHTED = HOUSE + (
    "\n## Article 2. Houses\n\n```toml\n"
    + power(
        "Resolve",
        '{ weighted = [{ body = "members", weight = 4 }, { body = "guests", weight = 1, quorum = "at least 2" }], '
        'passes = "more than 1/2" }',
    )
    + "\n```\n"
)


def _with_guests():
    story = Story()
    people = story.founded(WEIGHTED, 3)
    guests = [story.person() for _ in range(2)]
    for guest in guests:
        story.act(guest, "apply", **guest.introduction("outside"))
        for voucher in people[:2]:
            story.act(voucher, "vouch", member=guest.id)
    story.later(days=11)
    story.act(people[0], "call_draw", purpose="house", about="guests")
    by_secrets(story, people[0], people[1])
    return story, people, guests


def test_a_house_that_keeps_silent_fails_the_whole():
    story, people, guests = _with_guests()
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    story.vote(guests[0], ballot, {"paper": "for"})
    assert story.finished(id) == "failed"


def test_a_house_has_its_fixed_weight():
    story, people, guests = _with_guests()
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    for person, answer in zip(people, ("for", "for", "against"), strict=True):
        story.vote(person, ballot, {"paper": answer})
    for guest in guests:
        story.vote(guest, ballot, {"paper": "against"})
    assert story.finished(id) == "executed"
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    for person, answer in zip(people, ("for", "for", "against"), strict=True):
        story.vote(person, ballot, {"paper": answer} if answer == "for" else {"paper": "against"})
    story.vote(people[1], ballot, {"paper": "abstain"})
    for guest in guests:
        story.vote(guest, ballot, {"paper": "against"})
    assert story.finished(id) == "failed"


def test_a_dormant_phyle_executes_only_what_brings_it_back():
    story = Story()
    people = story.founded(SIMPLE)
    id = story.proposed(people[0], FACE)
    story.vote(people[0], story.to_ballot(id), {"paper": "for"})
    story.act(people[2], "exit")
    assert story.phase == "dormant"
    assert story.finished(id) == "sent_back"
    assert "dormant" in story.proposal(id).why
