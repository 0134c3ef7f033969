"""Copying the ledgers that are watched, entry by entry, each batch verified against the head that was cosigned."""

from hashlib import sha256

from phyle.cooperative.activities.remote import Named, Remote
from phyle.cooperative.ledger import mirrors, witnesses
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree.paths import Bundle
from phyle.cooperative.tree.ranges import consistency
from phyle.cooperative.tree.tiles import FULL, consistency_proof, tiles_for
from phyle.errors import Unproven
from phyle.store.transaction import Store

MOST_BUNDLES = 400
"""At one go: a hundred thousand entries."""


async def copy(remote: Remote, store: Store, origin: str) -> None:
    """Fetch what the head that is held covers and is not here yet. Unproven when it is not what the head covers."""
    for _ in range(MOST_BUNDLES):
        async with store.reading() as tx:
            log = await witnesses.log(tx, origin)
        if log.mirrored >= log.size or log.volume >= mirrors.MOST_BYTES:
            break
        await _one_bundle(remote, store, log)
    await _blobs(remote, store, log)


async def _one_bundle(remote: Remote, store: Store, log: Log) -> None:
    number, there = divmod(log.mirrored, FULL)
    bundle = Bundle(number, min(FULL, log.size - number * FULL))
    leaves = (await remote.entries(bundle))[there:]
    end = number * FULL + bundle.width
    if len(leaves) != end - log.mirrored:
        raise Unproven("A bundle holds fewer entries than it must.")
    wanted = consistency(end, log.size)
    tiles = await remote.tiles(tiles_for(wanted, log.size))
    proof = consistency_proof(end, log.size, tiles)
    async with store.transaction() as tx:
        await mirrors.keep(tx, log, leaves, proof)


async def _blobs(remote: Remote, store: Store, log: Log) -> None:
    """The blobs that the copied entries name. A blob is what its hash says, whoever serves it."""
    seq = log.blobs
    while seq < log.mirrored and log.volume < mirrors.MOST_BYTES:
        page = [named for named in await remote.named_since(seq) if seq <= named.seq < log.mirrored]
        for named in page:
            await _one_blob(remote, store, log, named)
        seq = max((named.seq for named in page), default=log.mirrored - 1) + 1
        async with store.transaction() as tx:
            await mirrors.blobs_kept(tx, log, seq)


async def _one_blob(remote: Remote, store: Store, log: Log, named: Named) -> None:
    async with store.reading() as tx:
        if await mirrors.blob(tx, log, named.hash) is not None or not await mirrors.names(
            tx, log, named.seq, named.hash
        ):
            return
    data = await remote.blob(named.hash) if named.ballot is None else await remote.sheet(named.ballot)
    if sha256(data).hexdigest() != named.hash:
        raise Unproven("A document of a ledger is not what its hash says.", cause=named.hash)
    async with store.transaction() as tx:
        await mirrors.keep_blob(tx, log, data, named.seq, named.ballot)
