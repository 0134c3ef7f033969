"""Audits of what only some ledgers have: early closes, draws, appeals, assemblies."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law.sheets import sheet_hash
from tests.cooperative.audit.memories import remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.lives import LIVES
from tests.cooperative.law.stories import Story


def closed_early(ballots: str = "public") -> Story:
    story = Story()
    people = story.founded(charter(more="final = true").replace('ballots = "public"', f'ballots = "{ballots}"'))
    id = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(id)
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    story.open_sheet(ballot)
    story.host_act("close_early", ballot=ballot, sheet=sheet_hash(story.state.sheet(ballot)))
    assert story.finished(id) == "executed"
    return story


@pytest.mark.parametrize("life", LIVES)
def test_nothing_that_any_life_enters_is_false(life: str) -> None:
    """Some of their blobs were never there, and their last log key signs no checkpoint here."""
    found = audit(remembered(LIVES[life]()))
    assert [each for each in found.findings if each.outcome == "false" and each.seq is not None] == []


def test_an_early_close_is_judged_by_the_papers_that_it_names() -> None:
    assert audit(remembered(closed_early())).findings == ()


def test_an_early_close_whose_papers_are_for_members_is_taken_as_the_count_is() -> None:
    ledger = remembered(closed_early("members"))
    ledger.sheets.clear()
    assert audit(ledger).findings == ()


def test_an_early_close_whose_papers_are_withheld_is_named_with_the_count() -> None:
    ledger = remembered(closed_early())
    ledger.sheets.clear()
    assert [found.outcome for found in audit(ledger).findings] == ["withheld"]
