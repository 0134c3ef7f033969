"""Two phyles that witness each other: cosignatures, copies, and what happens when one of them shows two histories."""

import json

import pytest

from phyle.cooperative.activities.remote import Keys
from phyle.cooperative.ledger import (
    mirrors,
    partners,
    signing,
)
from phyle.cooperative.tree.checkpoints import cosigned_at
from phyle.cooperative.tree.keys import Kind
from phyle.errors import Malformed
from tests.cooperative.activities.neighbours import (
    acquainted,
    asked,
    begin,
    host,
    log_of,
    newest,
    observed,
    origin,
    published,
    shows,
    witness_key,
)
from tests.cooperative.tree.signers import LOG, ORIGIN, signer
from tests.instance import Instance

COSIGNS = Kind.COSIGNATURE


async def test_each_cosigns_the_other(here: Instance, beyond: Instance) -> None:
    await begin(here, beyond)
    await published(here, 3)
    await acquainted(here, beyond)
    for count in (2, 300, 1):
        await published(here, count)
        await asked(here)
        head = await newest(here)
        assert set(cosigned_at(head.note, [await witness_key(beyond)])) == {f"{host(beyond)}/witness"}
        assert (await log_of(beyond, here)).size == head.size
    (partner,) = await here.fetch("SELECT size, failures, last_error FROM cooperative.witnesses")
    assert tuple(partner) == (306, 0, None)


async def test_an_observer_cosigns_and_copies_everything(here: Instance, beyond: Instance) -> None:
    await begin(here, beyond)
    await acquainted(here, beyond)
    for count in (5, 700):
        head = await published(here, count)
        await observed(beyond, here)
        log = await log_of(beyond, here)
        assert (log.size, log.root, log.mirrored, log.blobs) == (head.size, head.root, head.size, head.size)
    async with beyond.store.reading() as tx:
        assert (await mirrors.frontier(tx, log)).root() == head.root
    base = f"/ledger/witnessed/{log.hash}"
    for path in ("checkpoint", "tile/0/001", "tile/0/002.p/193", "tile/1/000.p/2", "tile/entries/002.p/193", "blobs"):
        assert (await beyond.client.get(f"{base}/{path}")).status_code == 200
    copy = (await beyond.client.get(f"{base}/tile/entries/001")).content
    assert copy == (await here.client.get("/ledger/tile/entries/001")).content


async def test_who_is_unknown_is_watched_when_people_here_are_members_there(here: Instance, beyond: Instance) -> None:
    await begin(here, beyond)
    await published(here, 3)
    async with here.store.transaction() as tx:
        await partners.invite(tx, host(beyond))
    await asked(here)
    (partner,) = await here.fetch("SELECT failures, last_error FROM cooperative.witnesses")
    assert partner["failures"] == 1
    assert "404" in partner["last_error"]
    bob = await beyond.member("bob")
    async with beyond.store.transaction() as tx:
        await signing.new_member_key(tx, origin(here), "a" * 26, bob.actor.id)
    await asked(here)
    await here.fetch("UPDATE cooperative.witnesses SET next_at = now()")
    await asked(here)
    await beyond.settled()
    await here.fetch("UPDATE cooperative.witnesses SET next_at = now()")
    await asked(here)
    assert len((await newest(here)).note.signatures) == 2


async def test_hosts_of_members_and_of_memberships_are_met(here: Instance) -> None:
    await begin(here)
    ana = await here.member("ana")
    await here.fetch(
        "INSERT INTO cooperative.slices (kind, id, value) VALUES ('member', 'm1', '{\"via\": \"b.example\"}'),"
        " ('member', 'm2', $1)",
        {"via": host(here)},
    )
    async with here.store.transaction() as tx:
        await signing.new_member_key(tx, "c.example/ledger/1", "a" * 26, ana.actor.id)
        await partners.meet(tx)
    rows = await here.fetch("SELECT host FROM cooperative.witnesses ORDER BY host")
    assert [row["host"] for row in rows] == ["b.example", "c.example"]


async def test_an_older_head_is_no_crime(here: Instance, beyond: Instance) -> None:
    await begin(here, beyond)
    await acquainted(here, beyond)
    old = await published(here, 5)
    await published(here, 4)
    await observed(beyond, here)
    await shows(here, note=bytes(old.note), size=5, root=old.root)
    await observed(beyond, here)
    assert (await log_of(beyond, here)).size == 9
    assert (await beyond.client.get("/ledger/equivocations")).json() == {"equivocations": []}


async def test_what_a_host_must_say_of_its_keys() -> None:
    good = {
        "origin": ORIGIN,
        "log": [str(LOG.public)],
        "witness": {"vkey": str(signer("a.example/witness", COSIGNS).public)},
    }
    assert Keys.read(json.dumps(good).encode(), host="a.example").log == (LOG.public,)
    for wrong in (
        {"origin": "b.example/ledger/1"},
        {"origin": 1},
        {"log": []},
        {"log": [str(signer("b.example").public)]},
        {"log": [str(signer(ORIGIN, COSIGNS).public)]},
        {"witness": {}},
        {"witness": {"vkey": str(signer("a.example/witness").public)}},
        {"witness": {"vkey": str(signer("b.example/witness", COSIGNS).public)}},
    ):
        with pytest.raises(Malformed):
            Keys.read(json.dumps({**good, **wrong}).encode(), host="a.example")
    for data in (b"", b"[]", b"null", b"{}", b"[" * 100_000):
        with pytest.raises(Malformed):
            Keys.read(data, host="a.example")
