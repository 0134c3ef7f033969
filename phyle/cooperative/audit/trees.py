"""The entries against the tree: leaf by leaf with the tiles, and the root with what the log's key signed."""

from collections.abc import Sequence

from phyle.cooperative.audit.findings import Finding, false, withheld
from phyle.cooperative.audit.leaves import Leaves
from phyle.cooperative.audit.sources import Source
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.hashing import WIDTH
from phyle.cooperative.tree.proofs import verify_inclusion
from phyle.cooperative.tree.ranges import inclusion
from phyle.cooperative.tree.tiles import Tile, inclusion_proof, tile_at, tiles_for, tiles_of
from phyle.errors import Refusal


def leaf_tile(source: Source, head: Checkpoint, first: int, hashes: Sequence[bytes]) -> Finding | None:
    """Compare the leaves from `first` on (at most 256, one bundle) with the tile that holds their hashes."""
    tile = tile_at(0, first // 256, head.size)
    data = source.tile(tile)
    if data is None:
        return withheld(first, "tile", f"The tile {_named(tile)} is withheld.")
    served = [data[place : place + WIDTH] for place in range(0, len(data), WIDTH)]
    for place, (told, own) in enumerate(zip(served, hashes, strict=False)):
        if told != own:
            return _blamed(source, head, tile, first + place, told, own)
    if len(data) != tile.width * WIDTH:
        return false(first, "tile", f"The tile {_named(tile)} has {len(data)} bytes.", expected=f"{tile.width * WIDTH}")
    return None


def upper_tiles(source: Source, tree: Leaves, size: int) -> Finding | None:
    """Compare all tiles above the leaves with what follows from the entries."""
    for tile in tiles_of(size):
        if tile.level and (data := source.tile(tile)) != tree[tile.place][: tile.width * WIDTH]:
            if data is None:
                return withheld(None, "tile", f"The tile {_named(tile)} is withheld.")
            return false(
                None, "tile", f"The tile {_named(tile)} does not hold the hashes that follow from the entries."
            )
    return None


def _blamed(source: Source, head: Checkpoint, tile: Tile, seq: int, told: bytes, own: bytes) -> Finding:
    """Which of both was changed: the one whose hash does not lead to the signed root."""
    if _signed(source, head, seq, told):
        sentence = "The entry is not the one that the checkpoint covers: it was changed after it was signed for."
        return false(seq, "entry", sentence, expected=f"an entry with the leaf hash {told.hex()}")
    if _signed(source, head, seq, own):
        sentence = f"The tile {_named(tile)} does not hold the hash of the entry, which the checkpoint covers."
        return false(seq, "tile", sentence, expected=own.hex())
    sentence = (
        f"The entry does not have the hash that the tile {_named(tile)} holds, and the checkpoint covers neither."
    )
    return false(seq, "entry", sentence, expected=told.hex())


def _signed(source: Source, head: Checkpoint, seq: int, leaf: bytes) -> bool:
    """Whether a leaf leads to the root of the checkpoint, through the tiles as they are given."""
    wanted = tiles_for(inclusion(seq, head.size), head.size)
    tiles = {tile.place: source.tile(tile) or b"" for tile in wanted}
    try:
        proof = inclusion_proof(seq, head.size, tiles)
        verify_inclusion(index=seq, size=head.size, leaf=leaf, proof=proof, root=head.root)
    except Refusal:
        return False
    return True


def _named(tile: Tile) -> str:
    return f"{tile.number} of level {tile.level}"
