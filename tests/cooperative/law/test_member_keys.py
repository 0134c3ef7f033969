"""Keys of members: rotation, moves, pinned keys of servers, rebinding, and the data that a register holds."""

from dataclasses import replace

import pytest

from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.law.register import Inspection
from phyle.errors import Malformed, Refused, Unproven
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Person, Story, key, replayed

CHARTER = charter(membership="probation_days = 10\nrebind_vouchers = 2\nrebind_delay_days = 7")
REGISTER = charter(**{'"moderation", "assembly"': '"moderation", "register"'})


def five(text: str = CHARTER) -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(text, founders=5)


def test_a_new_key_is_signed_for_by_the_old_and_by_itself() -> None:
    story, founders = five()
    ada = founders[0]
    new = replace(ada, key=key(700), custody="member")
    told = {"key": new.multikey, "custody": "member"}
    with pytest.raises(Unproven):
        story.act(ada, "rekey", **told, possession=prove(key(701), ORIGIN, ada.id))
    with pytest.raises(Unproven):
        story.act(ada, "rekey", **told, possession=prove(new.key, ORIGIN, founders[1].id))
    assert not phyle(story.state).proven
    story.act(ada, "rekey", **told, possession=prove(new.key, ORIGIN, ada.id))
    assert phyle(story.state).proven
    with pytest.raises(Unproven):
        story.act(ada, "exit")
    back = {"key": ada.multikey, "custody": "server"}
    with pytest.raises(Refused, match="in use here already"):
        story.act(new, "rekey", **back, possession=prove(ada.key, ORIGIN, ada.id))
    story.act(new, "exit")


@pytest.mark.threat("I6")
def test_the_word_of_a_host_changes_no_key() -> None:
    story, founders = five()
    there = story.admitted(*founders[:3], days=11, via="b.test")
    stolen = {"key": Person(id=there.id, key=key(800)).multikey, "custody": "server"}
    with pytest.raises(Unproven, match="word of a host"):
        story.attested(there.id, "rekey", **stolen, possession=prove(key(800), ORIGIN, there.id))


def test_a_membership_moves_with_the_account() -> None:
    story, founders = five()
    ada = founders[0]
    story.act(
        ada,
        "move",
        via="far.test",
        custody="none",
        identity={"actor": story.seal("https://far.test/ada"), "pinned": story.seal("a key")},
    )
    moved = story.member(ada)
    assert (moved.via, moved.custody, moved.key) == ("far.test", "none", None)
    assert phyle(story.state).proven
    assert phyle(story.state).electors == 5
    story.attested(ada.id, "pin", pinned=story.seal("another key"))
    assert story.member(ada).identity["pinned"] != moved.identity["pinned"]
    home = replace(ada, key=key(900))
    story.attested(
        ada.id,
        "move",
        via="a.test",
        custody="server",
        key=home.multikey,
        possession=prove(home.key, ORIGIN, ada.id),
        identity={"actor": story.seal("https://a.test/ada")},
    )
    assert "pinned" not in story.member(ada).identity
    story.act(home, "amend_identity", identity={"name": story.seal("Ada")})
    assert list(replayed(story).everything()) == list(story.state.everything())


def rebinding(story: Story, old: Person, *, seed: int = 1001) -> Person:
    """The same person under a new key, who asks to be known by it."""
    asking = Person(id=story.new_id(), key=key(seed), via="c.test")
    story.act(asking, "rebind", old=old.id, **asking.introduction())
    return asking


def test_whose_key_is_gone_is_known_again_after_vouching_and_a_delay() -> None:
    story, founders = five()
    lost = founders[4]
    asking = rebinding(story, lost)
    story.act(founders[0], "vouch_rebinding", rebinding=asking.id)
    with pytest.raises(Refused, match="vouched"):
        story.act(founders[0], "vouch_rebinding", rebinding=asking.id)
    with pytest.raises(Refused, match="about you"):
        story.act(lost, "vouch_rebinding", rebinding=asking.id)
    story.later(days=30)
    assert story.member(lost).key == lost.multikey
    story.act(founders[1], "vouch_rebinding", rebinding=asking.id)
    story.later(days=6)
    assert story.member(lost).key == lost.multikey
    story.later(days=2)
    assert story.member(lost).key == lost.multikey
    assert story.state.require(Rebinding, asking.id).phase == "waiting"
    effect = {"kind": "Rebind", "arguments": {"member": lost.id, "rebinding": asking.id}}
    assert story.decided(story.proposed(founders[0], effect), founders[:4]) == "executed"
    assert story.member(lost).key == asking.multikey
    with pytest.raises(Unproven):
        story.act(lost, "exit")
    story.act(Person(id=lost.id, key=asking.key, via="c.test"), "exit")
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_with_many_electors_a_rebinding_needs_no_decision() -> None:
    story = Story()
    founders = story.founded(CHARTER, founders=6)
    asking = rebinding(story, founders[5])
    for voucher in founders[:2]:
        story.act(voucher, "vouch_rebinding", rebinding=asking.id)
    story.later(days=8)
    assert story.member(founders[5]).key == asking.multikey
    assert story.member(founders[5]).tacit
    assert phyle(story.state).tacit == 1


@pytest.mark.parametrize("objector", [5, 4])
def test_the_old_key_or_any_member_can_object(objector: int) -> None:
    story = Story()
    founders = story.founded(CHARTER, founders=6)
    asking = rebinding(story, founders[5])
    for voucher in founders[:2]:
        story.act(voucher, "vouch_rebinding", rebinding=asking.id)
    if objector != 5:
        with pytest.raises(Refused, match="has a reason"):
            story.act(founders[objector], "object_rebinding", rebinding=asking.id)
    reason = {} if objector == 5 else {"reason": story.seal("I spoke to them yesterday.")}
    story.act(founders[objector], "object_rebinding", rebinding=asking.id, **reason)
    story.later(days=30)
    assert story.member(founders[5]).key == founders[5].multikey


def test_members_change_their_own_data_and_stewards_enter_shares() -> None:
    story, founders = five(REGISTER)
    ada = founders[0]
    before = story.member(ada).identity["actor"]
    story.act(ada, "amend_identity", identity={"name": story.seal("Ada"), "address": story.seal("Here 1")})
    assert story.member(ada).identity.keys() == {"actor", "name", "address"}
    for name in ("actor", "pinned", "shares"):
        with pytest.raises(Refused, match="not for you"):
            story.act(ada, "amend_identity", identity={name: story.seal("x")})
    assert story.member(ada).identity["actor"] == before
    story.act(founders[1], "enter_register", member=ada.id, identity={"shares": story.seal(3)})
    with pytest.raises(Refused, match="enters only"):
        story.act(founders[1], "enter_register", member=ada.id, identity={"name": story.seal("Bob")})
    newcomer = story.admitted(*founders[:3], days=61)
    with pytest.raises(Refused, match="mandate"):
        story.act(newcomer, "enter_register", member=ada.id, identity={"shares": story.seal(100)})
    with pytest.raises(Malformed):
        story.act(ada, "amend_identity", identity={"name": "Ada"})


def test_whoever_inspects_the_register_says_what_for() -> None:
    story, founders = five()
    purpose = story.seal("To call an assembly.")
    story.act(founders[0], "inspect", purpose=purpose, as_of=3)
    assert story.state.require(Inspection, founders[0].id).purpose == purpose
    with pytest.raises(Malformed):
        story.act(founders[0], "inspect")
    with pytest.raises(Refused, match="no such entry"):
        story.act(founders[0], "inspect", purpose=purpose, as_of=1000)
    newcomer = story.admitted(*founders[:2])
    with pytest.raises(Refused, match="by members"):
        story.act(newcomer, "inspect", purpose=purpose)
    assert isinstance(story.member(newcomer), Member)


def test_vouching_for_a_claim_takes_the_place_of_vouching_for_the_person() -> None:
    """Else whoever many had vouched for could be stolen before the probation is over, and would count as theirs."""
    story, founders = five()
    newcomer = story.admitted(*founders[:4])
    asking = rebinding(story, newcomer)
    for voucher in founders[3:]:
        story.act(voucher, "vouch_rebinding", rebinding=asking.id)
    story.later(days=8)
    assert story.member(newcomer).key == asking.multikey
    assert story.member(newcomer).vouchers == (founders[3].id, founders[4].id)
    story.later(days=3)
    assert story.member(newcomer).standing == "member"
    assert story.member(newcomer).tacit


def test_who_was_claimed_while_resting_comes_back_if_there_is_room() -> None:
    story = Story()
    founders = story.founded(CHARTER.replace("probation_days = 10", "probation_days = 10\nlapse_days = 60"), founders=6)
    for _ in range(4):
        story.later(days=25)
        for founder in founders[:4]:
            story.act(founder, "amend_identity", identity={"name": story.seal("here")})
    claims = [rebinding(story, lost, seed=1100 + place) for place, lost in enumerate(founders[4:])]
    for claim in claims:
        for voucher in founders[:2]:
            story.act(voucher, "vouch_rebinding", rebinding=claim.id)
    story.later(days=8)
    back = [Person(id=lost.id, key=claim.key, via="c.test") for lost, claim in zip(founders[4:], claims, strict=True)]
    assert [story.member(each).standing for each in back] == ["lapsed", "lapsed"]
    assert phyle(story.state).electors == 4
    with pytest.raises(Refused, match="by vouching alone"):
        story.act(back[0], "return")
    effect = {"kind": "Confirm", "arguments": {"member": back[0].id}}
    assert story.decided(story.proposed(founders[0], effect), founders[:4]) == "executed"
    story.act(back[0], "return")
    story.act(back[0], "exit")


def test_nobody_by_vouching_alone_is_claimed_when_they_are_too_many_already() -> None:
    """As when others left since: else the few who remain could take over all these at once."""
    story = Story()
    founders = story.founded(CHARTER, founders=6)
    newcomer = story.admitted(*founders[:3], days=11)
    assert story.member(newcomer).tacit
    story.act(founders[4], "exit")
    story.act(founders[5], "exit")
    claim = rebinding(story, newcomer)
    for voucher in founders[:2]:
        story.act(voucher, "vouch_rebinding", rebinding=claim.id)
    story.later(days=8)
    assert story.state.require(Rebinding, claim.id).phase == "waiting"
    assert story.member(newcomer).key == newcomer.multikey
