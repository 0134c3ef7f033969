"""Lost papers: the ballot fails and says why; nobody gives papers up that can be counted, or not yet."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.losses import LOST
from phyle.errors import Refused
from tests.cooperative.audit.memories import remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.losing import close, lose, losses
from tests.cooperative.law.stories import Story, replayed


def test_a_ballot_whose_papers_are_lost_fails_and_says_why() -> None:
    story = losses()
    decided = [entry for leaf in story.leaves if (entry := read_entry(leaf)).kind == "decide"]
    assert [(entry.payload["passed"], entry.payload["why"][0] == LOST) for entry in decided] == [
        (False, True),
        (True, False),
    ]
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_papers_are_given_up_only_when_they_should_be_counted() -> None:
    story = Story()
    people = story.founded(charter())
    ballot = story.to_ballot(story.proposed(people[0], {"kind": "Resolve", "arguments": {}}))
    other = story.to_ballot(story.proposed(people[0], {"kind": "Resolve", "arguments": {}}))
    story.vote(people[0], ballot, {"paper": "for"})
    with pytest.raises(Refused, match="not before"):
        story.host_act("lose_papers", ballot=ballot)
    close(story, ballot)
    with pytest.raises(Refused, match="not before"):
        lose(story, other)
    story.due()
    with pytest.raises(Refused, match="not after"):
        story.host_act("lose_papers", ballot=ballot)


def test_an_audit_says_on_whose_word_the_papers_are_lost() -> None:
    story = losses()
    found = audit(remembered(story))
    assert found.sound
    assert found.decisions[0].hosts == ("a.test",)
