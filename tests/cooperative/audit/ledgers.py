"""Stories that audits are told."""

from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story


def decided(via: str = "b.test") -> Story:
    """Three found; a fourth, known by another host, applies and is admitted by decision."""
    story = Story()
    founders = story.founded(charter())
    newcomer = story.admitted(founders[0], via=via)
    proposal = story.proposed(founders[1], {"kind": "Admit", "arguments": {"member": newcomer.id}})
    assert story.decided(proposal, founders) == "executed"
    return story


def long(entries: int) -> Story:
    """As many entries and a few more, most of them votes."""
    story = Story()
    people = story.founded(charter(), founders=40)
    while len(story.leaves) < entries:
        proposal = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
        story.decided(proposal, people)
    return story
