"""Watching the ledgers of others: their newest head is fetched, compared with the one held, cosigned and copied."""

from http import HTTPStatus

from phyle.cooperative.activities import mirroring
from phyle.cooperative.activities.remote import Remote
from phyle.cooperative.ledger import mirrors, partners, witnesses
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.equivocation import equivocation
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.ranges import consistency, perfect
from phyle.cooperative.tree.tiles import Tiles, consistency_proof, tiles_for
from phyle.errors import Conflict, Refusal, Unavailable, Unproven
from phyle.federation import peers
from phyle.federation.net import Net
from phyle.store.jobs import Body
from phyle.store.transaction import Store

OBSERVE = "cooperative.observe"
TRIES = 3


async def observe(net: Net, store: Store, body: Body) -> None:
    """Network job `{origin}`: one look at a ledger. What goes wrong is noted, and tried again later."""
    log = await _log(store, body["origin"])
    try:
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, net.address(log.host, "/"))
        await _looked(Remote.at(net, log.host), store, log)
    except Unavailable:
        raise
    except Refusal as refusal:
        async with store.transaction() as tx:
            await partners.log_failed(tx, log.id, str(refusal))


async def _looked(remote: Remote, store: Store, log: Log) -> None:
    """One look and a copy of what was seen; again when something else moved the same ledger on meanwhile."""
    for left in reversed(range(TRIES)):
        try:
            await look(remote, store, log)
            await mirroring.copy(remote, store, log.origin)
        except Conflict:
            if not left:
                raise
            log = await _log(store, log.origin)
        else:
            return


async def look(remote: Remote, store: Store, log: Log) -> None:
    """Compare the newest head with the one held, and everything else that was seen with both."""
    note = Note.read(await remote.checkpoint())
    await _known_key(remote, store, log, note)
    log = await _log(store, log.origin)
    head = verified(note, log.keys, origin=log.origin)
    async with store.reading() as tx:
        waiting = await witnesses.seen(tx, log)
    if await _fits(remote, store, log, head) and head.size >= log.size:
        await _cosign(remote, store, log, head)
    log = await _log(store, log.origin)
    for other in waiting:
        if await _fits(remote, store, log, other) and other.size <= log.size:
            async with store.transaction() as tx:
                await witnesses.settle(tx, log, other)


async def _known_key(remote: Remote, store: Store, log: Log, note: Note) -> None:
    """A new key of the ledger is taken if one that is known signed beside it; a new epoch is watched too."""
    keys = await remote.keys(log.host)
    if keys.origin != log.origin:  # a new epoch
        async with store.transaction() as tx:
            await witnesses.watch(tx, origin=keys.origin, host=log.host, keys=keys.log)
    for key in keys.log if keys.origin == log.origin else ():
        if key not in log.keys and any(key.made(signature) for signature in note.signatures):
            async with store.transaction() as tx:
                await witnesses.add_key(tx, log, verified(note, log.keys, origin=log.origin), key)


async def _fits(remote: Remote, store: Store, log: Log, head: Head) -> bool:
    """Whether a head and the one held belong to one history; if not, the proof of it is kept.

    Unproven when the ledger's own tiles do not show either.
    """
    if log.note is None or head.size == 0:
        return True
    held = verified(Note.read(log.note), log.keys)
    older, newer = sorted((held, head), key=lambda each: each.size)
    tiles = await _tiles(remote, store, log, older.size, newer.size)
    found = equivocation(held, head, tiles)
    if found is None:
        return True
    async with store.transaction() as tx:
        await witnesses.convict(tx, log, found)
    return False


async def _tiles(remote: Remote, store: Store, log: Log, old: int, size: int) -> Tiles:
    """What compares two heads: from our own copy where it reaches that far, else from the ledger itself."""
    if old == size:
        return {}
    wanted = tiles_for((*consistency(old, size), *perfect(0, old)), size)
    if size <= log.mirrored:
        async with store.reading() as tx:
            return await mirrors.tiles(tx, log, [tile.place for tile in wanted], size)
    return await remote.tiles(wanted)


async def _cosign(remote: Remote, store: Store, log: Log, head: Head) -> None:
    if head.size == log.size and log.note is not None:
        async with store.transaction() as tx:
            await partners.log_observed(tx, log.id)
        return
    proof: list[bytes] = []
    if log.size:
        wanted = tiles_for(consistency(log.size, head.size), head.size)
        proof = consistency_proof(log.size, head.size, await remote.tiles(wanted)) if wanted else []
    async with store.transaction() as tx:
        verdict = await witnesses.cosign(tx, log.origin, head.note, old=log.size, proof=proof)
        if verdict.status is HTTPStatus.CONFLICT:
            raise Conflict("Another head of this ledger was cosigned meanwhile.")
        if verdict.status is not HTTPStatus.OK:
            raise Unproven(verdict.sentence)
        await partners.log_observed(tx, log.id)


async def _log(store: Store, origin: str) -> Log:
    async with store.reading() as tx:
        return await witnesses.log(tx, origin)
