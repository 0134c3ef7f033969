"""A ledger in memory as a source: what a story made, with its tree, its blobs, its sheets and its checkpoint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from phyle.cooperative.audit.sources import Openings
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.tree import hashing, tiles
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.tiles import Tile
from tests.cooperative.law.stories import Story


@dataclass(kw_only=True)
class Memory:
    """Everything can be changed before it is audited."""

    note: bytes
    leaves: list[bytes]
    hashes: dict[tuple[int, int], bytes]
    blobs: dict[str, bytes]
    sheets: dict[str, bytes]
    given: Openings | None = None
    where: str = "memory"
    tiled: bool = True
    older: list[bytes] = field(default_factory=list)

    def checkpoints(self) -> Sequence[bytes]:
        return [self.note, *self.older]

    def entries(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        for start in range(first, min(size, len(self.leaves)), 256):
            yield start, self.leaves[start : start + 256]

    def tile(self, tile: Tile) -> bytes | None:
        return self.hashes.get(tile.place)

    def blob(self, hash: str) -> bytes | None:
        return self.blobs.get(hash)

    def sheet(self, ballot: str) -> bytes | None:
        return self.sheets.get(ballot)

    def openings(self, first: int, count: int) -> Openings | None:
        return self.given


def head(story: Story, size: int | None = None) -> Checkpoint:
    leaves = story.leaves[: len(story.leaves) if size is None else size]
    root = Frontier().extended(hashing.leaves(leaves)).root()
    return Checkpoint(phyle(story.state).origin, len(leaves), root)


def signed(story: Story, size: int | None = None) -> bytes:
    checkpoint = head(story, size)
    return bytes(checkpoint.note().signed(Signer(checkpoint.origin, Kind.ED25519, story.log)))


def remembered(story: Story) -> Memory:
    """What the host of a story would serve, if it is honest."""
    sheets = {
        ballot: spell([[row.member, row.value, row.salt] for row in sheet])
        for ballot, sheet in story.state._sheets.items()
        if sheet is not None
    }
    return Memory(
        note=signed(story),
        leaves=list(story.leaves),
        hashes=tiles.built(hashing.leaves(story.leaves)),
        blobs={**story.state._blobs, **story.state.kept},
        sheets=sheets,
    )
