"""Fetching back what our own ledger lost, from those who keep copies of it."""

import logging
from datetime import timedelta

from phyle.cooperative.activities.remote import Remote
from phyle.cooperative.ledger import checkpoints, partners, reading, restoring, signing, standing, trees, witnesses
from phyle.cooperative.ledger.restoring import Beside
from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.paths import Bundle
from phyle.cooperative.tree.proofs import verify_consistency
from phyle.cooperative.tree.ranges import consistency
from phyle.cooperative.tree.tiles import FULL, consistency_proof, tiles_for
from phyle.errors import Refusal, Unavailable, Unproven
from phyle.federation.net import Net
from phyle.store.jobs import Become, Body
from phyle.store.transaction import Store

AGAIN = timedelta(minutes=1)
_log = logging.getLogger(__name__)


async def recover(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{}`: from every partner whose copy is longer than what is here, until nothing is missing."""
    async with store.reading() as tx:
        hosts = [partner.host for partner in await partners.every(tx)]
        name = await signing.origin(tx)
    for host in hosts:
        try:
            await _from(Remote.at(net, host).mirror(witnesses.origin_hash(name)), store)
        except Unavailable:
            raise
        except Refusal as refusal:
            _log.warning("nothing is taken back from the copy at %s: %s", host, refusal)
    async with store.transaction() as tx:
        reason = await restoring.complete(tx)
    if reason is None:
        _log.warning("the ledger is whole again and goes on")
        return None
    _log.error("the ledger stays read-only: %s", reason)
    return Become(job=standing.RECOVER, body={}, after=AGAIN)


async def _from(copy: Remote, store: Store) -> None:
    """Everything that one copy has and we do not. Unproven unless our log signed its head and it continues what is
    here."""
    async with store.reading() as tx:
        keys, name = await checkpoints.log_keys(tx), await signing.origin(tx)
        size = await reading.size(tx)
        root = await trees.root(tx, size)
    head = verified(await copy.checkpoint(), keys, origin=name)
    if head.size <= size:
        return
    if size:
        verify_consistency(
            old=size, size=head.size, old_root=root, root=head.root, proof=await _proof(copy, size, head)
        )
    while size < head.size:
        size = await _bundle(copy, store, size, head)


async def _bundle(copy: Remote, store: Store, size: int, head: Head) -> int:
    number, there = divmod(size, FULL)
    bundle = Bundle(number, min(FULL, head.size - number * FULL))
    leaves = (await copy.entries(bundle))[there:]
    end = number * FULL + bundle.width
    if len(leaves) != end - size:
        raise Unproven("A bundle holds fewer entries than it must.")
    proof = await _proof(copy, end, head)
    beside = await _beside(copy, size, end)
    async with store.transaction() as tx:
        return await restoring.take_back(tx, leaves, head=head, proof=proof, beside=beside)


async def _proof(copy: Remote, old: int, head: Head) -> list[bytes]:
    wanted = tiles_for(consistency(old, head.size), head.size)
    return consistency_proof(old, head.size, await copy.tiles(wanted))


async def _beside(copy: Remote, first: int, end: int) -> Beside:
    """The blobs and sheets that these entries name."""
    documents: dict[str, bytes] = {}
    while first < end:
        page = [named for named in await copy.named_since(first) if first <= named.seq < end]
        for named in page:
            documents[named.hash] = await (copy.sheet(named.ballot) if named.ballot else copy.blob(named.hash))
        first = max((named.seq for named in page), default=end - 1) + 1
    return Beside(documents=documents)
