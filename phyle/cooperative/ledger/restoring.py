"""Taking lost entries back, exactly as they were: their own log signed the head that they lead to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from phyle.cooperative.law.entries import ActEntry, Entry, read_entry
from phyle.cooperative.law.replay import ALWAYS
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import append, blobs, checkpoints, following, openings, reading, sheets
from phyle.cooperative.ledger.deciding import Batch, Entered, law_of
from phyle.cooperative.ledger.openings import Opening
from phyle.cooperative.ledger.writing import write
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.checkpoints import Head
from phyle.cooperative.tree.proofs import verify_consistency
from phyle.errors import Conflict, Unproven
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_COMMITMENT = re.compile(rb'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the entries that are taken back: blobs and public sheets, by their SHA-256."""

    documents: Mapping[str, bytes]


async def take_back(tx: Tx, leaves: Sequence[bytes], *, head: Head, proof: Sequence[bytes], beside: Beside) -> int:
    """Enter the entries after those that are here; how many there are then.

    `head`: a head of our ledger, verified with its log key; `proof`: of consistency from the tree with these entries to
    that head. Nothing is judged again: it was, when it was entered. Unproven unless these are the very entries.
    """
    await tx.run(SQL.lock, append.LEDGER)
    edge = await reading.frontier(tx)
    after = edge.extended(hashing.leaves(leaves))
    if after.size > head.size:
        raise Unproven("There are more entries than the head covers.")
    verify_consistency(old=after.size, size=head.size, old_root=after.root(), root=head.root, proof=proof)
    await _keep_blobs(tx, beside.documents)
    batch = await _applied(tx, leaves, edge.size)
    await write(tx, batch, edge, follow=_following(beside.documents))
    await _keep_acts(tx, [read_entry(leaf) for leaf in leaves])
    await tx.run(append.SQL.nothing_before, batch.entries[-1].at)
    return after.size


async def keep_openings(tx: Tx, leaves: Iterable[bytes], opened: Mapping[str, Opening]) -> None:
    """What the entries commit to and somebody kept, by commitment: for members, whoever may have seen it before."""
    for leaf in leaves:
        entry = read_entry(leaf)
        if isinstance(entry, ActEntry):
            named = {match.decode() for match in _COMMITMENT.findall(leaf)} & opened.keys()
            await openings.keep(tx, [(entry.hash, entry.act.by, opened[it]) for it in sorted(named)])
            await tx.run(openings.SQL.entered, [entry.hash], [entry.seq])


async def complete(tx: Tx) -> str | None:
    """Go on, if everything that was ever shown is here again; else why not."""
    newest = await checkpoints.newest(tx)
    reason = await checkpoints.contradicted(tx)
    reason = reason or (await checkpoints.missing(tx, newest) if newest else None)
    if reason is None and await tx.value(SQL.fault):
        return await append.stopped(tx)
    if reason is None:
        await append.resume(tx)
    return reason


async def _keep_blobs(tx: Tx, documents: Mapping[str, bytes]) -> None:
    for hash, data in documents.items():
        if sha256(data).hexdigest() != hash:
            raise Unproven("A document is not what its hash says.", cause=hash)
        await blobs.keep_blob(tx, data)


async def _applied(tx: Tx, leaves: Iterable[bytes], size: int) -> Batch:
    """The state after the entries, in memory."""
    state = State(whole=False)
    await reading.fetch(tx, state, ALWAYS)
    batch = Batch(state=state, now=0, quiet=0)
    for seq, leaf in enumerate(leaves, size):
        entry = read_entry(leaf)
        if entry.seq != seq:
            raise Conflict(f"Entry {entry.seq} stands where entry {seq} must stand.")
        await reading.knowing(tx, state, lambda entry=entry, leaf=leaf: _apply(batch, entry, leaf))  # type: ignore[misc]
    return batch


def _apply(batch: Batch, entry: Entry, leaf: bytes) -> None:
    fork = batch.work.fork()
    law_of(batch.work).apply(fork, entry)
    batch.work.absorb(fork)
    batch.entries.append(Entered(seq=entry.seq, at=entry.at, kind=entry.kind, leaf=leaf, act=None))


def _following(documents: Mapping[str, bytes]) -> Mapping[str, following.Follow]:
    """As when they were entered; but the papers of a ballot are in its sheet, if anybody kept that."""

    async def tallied(tx: Tx, batch: Batch, entry: Entered) -> None:
        payload = orjson.loads(entry.leaf)["payload"]
        if payload["sheet"] in documents:
            ballot, hash = payload["ballot"], payload["sheet"]
            audience = await reading.knowing(tx, batch.state, lambda: sheets.audience_of(batch.work, ballot))
            await tx.run(sheets.SQL.publish, ballot, hash, documents[hash], audience, entry.seq)

    return {**following.FOLLOWING, "tally": tallied}


async def _keep_acts(tx: Tx, entries: Iterable[Entry]) -> None:
    """That the acts are entered, so that nobody can hand them in again."""
    rows = [_act(entry) for entry in entries if isinstance(entry, ActEntry)]
    if rows:
        await tx.run(SQL.keep_acts, *map(list, zip(*rows, strict=True)))


def _act(entry: ActEntry) -> tuple[Any, ...]:
    act, evidence = entry.act, orjson.dumps(dict(entry.evidence)).decode()
    document = spell(entry.document)
    return entry.hash, entry.author, act.by, act.nonce, entry.received, document, evidence, entry.seq, entry.at
