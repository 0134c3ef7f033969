"""What is erased as an entry says, or for members only, is unseen and no fault; what is hidden without cause is."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law.ballots import Paper
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story


def papers(story: Story, ballot: str) -> list[str]:
    """The commitments of a ballot's papers."""
    return [commitment for _, paper in story.state.all(Paper, ballot) for commitment in paper.counted]


@pytest.fixture
def story() -> Story:
    """More than a year after a decision."""
    story = decided()
    story.later(days=400)
    return story


def test_papers_that_were_erased(story: Story) -> None:
    ledger = remembered(story)
    (ballot,) = ledger.sheets
    entry = story.host_act("erase", commitments=papers(story, ballot), reason=story.seal("A year has passed."))
    erased = remembered(story)
    erased.sheets.clear()
    found = audit(erased)
    assert found.sound, found.findings
    assert [note.outcome for note in found.notes] == ["erased"]
    assert f"entry {entry.seq}" in found.notes[0].sentence
    assert found.decisions[0].uncounted
    assert "cannot be counted again" in "\n".join(found.lines())


def test_papers_that_are_hidden(story: Story) -> None:
    hidden = remembered(story)
    hidden.sheets.clear()
    found = audit(hidden)
    assert [(it.outcome, it.what) for it in found.findings] == [("withheld", "papers")]


def test_papers_for_members() -> None:
    story = Story()
    founders = story.founded(charter().replace('ballots = "public"', 'ballots = "members"'))
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    story.decided(proposal, founders)
    ledger = remembered(story)
    ledger.sheets.clear()
    found = audit(ledger)
    assert found.sound, found.findings
    assert [note.outcome for note in found.notes] == ["members"]
    assert found.decisions[0].passed


def test_a_tally_of_hidden_papers_must_still_lead_to_its_decision() -> None:
    """Where nobody but members can count, the decision must follow from the count that was entered."""
    story = Story()
    founders = story.founded(charter().replace('ballots = "public"', 'ballots = "members"'))
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    story.decided(proposal, founders)
    ledger = remembered(story)
    ledger.sheets.clear()
    seq = next(seq for seq, leaf in enumerate(ledger.leaves) if b'"kind":"tally"' in leaf)
    ledger.leaves[seq] = ledger.leaves[seq].replace(b'"against":0', b'"against":9')
    ledger.tiled = False
    found = audit(ledger)
    assert found.findings[0].seq == seq + 1
    assert found.findings[0].what == "decide"
