"""The tree over the leaves seen so far, from which the root at any size, every tile and every proof is computed."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from phyle.cooperative.tree.frontier import TILE_HEIGHT
from phyle.cooperative.tree.hashing import EMPTY, WIDTH, node
from phyle.cooperative.tree.tiles import FULL

PAIR = 2 * WIDTH


class Leaves(Mapping[tuple[int, int], bytes]):
    """All full subtrees of a growing tree: 64 bytes for each leaf. As a mapping: its tiles by level and number."""

    def __init__(self, hashes: bytes = b"") -> None:
        self._rows: list[bytearray] = [bytearray()]
        self.grow(hashes)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._rows[0]) // WIDTH

    def grow(self, hashes: bytes) -> None:
        """More leaf hashes, one after the other. One node is hashed for each."""
        self._rows[0] += hashes
        height, hashed = 0, sha256
        while (count := len(self._rows[height]) // PAIR) > 0:
            if height + 1 == len(self._rows):
                self._rows.append(bytearray())
            above = self._rows[height + 1]
            start = len(above) // WIDTH
            part = bytes(self._rows[height][start * PAIR : count * PAIR])
            above += b"".join(
                hashed(b"\x01" + part[place : place + PAIR]).digest() for place in range(0, len(part), PAIR)
            )
            height += 1

    def leaf(self, seq: int) -> bytes:
        """The hash of one leaf."""
        return bytes(self._rows[0][seq * WIDTH : (seq + 1) * WIDTH])

    def root(self, size: int) -> bytes:
        """The root when there were `size` leaves, at most as many as there are."""
        found: bytes | None = None
        rest = size
        while rest:
            height = (rest & -rest).bit_length() - 1
            rest -= 1 << height
            place = (rest >> height) * WIDTH
            part = bytes(self._rows[height][place : place + WIDTH])
            found = part if found is None else node(part, found)
        return EMPTY if found is None else found

    def hashes(self) -> bytes:
        """All leaf hashes, one after the other."""
        return bytes(self._rows[0])

    # Its tiles

    def __getitem__(self, place: tuple[int, int]) -> bytes:
        level, number = place
        if level * TILE_HEIGHT >= len(self._rows):
            raise KeyError(place)
        row = self._rows[level * TILE_HEIGHT]
        tile = bytes(row[number * FULL * WIDTH : (number + 1) * FULL * WIDTH])
        if not tile:
            raise KeyError(place)
        return tile

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for level, row in enumerate(self._rows[::TILE_HEIGHT]):
            yield from ((level, number) for number in range(-(-len(row) // (FULL * WIDTH))))

    def __len__(self) -> int:
        return sum(1 for _ in self)
