"""Challenges: what is stayed while others may still say no, and what nobody turns into something else meanwhile."""

import pytest

from phyle.cooperative.law.acts import read_act
from phyle.cooperative.law.ballots import Paper
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.table import LAW
from phyle.errors import Malformed, Refused
from tests.cooperative.law.clauses import SIMPLE, charter, power
from tests.cooperative.law.stories import Story


def _annul(proposal):
    return {"kind": "Annul", "arguments": {"proposal": proposal}}


def _face(value):
    return {"kind": "PublicFace", "arguments": {"what": "name", "value": value}}


def test_a_challenge_that_is_annulled_itself_lets_the_decision_go_on():
    story = Story()
    people = story.founded(charter(power("PublicFace", challenge_days=20), power("Annul", challenge_days=20)))
    decision = story.proposed(people[0], _face("x"))

    def passed(id):
        ballot = story.to_ballot(id)
        for person in people:
            story.vote(person, ballot, {"paper": "for"})
        while story.proposal(id).phase in ("balloting", "counting"):
            story.later(days=1)

    passed(decision)
    challenge = story.proposed(people[1], _annul(decision))
    passed(challenge)
    passed(story.proposed(people[2], _annul(challenge)))
    assert story.proposal(decision).phase == "stayed"
    story.later(days=60)
    assert story.proposal(challenge).phase == "annulled"
    assert story.proposal(decision).phase == "executed"
    assert phyle(story.state).face == (("name", "x"),)


def test_a_proposal_to_expel_is_not_turned_against_somebody_who_can_still_reply():
    story = Story()
    ann, ben, cleo, dan = story.founded(SIMPLE, 4)
    first, second = story.new_id(), story.new_id()
    story.act(ann, "charge", charge=first, member=cleo.id, articles="Article 1", reasons=story.seal("why"))
    story.act(cleo, "reply", charge=first, reply=story.seal("no"))
    id = story.proposed(ann, {"kind": "Expel", "arguments": {"member": cleo.id, "charge": first}})
    story.act(ben, "charge", charge=second, member=dan.id, articles="Article 1", reasons=story.seal("why"))
    other = {"kind": "Expel", "arguments": {"member": dan.id, "charge": second}}
    changed = {"title": "Another", "text": story.keep(b"Why."), "options": [{"label": "Yes", "effects": [other]}]}
    with pytest.raises(Refused, match="still has time"):
        story.act(ann, "revise", proposal=id, **changed)


def test_papers_are_kept_while_a_decision_is_challenged():
    story = Story()
    people = story.founded(SIMPLE.replace("probation_days", "retention_days = 0\nprobation_days"))
    id = story.proposed(people[0], _face("x"))
    ballot = story.to_ballot(id)
    story.vote(people[0], ballot, {"paper": "for"})
    paper = story.state.require(Paper, f"{ballot}/{people[0].id}").booth
    story.later(days=3)
    story.proposed(people[1], _annul(id))
    assert story.proposal(id).phase == "stayed"
    with pytest.raises(Refused, match="can no longer be challenged"):
        story.host_act("erase", commitments=[paper], reason=story.seal("why"))


@pytest.mark.parametrize(
    "effect",
    [
        {"kind": "Suspend", "arguments": {"member": "a" * 26, "until": 2**53 - 1}},
        {"kind": "Grant", "arguments": {"grant": "a" * 26, "licence": "x", "text": "0" * 64, "until": 253402300800000}},
        {"kind": "Suspend", "arguments": {"member": "a" * 26, "until": -1}},
    ],
)
def test_nothing_is_proposed_for_a_day_that_cannot_be_written(effect):
    """Whoever lists proposals writes their days: one such would hide all others."""
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    with pytest.raises(Malformed, match="year 9999"):
        story.proposed(ann, effect)


def test_no_act_expires_after_the_last_day():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    document = {**story.document(ann.key, ann.id, "exit", {}), "expires": 2**53 - 1}
    with pytest.raises(Malformed, match="year 9999"):
        read_act(document)


def test_the_host_does_not_say_that_notice_was_given_long_ago():
    story = Story()
    ann, *_ = story.founded(charter(power("PublicFace", notice_days=14)))
    id = story.proposed(ann, _face("x"))
    story.later(days=20)
    evidence = story.keep(spell(dict.fromkeys(electors(story.state), "delivered")))
    document = story.document(story.host, "host", "noticed", {"proposal": id, "evidence": evidence})
    with pytest.raises(Refused, match="waited too long"):
        LAW.decide(story.state, document, received=story.now - 19 * DAY, at=story.now, author="host")
    story.notice(id)
    assert story.proposal(id).noticed == story.now


def test_what_was_put_before_an_amendment_is_not_voted_on_without_the_notice_that_it_asks_for():
    story = Story()
    people = story.founded(SIMPLE)
    before = phyle(story.state).charter
    after = story.keep(charter(power("PublicFace", notice_days=14)).encode())
    amend = {"kind": "Amend", "arguments": {"charter": after, "amends": before}}
    amendment = story.proposed(people[0], amend)
    ballot = story.to_ballot(amendment)
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    while story.proposal(amendment).phase != "passed":
        story.later(days=1)
    story.later(milliseconds=story.proposal(amendment).until - story.now - DAY)
    id = story.proposed(people[1], _face("x"))
    story.later(days=3)
    assert phyle(story.state).charter == after
    assert story.proposal(id).phase == "sent_back"
    assert "14 days" in story.proposal(id).why
