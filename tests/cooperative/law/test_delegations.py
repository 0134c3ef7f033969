"""Delegation: lent votes, within a cap, never in a circle, and always their owner's."""

import pytest

from phyle.cooperative.law.entries import read_entry
from phyle.errors import Refused
from tests.cooperative.law.clauses import DELEGATING, SIMPLE
from tests.cooperative.law.stories import Story, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}
FACE = {"kind": "PublicFace", "arguments": {"what": "name", "value": "x"}}


def _counts(story, ballot):
    found = story.ballot(ballot).counts[0]
    return found.for_, found.against


def test_a_delegate_casts_a_paper_for_each_who_lent_their_vote():
    story = Story()
    ann, ben, cleo, dan = story.founded(DELEGATING, 4)
    story.act(ben, "delegate", to=ann.id)
    story.act(cleo, "delegate", to=ann.id, scope="Resolve")
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.vote(dan, ballot, {"paper": "against"})
    assert story.finished(id) == "executed"
    assert _counts(story, ballot) == (3, 1)
    closed = next(e for e in map(read_entry, story.leaves) if e.kind == "close")
    assert (closed.payload["voted"], closed.payload["carried"]) == (2, 2)
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_direct_vote_and_a_revocation_before_the_close_prevail():
    story = Story()
    ann, ben, cleo, dan = story.founded(DELEGATING, 4)
    for person in (ben, cleo):
        story.act(person, "delegate", to=ann.id)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.vote(ben, ballot, {"paper": "against"})
    story.act(cleo, "revoke_delegation")
    story.act(cleo, "delegate", to=dan.id)
    story.later(days=3)
    assert _counts(story, ballot) == (1, 1)


def test_who_lends_a_vote_after_the_opening_lends_it_for_the_next_ballot():
    story = Story()
    ann, ben, *_ = story.founded(DELEGATING, 4)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.act(ben, "delegate", to=ann.id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    assert _counts(story, ballot) == (1, 0)


def test_votes_go_on_until_somebody_uses_them():
    story = Story()
    ann, ben, cleo, _ = story.founded(DELEGATING, 4)
    story.act(ann, "delegate", to=ben.id)
    story.act(ben, "delegate", to=cleo.id)
    first = story.to_ballot(story.proposed(ann, RESOLVE))
    story.vote(cleo, first, {"paper": "for"})
    story.later(days=3)
    assert _counts(story, first) == (3, 0)
    second = story.to_ballot(story.proposed(ann, RESOLVE))
    story.vote(ben, second, {"paper": "against"})
    story.vote(cleo, second, {"paper": "for"})
    story.later(days=3)
    assert _counts(story, second) == (1, 2)


@pytest.mark.threat("I12")
def test_circles_are_refused():
    story = Story()
    ann, ben, cleo = story.founded(DELEGATING)
    with pytest.raises(Refused, match="circle"):
        story.act(ann, "delegate", to=ann.id)
    story.act(ann, "delegate", to=ben.id, scope="Resolve")
    story.act(ben, "delegate", to=cleo.id)
    with pytest.raises(Refused, match="circle"):
        story.act(cleo, "delegate", to=ann.id)
    story.act(ann, "revoke_delegation", scope="Resolve")
    story.act(cleo, "delegate", to=ann.id)
    with pytest.raises(Refused, match="circle"):
        story.act(ann, "delegate", to=ben.id, scope="Resolve")


def test_the_cap_counts_what_could_end_up_with_one_delegate():
    story = Story()
    people = story.founded(DELEGATING, 5)
    story.act(people[1], "delegate", to=people[0].id)
    story.act(people[2], "delegate", to=people[1].id)
    with pytest.raises(Refused, match="can hold 2 votes"):
        story.act(people[3], "delegate", to=people[0].id)
    with pytest.raises(Refused, match="can hold 2 votes"):
        story.act(people[3], "delegate", to=people[2].id)
    story.act(people[3], "delegate", to=people[4].id)


def test_no_delegation_where_the_charter_allows_none():
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    with pytest.raises(Refused, match="allows no delegation"):
        story.act(ann, "delegate", to=ben.id)


def test_what_the_charter_lets_nobody_lend_for_is_not_lent():
    story = Story()
    ann, ben, *_ = story.founded(DELEGATING, 4)
    story.act(ben, "delegate", to=ann.id)
    ballot = story.to_ballot(story.proposed(ann, FACE))
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=3)
    assert _counts(story, ballot) == (1, 0)


def test_a_vote_is_taken_back_once():
    story = Story()
    ann, ben, _ = story.founded(DELEGATING)
    story.act(ann, "delegate", to=ben.id)
    story.act(ann, "revoke_delegation")
    with pytest.raises(Refused, match="lent no vote"):
        story.act(ann, "revoke_delegation")
