"""What is published of the ledger: signed, kept beside the database, and never in contradiction to what was shown."""

import asyncio

import pytest

from phyle.cooperative.ledger import append, checkpoints, heads, reading, standing, trees, witness_keys
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.checkpoints import Head, cosigned_at, verified
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.proofs import verify_consistency, verify_inclusion
from phyle.errors import Missing
from phyle.store.transaction import Store
from tests.cooperative.ledger.entries import begun, entered
from tests.cooperative.tree.signers import WITNESS
from tests.cooperative.tree.signers import head as head_of
from tests.cooperative.tree.trees import leaves


async def published(store: Store) -> Head | None:
    """Publish, if there is anything new."""
    async with store.transaction() as tx:
        return await checkpoints.publish(tx)


async def log_key(store: Store) -> VerifierKey:
    """By which key it is signed."""
    async with store.reading() as tx:
        return (await checkpoints.log_signers(tx))[0].public


async def test_what_is_new_is_published_once(store: Store) -> None:
    await begun(store)
    assert await published(store) is None
    await entered(store, 3)
    head = await published(store)
    assert head is not None
    assert (head.checkpoint.origin, head.size) == ("localhost:8080/ledger/1", 3)
    assert await published(store) is None
    await entered(store, 700)
    found = await asyncio.gather(*(published(store) for _ in range(5)))
    assert [each.size for each in found if each] == [703]
    async with store.reading() as tx:
        newest = await checkpoints.newest(tx)
    assert newest is not None
    assert verified(bytes(newest.note), [await log_key(store)]).root == newest.root


async def test_proofs_of_our_own_tree(store: Store) -> None:
    await begun(store)
    await entered(store, 600)
    async with store.reading() as tx:
        root = await trees.root(tx, 600)
        for seq in (0, 255, 256, 599):
            leaf = hashing.leaf(await reading.entry(tx, seq) or b"")
            verify_inclusion(index=seq, size=600, leaf=leaf, proof=await trees.inclusion(tx, seq, 600), root=root)
        for old in (1, 256, 300, 600):
            proof = await trees.consistency(tx, old, 600)
            verify_consistency(old=old, size=600, old_root=await trees.root(tx, old), root=root, proof=proof)
        assert await trees.consistency(tx, 0, 600) == []


async def test_cosignatures_are_shown_with_the_head(store: Store) -> None:
    await begun(store)
    await entered(store, 3)
    head = await published(store)
    assert head is not None
    async with store.transaction() as tx:
        await checkpoints.keep_cosignatures(tx, head, [WITNESS.sign(head.note.text, seconds=1_700_000_000)])
    await entered(store, 2)
    await published(store)
    async with store.reading() as tx:
        newest, cosigned = await checkpoints.newest(tx), await checkpoints.cosigned(tx)
        covering = await checkpoints.at(tx, 1)
        with pytest.raises(Missing):
            await checkpoints.at(tx, 6)
    assert newest is not None
    assert cosigned is not None
    assert (newest.size, cosigned.size, covering.size) == (5, 3, 3)
    assert cosigned_at(cosigned.note, [WITNESS.public]) == {WITNESS.name: 1_700_000_000}


async def test_the_head_is_also_beside_the_database(store: Store) -> None:
    await begun(store)
    await entered(store, 3)
    head = await published(store)
    assert head is not None
    kept = heads.kept(store.settings.home, [await log_key(store)], origin="localhost:8080/ledger/1")
    assert kept == head
    assert heads.kept(store.settings.home, [await log_key(store)], origin="localhost:8080/ledger/2") is None
    assert heads.kept(store.settings.home / "nowhere", [], origin="localhost:8080/ledger/1") is None


async def shown(store: Store) -> Head:
    """Nine entries were published."""
    await begun(store)
    await entered(store, 9)
    head = await published(store)
    assert head is not None
    return head


async def test_a_ledger_behind_its_head_starts_read_only(store: Store) -> None:
    head = await shown(store)
    async with store.transaction() as tx:
        key = await witness_keys.public(tx)
        assert await checkpoints.missing(tx, head) is None
    log = await log_key(store)
    assert log.name == head.checkpoint.origin
    async with store.reading() as tx:
        signer = (await checkpoints.log_signers(tx))[0]
    longer = head_of(leaves(12), by=signer, origin=signer.name)
    heads.keep(store.settings.home, longer.note)
    await standing.begin(store)
    async with store.transaction() as tx:
        reason = await append.stopped(tx)
        assert reason == "This ledger has 9 entries, but 12 were published: some are lost."
        assert await witness_keys.public(tx) != key
    await entered(store, 1)
    assert await published(store) is None
