"""Tiles and bundles: as tlog-tiles says, and enough for any proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree import ranges, tiles
from phyle.cooperative.tree.bundles import bundle, bundles_of, entries_of
from phyle.cooperative.tree.paths import Bundle, bundle_path, read_path, tile_path
from phyle.cooperative.tree.tiles import Tile
from phyle.errors import Malformed, TooLarge
from tests.cooperative.tree.trees import leaves, mth, path, proof


def test_the_tiles_of_the_specifications_example() -> None:
    found = tiles.tiles_of(70_000)
    levels = [[tile.width for tile in found if tile.level == level] for level in range(4)]
    assert levels == [[256] * 273 + [112], [256, 17], [1], []]
    assert tiles.tiles_of(256) == [Tile(0, 0, 256), Tile(1, 0, 1)]
    assert tiles.tiles_of(0) == []


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_new_tiles_are_those_the_old_tree_had_not(one: int, other: int) -> None:
    old, size = sorted((one, other))
    assert set(tiles.tiles_of(size, old=old)) == set(tiles.tiles_of(size)) - set(tiles.tiles_of(old))


@given(st.data(), st.integers(1, 1500))
def test_proofs_from_the_tiles_they_ask_for(data: st.DataObject, size: int) -> None:
    tree = leaves(size)
    everything = tiles.built(tree)
    assert {place: len(row) // 32 for place, row in everything.items()} == {
        tile.place: tile.width for tile in tiles.tiles_of(size)
    }
    index = data.draw(st.integers(0, size - 1))
    old = index + 1
    for wanted, made, right in (
        (ranges.inclusion(index, size), tiles.inclusion_proof(index, size, everything), path(index, tree)),
        (ranges.consistency(old, size), tiles.consistency_proof(old, size, everything), proof(old, tree)),
    ):
        asked = tiles.tiles_for(wanted, size)
        assert set(asked) <= set(tiles.tiles_of(size))
        few = {tile.place: everything[tile.place] for tile in asked}
        assert tiles.hashes_of(wanted, few) == made == right
    assert tiles.hash_of(ranges.Range(0, size), everything) == mth(tree)


def test_a_missing_or_short_tile_is_named() -> None:
    everything = tiles.built(leaves(600))
    for broken in ({**everything, (0, 2): everything[0, 2][:-1]}, {key: everything[key] for key in [(0, 0)]}):
        with pytest.raises(Malformed, match="at level"):
            tiles.inclusion_proof(0, 600, broken)
    with pytest.raises(Malformed):
        tiles.tile_at(1, 0, 255)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("tile/0/x001/x234/067", Tile(0, 1_234_067, 256)),
        ("tile/63/000.p/1", Tile(63, 0, 1)),
        ("tile/1/x001/000.p/255", Tile(1, 1000, 255)),
        ("tile/entries/000", Bundle(0, 256)),
        ("tile/entries/x001/x234/067.p/12", Bundle(1_234_067, 12)),
    ],
)
def test_paths(path: str, asked: Tile | Bundle) -> None:
    assert read_path(path) == asked
    assert (tile_path(asked) if isinstance(asked, Tile) else bundle_path(asked)) == path


@given(st.integers(0, 63), st.integers(0, 2**63), st.integers(1, 256))
def test_any_path_is_read_as_it_was_written(level: int, number: int, width: int) -> None:
    assert read_path(tile_path(Tile(level, number, width))) == Tile(level, number, width)
    assert read_path(bundle_path(Bundle(number, width))) == Bundle(number, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0//000",
        "tile/0/x001/000.p/1/000",
        "tile/data/000",
        "tile/٠/000",
        "tile/0/٠٠٠",
        "entries/000",
        "tile",
        "",
        "tile/0/" + "x001/" * 9 + "000",
        "tile/0/000\n",
    ],
)
def test_any_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(Malformed):
        read_path(path)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles(entries: list[bytes]) -> None:
    assert entries_of(bundle(entries)) == entries


def test_the_bounds_of_a_bundle() -> None:
    longest = bytes(65_535)
    assert entries_of(bundle([longest, b"", b"x"])) == [longest, b"", b"x"]
    with pytest.raises(TooLarge):
        bundle([bytes(65_536)])
    for data in (b"\x00", b"\x00\x01", b"\x00\x02x", b"\x00\x01x\x00"):
        with pytest.raises(Malformed):
            entries_of(data)


def test_which_bundles_there_are() -> None:
    assert [*bundles_of(0)] == []
    assert [*bundles_of(256)] == [Bundle(0, 256)]
    assert [*bundles_of(600)] == [Bundle(0, 256), Bundle(1, 256), Bundle(2, 88)]
    assert [*bundles_of(600, old=511)] == [Bundle(1, 256), Bundle(2, 88)]
    assert [*bundles_of(600, old=600)] == []
