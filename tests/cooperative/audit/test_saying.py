"""What a poll vote says must be what was counted."""

from dataclasses import replace
from typing import Any

import pytest

from phyle.conversation import polls
from phyle.cooperative import agora
from phyle.cooperative.audit.saying import LONGEST, WORDS, compare
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.errors import Unproven
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.law.stories import Story


@pytest.fixture(scope="module")
def story() -> Story:
    return decided()


def vote(story: Story, **payload: Any) -> ActEntry:
    found = next(entry for leaf in story.leaves if (entry := read_entry(leaf)).kind == "vote")
    assert isinstance(found, ActEntry)
    return replace(found, act=replace(found.act, payload={**found.act.payload, **payload}))


def said(name: Any, kind: str = "Create", what: str = "Note") -> dict[str, Any]:
    return {"type": kind, "object": {"type": what, "name": name, "inReplyTo": "https://a.test/posts/1"}}


def test_the_words_are_those_of_the_polls() -> None:
    assert WORDS == agora.ANSWERS
    assert LONGEST == polls.LONGEST_OPTION


@pytest.mark.parametrize(("words", "paper"), list(agora.ANSWERS.items()))
def test_an_answer(story: Story, words: str, paper: str) -> None:
    compare(story.state, vote(story), said(words), {"paper": paper})
    compare(story.state, vote(story), said(words), None)
    for other in set(agora.ANSWERS.values()) - {paper}:
        with pytest.raises(Unproven, match="not what was counted"):
            compare(story.state, vote(story), said(words), {"paper": other})


def test_an_approval(story: Story) -> None:
    assert story.state.get(Ballot, vote(story).act.payload["ballot"]) is not None
    compare(story.state, vote(story), said("Yes"), {"approve": [0]})
    for choice in ({"approve": []}, {"approve": [7]}, {"approve": ["Yes"]}):
        with pytest.raises(Unproven):
            compare(story.state, vote(story), said("Yes"), choice)
    with pytest.raises(Unproven):
        compare(story.state, vote(story, ballot="gone"), said("Yes"), {"approve": [0]})


@pytest.mark.parametrize(
    "activity", [said(None), said("Agree", "Like"), said("Agree", what="Article"), {}, {"type": []}]
)
def test_what_is_no_vote(story: Story, activity: dict[str, Any]) -> None:
    with pytest.raises(Unproven):
        compare(story.state, vote(story), activity, {"paper": "for"})
