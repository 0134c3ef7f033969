"""Early close: only when nothing can change the outcome, shown by the papers themselves."""

import pytest

from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.sheets import sheet_hash
from phyle.errors import Refused
from tests.cooperative.law.clauses import DELEGATING, FINAL, SIMPLE, charter, power
from tests.cooperative.law.stories import Story, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}


def close(story, ballot):
    story.open_sheet(ballot)
    return story.host_act("close_early", ballot=ballot, sheet=sheet_hash(story.state.sheet(ballot)))


def test_a_ballot_closes_early_once_the_outcome_is_certain():
    story = Story()
    people = story.founded(FINAL, 5)
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    for person in people[:2]:
        story.vote(person, ballot, {"paper": "for"})
    with pytest.raises(Refused, match="still depends"):
        close(story, ballot)
    story.vote(people[2], ballot, {"paper": "for"})
    close(story, ballot)
    assert story.proposal(id).phase == "passed"
    assert story.ballot(ballot).closes == story.now
    with pytest.raises(Refused, match="closed"):
        story.vote(people[3], ballot, {"paper": "against"})
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_only_final_papers_close_a_ballot_early():
    story = Story()
    people = story.founded(SIMPLE, 3)
    ballot = story.to_ballot(story.proposed(people[0], RESOLVE))
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    with pytest.raises(Refused, match="makes final"):
        close(story, ballot)


def test_the_sheet_must_be_the_papers():
    story = Story()
    people = story.founded(FINAL, 3)
    ballot = story.to_ballot(story.proposed(people[0], RESOLVE))
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    story.open_sheet(ballot)
    with pytest.raises(Refused, match="not the sheet"):
        story.host_act("close_early", ballot=ballot, sheet="0" * 64)


def test_a_loss_is_certain_only_when_no_second_call_can_follow():
    text = charter(
        power("Resolve", quorum='"at least 4"', second_call_quorum="at least 1", second_call_days=4, final=True)
    )
    story = Story()
    people = story.founded(text, 5)
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    for person in people[:3]:
        story.vote(person, ballot, {"paper": "against"})
    with pytest.raises(Refused, match="still depends"):
        close(story, ballot)
    story.vote(people[3], ballot, {"paper": "against"})
    close(story, ballot)
    assert story.proposal(id).phase == "failed"


def test_lent_votes_are_open_until_the_close():
    story = Story()
    text = DELEGATING.replace("delegation = true", "delegation = true\nfinal = true")
    people = story.founded(text, 5)
    for person in people[1:3]:
        story.act(person, "delegate", to=people[0].id)
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(people[0], ballot, {"paper": "for"})
    with pytest.raises(Refused, match="still depends"):
        close(story, ballot)
    story.later(days=3)
    assert story.proposal(id).phase == "passed"
    assert story.ballot(ballot).counts[0].for_ == 3
    assert next(e for e in map(read_entry, story.leaves) if e.kind == "close").payload["carried"] == 2
