"""Whole copies of the ledgers that are watched: if their hosts lose entries, they can be fetched back from here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.frontier import TILE_HEIGHT, Frontier
from phyle.cooperative.tree.proofs import verify_consistency
from phyle.cooperative.tree.ranges import perfect
from phyle.cooperative.tree.tiles import FULL, edge, tiles_for
from phyle.errors import Conflict, Malformed, TooLarge, Unproven
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_ERASES = b'"kind":"erase"'
_COMMITMENT = re.compile(rb'"([0-9a-f]{64})"')

MOST_BYTES = 1 << 30
"""What one ledger may take here. Beyond it a ledger is still witnessed, but no longer copied."""


async def entries(tx: Tx, log: Log, first: int, count: int) -> list[bytes]:
    """Leaves from `first` on, at most `count`, as far as they are here."""
    return [row["leaf"] for row in await tx.rows(SQL.entries, log.id, first, first + count)]


async def tiles(tx: Tx, log: Log, places: Iterable[tuple[int, int]], size: int) -> Mapping[tuple[int, int], bytes]:
    """The hashes of tiles (level, number), as far as a tree of `size` entries has them and they are here."""
    found = {}
    for level, number in places:
        first, end = number * FULL, min((number + 1) * FULL, size >> TILE_HEIGHT * level)
        rows = await tx.rows(SQL.hashes, log.id, level, first, end)
        found[(level, number)] = b"".join(row["hash"] for row in rows)
    return found


async def frontier(tx: Tx, log: Log) -> Frontier:
    """The right edge of what is here."""
    needed = tiles_for(perfect(0, log.mirrored), log.mirrored)
    return edge(log.mirrored, await tiles(tx, log, [tile.place for tile in needed], log.mirrored))


async def keep(tx: Tx, log: Log, leaves: Sequence[bytes], proof: Sequence[bytes]) -> int:
    """Keep the entries after those that are here; how many are here then.

    `proof`: of consistency from there to the head that is held, empty where they reach it. Unproven unless these are
    the very entries that the head commits to; Conflict if others were kept meanwhile.
    """
    before = await frontier(tx, log)
    after, runs = before.grown(hashing.leaves(leaves))
    if after.size > log.size:
        raise Unproven("There are more entries than the checkpoint covers.")
    verify_consistency(old=after.size, size=log.size, old_root=after.root(), root=log.root, proof=proof)
    count = sum(map(len, leaves))
    if not await tx.run(SQL.advance, log.id, before.size, after.size, count):
        raise Conflict("Other entries were copied meanwhile.")
    await tx.run(SQL.keep_entries, log.id, before.size, list(leaves))
    for level, first, hashes in runs:
        await tx.run(SQL.keep_hashes, log.id, level, first, hashes)
    await _erase(tx, log, leaves)
    return after.size


async def _erase(tx: Tx, log: Log, leaves: Iterable[bytes]) -> None:
    """What a ledger erases is erased in its copies too: sheets that repeat it."""
    gone = {it for leaf in leaves if _ERASES in leaf for it in _COMMITMENT.findall(leaf)}
    for row in await tx.rows(SQL.sheets, log.id) if gone else ():
        if not gone.isdisjoint(_repeated(row["data"])):
            await tx.run(SQL.drop_blob, log.id, row["hash"])


def _repeated(sheet: bytes) -> set[bytes]:
    """The commitments that a sheet opens; none for what only passes for a sheet."""
    try:
        return {commit(value, salt).encode() for _, value, salt in parse(sheet)}
    except (Malformed, ValueError, TypeError):
        return set()


async def blob(tx: Tx, log: Log, hash: str) -> bytes | None:
    """A blob or sheet of that ledger, if it is here."""
    data: bytes | None = await tx.value(SQL.blob, log.id, hash)
    return data


async def sheet(tx: Tx, log: Log, ballot: str) -> bytes | None:
    """The opened papers of a ballot of that ledger, if they are here."""
    data: bytes | None = await tx.value(SQL.sheet, log.id, ballot)
    return data


async def names(tx: Tx, log: Log, seq: int, hash: str) -> bool:
    """Whether the copied entry `seq` names a document by this SHA-256."""
    return any(f'"{hash}"'.encode() in leaf for leaf in await entries(tx, log, seq, 1))


async def keep_blob(tx: Tx, log: Log, data: bytes, seq: int, ballot: str | None = None) -> None:
    """Keep a blob that the entry `seq` names, or the sheet of a ballot. Unproven when that entry does not name it,
    TooLarge when there is no more room for this ledger."""
    hash = sha256(data).hexdigest()
    if not await names(tx, log, seq, hash):
        raise Unproven("No entry names that document.", cause=hash)
    if not await tx.run(SQL.grow, log.id, len(data), MOST_BYTES):
        raise TooLarge("There is no more room for copies of that ledger.", cause=log.origin)
    await tx.run(SQL.keep_blob, log.id, hash, data, seq, ballot)


async def named_since(tx: Tx, log: Log, seq: int, *, most: int) -> list[dict[str, Any]]:
    """What is here of entries from `seq` on, as `listing.named_since` tells it of our own ledger."""
    rows = await tx.rows(SQL.named_since, log.id, seq, most)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


async def blobs_kept(tx: Tx, log: Log, seq: int) -> None:
    """The blobs of all entries before `seq` are here."""
    await tx.run(SQL.blobs_kept, log.id, seq)
