"""Stories in which the host has lost papers, and says so when they should be counted."""

from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.phyles import next_item
from phyle.cooperative.law.table import LAW
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story


def close(story: Story, ballot: str) -> None:
    """Let time pass until the papers should be counted."""
    story.now = max(story.now, story.ballot(ballot).closes)
    while (item := next_item(story.state)) is not None and (item.kind, item.id) != ("tally", ballot):
        entry = LAW.due(story.state, story.now)
        assert entry is not None
        story.leaves.append(LAW.enter(story.state, entry))


def lose(story: Story, ballot: str) -> None:
    """The host cannot open the papers."""
    document = story.document(story.host, "host", "lose_papers", {"ballot": ballot})
    entry = LAW.decide(story.state, document, received=story.now, at=story.now, author="host")
    story.leaves.append(LAW.enter(story.state, entry))
    assert read_entry(story.leaves[-1]) == entry
    story.due()


def losses() -> Story:
    """A ballot whose papers are lost, and another one after it."""
    story = Story()
    people = story.founded(charter())
    first = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(first)
    for person in people:
        story.vote(person, ballot, {"paper": "for"})
    close(story, ballot)
    lose(story, ballot)
    story.decided(story.proposed(people[0], {"kind": "Resolve", "arguments": {}}), people)
    return story
