"""Steps that the lives of phyles have in common: a decision by all who may, a draw by those who commit and reveal."""

from typing import Any

from phyle.cooperative.law.ballots import ids_of
from phyle.cooperative.law.draws import digest_of
from tests.cooperative.law.stories import Person, Story

SECRET = "0f" * 16


def effect(kind: str, /, **arguments: Any) -> dict[str, Any]:
    return {"kind": kind, "arguments": arguments}


def decide(story: Story, people: list[Person], *effects: dict[str, Any], answer: str = "for") -> str:
    """A decision by all who may; how it ended."""
    return carried(story, people, story.proposed(people[0], *effects, sponsors=people[1:2]), answer)


def carried(story: Story, people: list[Person], proposal: str, answer: str = "for") -> str:
    """All who may vote on a proposal; how it ended."""
    roll = ids_of(story.state, story.ballot(story.to_ballot(proposal)).rolls[0].roll)
    return story.decided(proposal, [each for each in people if each.id in roll], answer)


def drawn(story: Story, people: list[Person], draw: str) -> None:
    for each in people:
        story.act(each, "commit_secret", draw=draw, digest=digest_of(draw, each.id, SECRET))
    story.later(days=2)
    for each in people:
        story.act(each, "reveal_secret", draw=draw, secret=SECRET)
