"""Row I, in the law itself: ten thousand votes of all kinds, frozen rolls, seeds after the pool, and lent votes."""

import random
from typing import Any

import pytest

from phyle.cooperative.law.ballots import ids_of
from phyle.cooperative.law.draws import Draw, ranked
from phyle.cooperative.law.table import LAW
from phyle.errors import Refusal, Refused
from tests.cooperative.law.clauses import DELEGATING, SIMPLE
from tests.cooperative.law.stories import Person, Story, key, replayed
from tests.cooperative.law.test_draws import by_secrets, the_draw

ANSWERS = ("for", "against", "abstain", "block")


@pytest.mark.threat("I2")
@pytest.mark.threat("I3")
def test_ten_thousand_double_late_forged_and_foreign_votes_leave_an_independent_recount():
    chance = random.Random(7)
    story = Story()
    people = story.founded(SIMPLE, 40)
    strangers = [story.person(via=f"throwaway{number}.test") for number in range(200)]
    ballot = story.to_ballot(story.proposed(people[0], {"kind": "Resolve", "arguments": {}}))
    closes = story.ballot(ballot).closes
    last: dict[str, tuple[str, str]] = {}
    for _ in range(10_000):
        kind = chance.choice(("own", "own", "forged", "foreign", "expired", "elsewhere", "again", "late"))
        answer, poll = chance.choice(ANSWERS), chance.random() < 0.5
        person = chance.choice(strangers if kind == "foreign" else people)
        if _handed_in(story, ballot, kind, person, answer, poll, closes):
            how = "poll" if poll else "booth"
            assert kind in ("own", "again")
            assert not (poll and person.id in last)
            last[person.id] = (how, answer)
    story.later(milliseconds=closes - story.now)
    count = story.ballot(ballot).counts[0]
    said = [answer for _, answer in last.values()]
    expected = (said.count("for"), said.count("against") + said.count("block"), said.count("abstain"), 0)
    assert (count.for_, count.against, count.abstain, count.block) == expected
    assert len(last) == 40
    assert list(replayed(story).everything()) == list(story.state.everything())


def _handed_in(story: Story, ballot: str, kind: str, person: Person, answer: str, poll: bool, closes: int) -> bool:
    """Whether the law entered it."""
    payload: dict[str, Any] = {"ballot": ballot, "choice": story.seal({"paper": answer})}
    payload |= {"poll": True} if poll else {}
    signer = key(999_999) if kind == "forged" else person.key
    document = story.document(signer, person.id, "vote", payload)
    if kind == "elsewhere":
        document = {**document, "phyle": "b.test/ledger/1"}
    received = {"late": closes, "expired": document["expires"]}.get(kind, story.now)
    state = story.state
    try:
        entry = LAW.decide(state, document, received=received, at=received, author="server-key")
    except Refusal:
        return False
    story.leaves.append(LAW.enter(state, entry))
    return True


@pytest.mark.threat("I5")
def test_who_joins_after_the_opening_waits_and_who_is_suspended_keeps_the_vote():
    story = Story()
    people = story.founded(SIMPLE, 6)
    newcomer = story.admitted(*people[:3], days=9)
    suspending = story.proposed(people[0], {"kind": "Suspend", "arguments": {"member": people[5].id}})
    first = story.to_ballot(suspending)
    for person in people[:4]:
        story.vote(person, first, {"paper": "for"})
    story.later(days=1)
    ballot = story.to_ballot(story.proposed(people[0], {"kind": "Resolve", "arguments": {}}))
    roll = ids_of(story.state, story.ballot(ballot).rolls[0].roll)
    story.later(days=2)
    assert story.member(people[5]).standing == "suspended"
    story.vote(people[5], ballot, {"paper": "against"})
    if newcomer.id not in roll:
        with pytest.raises(Refused, match="not on the roll"):
            story.vote(newcomer, ballot, {"paper": "for"})
    assert story.ballot(ballot).rolls[0].eligible == len(roll)


@pytest.mark.threat("I8")
def test_no_seed_is_known_before_the_pool_is_entered():
    story = Story()
    people = story.founded(SIMPLE, 5)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    id, draw = the_draw(story)
    assert draw.seed is None
    pool = draw.pool
    assert story.state.require(Draw, by_secrets(story, people[1], people[2])).pool == pool
    drawn = story.state.require(Draw, id)
    assert list(drawn.taken) == ranked(drawn.seed, sorted(person.id for person in people))[:2]


@pytest.mark.threat("I12")
def test_no_circle_of_lent_votes_and_no_delegate_above_the_cap():
    story = Story()
    people = story.founded(DELEGATING, 5)
    for one, other in ((0, 1), (1, 2)):
        story.act(people[one], "delegate", to=people[other].id)
    for one, other, why in ((2, 0, "circle"), (3, 2, "can hold 2"), (3, 0, "can hold 2")):
        with pytest.raises(Refused, match=why):
            story.act(people[one], "delegate", to=people[other].id)
