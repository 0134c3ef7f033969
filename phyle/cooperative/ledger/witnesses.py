"""The ledgers of others that this phyle watches: which head it holds of each, and what it may cosign."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from phyle import clock
from phyle.cooperative.ledger import witness_keys
from phyle.cooperative.tree import witness
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.equivocation import Equivocation, equivocation
from phyle.cooperative.tree.keys import Signature, VerifierKey
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.witness import Known, Submission, Verdict
from phyle.errors import Conflict, Missing
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

INTRODUCE = "cooperative.introduce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A ledger that is watched. `size` and `root`: the newest head that was cosigned here; `note`: its bytes with our
    cosignature, None before the first. `mirrored`: how many of its entries are held
    here, in `volume` bytes; `blobs`: of how many of them the blobs are here too."""

    id: int
    origin: str
    hash: str
    host: str
    keys: tuple[VerifierKey, ...]
    size: int
    root: bytes
    note: bytes | None
    mirrored: int
    blobs: int
    volume: int

    @property
    def known(self) -> Known:
        """What the rules of witnesses ask."""
        return Known(self.keys, self.size, self.root)


def origin_hash(origin: str) -> str:
    """How a ledger is named in the addresses of those who witness it."""
    return sha256(origin.encode()).hexdigest()


async def watch(tx: Tx, *, origin: str, host: str, keys: Sequence[VerifierKey]) -> Log:
    """Watch a ledger from now on. The keys that were first seen stay; others are taken only by `add_key`."""
    vkeys = [str(key) for key in keys]
    await tx.run(SQL.watch, origin, origin_hash(origin), host, vkeys)
    return await log(tx, origin)


async def log(tx: Tx, origin: str) -> Log:
    """A ledger that is watched here. Missing when it is not."""
    return _found(await tx.row(SQL.by_origin, origin))


async def locked(tx: Tx, origin: str) -> Log:
    """The same, and nobody else cosigns or signs anything of it until this transaction ends."""
    return _found(await tx.row(SQL.locked, origin))


async def log_of_hash(tx: Tx, hash: str) -> Log:
    """The same by the hash of its origin, as addresses name it."""
    return _found(await tx.row(SQL.by_hash, hash))


async def watched(tx: Tx) -> list[Log]:
    """Every ledger that is watched here, by origin."""
    return [_log(row) for row in await tx.rows(SQL.every)]


async def add_key(tx: Tx, known: Log, head: Head, key: VerifierKey) -> None:
    """A ledger took a new key: its checkpoint is signed by the new one and by one that is known. Unproven otherwise."""
    verified(head.note, known.keys)
    verified(head.note, [key])
    await tx.run(SQL.add_key, known.id, str(key))


async def answer(tx: Tx, body: bytes) -> tuple[int, str, bytes]:
    """The answer to `add-checkpoint`: status, media type, body. Malformed or TooLarge for what is no submission.

    The row of the log is locked from the moment its head is read until the new one is kept, so of two submissions that
    start from one size, one gets 409.
    """
    submission = Submission.read(body)
    row = await tx.row(SQL.locked, witness.origin_of(submission))
    held = _log(row) if row else None
    if held is None:
        await _become_known(tx, witness.origin_of(submission))
    verdict = witness.judged(submission, held.known if held else None)
    if held is None or verdict.checkpoint is None:
        return witness.answer(verdict, size=0)
    if verdict.status is HTTPStatus.OK:
        return witness.answer(verdict, size=0, cosignatures=[await _cosign(tx, held, submission.note)])
    if verdict.status is HTTPStatus.UNPROCESSABLE_ENTITY or verdict.checkpoint.size <= held.size:
        await see(tx, held, submission.note)
    return witness.answer(verdict, size=held.size)


async def _become_known(tx: Tx, origin: str) -> None:
    """A phyle in which people here are members, or whose signatures are asked for here, asks before its keys were
    fetched: it is watched when it asks again."""
    if await tx.value(SQL.known_here, origin):
        await tx.queue(INTRODUCE, {"host": origin.partition("/")[0]}, order_key=f"{INTRODUCE} {origin}")


async def cosign(tx: Tx, origin: str, note: Note, *, old: int, proof: Sequence[bytes]) -> Verdict:
    """Cosign a head that was fetched, by the same rules as one that was submitted."""
    row = await tx.row(SQL.locked, origin)
    held = _found(row)
    verdict = witness.judged(Submission(old, tuple(proof), note), held.known)
    if verdict.status is HTTPStatus.OK:
        await _cosign(tx, held, note)
    return verdict


async def _cosign(tx: Tx, held: Log, note: Note) -> Signature:
    signer = await witness_keys.signer(tx)
    seconds = int(clock.now().timestamp())
    signature = signer.sign(note.text, seconds=seconds)
    checkpoint = Checkpoint.read(note.text)
    own = Note(note.text, verified(note, held.keys).signatures).with_signatures([signature])
    if not await tx.run(SQL.cosigned, held.id, held.size, checkpoint.size, checkpoint.root, bytes(own)):
        raise Conflict("Another head was cosigned in the meantime.")
    await tx.run(SQL.forget_seen, held.id, checkpoint.size)
    return signature


async def see(tx: Tx, held: Log, note: Note) -> Head:
    """Remember a head that a ledger signed and that we did not cosign: it must fit, or it is evidence.

    Unproven unless a key of that ledger signed it.
    """
    head = verified(note, held.keys, origin=held.origin)
    if head.size == held.size and held.note is not None:
        found = equivocation(verified(held.note, held.keys), head, {})
        if found is not None:
            await convict(tx, held, found)
    else:
        await tx.run(SQL.see, held.id, head.size, head.root, bytes(note))
    return head


async def seen(tx: Tx, held: Log) -> list[Head]:
    """The heads that wait to be compared with the one held, by size."""
    rows = await tx.rows(SQL.seen, held.id)
    return [verified(Note.read(row["note"]), held.keys) for row in rows]


async def settle(tx: Tx, held: Log, head: Head) -> None:
    """A head that was seen follows, as it should: it is no evidence of anything."""
    await tx.run(SQL.settle, held.id, head.size, head.root)


async def convict(tx: Tx, held: Log, found: Equivocation) -> None:
    """Keep the proof that a ledger contradicts itself, for everybody to see. Unproven when it proves nothing."""
    found.verify(held.keys)
    document = found.document()
    identity = sha256(f"{document['older']}{document['newer']}".encode()).hexdigest()
    await tx.run(SQL.convict, held.id, identity, document)


async def equivocations(tx: Tx) -> list[Record]:
    """Every proof that is kept here: origin, document, found_at; the newest first."""
    return await tx.rows(SQL.equivocations)


def _found(row: Record | None) -> Log:
    if row is None:
        raise Missing("This phyle does not watch that ledger.")
    return _log(row)


def _log(row: Record) -> Log:
    keys = tuple(map(VerifierKey.read, row["vkeys"]))
    names = ("id", "origin", "hash", "host", "size", "root", "note", "mirrored", "blobs", "volume")
    return Log(keys=keys, **{name: row[name] for name in names})
