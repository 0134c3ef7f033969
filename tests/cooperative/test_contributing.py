"""People with an account here contribute and declare uses, by plain words, before they are members and after."""

import pytest

from phyle.cooperative import acting, contributing
from phyle.cooperative.acting import Done
from phyle.cooperative.handing_in import judged
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import openings, reading
from phyle.cooperative.ledger.beginning import begin
from phyle.errors import Missing, Refused
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.cooperative.founding import found
from tests.people import member as account

COMMIT = "c0" * 20
CHANGE = {"what": "change", "subject": COMMIT, "terms": {"dco": True, "licence": "PPL", "mandate": True}}
ALONE = {
    "commit": COMMIT,
    "licence": "PPL",
    "licence_text": "11" * 32,
    "user": "sole-producer",
    "purpose": "commercial",
    "person": "Dan",
    "territory": "Spain",
    "since": 1_800_000_000_000,
    "clause": "3, 4(c)(i), 4(c)(ii)",
    "table": "PPL/1",
    "outcome": "allowed-on-declaration",
}


async def _begun(store: Store) -> tuple[Actor, Actor, str]:
    """A maintainer, somebody who is no member, and a work."""
    await begin(store)
    async with store.transaction() as tx:
        ana, ben, cleo, dan = [await account(tx, name) for name in ("ana", "ben", "cleo", "dan")]
    await found(store, [ana, ben, cleo])
    offer = {"name": "garden", "kind": "design", "at": "https://a.test/@garden.git", "licence": "PPL"}
    offered = await acting.perform(store, ana, "offer_work", offer)
    return ana, dan, str(offered.payload["work"])


async def _claim(store: Store, actor: Actor, work: str, key: str = "", **more: object) -> Done:
    return await contributing.contribute(store, actor, "claim", {"work": work, **CHANGE, **more}, key=key)


async def test_whoever_is_no_member_is_known_by_the_key_of_their_first_act(store: Store) -> None:
    ana, dan, work = await _begun(store)
    first = await _claim(store, dan, work, text="I drew the gate.")
    assert (await _claim(store, dan, work, subject="c1" * 20)).answer.state == "entered"
    id = first.payload["contribution"]
    await acting.perform(store, ana, "validate", {"work": work, "contribution": id})
    async with store.reading() as tx:
        found_ = await reading.get(tx, Contribution, f"{work}/{id}")
        known = await reading.get(tx, Contributor, first.payload["outsider"]["id"])
    assert found_ is not None
    assert (found_.phase, found_.by) == ("valid", first.payload["outsider"]["id"])
    assert known is not None
    assert known.open == 1


async def test_the_same_key_is_the_same_claim(store: Store) -> None:
    _, dan, work = await _begun(store)
    first, again = [await _claim(store, dan, work, key="once") for _ in range(2)]
    assert first.payload["contribution"] == again.payload["contribution"]
    assert first.answer.seq == again.answer.seq


async def test_whoever_becomes_a_member_keeps_what_they_are_credited_with(store: Store) -> None:
    _, dan, work = await _begun(store)
    before = await _claim(store, dan, work)
    applied = await acting.introduce(store, dan, "apply", {})
    after = await _claim(store, dan, work)
    async with store.reading() as tx:
        claims = await reading.group(tx, Contribution, work)
        member = await reading.get(tx, Member, applied.payload["member"])
    assert {each.by for each in claims.values()} == {applied.payload["member"]}
    assert member is not None
    assert member.key == before.payload["outsider"]["key"]
    assert "outsider" not in after.payload


async def test_who_a_person_is_can_be_seen_by_members_and_erased(store: Store) -> None:
    _, dan, work = await _begun(store)
    declared = await contributing.contribute(store, dan, "declare_use", {"work": work, **ALONE})
    async with store.reading() as tx:
        use = await reading.get(tx, Use, f"{work}/{declared.payload['use']}")
        assert use is not None
        assert use.person is not None
        assert await openings.opened(tx, [use.person]) == {}
        seen = await openings.opened(tx, [use.person], audiences=("members",))
    assert use.phase == "recognised"
    assert seen[use.person].value == "Dan"


async def test_what_only_members_do_they_do_as_members(store: Store) -> None:
    _, dan, work = await _begun(store)
    with pytest.raises(Missing, match="no members"):
        await contributing.contribute(store, dan, "validate", {"work": work, "contribution": "a" * 26})
    with pytest.raises(Refused, match="not offered under MIT"):
        await contributing.contribute(store, dan, "declare_use", {"work": work, **ALONE, "licence": "MIT"})


async def test_a_signed_act_for_another_ledger_is_judged_by_its_first_act(store: Store) -> None:
    """What travels to another phyle says who its author is, and is proven before anything is kept."""
    _, dan, work = await _begun(store)
    async with store.transaction() as tx:
        signed = await contributing.sign(tx, dan, "b" * 26, "claim", {"work": work, **CHANGE}, days=90)
        opened = [{"value": each.value, "salt": each.salt} for each in signed.openings]
        given = await judged(tx, signed.document, opened)
    assert given.author == "server-key"
    assert [each.name for each in given.openings] == ["actor"]
    assert given.openings[0].value == dan.uri
