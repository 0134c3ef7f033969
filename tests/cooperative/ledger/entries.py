"""Entries of no meaning, written into the database as the ledger writes its own: for tests of what is shown of it."""

from phyle.cooperative.ledger import reading, signing, writing
from phyle.cooperative.tree import hashing
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx

CLOCK = Query(
    "INSERT INTO cooperative.slices (kind, id, value) VALUES ('clock', '', $1)"
    " ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value"
)


async def begun(store: Store) -> None:
    """The ledger has its keys."""
    async with store.transaction() as tx:
        await signing.make_keys(tx)


async def entered(store: Store, count: int, *, word: str = "entry") -> int:
    """So many more entries; how many there are then."""
    async with store.transaction() as tx:
        return await enter(tx, [f'{{"{word}":{number}}}'.encode() for number in range(count)])


async def enter(tx: Tx, leaves: list[bytes]) -> int:
    """These entries; how many there are then."""
    edge = await reading.frontier(tx)
    hashes = hashing.leaves(leaves)
    after, runs = edge.grown(hashes)
    seqs = list(range(edge.size, after.size))
    await tx.run(writing.SQL.add_entries, seqs, seqs, ["test"] * len(seqs), hashes, leaves)
    await tx.run(CLOCK, {"seq": after.size, "at": after.size})
    for run in runs:
        if run.level:
            await tx.run(writing.SQL.add_hashes, run.level, run.first, run.hashes)
    return after.size
