"""Writing: a batch of entries with all that hangs on them, for one commit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.cooperative.law.members import Member
from phyle.cooperative.law.state import NotLoaded
from phyle.cooperative.law.values import write as to_json
from phyle.cooperative.ledger import blobs, following, openings, rotating
from phyle.cooperative.ledger.deciding import Batch
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.frontier import Frontier
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_NAMED = re.compile(rb'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Event: entries of one kind were made, acts or consequences, in the commit of this event."""

    kind: str
    seqs: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged:
    """Event: a member stands otherwise than before, in the commit of the entries that did it."""

    member: str
    standing: str


async def write(
    tx: Tx, batch: Batch, frontier: Frontier, *, follow: Mapping[str, following.Follow] = following.FOLLOWING
) -> Frontier:
    """Writes entries, hashes, slices, blobs and answers, and tells who listens. The right edge of the tree after it.
    `follow`: what else is done for an entry of some kind."""
    if batch.entries:
        frontier = await _write_entries(tx, batch, frontier)
        await _write_slices(tx, batch.work.changed)
        await _write_blobs(tx, batch)
    await _write_answers(tx, batch)
    for entry in batch.entries:
        done = follow.get(entry.kind)
        if done is not None:
            await done(tx, batch, entry)
    await rotating.follow(tx, batch)
    await _tell(tx, batch)
    return frontier


async def _write_entries(tx: Tx, batch: Batch, frontier: Frontier) -> Frontier:
    leaves = hashing.leaves(entry.leaf for entry in batch.entries)
    after, runs = frontier.grown(leaves)
    rows = batch.entries
    await tx.run(
        SQL.add_entries,
        [entry.seq for entry in rows],
        [entry.at for entry in rows],
        [entry.kind for entry in rows],
        leaves,
        [entry.leaf for entry in rows],
    )
    for run in runs:
        if run.level:
            await tx.run(SQL.add_hashes, run.level, run.first, run.hashes)
    return after


async def _write_slices(tx: Tx, changed: Mapping[tuple[str, str], Any]) -> None:
    kept = sorted((kind, id, value) for (kind, id), value in changed.items() if value is not None)
    gone = [address for address, value in changed.items() if value is None]
    values = [orjson.dumps(to_json(value)).decode() for _, _, value in kept]
    await tx.run(SQL.put_slices, [kind for kind, _, _ in kept], [id for _, id, _ in kept], values)
    if gone:
        await tx.run(SQL.drop_slices, [kind for kind, _ in gone], [id for _, id in gone])


async def _write_blobs(tx: Tx, batch: Batch) -> None:
    """Blobs that came into being; and which entry was the first to name a draft, which all may read from now on."""
    made = batch.work.kept
    if made:
        await tx.run(blobs.SQL.keep, list(made), list(made.values()))
    drafts = {row["hash"] for row in await tx.rows(blobs.SQL.drafts)}
    if not drafts:
        return
    named = {hash: batch.entries[-1].seq for hash in made if hash in drafts}
    for entry in reversed(batch.entries):
        found = {match.decode() for match in _NAMED.findall(entry.leaf)}
        named |= dict.fromkeys(found & drafts, entry.seq)
    if named:
        await tx.run(blobs.SQL.named, list(named), list(named.values()))


async def _write_answers(tx: Tx, batch: Batch) -> None:
    entered = [answer for answer in batch.answers if answer.state == "entered"]
    refused = [answer for answer in batch.answers if answer.state == "refused"]
    if entered:
        hashes, seqs = [it.hash for it in entered], [it.seq for it in entered]
        await tx.run(SQL.enter, hashes, seqs, [it.at for it in entered])
        await tx.run(openings.SQL.entered, hashes, seqs)
    if refused:
        hashes = [it.hash for it in refused]
        await tx.run(SQL.refuse, hashes, batch.now, [it.status for it in refused], [it.sentence for it in refused])
        await tx.run(openings.SQL.refused, hashes)


async def _tell(tx: Tx, batch: Batch) -> None:
    for (kind, id), value in batch.work.changed.items():
        if kind == Member.SLICE and value is not None and value.standing != _standing_before(batch, id):
            await tx.emit(StandingChanged(member=id, standing=value.standing))
    kinds: dict[str, list[int]] = {}
    for entry in batch.entries:
        kinds.setdefault(entry.kind, []).append(entry.seq)
    for kind, seqs in kinds.items():
        await tx.emit(Entered(kind=kind, seqs=seqs))


def _standing_before(batch: Batch, id: str) -> str | None:
    """What the database still says; a member that was never asked for did not stand anywhere."""
    try:
        before = batch.state.get(Member, id)
    except NotLoaded:
        return None
    return before.standing if before is not None else None
