"""Row I: strangers by the thousand, forged introductions, and hosts that speak for others, give nobody a vote."""

from itertools import pairwise

import pytest

from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refusal, Refused, Unproven
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person, Story, key, replayed


def founded() -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(charter(membership="probation_days = 10"), founders=5)


@pytest.mark.threat("I2")
def test_applicants_from_throw_away_hosts_change_no_roll_and_no_threshold() -> None:
    story, founders = founded()
    crowd = []
    for number in range(300):
        stranger = story.person(via=f"{number}.throw.away", custody="none" if number % 2 else "server")
        story.act(stranger, "apply", **stranger.introduction())
        crowd.append(stranger)
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    assert story.ballot(ballot).rolls[0].eligible == 5
    for stranger in crowd:
        with pytest.raises(Refused, match="roll"):
            story.vote(stranger, ballot, {"paper": "against"})
    for first, second in pairwise(crowd[:40]):
        with pytest.raises(Refused, match="past probation"):
            story.act(first, "vouch", member=second.id)
    story.vote(founders[0], ballot, {"paper": "for"})
    assert story.finished(proposal) == "executed"
    assert (story.ballot(ballot).papers, phyle(story.state).electors) == (1, 5)
    assert list(replayed(story).everything()) == list(story.state.everything())


@pytest.mark.threat("I6")
def test_nobody_is_introduced_by_another_and_no_key_is_taken() -> None:
    story, founders = founded()
    victim, forger = story.person(via="good.test"), key(6666)
    told = victim.introduction()
    for signed in (forger, founders[0].key, story.host):
        with pytest.raises(Unproven):
            story.act(Person(id=victim.id, key=signed, via="good.test"), "apply", **told)
    other = story.person()
    with pytest.raises(Refusal):
        story.act(other, "apply", **told)
    known = {**story.person().introduction(), "member": founders[0].id}
    with pytest.raises(Refused, match="known here already"):
        story.act(founders[0], "rebind", old=founders[0].id, **known)


@pytest.mark.threat("I6")
def test_no_host_speaks_for_those_who_hold_their_own_key_or_have_an_account_here() -> None:
    story, founders = founded()
    holder = story.admitted(*founders[:3], days=11, custody="member", via="far.test")
    assert holder.id in electors(story.state)
    ballot = story.to_ballot(story.proposed(founders[0], {"kind": "Resolve", "arguments": {}}))
    for target in (holder, founders[1]):
        with pytest.raises(Unproven):
            story.attested(target.id, "vote", ballot=ballot, choice=story.seal({"paper": "for"}))
        with pytest.raises(Unproven):
            story.attested(target.id, "exit")
    newcomer = story.person(via="far.test")
    with pytest.raises(Unproven):
        story.attested(newcomer.id, "apply", **newcomer.introduction())


@pytest.mark.threat("I6")
def test_the_host_admits_nobody() -> None:
    story, founders = founded()
    newcomer = story.admitted(founders[0])
    for kind, payload in (
        ("vouch", {"member": newcomer.id}),
        ("apply_again", {}),
        ("return", {}),
        ("found", {"charter": "0" * 64, "founders": [newcomer.id]}),
    ):
        for act in (story.host_act, story.operator_act):
            with pytest.raises(Refused, match="cannot do this"):
                act(kind, **payload)
    assert newcomer.id not in electors(story.state)


@pytest.mark.threat("I6")
def test_nothing_is_attested_that_nobody_could_verify() -> None:
    """A poll vote from another phyle rests on a request: without its server's key in the register it is none."""
    story, founders = founded()
    there = story.person(via="b.test")
    told = there.introduction()
    bare = {**told, "identity": {"actor": told["identity"]["actor"]}}
    story.act(there, "apply", **bare)
    for voucher in founders[:3]:
        story.act(voucher, "vouch", member=there.id)
    story.later(days=11)
    ballot = story.to_ballot(story.proposed(founders[0], {"kind": "Resolve", "arguments": {}}))
    vote = {"ballot": ballot, "choice": story.seal({"paper": "for"}), "poll": True}
    with pytest.raises(Unproven, match="public key"):
        story.attested(there.id, "vote", **vote)
    with pytest.raises(Unproven, match="word of a host"):
        story.attested(there.id, "pin", pinned=story.seal("ours"))
    story.act(there, "pin", pinned=story.seal("theirs"))
    story.attested(there.id, "vote", **vote)
    with pytest.raises(Refused, match="Nothing is attested"):
        story.act(founders[0], "pin", pinned=story.seal("x"))
