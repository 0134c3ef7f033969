"""Copies of other ledgers: only what their signed heads cover, and of documents only what their entries name."""

from hashlib import sha256

import pytest

from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.ledger import mirrors, witnesses
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree import hashing, ranges, tiles
from phyle.errors import TooLarge, Unproven
from phyle.store.transaction import Store, Tx
from tests.cooperative.tree.signers import LOG, ORIGIN, head

CHARTER = b"We share what we have."
SALT = "0" * 32
SHEET = spell([["m", {"paper": "for"}, SALT]])


def entries(count: int) -> list[bytes]:
    """Leaves, of which the third names a charter, the fifth a sheet, and the last erases a paper of it."""
    leaves = [f'{{"seq":{number}}}'.encode() for number in range(count)]
    leaves[2] = f'{{"charter":"{sha256(CHARTER).hexdigest()}"}}'.encode()
    leaves[4] = f'{{"sheet":"{sha256(SHEET).hexdigest()}"}}'.encode()
    leaves[-1] = f'{{"act":{{"kind":"erase","commitments":["{commit({"paper": "for"}, SALT)}"]}}}}'.encode()
    return leaves


ENTRIES = entries(600)
TREE = tiles.built(hashing.leaves(ENTRIES))


async def watched(tx: Tx, size: int = 600) -> Log:
    """A log of which this size was cosigned."""
    await witnesses.watch(tx, origin=ORIGIN, host="a.example", keys=[LOG.public])
    note = head(hashing.leaves(ENTRIES[:size])).note
    await witnesses.cosign(tx, ORIGIN, note, old=0, proof=[])
    return await witnesses.log(tx, ORIGIN)


def proof(old: int) -> list[bytes]:
    return tiles.hashes_of(ranges.consistency(old, 600), TREE)


async def copied(tx: Tx, size: int) -> Log:
    log = await watched(tx)
    await mirrors.keep(tx, log, ENTRIES[:size], proof(size))
    return await witnesses.log(tx, ORIGIN)


async def test_it_grows_bundle_by_bundle(store: Store) -> None:
    async with store.transaction() as tx:
        log = await copied(tx, 256)
        assert (log.mirrored, log.volume) == (256, sum(map(len, ENTRIES[:256])))
    async with store.transaction() as tx:
        log = await witnesses.log(tx, ORIGIN)
        assert await mirrors.keep(tx, log, ENTRIES[256:512], proof(512)) == 512
        log = await witnesses.log(tx, ORIGIN)
        assert await mirrors.keep(tx, log, ENTRIES[512:], []) == 600
        log = await witnesses.log(tx, ORIGIN)
        assert (await mirrors.frontier(tx, log)).root() == log.root
        assert await mirrors.entries(tx, log, 255, 3) == ENTRIES[255:258]
        places = [tile.place for tile in tiles.tiles_of(600)]
        assert await mirrors.tiles(tx, log, places, 600) == TREE


async def test_only_what_the_head_covers_is_kept(store: Store) -> None:
    async with store.transaction() as tx:
        log = await watched(tx)
    changed = [*ENTRIES[:100], b"{}", *ENTRIES[101:]]
    for leaves, parts in (
        (changed, []),
        (ENTRIES[1:], []),
        ([*ENTRIES, b"{}"], []),
        (ENTRIES[:256], []),
        (ENTRIES[:256], proof(257)),
        (changed[:256], proof(256)),
    ):
        with pytest.raises(Unproven):
            async with store.transaction() as tx:
                await mirrors.keep(tx, log, leaves, parts)
    async with store.reading() as tx:
        assert (await witnesses.log(tx, ORIGIN)).mirrored == 0


async def test_only_documents_that_an_entry_names(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with store.transaction() as tx:
        log = await copied(tx, 256)
        await mirrors.keep_blob(tx, log, CHARTER, 2)
        await mirrors.keep_blob(tx, log, SHEET, 4, "b.1")
        assert await mirrors.blob(tx, log, sha256(CHARTER).hexdigest()) == CHARTER
        assert await mirrors.sheet(tx, log, "b.1") == SHEET
        assert [row["seq"] for row in await mirrors.named_since(tx, log, 0, most=10)] == [2, 4]
    for data, seq in ((CHARTER, 3), (CHARTER, 300), (b"other", 2)):
        with pytest.raises(Unproven):
            async with store.transaction() as tx:
                await mirrors.keep_blob(tx, log, data, seq)
    monkeypatch.setattr(mirrors, "MOST_BYTES", log.volume + len(CHARTER))
    with pytest.raises(TooLarge):
        async with store.transaction() as tx:
            await mirrors.keep_blob(tx, log, CHARTER, 2)


async def test_what_is_erased_there_is_erased_here(store: Store) -> None:
    async with store.transaction() as tx:
        log = await copied(tx, 256)
        await mirrors.keep_blob(tx, log, SHEET, 4, "b.1")
        await mirrors.keep(tx, log, ENTRIES[256:], [])
        assert await mirrors.sheet(tx, log, "b.1") is None
