"""Assemblies: who calls them, notice, agenda, attendance, quorum, second call and minutes."""

import pytest

from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.kinds import DAY, HOUR
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.spelling import spell
from phyle.errors import Refused
from tests.cooperative.law.clauses import charter, power
from tests.cooperative.law.stories import Story, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}
ASSEMBLY = (
    '\n[assembly]\nnotice_days = 7\nrequisition = "at least 1/2 of eligible"\nquorum = "at least 1/2 of eligible"\n'
    'second_call_quorum = "at least 1"\nsecond_call_days = 5\nordinary_every_days = 100\n'
)
MEETING = charter(ASSEMBLY)


def invitation(story, days=8, hours=3, **more):
    opens = story.now + days * DAY
    return {
        "assembly": story.new_id(),
        "title": "Spring",
        "text": story.keep(b"Come."),
        "opens": opens,
        "closes": opens + hours * HOUR,
        **more,
    }


def called(story, by, kind="ordinary", **more):
    invited = invitation(story, kind=kind, **more)
    story.act(by, "call_assembly", **invited)
    return invited["assembly"]


def notice(story, id):
    evidence = story.keep(spell(dict.fromkeys(electors(story.state), "delivered")))
    story.host_act("assembly_noticed", assembly=id, evidence=evidence)


def held(story, id):
    return story.state.require(Assembly, id)


def opened(story, id):
    story.later(milliseconds=held(story, id).opens - story.now)


def closed(story, id):
    story.later(milliseconds=held(story, id).closes - story.now)


def test_an_assembly_votes_on_its_agenda_and_leaves_minutes_that_are_approved():
    story = Story()
    people = story.founded(MEETING, 4)
    proposal = story.proposed(people[1], RESOLVE)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    notice(story, id)
    opened(story, id)
    assert held(story, id).phase == "open"
    ballot = f"{proposal}.1"
    assert story.ballot(ballot).closes == held(story, id).closes
    story.act(people[2], "attend", assembly=id)
    with pytest.raises(Refused, match="there already"):
        story.act(people[2], "attend", assembly=id)
    story.vote(people[1], ballot, {"paper": "for"})
    closed(story, id)
    assert (held(story, id).came, held(story, id).quorate) == (2, True)
    assert story.proposal(proposal).phase == "passed"
    story.later(days=3)
    assembly = held(story, id)
    assert assembly.phase == "minuted"
    text = story.state.blob(assembly.minutes).decode()
    for part in (
        "Ordinary assembly: Spring",
        people[1].id,
        "- There: 2",
        "for 1, against 0",
        "challenged",
        "Quorum: met",
    ):
        assert part in text
    approve = story.proposed(people[0], {"kind": "Resolve", "arguments": {"text": assembly.minutes}})
    assert story.decided(approve, people) == "executed"
    assert held(story, id).phase == "approved"
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_without_a_quorum_nothing_passes_and_the_assembly_meets_again():
    story = Story()
    people = story.founded(MEETING, 4)
    proposal = story.proposed(people[1], RESOLVE)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    notice(story, id)
    opened(story, id)
    story.vote(people[1], f"{proposal}.1", {"paper": "for"})
    closed(story, id)
    assembly = held(story, id)
    assert (assembly.phase, assembly.second_call, assembly.opens) == ("called", True, story.now + 5 * DAY)
    assert story.proposal(proposal).phase == "deliberation"
    opened(story, id)
    story.vote(people[1], f"{proposal}.2", {"paper": "for"})
    closed(story, id)
    assert held(story, id).quorate
    assert story.proposal(proposal).phase == "passed"


def test_nobody_at_the_second_call_is_the_end():
    story = Story()
    people = story.founded(MEETING, 4)
    proposal = story.proposed(people[1], RESOLVE)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    notice(story, id)
    story.later(days=20)
    assert held(story, id).phase == "minuted"
    assert not held(story, id).quorate
    assert story.proposal(proposal).phase == "failed"
    assert "Quorum: not met" in story.state.blob(held(story, id).minutes).decode()


def test_without_notice_an_assembly_lapses_and_its_agenda_goes_its_own_way():
    story = Story()
    people = story.founded(MEETING, 4)
    proposal = story.proposed(people[1], RESOLVE)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    story.later(days=2)
    with pytest.raises(Refused, match="Notice must be given 7 days"):
        notice(story, id)
    story.later(days=7)
    assert held(story, id).phase == "lapsed"
    assert story.proposal(proposal).phase == "balloting"


def test_who_calls_an_assembly_and_when():
    story = Story()
    people = story.founded(MEETING, 6)
    dan = story.admitted(*people[:3], days=11)
    with pytest.raises(Refused, match="scope assembly"):
        called(story, dan)
    with pytest.raises(Refused, match="7 days before"):
        called(story, people[0], days=6)
    with pytest.raises(Refused, match="within 31 days"):
        called(story, people[0], hours=24 * 32)
    id = called(story, people[0])
    with pytest.raises(Refused, match="Only who called it"):
        story.act(people[1], "cancel_assembly", assembly=id)
    story.act(people[0], "cancel_assembly", assembly=id)
    story.later(days=30)
    assert held(story, id).phase == "cancelled"


def test_a_share_of_the_members_has_one_called():
    story = Story()
    people = story.founded(MEETING, 4)
    invited = invitation(story)
    story.act(people[3], "ask_assembly", **invited)
    id = invited["assembly"]
    assert held(story, id).phase == "asked"
    with pytest.raises(Refused, match="asked for it already"):
        story.act(people[3], "join_asking", assembly=id)
    story.act(people[2], "join_asking", assembly=id)
    assert held(story, id).phase == "called"
    with pytest.raises(Refused, match="others asked for"):
        story.act(people[3], "cancel_assembly", assembly=id)
    notice(story, id)
    opened(story, id)
    assert (held(story, id).phase, held(story, id).kind) == ("open", "extraordinary")


def test_nobody_prevents_the_ordinary_assembly_by_not_calling_it():
    story = Story()
    people = story.founded(MEETING, 3)
    dan = story.admitted(people[0], people[1], days=11)
    story.later(days=90)
    assert any(read_entry(leaf).kind == "ordinary" for leaf in story.leaves)
    with pytest.raises(Refused, match="scope assembly"):
        called(story, dan, "extraordinary")
    id = called(story, dan)
    notice(story, id)
    opened(story, id)
    for person in people:
        story.act(person, "attend", assembly=id)
    closed(story, id)
    with pytest.raises(Refused, match="scope assembly"):
        called(story, dan)


def test_what_can_be_on_an_agenda():
    story = Story()
    people = story.founded(MEETING, 4)
    id = called(story, people[0])
    proposal = story.proposed(people[1], RESOLVE)
    dan = story.admitted(people[0], people[1])
    with pytest.raises(Refused, match="Only its author"):
        story.act(dan, "put_on_agenda", assembly=id, proposal=proposal)
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    with pytest.raises(Refused, match="on an agenda already"):
        story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    with pytest.raises(Refused, match="of the assembly"):
        story.notice(proposal)
    late = story.proposed(people[1], RESOLVE)
    notice(story, id)
    with pytest.raises(Refused, match="agenda is fixed"):
        story.act(people[1], "put_on_agenda", assembly=id, proposal=late)
    options = [{"label": "Yes", "effects": [RESOLVE]}]
    with pytest.raises(Refused, match="notice was given of the assembly"):
        story.act(people[1], "revise", proposal=proposal, title="New", text=story.keep(b"x"), options=options)


def test_a_proposal_whose_own_notice_is_too_short_goes_its_own_way():
    story = Story()
    people = story.founded(charter(ASSEMBLY, power("Resolve", notice_days=20)), 4)
    proposal = story.proposed(people[1], RESOLVE)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    notice(story, id)
    opened(story, id)
    assert story.proposal(proposal).phase == "deliberation"
    assert story.proposal(proposal).assembly is None
    story.later(days=13)
    assert story.proposal(proposal).phase == "balloting"


def test_only_who_was_on_the_roll_attends():
    story = Story()
    people = story.founded(MEETING, 4)
    dan = story.admitted(people[0], people[1])
    id = called(story, people[0])
    with pytest.raises(Refused, match="not open"):
        story.act(people[0], "attend", assembly=id)
    notice(story, id)
    opened(story, id)
    with pytest.raises(Refused, match="not on the roll"):
        story.act(dan, "attend", assembly=id)


def test_nobody_calls_an_assembly_for_a_day_that_no_calendar_has():
    story = Story()
    people = story.founded(MEETING, 4)
    with pytest.raises(Refused, match="two years"):
        called(story, people[0], days=740)
    with pytest.raises(Refused, match="two years"):
        story.act(people[0], "ask_assembly", **{**invitation(story), "opens": 2**53 - 2 * HOUR, "closes": 2**53 - 1})
    called(story, people[0], days=730)


def test_what_becomes_a_draft_again_leaves_the_agenda_when_the_assembly_opens():
    story = Story()
    people = story.founded(charter(ASSEMBLY, power("PublicFace", scope="name", sponsors=2)), 4)
    face = {"kind": "PublicFace", "arguments": {"what": "description", "value": "x"}}
    proposal = story.proposed(people[1], face)
    id = called(story, people[0])
    story.act(people[1], "put_on_agenda", assembly=id, proposal=proposal)
    name = {"kind": "PublicFace", "arguments": {"what": "name", "value": "x"}}
    changed = {"title": "Another", "text": story.keep(b"Why."), "options": [{"label": "Yes", "effects": [name]}]}
    story.act(people[1], "revise", proposal=proposal, **changed)
    assert story.proposal(proposal).phase == "draft"
    notice(story, id)
    opened(story, id)
    assert story.proposal(proposal).assembly is None
    story.act(people[2], "sponsor", proposal=proposal)
    assert story.decided(proposal, people) == "executed"
