"""The tree of our own ledger: proofs about it, computed from the tiles that the database holds."""

from phyle.cooperative.ledger import reading
from phyle.cooperative.tree import ranges, tiles
from phyle.cooperative.tree.ranges import Range
from phyle.store.transaction import Tx


async def root(tx: Tx, size: int) -> bytes:
    """The root of the first `size` entries, which must be there."""
    whole = Range(0, size)
    return tiles.hash_of(whole, await _tiles(tx, (whole,), size))


async def is_ours(tx: Tx, size: int, root_then: bytes) -> bool:
    """Whether the ledger had this root when it had so many entries: what an act says that its signer saw."""
    return 0 <= size <= await reading.size(tx) and await root(tx, size) == root_then


async def inclusion(tx: Tx, seq: int, size: int) -> list[bytes]:
    """The proof that entry `seq` stands in the tree of `size`. Malformed unless 0 <= seq < size."""
    wanted = ranges.inclusion(seq, size)
    return tiles.hashes_of(wanted, await _tiles(tx, wanted, size))


async def consistency(tx: Tx, old: int, size: int) -> list[bytes]:
    """The proof that the tree of `old` begins that of `size`; empty from 0. Malformed unless 0 <= old <= size."""
    if old == 0:
        return []
    wanted = ranges.consistency(old, size)
    return tiles.hashes_of(wanted, await _tiles(tx, wanted, size))


async def _tiles(tx: Tx, wanted: tuple[Range, ...], size: int) -> tiles.Tiles:
    places = [tile.place for tile in tiles.tiles_for(wanted, size)]
    return await reading.tiles(tx, places, size)
