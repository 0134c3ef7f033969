"""The phyle's own keys, its epochs, what its operator withholds, and what it saw of others."""

from dataclasses import replace
from typing import Any

import pytest

from phyle.cooperative.law.kinds import HOUR
from phyle.cooperative.law.observations import Observed
from phyle.cooperative.law.phyle_keys import KeyPeriod
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.law.withholdings import Withholding
from phyle.errors import Refused, Unproven
from phyle.identity import multikey
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Person, Story, key, replayed


def five() -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(charter(), founders=5)


def public(seed: int) -> str:
    return multikey.encode(key(seed).public_key())


def turn(which: str, seed: int, old: int) -> dict[str, Any]:
    new = public(seed)
    return {
        "which": which,
        "key": new,
        "by_old": prove(key(old), ORIGIN, which, new),
        "by_new": prove(key(seed), ORIGIN, which),
    }


def test_a_key_of_the_phyle_turns_with_the_old_key_and_two_mandates() -> None:
    story, founders = five()
    with pytest.raises(Refused, match="endorsed by 2"):
        story.host_act("rotate_key", **turn("credential", 60, 1))
    story.act(founders[0], "endorse_key", which="credential", key=public(60))
    with pytest.raises(Refused, match="endorsed this key"):
        story.act(founders[0], "endorse_key", which="credential", key=public(60))
    with pytest.raises(Refused, match="endorsed by 2"):
        story.host_act("rotate_key", **turn("credential", 60, 1))
    story.act(founders[1], "endorse_key", which="credential", key=public(60))
    with pytest.raises(Refused, match="endorsed by 2"):
        story.host_act("rotate_key", **turn("credential", 61, 1))
    with pytest.raises(Unproven):
        story.host_act("rotate_key", **turn("credential", 60, 2))
    story.host_act("rotate_key", **turn("credential", 60, 1))
    assert phyle(story.state).credential_key == public(60)
    with pytest.raises(Unproven):
        story.host_act("observed", origin="b.test/ledger/1", size=1, root="0" * 64, checkpoint="0" * 64)
    story.host = key(60)
    story.host_act("observed", origin="b.test/ledger/1", size=1, root="0" * 64, checkpoint="0" * 64)
    periods = {one.key: one for _, one in story.state.all(KeyPeriod) if one.which == "credential"}
    assert periods[public(1)].end == periods[public(60)].first
    with pytest.raises(Refused, match="in use here already"):
        story.act(founders[0], "endorse_key", which="log", key=public(1))
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_only_who_holds_the_keys_endorses() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:3], days=11)
    with pytest.raises(Refused, match="scope keys"):
        story.act(newcomer, "endorse_key", which="log", key=public(60))


def test_a_stolen_key_is_replaced_by_decision_and_trusted_up_to_an_entry() -> None:
    story, founders = five()
    arguments = {"which": "log", "key": public(70), "last_trusted": 4}
    proposal = story.proposed(founders[0], {"kind": "Rotate", "arguments": arguments})
    assert story.decided(proposal, founders) == "executed"
    assert phyle(story.state).log_key == public(70)
    assert story.state.require(KeyPeriod, f"log.{public(2)}").last_trusted == 4
    member = {"which": "log", "key": founders[0].multikey}
    assert story.decided(story.proposed(founders[0], {"kind": "Rotate", "arguments": member}), founders) == "sent_back"


def test_a_ledger_that_lost_entries_begins_anew_and_waits_for_its_members() -> None:
    story, founders = five()
    lost = {"size": len(story.leaves) + 40, "root": "ab" * 32}
    with pytest.raises(Refused, match=r"a\.test/ledger/2"):
        story.operator_act("restart", origin="a.test/ledger/3", old=lost, reason=story.seal("A fire."))
    kept = {**lost, "size": len(story.leaves)}
    with pytest.raises(Refused, match="No entry is lost"):
        story.operator_act("restart", origin="a.test/ledger/2", old=kept, reason=story.seal("I like it so."))
    story.operator_act("restart", origin="a.test/ledger/2", old=lost, reason=story.seal("A fire."))
    with pytest.raises(Refused, match="another ledger"):
        story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    story.origin = "a.test/ledger/2"
    arguments = {"what": "name", "value": "Ours"}
    face = {"kind": "PublicFace", "arguments": arguments}
    with pytest.raises(Refused, match="must confirm"):
        story.proposed(founders[0], face)
    ratify = {"kind": "Ratify", "arguments": {"restart": "a.test/ledger/2"}}
    assert story.decided(story.proposed(founders[0], ratify), founders) == "executed"
    assert not phyle(story.state).unconfirmed
    assert story.decided(story.proposed(founders[0], face), founders) == "executed"
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_ballot_whose_papers_may_be_lost_is_held_again() -> None:
    story, founders = five()
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    story.vote(founders[0], ballot, {"paper": "for"})
    lost = {"size": len(story.leaves) + 3, "root": "ab" * 32}
    story.operator_act("restart", origin="a.test/ledger/2", old=lost, reason=story.seal("A fire."))
    story.origin = "a.test/ledger/2"
    with pytest.raises(Refused, match="closed"):
        story.vote(founders[1], ballot, {"paper": "for"})
    assert story.proposal(proposal).round == 2
    for founder in founders[:3]:
        story.vote(founder, f"{proposal}.2", {"paper": "for"})
    assert story.finished(proposal) == "executed"
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_what_the_operator_withholds_lapses_unless_a_steward_upholds_it() -> None:
    story, founders = five()
    first, second = story.new_id(), story.new_id()
    for id in (first, second):
        story.operator_act("withhold", withholding=id, target=story.seal("a post"), reason=story.seal("the law"))
    newcomer = story.admitted(*founders[:3])
    with pytest.raises(Refused, match="mandate"):
        story.act(newcomer, "uphold", withholding=second)
    story.act(founders[0], "uphold", withholding=second)
    story.later(milliseconds=72 * HOUR + 1)
    assert story.state.require(Withholding, first).phase == "lapsed"
    assert story.state.require(Withholding, second).phase == "confirmed"
    with pytest.raises(Refused, match="lapsed"):
        story.act(founders[0], "uphold", withholding=first)
    with pytest.raises(Refused, match="No member can do this"):
        story.act(founders[0], "release", withholding=second)
    story.operator_act("release", withholding=second)
    assert story.state.require(Withholding, second).phase == "lifted"
    with pytest.raises(Refused, match="shown already"):
        story.operator_act("release", withholding=first)
    with pytest.raises(Refused):
        story.host_act("withhold", withholding=story.new_id(), target=story.seal("x"), reason=story.seal("y"))


def test_observations_of_another_ledger_only_grow() -> None:
    story, _ = five()
    seen = {"origin": "b.test/ledger/1", "size": 7, "root": "11" * 32, "checkpoint": "22" * 32}
    story.host_act("observed", **seen)
    with pytest.raises(Refused, match="newer head"):
        story.host_act("observed", **{**seen, "size": 6})
    with pytest.raises(Refused, match="two different heads"):
        story.host_act("observed", **{**seen, "root": "33" * 32})
    story.host_act("observed", **{**seen, "size": 8, "root": "33" * 32, "charter": "44" * 32})
    assert story.state.require(Observed, "b.test/ledger/1").size == 8
    with pytest.raises(Refused, match="observe itself"):
        story.host_act("observed", **{**seen, "origin": ORIGIN})
    assert replace(story.state.require(Observed, "b.test/ledger/1"), at=0).charter == "44" * 32
