"""Tiles: how a tree is stored and served, 256 hashes at a time, and how any proof is computed from them.

c2sp.org/tlog-tiles. A tile of level l holds the hashes of full subtrees of 256**l leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from phyle.cooperative.tree.frontier import TILE_HEIGHT, Frontier
from phyle.cooperative.tree.hashing import EMPTY, WIDTH, node, root
from phyle.cooperative.tree.ranges import Range, consistency, inclusion, perfect
from phyle.errors import Malformed

FULL = 256

# (level, number) -> the hashes of that tile, one after the other; at least as many as the size of the tree asks for.
Tiles = Mapping[tuple[int, int], bytes]


class Tile(NamedTuple):
    """The `number`-th tile of a level from 0, `width` hashes wide (1 to 256); it is partial below 256."""

    level: int
    number: int
    width: int

    @property
    def place(self) -> tuple[int, int]:
        """Its key in `Tiles`."""
        return self.level, self.number

    @property
    def first(self) -> int:
        """The index, within its level, of its first hash."""
        return self.number * FULL


def tiles_of(size: int, *, old: int = 0) -> list[Tile]:
    """The tiles of a tree of `size` leaves; with `old`, only those that the tree of `old` leaves had not yet."""
    found = []
    level = 0
    while width := size >> TILE_HEIGHT * level:
        first = (old >> TILE_HEIGHT * level) // FULL
        count = width - first * FULL
        if old >> TILE_HEIGHT * level < width:
            numbers = range(first, first + -(-count // FULL))
            found += [Tile(level, number, min(FULL, width - number * FULL)) for number in numbers]
        level += 1
    return found


def tile_at(level: int, number: int, size: int) -> Tile:
    """The widest form of a tile in a tree of `size` leaves. Malformed when that tree has no such tile."""
    width = min(FULL, (size >> TILE_HEIGHT * level) - number * FULL)
    if width < 1:
        raise Malformed(f"A tree of {size} entries has no tile {number} at level {level}")
    return Tile(level, number, width)


def tiles_for(ranges: Iterable[Range], size: int) -> list[Tile]:
    """The tiles of a tree of `size` leaves from which the hashes of some ranges can be computed."""
    return sorted({_tile_over(part, size) for whole in ranges for part in perfect(*whole)})


def hashes_of(ranges: Iterable[Range], tiles: Tiles) -> list[bytes]:
    """The hash of each range. Malformed when a tile is missing or too short."""
    return [hash_of(whole, tiles) for whole in ranges]


def hash_of(whole: Range, tiles: Tiles) -> bytes:
    """The hash of one range of leaves, which must be one that a proof, a root or an edge asks for."""
    parts = [_full_subtree(part, tiles) for part in perfect(*whole)]
    return reduce(lambda right, left: node(left, right), reversed(parts)) if parts else EMPTY


def inclusion_proof(index: int, size: int, tiles: Tiles) -> list[bytes]:
    """The proof that entry `index` stands in the tree of `size`; `tiles_for(inclusion(index, size), size)` suffice."""
    return hashes_of(inclusion(index, size), tiles)


def consistency_proof(old: int, size: int, tiles: Tiles) -> list[bytes]:
    """The proof that the tree of `old` begins that of `size`; `tiles_for(consistency(old, size), size)` suffice."""
    return hashes_of(consistency(old, size), tiles)


def edge(size: int, tiles: Tiles) -> Frontier:
    """The right edge of a tree, to append to it; `tiles_for(perfect(0, size), size)` suffice."""
    return Frontier(size, tuple(_full_subtree(part, tiles) for part in perfect(0, size)))


def built(leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """All tiles of a tree over leaf hashes."""
    return {
        (level, start // FULL): b"".join(hashes[start : start + FULL])
        for level, _, hashes in Frontier().grown(leaves)[1]
        for start in range(0, len(hashes), FULL)
    }


def _tile_over(part: Range, size: int) -> Tile:
    level, _ = _height(part)
    return tile_at(level, (part.start >> TILE_HEIGHT * level) // FULL, size)


def _height(part: Range) -> tuple[int, int]:
    """The level whose tile holds a full subtree, and how many of that tile's hashes lie under it."""
    level, above = divmod((part.end - part.start).bit_length() - 1, TILE_HEIGHT)
    return level, 1 << above


def _full_subtree(part: Range, tiles: Tiles) -> bytes:
    level, count = _height(part)
    number, place = divmod(part.start >> TILE_HEIGHT * level, FULL)
    row = tiles.get((level, number), b"")[place * WIDTH : (place + count) * WIDTH]
    if len(row) != count * WIDTH:
        raise Malformed(f"Tile {number} at level {level} is missing or too short")
    return root([row[start : start + WIDTH] for start in range(0, len(row), WIDTH)])
