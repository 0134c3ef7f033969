"""What follows from entries in their own commit: keys come into use, what is owed becomes work, erased values go."""

import pytest

from phyle.cooperative.law.acts import key_of, read_act
from phyle.cooperative.ledger import openings, reading, rotating, signing
from phyle.cooperative.ledger.openings import opened, seal
from phyle.cooperative.ledger.sheets import sheet
from phyle.errors import Refused
from phyle.identity import multikey
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle


@pytest.fixture
async def phyle(store: Store) -> Phyle:
    phyle = Phyle(store=store)
    await phyle.founded(text=charter(membership="retention_days = 30"))
    return phyle


async def decided(phyle: Phyle) -> str:
    """A ballot with three papers that has been counted and executed."""
    proposal = await phyle.resolution(phyle.people[0])
    ballot = await phyle.to_ballot(proposal)
    for each in phyle.people:
        await phyle.vote(each, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    return ballot


async def papers(phyle: Phyle, ballot: str) -> list[str]:
    rows = await phyle.rows("SELECT commitment FROM cooperative.openings WHERE about = $1 ORDER BY seq", ballot)
    return [row["commitment"] for row in rows]


async def erased(phyle: Phyle, commitments: list[str]) -> None:
    reason = seal("reason", "They asked for it.", audience="public")
    async with phyle.store.transaction() as tx:
        payload = {"commitments": commitments, "reason": reason.commitment}
        document = await signing.as_host(tx, "erase", payload)
    await phyle.hand_in(document, "host", [reason])


async def test_papers_are_erased_only_when_nobody_may_challenge_them_any_more(phyle: Phyle) -> None:
    ballot = await decided(phyle)
    votes = await papers(phyle, ballot)
    assert len(votes) == 3
    with pytest.raises(Refused, match="ballot"):
        await erased(phyle, votes[:1])
    await phyle.turn(days=40)
    await erased(phyle, votes[:1])
    async with phyle.store.reading() as tx:
        assert set(await opened(tx, votes, audiences=["closed"])) == set(votes[1:])
        assert list(await openings.erasures(tx, votes)) == votes[:1]
        assert await sheet(tx, ballot) is None


async def test_who_a_member_is_stays_known_until_long_after_they_left(phyle: Phyle) -> None:
    person = phyle.people[0]
    rows = await phyle.rows("SELECT commitment FROM cooperative.openings WHERE about = $1", person.id)
    identity = [row["commitment"] for row in rows]
    for days in (0, 29):
        await phyle.turn(days=days)
        with pytest.raises(Refused, match="known"):
            await erased(phyle, identity)
        if not days:
            await phyle.act(person, "exit", {})
    await phyle.turn(days=2)
    await erased(phyle, identity)
    assert await phyle.rows("SELECT value FROM cooperative.openings WHERE about = $1", person.id) == []


@pytest.mark.parametrize("which", ["log", "credential"])
async def test_a_new_key_of_the_ledger_is_in_use_from_the_entry_on(phyle: Phyle, which: str) -> None:
    async with phyle.store.transaction() as tx:
        key = await rotating.prepare(tx, which)  # type: ignore[arg-type]
        assert await rotating.prepare(tx, which) == key  # type: ignore[arg-type]
        before = await signing.keys(tx)
    for each in phyle.people[:2]:
        await phyle.act(each, "endorse_key", {"which": which, "key": key})
    async with phyle.store.transaction() as tx:
        assert await signing.keys(tx) == before
        document = await signing.as_host(tx, "rotate_key", await rotating.turn(tx, which))  # type: ignore[arg-type]
    await phyle.hand_in(document, "host")
    async with phyle.store.transaction() as tx:
        here, keys = await reading.phyle(tx), await signing.keys(tx)
        assert here is not None
        used = {"log": keys.log, "credential": keys.credential}
        assert multikey.encode(used[which].public_key()) == key
        assert multikey.encode(keys.log.public_key()) == here.log_key
        assert multikey.encode(keys.credential.public_key()) == here.credential_key
        signed = await signing.as_operator(tx, "operator", {})
    assert (key_of(read_act(signed).proof) == key) is (which == "credential")


async def test_what_is_owed_is_work_until_it_is_discharged(phyle: Phyle) -> None:
    arguments = {"what": "name", "value": "The bakers"}
    proposal = await phyle.proposed(phyle.people[0], {"kind": "PublicFace", "arguments": arguments})
    ballot = await phyle.to_ballot(proposal)
    for each in phyle.people:
        await phyle.vote(each, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    owed = await phyle.rows("SELECT id, kind, body, state FROM cooperative.obligations")
    assert [(row["kind"], row["body"]["value"], row["state"]) for row in owed] == [("face", "The bakers", "open")]
    await phyle.host("discharge", {"proposal": proposal, "number": 0})
    assert [row["state"] for row in await phyle.rows("SELECT state FROM cooperative.obligations")] == ["discharged"]
