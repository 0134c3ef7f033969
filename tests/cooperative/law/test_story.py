"""A short life: founding, admission, a decision that executes itself; and the leaves alone say the same."""

from phyle.cooperative.law.phyles import phyle
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story, replayed


def test_three_found_and_a_fourth_is_admitted_by_vouching() -> None:
    story = Story()
    founders = story.founded(charter())
    assert story.phase == "active"
    newcomer = story.admitted(*founders[:2], days=11)
    assert story.member(newcomer).standing == "member"
    assert phyle(story.state).electors == 4


def test_a_decision_executes_itself_and_the_leaves_alone_say_the_same() -> None:
    story = Story()
    founders = story.founded(charter())
    newcomer = story.admitted(founders[0])
    proposal = story.proposed(founders[1], {"kind": "Admit", "arguments": {"member": newcomer.id}})
    assert story.decided(proposal, founders) == "executed"
    assert story.member(newcomer).standing == "member"
    assert list(replayed(story).everything()) == list(story.state.everything())
