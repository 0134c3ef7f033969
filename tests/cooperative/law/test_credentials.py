"""Credentials hold offline as of their checkpoint, and nothing in them can be changed."""

import copy
from typing import Any

import pytest

from phyle.cooperative.law.credentials import credential, still, verify
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.tree import hashing, tiles
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.logged import Logged
from phyle.errors import Refusal, Refused, Unproven
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import HOST, ORIGIN, Person, Story, key


def logged(story: Story, index: int, log: int = 2) -> Logged:
    hashes = hashing.leaves(story.leaves)
    note = Checkpoint(ORIGIN, len(hashes), hashing.root(hashes)).note().signed(Signer(ORIGIN, Kind.ED25519, key(log)))
    return Logged(index, tuple(tiles.inclusion_proof(index, len(hashes), tiles.built(hashes))), note)


def issued(story: Story, person: Person) -> dict[str, Any]:
    index = story.member(person).entry
    return credential(
        story.state,
        person.id,
        actor=f"https://{person.via}/ada",
        issuer=f"https://{HOST}/actor",
        leaf=story.leaves[index],
        logged=logged(story, index),
        key=story.host,
        at=story.now,
    )


def check(story: Story, document: Any, at: int = 0) -> Any:
    here = phyle(story.state)
    return verify(document, credential_key=here.credential_key, log_key=here.log_key, at=at or story.now)


def people() -> tuple[Story, list[Person]]:
    """A founder, one by vouching, one by decision, one back from a lapse."""
    story = Story()
    founders = story.founded(charter(membership="probation_days = 10\nlapse_days = 60"), founders=5)
    vouched = story.admitted(*founders[:3], days=11)
    decided = story.admitted(founders[0], via="b.test")
    proposal = story.proposed(founders[0], {"kind": "Admit", "arguments": {"member": decided.id}})
    assert story.decided(proposal, founders[:4]) == "executed"
    story.later(days=100)
    story.act(founders[4], "return")
    for each in (founders[0], vouched, decided):
        story.act(each, "return")
    return story, [founders[0], founders[4], vouched, decided]


def test_it_holds_for_everybody_however_they_came() -> None:
    story, them = people()
    for each in them:
        found = check(story, issued(story, each))
        assert found.subject.member == each.id
        assert found.subject.id == f"https://{each.via}/ada"
        assert found.size == len(story.leaves)
        assert found.until == story.now // 1000 * 1000 + 90 * DAY
        assert not found.self_attested
        assert still(story.state, found) is None


def test_founders_and_newcomers_before_any_lapse() -> None:
    story = Story()
    founders = story.founded(charter(membership="probation_days = 10"), founders=5)
    vouched = story.admitted(*founders[:2], days=11)
    assert check(story, issued(story, founders[3])).self_attested
    assert check(story, issued(story, vouched)).index == story.member(vouched).entry
    waiting = story.admitted(*founders[:3])
    with pytest.raises(Refused, match="probation"):
        issued(story, waiting)


def test_what_became_of_the_member_later_the_ledger_says() -> None:
    story, them = people()
    document = issued(story, them[0])
    story.act(them[0], "exit")
    assert still(story.state, check(story, document)) == "The member's standing is: exited."


def test_it_expires_after_ninety_days() -> None:
    story, them = people()
    document = issued(story, them[0])
    check(story, document, story.now + 89 * DAY)
    with pytest.raises(Refused, match="expired"):
        check(story, document, story.now + 91 * DAY)
    with pytest.raises(Unproven):
        check(story, document, story.now - DAY)


@pytest.mark.threat("I6")
def test_nothing_in_it_can_be_changed() -> None:
    story, them = people()
    document = issued(story, them[0])
    for path in (
        ("validUntil",),
        ("issuer",),
        ("phyle:selfAttested",),
        ("credentialSubject", "id"),
        ("credentialSubject", "phyle:member"),
        ("credentialSubject", "phyle:ledger"),
        ("phyle:evidence", "phyle:entry"),
        ("phyle:evidence", "phyle:logged"),
        ("proof", "created"),
        ("proof", "proofValue"),
    ):
        forged = copy.deepcopy(document)
        place: Any = forged
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = (not value) if isinstance(value, bool) else value.replace("a", "b", 1).replace("2", "3", 1)
        assert forged != document
        with pytest.raises(Refusal):
            check(story, forged)


@pytest.mark.threat("I6")
def test_the_credential_key_alone_makes_no_member() -> None:
    """Whoever has that key, but not the log's, can sign what they like: the entry must stand in the ledger."""
    story, them = people()
    index = story.member(them[0]).entry
    here = phyle(story.state)
    made = {"actor": "https://x.test/a", "issuer": "https://a.test/actor", "key": story.host, "at": story.now}
    forged = credential(story.state, them[0].id, leaf=story.leaves[index], logged=logged(story, index, 9), **made)
    with pytest.raises(Unproven):
        check(story, forged)
    with pytest.raises(Refused, match="not the one"):
        credential(story.state, them[0].id, leaf=story.leaves[1], logged=logged(story, 1), **made)
    real = issued(story, them[0])
    with pytest.raises(Unproven, match="another key"):
        verify(real, credential_key=here.log_key, log_key=here.log_key, at=story.now)
