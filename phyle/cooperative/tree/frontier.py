"""The right edge of a tree: all that appending needs to know of what is already there (a compact range)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Self

from phyle.cooperative.tree.hashing import EMPTY, WIDTH, node, paired
from phyle.errors import Malformed

# Tiles keep every eighth level of the tree (c2sp.org/tlog-tiles).
TILE_HEIGHT = 8


class Run(NamedTuple):
    """Hashes that are to be kept: of the full subtrees of 256**level leaves from the `first`-th on. Level 0: leaves."""

    level: int
    first: int
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Frontier:
    """`hashes` are those of the full subtrees of a tree of `size` leaves, the largest first: one per bit of `size`."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise Malformed(f"A tree of {self.size} entries has no right edge of {len(self.hashes)} hashes")
        if any(len(part) != WIDTH for part in self.hashes):
            raise Malformed("The right edge of a tree has a hash that is not 32 bytes long")

    def root(self) -> bytes:
        """The root of the tree."""
        if not self.hashes:
            return EMPTY
        return reduce(lambda right, left: node(left, right), reversed(self.hashes))

    def extended(self, leaves: Sequence[bytes]) -> Self:
        """The edge after more leaf hashes."""
        return self.grown(leaves)[0]

    def grown(self, leaves: Sequence[bytes]) -> tuple[Self, list[Run]]:
        """The edge after more leaf hashes, and the hashes that are now to be kept, one run per level of tiles.

        Level by level and not leaf by leaf: a hundred thousand leaves cost little more than their hashes.
        """
        waiting = dict(zip(_bits(self.size), reversed(self.hashes), strict=True))
        kept: list[Run] = []
        edge: list[bytes] = []
        new, height = list(leaves), 0
        size = self.size + len(new)
        while size >> height:
            if new and height % TILE_HEIGHT == 0:
                kept.append(Run(height // TILE_HEIGHT, self.size >> height, new))
            row = [waiting[height], *new] if height in waiting else list(new)
            if len(row) % 2:
                edge.append(row.pop())
            new, height = paired(row), height + 1
        return type(self)(size, tuple(reversed(edge))), kept


def _bits(number: int) -> Iterator[int]:
    """The heights of the bits that are set, the lowest first."""
    return (height for height in range(number.bit_length()) if number >> height & 1)
