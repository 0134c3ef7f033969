"""Lost papers: the ballot fails and says why; nobody gives papers up that can be counted, or not yet."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law import failing
from phyle.cooperative.law.entries import Consequence, read_entry
from phyle.cooperative.law.losses import LOST
from phyle.errors import Refused
from tests.cooperative.audit.memories import remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.losing import close, lose, losses
from tests.cooperative.law.stories import Story, replayed


def test_a_ballot_whose_papers_are_lost_fails_and_says_why() -> None:
    story = losses()
    entries = [read_entry(leaf) for leaf in story.leaves]
    decided = [entry for entry in entries if isinstance(entry, Consequence) and entry.kind == "decide"]
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


@pytest.mark.parametrize(("most", "phase"), [(300, "sent_back"), (700, "failed"), (60_000, "executed")])
def test_what_no_entry_can_hold_has_not_passed(monkeypatch: pytest.MonkeyPatch, most: int, phase: str) -> None:
    """A charter of many bodies could otherwise make a consequence that stops the ledger."""
    monkeypatch.setattr(failing, "MOST_BYTES", most)
    story = Story()
    people = story.founded(charter())
    options = [{"label": f"Option {n}", "effects": [{"kind": "Resolve", "arguments": {}}]} for n in range(9)]
    proposal = story.proposed(people[0], options=[*options, {"label": "No"}], method="approval", seats=9)
    if story.proposal(proposal).phase == "deliberation":
        story.notice(proposal)
    story.later(days=1, milliseconds=5)
    if story.proposal(proposal).phase == "balloting":
        for person in people:
            story.vote(person, f"{proposal}.1", {"approve": list(range(9))})
        story.finished(proposal)
    assert story.proposal(proposal).phase == phase
