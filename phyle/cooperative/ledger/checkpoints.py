"""Checkpoints of our ledger: signed after the commit, at most once a second, and none that contradicts another."""

import asyncio
import logging
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from phyle.cooperative.law.phyle_keys import KeyPeriod
from phyle.cooperative.ledger import append, heads, partners, reading, signing, trees
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.keys import Kind, Signature, Signer, VerifierKey, time_of
from phyle.cooperative.tree.notes import Note
from phyle.errors import Malformed, Missing, Unavailable, Unproven
from phyle.identity import multikey
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx

SQL = queries(__file__)

PAUSE = 1.0
"""Seconds between two checkpoints, at least."""
ASK = "cooperative.ask_witnesses"
_log = logging.getLogger(__name__)


class Publisher:
    """Publishes the checkpoints of one process until cancelled; whichever process is first does it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Ends only by cancellation. Whatever goes wrong is logged and tried again."""
        while True:
            try:
                if await self._behind():
                    async with self._store.transaction() as tx:
                        await publish(tx)
            except Unavailable as error:
                _log.warning("the checkpoint waits: %s", error)
            except Exception:
                _log.exception("the checkpoint waits after what nobody expected")
            await asyncio.sleep(PAUSE)

    async def _behind(self) -> bool:
        async with self._store.reading() as tx:
            return bool(await tx.value(SQL.behind, await signing.origin(tx)))


async def publish(tx: Tx) -> Head | None:
    """Sign and show the present head; None if there is nothing new, or if something is due that is not entered yet.

    What was shown before must be the beginning of what is there now: otherwise nothing is signed, and nothing is
    entered any more. The head is also kept beside the database before anybody sees it.
    """
    await tx.run(SQL.alone)
    signers, last = await log_signers(tx), await newest(tx)
    size = await _settled(tx)
    if size <= (last.size if last else 0):
        return None
    reason = (await missing(tx, last) if last else None) or await contradicted(tx)
    if reason is not None:
        await append.stop(tx, reason)
        _log.critical("no checkpoint is signed: %s", reason)
        return None
    note = Checkpoint(signers[0].name, size, await trees.root(tx, size)).note()
    for signer in signers:
        note = note.signed(signer)
    head = verified(note, [signers[0].public])
    await asyncio.to_thread(heads.keep, tx.store.settings.home, note)
    await tx.run(SQL.publish, signers[0].name, size, head.root, bytes(note))
    await partners.meet(tx)
    if await partners.due(tx, size):
        await tx.queue(ASK, {}, order_key=ASK)
    return head


async def _settled(tx: Tx) -> int:
    """How many entries there are; 0 while something is due that must be entered before the ledger can be judged, unless
    it cannot be entered."""
    row = await tx.row(SQL.settled)
    if row is None or (row["due"] is not None and row["due"] <= row["at"] and not await append.stopped(tx)):
        return 0
    return int(row["size"])


async def contradicted(tx: Tx) -> str | None:
    """Why our ledger is not what the head in the file beside the database says that it was; None if it is."""
    try:
        head = heads.kept(tx.store.settings.home, await log_keys(tx), origin=await signing.origin(tx))
    except (Malformed, Unproven) as error:
        return f"The file {heads.FILE} beside the database is not of this ledger: {error.sentence}."
    return await missing(tx, head) if head else None


async def missing(tx: Tx, head: Head) -> str | None:
    """Why our ledger is not what a head of it says that it was; None if the head is part of it, as it should be."""
    size = await reading.size(tx)
    if size < head.size:
        return f"This ledger has {size} entries, but {head.size} were published: some are lost."
    if await trees.root(tx, head.size) != head.root:
        return f"The first {head.size} entries of this ledger are not those that were published."
    return None


async def log_signers(tx: Tx) -> list[Signer]:
    """The key of our log under the name of the ledger; after it the one that it replaced not long ago, unless that was
    lost or stolen, so that those who know only the old one learn of the new."""
    origin = await signing.origin(tx)
    signers = [Signer(origin, Kind.ED25519, (await signing.keys(tx)).log)]
    for row in await tx.rows(SQL.replaced):
        period = await reading.get(tx, KeyPeriod, f"log.{row['public']}")
        if period is None or period.last_trusted is None:
            signers.append(Signer(origin, Kind.ED25519, multikey.decode_secret(row["secret"])))
    return signers


async def log_keys(tx: Tx) -> list[VerifierKey]:
    """Every key that our log has had, under the name of the ledger."""
    origin = await signing.origin(tx)
    keys = [multikey.decode(row["public"]) for row in await tx.rows(SQL.log_keys)]
    raw = [key.public_bytes_raw() for key in keys if isinstance(key, Ed25519PublicKey)]
    return [VerifierKey(origin, Kind.ED25519, material) for material in raw]


async def newest(tx: Tx) -> Head | None:
    """The newest checkpoint that was published, with the cosignatures that it has so far."""
    origin = await signing.origin(tx)
    return await _head(tx, await tx.row(SQL.newest, origin))


async def cosigned(tx: Tx) -> Head | None:
    """The newest checkpoint under which some witness signed; where there is no witness, the newest of all."""
    row = await tx.row(SQL.cosigned, await signing.origin(tx))
    return await _head(tx, row) or await newest(tx)


async def at(tx: Tx, size: int) -> Head:
    """The first published checkpoint that covers `size` entries. Missing while there is none."""
    head = await _head(tx, await tx.row(SQL.covering, await signing.origin(tx), size))
    if head is None:
        raise Missing("No checkpoint covers that yet. One is published at most a second after each entry.")
    return head


async def keep_cosignatures(tx: Tx, head: Head, signatures: Iterable[Signature]) -> None:
    """What witnesses answered, after it was verified."""
    for signature in signatures:
        name, number, data = signature.name, signature.key_id, signature.data
        await tx.run(SQL.keep_cosignature, head.checkpoint.origin, head.size, name, number, data, time_of(data))


async def _head(tx: Tx, row: Record | None) -> Head | None:
    """A row as the head it is: our own signature was verified when it was made."""
    if row is None:
        return None
    found = await tx.rows(SQL.cosignatures, row["origin"], row["size"])
    note = Note.read(row["note"])
    more = [Signature(each["name"], each["key_id"], each["data"]) for each in found]
    return Head(Checkpoint.read(note.text), note.with_signatures(more), note.signatures)
