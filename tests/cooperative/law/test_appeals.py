"""Appeals: by jury, by the assembly without the parties, or by nobody, when what was contested lapses."""

import pytest

from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.draws import Draw
from phyle.cooperative.law.moderations import Moderation
from phyle.errors import Refused
from tests.cooperative.law.clauses import SIMPLE
from tests.cooperative.law.stories import Story, replayed
from tests.cooperative.law.test_draws import by_secrets

FACE = {"kind": "PublicFace", "arguments": {"what": "name", "value": "x"}}


def appeal(story, person, against, target):
    id = story.new_id()
    text = story.keep(b"It was not fair.")
    story.act(person, "appeal", appeal=id, against=against, target=target, text=text)
    return id


def held(story, id):
    return story.state.require(Appeal, id)


def judge(story, id, by_id, answer):
    """The jury, or the assembly, answers as one; the phase in which the appeal ended."""
    proposal = held(story, id).proposal
    ballot = story.to_ballot(proposal)
    name = story.proposal(proposal).body
    members = story.state.require(Body, name).members if name != "members" else list(by_id)
    for member in members:
        if member not in held(story, id).parties:
            story.vote(by_id[member], ballot, {"paper": answer})
    story.later(days=8)
    return held(story, id).phase


def expelled(story, people):
    """The last of the people is expelled, charged by the first."""
    accused = people[-1]
    charge = story.new_id()
    story.act(people[0], "charge", charge=charge, member=accused.id, articles="Article 1", reasons=story.seal("x"))
    story.act(accused, "reply", charge=charge, reply=story.seal("no"))
    id = story.proposed(people[0], {"kind": "Expel", "arguments": {"member": accused.id, "charge": charge}})
    assert story.decided(id, people[:-1]) == "executed"
    return accused


def _story(number):
    story = Story()
    people = story.founded(SIMPLE, number)
    return story, people, {person.id: person for person in people}


@pytest.mark.parametrize(
    ("answer", "phase", "standing"), [("for", "granted", "member"), ("against", "dismissed", "expelled")]
)
def test_a_jury_without_the_parties_judges_an_expulsion(answer, phase, standing):
    story, people, by_id = _story(7)
    accused = expelled(story, people)
    id = appeal(story, accused, "expulsion", accused.id)
    assert held(story, id).phase == "drawing"
    by_secrets(story, people[1], people[2])
    jury = story.state.require(Body, story.proposal(held(story, id).proposal).body)
    assert len(jury.members) == 3
    assert not {accused.id, people[0].id} & set(jury.members)
    assert judge(story, id, by_id, answer) == phase
    assert story.member(accused).standing == standing
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_an_appeal_stays_a_decision_and_can_annul_it():
    story, people, by_id = _story(6)
    decision = story.proposed(people[0], FACE)
    story.vote(people[0], story.to_ballot(decision), {"paper": "for"})
    story.later(days=3)
    id = appeal(story, people[5], "decision", decision)
    assert story.proposal(decision).phase == "stayed"
    with pytest.raises(Refused, match="brought already"):
        appeal(story, people[4], "decision", decision)
    by_secrets(story, people[1], people[2])
    assert judge(story, id, by_id, "for") == "granted"
    assert story.proposal(decision).phase == "annulled"


def test_a_dismissed_appeal_lets_the_decision_go_on():
    story, people, by_id = _story(6)
    decision = story.proposed(people[0], FACE)
    story.vote(people[0], story.to_ballot(decision), {"paper": "for"})
    story.later(days=3)
    id = appeal(story, people[5], "decision", decision)
    by_secrets(story, people[1], people[2])
    assert judge(story, id, by_id, "against") == "dismissed"
    assert story.proposal(decision).phase == "executed"


def test_with_fewer_than_three_jurors_the_assembly_without_the_parties_judges():
    story, people, by_id = _story(4)
    accused = expelled(story, people)
    id = appeal(story, accused, "expulsion", accused.id)
    assert held(story, id).phase == "assembly"
    assert judge(story, id, by_id, "for") == "granted"
    assert story.member(accused).standing == "member"


def test_with_fewer_than_two_left_what_is_contested_lapses():
    story, people, _ = _story(3)
    decision = story.proposed(people[0], FACE)
    story.vote(people[0], story.to_ballot(decision), {"paper": "for"})
    story.later(days=3)
    id = appeal(story, people[2], "decision", decision)
    assert held(story, id).phase == "lapsed"
    assert story.proposal(decision).phase == "annulled"


def test_a_silent_jury_leaves_the_judgement_to_the_assembly():
    story, people, by_id = _story(7)
    accused = expelled(story, people)
    id = appeal(story, accused, "expulsion", accused.id)
    by_secrets(story, people[1], people[2])
    story.later(days=11)
    assert held(story, id).phase == "assembly"
    assert judge(story, id, by_id, "for") == "granted"


def test_a_jury_that_cannot_be_drawn_leaves_the_judgement_to_the_assembly():
    story, people, by_id = _story(7)
    accused = expelled(story, people)
    id = appeal(story, accused, "expulsion", accused.id)
    story.later(days=4)
    assert story.state.require(Draw, held(story, id).draw).phase == "void"
    assert held(story, id).phase == "assembly"
    assert judge(story, id, by_id, "against") == "dismissed"


def test_an_appeal_has_its_time_and_its_people():
    story, people, _ = _story(5)
    with pytest.raises(Refused, match="no expulsion"):
        appeal(story, people[0], "expulsion", people[4].id)
    accused = expelled(story, people)
    dan = story.admitted(people[0], people[1])
    with pytest.raises(Refused, match="parties and all full members"):
        appeal(story, dan, "expulsion", accused.id)
    story.later(days=7)
    with pytest.raises(Refused, match="time to appeal is over"):
        appeal(story, accused, "expulsion", accused.id)


def test_what_an_appeal_asks_for_cannot_be_changed_or_withdrawn():
    story, people, _ = _story(4)
    accused = expelled(story, people)
    proposal = held(story, appeal(story, accused, "expulsion", accused.id)).proposal
    with pytest.raises(Refused, match="once it is voted on"):
        story.act(accused, "withdraw", proposal=proposal)


def _moderated(story, steward):
    id = story.new_id()
    story.act(
        steward,
        "moderate",
        moderation=id,
        target=story.seal("https://a.test/1"),
        action="hide",
        reason=story.seal("spam"),
    )
    return id


def _phase(story, id):
    return story.state.require(Moderation, id).phase


def test_what_one_steward_does_lapses():
    story, people, _ = _story(4)
    dan = story.admitted(people[0], people[1], days=11)
    with pytest.raises(Refused, match="scope moderation"):
        _moderated(story, dan)
    id = _moderated(story, people[0])
    with pytest.raises(Refused, match="Another steward"):
        story.act(people[0], "confirm_moderation", moderation=id)
    story.later(days=3)
    assert _phase(story, id) == "lapsed"
    with pytest.raises(Refused, match="has lapsed"):
        story.act(people[1], "confirm_moderation", moderation=id)


def test_a_second_steward_or_a_decision_confirms_it():
    story, people, _ = _story(4)
    id = _moderated(story, people[0])
    story.act(people[1], "confirm_moderation", moderation=id)
    story.later(days=10)
    assert _phase(story, id) == "confirmed"
    lift = {"kind": "Moderate", "arguments": {"moderation": id, "action": "lift"}}
    assert story.decided(story.proposed(people[2], lift), people) == "executed"
    assert _phase(story, id) == "lifted"
    assert story.decided(story.proposed(people[2], lift), people) == "sent_back"
    fresh = story.new_id()
    hide = {"kind": "Moderate", "arguments": {"moderation": fresh, "action": "hide", "target": story.seal("x")}}
    assert story.decided(story.proposed(people[2], hide), people) == "executed"
    assert _phase(story, fresh) == "confirmed"


def test_a_moderation_can_be_appealed_against():
    story, people, by_id = _story(6)
    id = _moderated(story, people[0])
    story.act(people[1], "confirm_moderation", moderation=id)
    brought = appeal(story, people[5], "moderation", id)
    assert set(held(story, brought).parties) == {people[0].id, people[1].id, people[5].id}
    by_secrets(story, people[2], people[3])
    assert judge(story, brought, by_id, "for") == "granted"
    assert _phase(story, id) == "lifted"


def test_grants_and_items_are_recorded_and_transfers_sent_back():
    story, people, _ = _story(4)
    terms = story.keep(b"Use it well.")
    grant = {"grant": story.new_id(), "licence": "ppl", "text": terms, "to": people[3].id}
    id = story.proposed(people[0], {"kind": "Grant", "arguments": grant})
    ballot = story.to_ballot(id)
    with pytest.raises(Refused, match="not on the roll"):
        story.vote(people[3], ballot, {"paper": "for"})
    assert story.decided(id, people[:3]) == "executed"
    item = {"kind": "AcceptItem", "arguments": {"item": "https://a.test/garden", "kind": "knowledge"}}
    assert story.decided(story.proposed(people[0], item), people) == "executed"
    transfer = {"fund": "common", "commodity": "eur", "amount": 100, "to": "the baker"}
    id = story.proposed(people[0], {"kind": "Transfer", "arguments": transfer})
    assert story.decided(id, people) == "sent_back"
    assert "no funds yet" in story.proposal(id).why
