"""Proposals: sponsors, deliberation, notice, the frozen text, the challenge window and every way to the end."""

import pytest

from phyle.cooperative.law.ballot_opening import matter_of
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import spell
from phyle.errors import Malformed, Refused, Unprocessable
from tests.cooperative.law.clauses import SIMPLE, charter, power
from tests.cooperative.law.stories import Story, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}


def _annul(proposal):
    return {"kind": "Annul", "arguments": {"proposal": proposal}}


def _face(value):
    return {"kind": "PublicFace", "arguments": {"what": "name", "value": value}}


def test_a_proposal_is_deliberated_voted_on_open_to_challenge_and_executed():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("The Circle"))
    assert story.proposal(id).phase == "deliberation"
    begun = story.now
    ballot = story.to_ballot(id)
    assert story.proposal(id).phase == "balloting"
    assert story.now == begun + 2 * DAY
    for person, answer in ((ann, "for"), (ben, "for"), (cleo, "against")):
        story.vote(person, ballot, {"paper": answer})
    story.later(days=3)
    assert story.proposal(id).phase == "passed"
    assert phyle(story.state).face == ()
    story.later(days=2)
    assert story.proposal(id).phase == "executed"
    assert phyle(story.state).face == (("name", "The Circle"),)
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_what_fails_changes_nothing():
    story = Story()
    ann, ben, _cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("The Circle"))
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.vote(ben, ballot, {"paper": "against"})
    assert story.finished(id) == "failed"
    assert phyle(story.state).face == ()


def test_nobody_coming_is_not_passed():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    story.to_ballot(id)
    assert story.finished(id) == "failed"


def test_sponsors_are_members_past_probation():
    story = Story()
    ann, ben, cleo = story.founded(charter(power("Resolve", sponsors=2)))
    dan = story.admitted(ann, ben)
    id = story.proposed(dan, RESOLVE)
    assert story.proposal(id).sponsors == ()
    with pytest.raises(Refused, match="past probation"):
        story.act(dan, "sponsor", proposal=id)
    story.act(ann, "sponsor", proposal=id)
    with pytest.raises(Refused, match="sponsor this proposal already"):
        story.act(ann, "sponsor", proposal=id)
    assert story.proposal(id).phase == "draft"
    story.act(ben, "sponsor", proposal=id)
    assert story.proposal(id).phase == "deliberation"
    with pytest.raises(Refused, match="has the sponsors"):
        story.act(cleo, "sponsor", proposal=id)


def _revised(story, id, **changes):
    proposal = story.proposal(id)
    options = [
        {"label": o.label, "effects": [{"kind": e.kind, "arguments": e.arguments} for e in o.effects]}
        for o in proposal.options
    ]
    return {"proposal": id, "title": "Another", "text": story.keep(b"Better reasons."), "options": options, **changes}


def test_the_author_revises_and_everybody_has_time_to_read_it():
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    with pytest.raises(Refused, match="Only its author"):
        story.act(ben, "revise", **_revised(story, id))
    story.later(milliseconds=2 * DAY - 1000)
    story.act(ann, "revise", **_revised(story, id))
    assert story.proposal(id).title == "Another"
    assert story.proposal(id).until == story.now + DAY
    with pytest.raises(Refused, match="another proposal"):
        story.act(ann, "revise", **_revised(story, id, options=[{"label": "Yes", "effects": [_face("x")]}]))
    story.to_ballot(id)
    with pytest.raises(Refused, match="frozen"):
        story.act(ann, "revise", **_revised(story, id))
    with pytest.raises(Refused, match="once it is voted on"):
        story.act(ann, "withdraw", proposal=id)


def test_a_revised_draft_loses_the_sponsors_of_the_old_text():
    story = Story()
    ann, ben, _cleo = story.founded(charter(power("Resolve", sponsors=3)))
    id = story.proposed(ann, RESOLVE)
    story.act(ben, "sponsor", proposal=id)
    story.act(ann, "revise", **_revised(story, id))
    assert story.proposal(id).sponsors == (ann.id,)


def test_a_withdrawn_proposal_is_over():
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    with pytest.raises(Refused, match="Only its author"):
        story.act(ben, "withdraw", proposal=id)
    story.act(ann, "withdraw", proposal=id)
    story.later(days=30)
    assert story.proposal(id).phase == "withdrawn"
    assert story.proposal(id).round == 0


def test_no_ballot_opens_before_the_notice_that_every_elector_had():
    story = Story()
    ann, ben, _cleo = story.founded(charter(power("Resolve", notice_days=5, deliberation_days=2)))
    id = story.proposed(ann, RESOLVE)
    story.later(days=20)
    assert story.proposal(id).phase == "deliberation"
    short = story.keep(spell({ann.id: "delivered", ben.id: "delivered"}))
    with pytest.raises(Refused, match="how 1 of the electors had notice"):
        story.host_act("noticed", proposal=id, evidence=short)
    story.notice(id)
    story.later(milliseconds=5 * DAY - 1)
    assert story.proposal(id).phase == "deliberation"
    with pytest.raises(Refused, match="once"):
        story.notice(id)
    assert story.proposal(id).phase == "balloting"


def test_a_revision_needs_a_new_notice():
    story = Story()
    ann, *_ = story.founded(charter(power("Resolve", notice_days=5, deliberation_days=2)))
    id = story.proposed(ann, RESOLVE)
    story.notice(id)
    story.later(days=4)
    story.act(ann, "revise", **_revised(story, id))
    story.later(days=30)
    assert story.proposal(id).phase == "deliberation"


def test_the_opening_names_what_is_voted_on():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    story.to_ballot(id)
    opened = next(e for e in map(read_entry, reversed(story.leaves)) if e.kind == "open")
    assert opened.payload["matter"] == matter_of(story.proposal(id))


@pytest.mark.parametrize(
    ("more", "error"),
    [
        (
            {"options": [{"label": "A", "effects": [{"kind": "Admit", "arguments": {"member": "winner[0]"}}]}]},
            "26 char",
        ),
        ({"options": []}, "needs an option with an effect"),
        ({"options": [{"label": "Stay"}]}, "needs an option with an effect"),
        ({"options": [{"label": "A", "effects": [RESOLVE]}, {"label": "B", "effects": [RESOLVE]}]}, "has one option"),
        ({"options": [{"label": "A", "effects": [RESOLVE]}], "method": "approval"}, "exactly one has no effects"),
        ({"options": [{"label": "A", "effects": [RESOLVE]}, {"label": "A"}], "method": "irv"}, "same name"),
        ({"options": [{"label": "A", "effects": [RESOLVE] * 17}]}, "at most 16 effects"),
        ({"options": [{"label": "A", "effects": [RESOLVE]}], "seats": 2}, "one alone"),
        ({"options": [{"label": "A", "effects": [RESOLVE]}], "params": {"dots": 3}}, "has no dots"),
        (
            {"options": [{"label": "A", "effects": [RESOLVE]}, {"label": "B"}], "method": "dot", "params": {"dots": 0}},
            "between",
        ),
        ({"options": [{"label": "A", "effects": [{"kind": "Crown", "arguments": {}}]}]}, "no effect 'Crown'"),
        ({"options": [{"label": "A", "effects": [{"kind": "Resolve", "arguments": {"x": 1}}]}]}, "unknown here"),
        ({"options": [{"label": "A", "effects": [{"kind": "Expel", "arguments": {}}]}]}, "missing"),
    ],
)
def test_what_cannot_be_voted_on_is_not_put_to_a_vote(more, error):
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    with pytest.raises((Refused, Unprocessable, Malformed), match=error):
        story.proposed(ann, **more)


def test_several_effects_need_all_of_their_rules_and_the_longest_times():
    story = Story()
    text = charter(power("PublicFace", '"at least 3/4 of eligible"', ballot_days=9, deliberation_days=1))
    ann, ben, _cleo = story.founded(text)
    id = story.proposed(ann, RESOLVE, _face("x"))
    ballot = story.to_ballot(id)
    assert story.ballot(ballot).closes == story.now + 9 * DAY
    for person in (ann, ben):
        story.vote(person, ballot, {"paper": "for"})
    assert story.finished(id) == "failed"


def test_the_scope_of_an_effect_is_what_it_is_about_and_not_what_its_author_says():
    story = Story()
    text = charter(power("Appoint", '"at least 1/1 of eligible"', scope="auditors"))
    ann, ben, _ = story.founded(text)
    appoint = {"kind": "Appoint", "arguments": {"office": "auditors", "member": ben.id}}
    id = story.proposed(ann, appoint, scope="stewards")
    assert story.decided(id, [ann, ben]) == "failed"


def test_effects_happen_all_or_none():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    stranger = story.new_id()
    id = story.proposed(ann, _face("x"), {"kind": "Suspend", "arguments": {"member": stranger}})
    assert story.decided(id, [ann, ben, cleo]) == "sent_back"
    assert phyle(story.state).face == ()
    assert "no such member" in story.proposal(id).why


def test_a_challenge_stays_the_decision_until_it_is_over():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("x"))
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    challenge = story.proposed(ben, _annul(id))
    another = story.proposed(cleo, _annul(id))
    assert story.proposal(id).phase == "stayed"
    story.later(days=3)
    assert story.proposal(id).phase == "stayed"
    against = f"{challenge}.1"
    story.vote(ann, against, {"paper": "against"})
    story.later(days=2)
    assert story.proposal(challenge).phase == "failed"
    assert story.proposal(another).phase == "failed"
    assert story.proposal(id).phase == "executed"
    assert phyle(story.state).face == (("name", "x"),)


def test_a_challenge_that_passes_annuls_the_decision():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("x"))
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    challenge = story.proposed(ben, _annul(id))
    assert story.decided(challenge, [ben, cleo]) == "executed"
    story.later(days=30)
    assert story.proposal(id).phase == "annulled"
    assert phyle(story.state).face == ()


def test_withdrawing_one_challenge_leaves_the_other_standing():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("x"))
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    first, second = story.proposed(ben, _annul(id)), story.proposed(cleo, _annul(id))
    story.act(ben, "withdraw", proposal=first)
    assert story.proposal(id).phase == "stayed"
    story.act(cleo, "withdraw", proposal=second)
    assert story.proposal(id).phase == "passed"
    story.later(days=2)
    assert story.proposal(id).phase == "executed"


def test_a_challenge_after_the_window_stays_nothing():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, _face("x"))
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    first = story.proposed(ben, _annul(id))
    story.later(days=4)
    assert story.proposal(id).phase == "stayed"
    story.proposed(cleo, _annul(id))
    story.later(days=1)
    assert story.proposal(first).phase == "failed"
    assert story.proposal(id).phase == "executed"


def test_a_second_call_has_its_own_quorum_and_the_same_text():
    story = Story()
    text = charter(
        power(
            "Resolve",
            quorum='"at least 3"',
            second_call_quorum="at least 1",
            second_call_days=4,
            deliberation_days=2,
            ballot_days=3,
        )
    )
    ann, _ben, _cleo = story.founded(text)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    assert story.proposal(id).second_call
    with pytest.raises(Refused, match="frozen"):
        story.act(ann, "revise", **_revised(story, id))
    with pytest.raises(Refused, match="once it is voted on"):
        story.act(ann, "withdraw", proposal=id)
    story.later(days=4)
    assert story.proposal(id).round == 2
    story.vote(ann, f"{id}.2", {"paper": "for"})
    assert story.finished(id) == "executed"


def test_a_second_call_is_not_for_what_was_lost():
    story = Story()
    text = charter(power("Resolve", second_call_quorum="at least 1", second_call_days=4))
    ann, _ben, _ = story.founded(text)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "against"})
    assert story.finished(id) == "failed"


def test_consent_is_looked_at_again():
    story = Story()
    text = charter(power("Resolve", '"no standing objection"', override="none", review_days=30))
    ann, ben, cleo = story.founded(text)
    id = story.proposed(ann, RESOLVE)
    assert story.decided(id, [ann, ben, cleo]) == "executed"
    story.later(days=31)
    assert any(read_entry(leaf).kind == "look_again" for leaf in story.leaves)


def test_what_an_amendment_made_impossible_is_sent_back_with_the_reason():
    story = Story()
    many = power("Resolve", deliberation_days=60, methods=["yesno", "approval"])
    ann, ben, cleo = story.founded(charter(many))
    options = [{"label": "A", "effects": [RESOLVE]}, {"label": "Stay"}]
    id = story.proposed(ann, options=options, method="approval")
    new = story.keep(charter(many.replace(', "approval"', "")).encode())
    amend = {"kind": "Amend", "arguments": {"charter": new, "amends": phyle(story.state).charter}}
    assert story.decided(story.proposed(ben, amend), [ann, ben, cleo]) == "executed"
    story.later(days=60)
    assert story.proposal(id).phase == "sent_back"
    assert "no longer lets this be decided by approval" in story.proposal(id).why
    assert story.proposal(id).round == 0


def test_who_declares_an_interest_is_not_on_the_roll():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    story.act(cleo, "declare_interest", proposal=id, interest=story.seal("It is my land."))
    with pytest.raises(Refused, match="not be on the roll already"):
        story.act(cleo, "declare_interest", proposal=id, interest=story.seal("again"))
    ballot = story.to_ballot(id)
    assert story.ballot(ballot).rolls[0].eligible == 2
    with pytest.raises(Refused, match="not on the roll"):
        story.vote(cleo, ballot, {"paper": "for"})
    with pytest.raises(Refused, match="roll is frozen"):
        story.act(ben, "declare_interest", proposal=id, interest=story.seal("Late."))


def test_its_author_says_what_came_of_a_decision():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    dan = story.admitted(ann, ben)
    id = story.proposed(ann, RESOLVE)
    text = story.keep(b"It went well.")
    with pytest.raises(Refused, match="when it is decided"):
        story.act(ann, "outcome", proposal=id, text=text)
    story.decided(id, [ann, ben, cleo])
    with pytest.raises(Refused, match="Its author"):
        story.act(dan, "outcome", proposal=id, text=text)
    story.act(ann, "outcome", proposal=id, text=text)
    assert story.proposal(id).outcome == text


def test_an_amendment_that_changes_nothing_says_so():
    story = Story()
    people = story.founded(SIMPLE)
    same = phyle(story.state).charter
    amend = {"kind": "Amend", "arguments": {"charter": same, "amends": same}}
    with pytest.raises(Unprocessable, match="nothing to decide"):
        story.proposed(people[0], amend)
