"""Lost entries come back exactly as they were, with the state that they make, and with nothing that was not signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law.spelling import spell
from phyle.cooperative.ledger import (
    append,
    checkpoints,
    heads,
    importing,
    reading,
    restarting,
    restoring,
    signing,
    standing,
    trees,
)
from phyle.cooperative.ledger.acts import submit
from phyle.cooperative.ledger.openings import seal
from phyle.cooperative.ledger.restoring import Beside
from phyle.cooperative.tree import archive
from phyle.cooperative.tree.bundles import bundle
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.errors import Conflict, Refused, Unprocessable, Unproven
from phyle.settings import Settings
from phyle.store.embedded import Embedded
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.conftest import fresh
from tests.cooperative.ledger.phyles import Phyle
from tests.cooperative.tree.signers import LOG

SLICES = Query("SELECT kind, id, value FROM cooperative.slices ORDER BY kind, id")
BLOBS = Query("SELECT hash, data FROM cooperative.blobs")
KEYS = Query("SELECT purpose, origin, public, secret FROM cooperative.keys")
KEEP = Query("INSERT INTO cooperative.keys (purpose, origin, public, secret) VALUES ($1, $2, $3, $4)")
OPENINGS = Query("SELECT seq, commitment, name, value, salt, by FROM cooperative.openings ORDER BY seq, commitment")
SHEETS = Query("SELECT hash, data FROM cooperative.sheets")


async def story(store: Store) -> Head:
    """A phyle is founded and decides something; its head."""
    phyle = Phyle(store=store)
    people = await phyle.founded()
    proposal = await phyle.resolution(people[0])
    ballot = await phyle.to_ballot(proposal)
    for person in people:
        await phyle.vote(person, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    async with store.transaction() as tx:
        head = await checkpoints.publish(tx)
    assert head is not None
    return head


async def copied(store: Store) -> tuple[list[bytes], Beside]:
    """What a copy of its ledger holds."""
    async with store.reading() as tx:
        rows = [*await tx.rows(BLOBS), *await tx.rows(SHEETS)]
        return await reading.entries(tx, 0, 10_000), Beside(documents={row["hash"]: row["data"] for row in rows})


async def with_keys_of(store: Store, other: Store) -> None:
    """The other has the keys of this ledger and nothing else of it."""
    async with store.reading() as tx:
        rows = [tuple(row) for row in await tx.rows(KEYS) if row["purpose"] != "member"]
    async with other.transaction() as tx:
        for row in rows:
            await tx.run(KEEP, *row)


async def test_everything_comes_back(store: Store, cluster: Embedded, settings: Settings) -> None:
    head = await story(store)
    leaves, beside = await copied(store)
    first = await proof(store, 7)
    async with fresh(cluster) as address, opened(settings, address, jobs=store.jobs, subscriptions={}) as other:
        await with_keys_of(store, other)
        async with other.transaction() as tx:
            await append.stop(tx, "some are lost")
            assert await restoring.take_back(tx, leaves[:7], head=head, proof=first, beside=beside) == 7
            assert await restoring.complete(tx) is not None
        async with other.transaction() as tx:
            assert await restoring.take_back(tx, leaves[7:], head=head, proof=[], beside=beside) == head.size
            assert await restoring.complete(tx) is None
        assert await everything(other) == await everything(store)
        await goes_on(other)


async def everything(store: Store) -> tuple[Any, ...]:
    """What the ledger is, and what follows from it."""
    async with store.reading() as tx:
        head, stopped = await reading.head(tx), await append.stopped(tx)
        return head, stopped, await tx.rows(SLICES), await tx.rows(SHEETS)


async def goes_on(store: Store) -> None:
    """New acts are entered; those that were entered are not entered again."""
    phyle = Phyle(store=store, made=500)
    async with store.reading() as tx:
        old = await tx.rows(Query("SELECT document, author, seq FROM cooperative.acts ORDER BY seq"))
        size = await reading.size(tx)
    again = await submit(store, orjson.loads(old[0]["document"]), author=old[0]["author"])
    assert again.seq == old[0]["seq"]
    newcomer = phyle.person()
    actor = seal("actor", "x", about=newcomer.id)
    told = {**newcomer.introduction(), "identity": {"actor": actor.commitment}}
    answer = await phyle.act(newcomer, "apply", told, [actor])
    assert answer.seq is not None
    assert answer.seq >= size


async def proof(store: Store, old: int) -> list[bytes]:
    async with store.reading() as tx:
        return await trees.consistency(tx, old, await reading.size(tx))


async def test_nothing_else_is_taken(store: Store, cluster: Embedded, settings: Settings) -> None:
    head = await story(store)
    leaves, beside = await copied(store)
    changed = [*leaves[:-1], leaves[-1].replace(b'"at"', b'"aT"')]
    async with fresh(cluster) as address, opened(settings, address, jobs=store.jobs, subscriptions={}) as other:
        await with_keys_of(store, other)
        for entries, documents in (
            (changed, beside),
            (leaves[1:], beside),
            ([*leaves, b"{}"], beside),
            (leaves[:5], beside),
            (leaves, Beside(documents={**beside.documents, "0" * 64: b"x"})),
        ):
            with pytest.raises(Unproven):
                async with other.transaction() as tx:
                    await restoring.take_back(tx, entries, head=head, proof=[], beside=documents)
        async with other.reading() as tx:
            assert await reading.size(tx) == 0


async def test_a_head_beside_the_database_that_is_another_ledgers(store: Store) -> None:
    await story(store)
    async with store.reading() as tx:
        name = await signing.origin(tx)
    other = Signer(name, Kind.ED25519, Ed25519PrivateKey.generate())
    note = Checkpoint(name, 1, b"r" * 32).note().signed(other)
    assert verified(note, [other.public]).size == 1
    heads.keep(store.settings.home, note)
    async with store.transaction() as tx:
        reason = await restoring.complete(tx)
    assert reason is not None
    assert "not of this ledger" in reason


def exported(path: Path, head: Head, leaves: list[bytes], beside: Beside, opened: Sequence[Any] = ()) -> Path:
    """A file of the ledger."""
    with path.open("wb") as stream:
        archive.begin(stream)
        for hash, data in beside.documents.items():
            archive.write(stream, archive.Section("blob", hash, data))
        archive.write(stream, archive.Section("openings", "0", spell({"closed": [], "opened": list(opened)})))
        archive.write(stream, archive.Section("entries", "0", bundle(leaves)))
        archive.write(stream, archive.Section("checkpoint", str(head.size), bytes(head.note)))
    return path


async def first_entries(store: Store, other: Store, count: int, head: Head) -> None:
    """The other has only the first entries, and stands still."""
    leaves, beside = await copied(store)
    part = await proof(store, count)
    await with_keys_of(store, other)
    async with other.transaction() as tx:
        await restoring.take_back(tx, leaves[:count], head=head, proof=part, beside=beside)
    await standing.begin(other)
    async with other.reading() as tx:
        assert await append.stopped(tx) is not None


async def test_lost_entries_are_taken_from_a_file(store: Store, cluster: Embedded, settings: Settings) -> None:
    head = await story(store)
    leaves, beside = await copied(store)
    async with store.reading() as tx:
        known = [
            [row["commitment"], row["name"], orjson.loads(row["value"]), row["salt"]] for row in await tx.rows(OPENINGS)
        ]
    path = exported(settings.home / "ledger", head, leaves, beside, known)
    async with fresh(cluster) as address, opened(settings, address, jobs=store.jobs, subscriptions={}) as other:
        await first_entries(store, other, 7, head)
        assert await importing.take_back(other, importing.read_file(path)) == head.size - 7
        async with other.transaction() as tx:
            assert await restoring.complete(tx) is None
        assert await everything(other) == await everything(store)
        assert await importing.take_back(other, importing.read_file(path)) == 0
        async with store.reading() as tx:
            before = [tuple(row) for row in await tx.rows(OPENINGS) if row["seq"] >= 7]
        async with other.reading() as tx:
            assert [tuple(row) for row in await tx.rows(OPENINGS)] == before
        known[0][2] = "somebody else"
        with pytest.raises(Unproven):
            importing.read_file(exported(settings.home / "ledger", head, leaves, beside, known))


async def test_files_of_others_are_refused(store: Store, cluster: Embedded, settings: Settings) -> None:
    head = await story(store)
    leaves, beside = await copied(store)
    unsigned = Head(head.checkpoint, head.checkpoint.note().signed(LOG), ())
    async with fresh(cluster) as address, opened(settings, address, jobs=store.jobs, subscriptions={}) as other:
        await first_entries(store, other, 7, head)
        for number, (told, entries, error) in enumerate(
            (
                (unsigned, leaves, Unproven),
                (head, leaves[:-1], Unproven),
                (head, [*leaves[:3], b"{}", *leaves[4:]], Conflict),
                (head, [*leaves[:9], b"{}", *leaves[10:]], Unproven),
            )
        ):
            file = importing.read_file(exported(settings.home / str(number), told, entries, beside))
            with pytest.raises(error):
                await importing.take_back(other, file)
        async with other.reading() as tx:
            assert await reading.size(tx) == 7


async def test_what_is_lost_for_good_is_said_in_a_new_epoch(
    store: Store, cluster: Embedded, settings: Settings
) -> None:
    head = await story(store)
    async with store.transaction() as tx:
        with pytest.raises(Refused):
            await restarting.restart(tx, "for fun")
    async with fresh(cluster) as address, opened(settings, address, jobs=store.jobs, subscriptions={}) as other:
        await first_entries(store, other, 7, head)
        async with other.transaction() as tx:
            with pytest.raises(Unprocessable):
                await restarting.restart(tx, " ")
            assert await restarting.restart(tx, "The disk broke.") == "localhost:8080/ledger/2"
        await append.drain(other)
        async with other.transaction() as tx:
            assert await append.stopped(tx) is None
            here, size = await reading.phyle(tx), await reading.size(tx)
            published = await checkpoints.publish(tx)
        assert here is not None
        assert here.unconfirmed
        assert published is not None
        assert (published.checkpoint.origin, published.size) == ("localhost:8080/ledger/2", size)
        async with other.transaction() as tx:
            assert await checkpoints.contradicted(tx) is None
            with pytest.raises(Refused):
                await restarting.restart(tx, "again")
