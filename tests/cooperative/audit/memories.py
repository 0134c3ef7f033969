"""A ledger in memory as a source: what a story made, with its tree, its blobs, its sheets and its checkpoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phyle.cooperative.audit.sources import Openings
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.tree import archive, hashing, tiles
from phyle.cooperative.tree.archive import Section
from phyle.cooperative.tree.bundles import bundle
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.tiles import Tile
from tests.cooperative.law.stories import ORIGIN, Story


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

    def unread(self) -> Sequence[str]:
        return ()

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


def archived(ledger: Memory, path: Path, *, openings: Mapping[str, tuple[str, Any, str]] | None = None) -> Path:
    """The ledger as a file; with openings (name, value, salt by commitment) one for members."""
    with path.open("wb") as stream:
        archive.begin(stream)
        parts = [Section("about", ORIGIN, spell({"origin": ORIGIN}))]
        parts += [Section("blob", hash, data) for hash, data in sorted(ledger.blobs.items())]
        parts += [Section("sheet", ballot, data) for ballot, data in sorted(ledger.sheets.items())]
        for first in range(0, len(ledger.leaves), 256):
            leaves = ledger.leaves[first : first + 256]
            if openings is not None:
                own = [[it, *openings[it]] for it in sorted(openings) if any(it.encode() in leaf for leaf in leaves)]
                parts.append(Section("openings", str(first), spell({"opened": own, "closed": []})))
            parts.append(Section("entries", str(first), bundle(leaves)))
        parts.append(Section("checkpoint", str(len(ledger.leaves)), ledger.note))
        parts.append(Section("end", str(len(ledger.leaves)), b""))
        for part in parts:
            archive.write(stream, part)
    return path
