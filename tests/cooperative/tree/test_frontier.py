"""Appending knows only the right edge of a tree, and gives the tree that all leaves together give."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree import tiles
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.ranges import perfect
from phyle.errors import Malformed
from tests.cooperative.tree.trees import leaves, mth


@given(st.lists(st.integers(0, 600), max_size=5))
def test_any_cut_into_pieces_gives_the_same_edge_and_the_same_hashes(counts: list[int]) -> None:
    tree = leaves(sum(counts))
    edge, kept, start = Frontier(), dict[tuple[int, int], bytes](), 0
    for count in counts:
        edge, runs = edge.grown(tree[start : start + count])
        start += count
        for level, first, hashes in runs:
            for place, part in enumerate(hashes, first):
                assert kept.setdefault((level, place), part) is part, "no hash is ever kept twice"
    assert edge == Frontier().extended(tree)
    assert edge.root() == mth(tree)
    assert kept == stored(tiles.built(tree))


def test_one_leaf_at_a_time() -> None:
    tree, edge = leaves(300), Frontier()
    for size, part in enumerate(tree, 1):
        edge = edge.extended([part])
        assert edge.root() == mth(tree[:size])


@given(st.integers(0, 2000))
def test_the_edge_is_found_again_from_tiles(size: int) -> None:
    tree = leaves(size)
    wanted = tiles.tiles_for(perfect(0, size), size)
    everything = tiles.built(tree)
    assert tiles.edge(size, {tile.place: everything[tile.place] for tile in wanted}) == Frontier().extended(tree)


@given(st.integers(0, 2**62), st.integers(0, 2**40))
def test_perfect_subtrees_meet_and_are_aligned(start: int, count: int) -> None:
    found = perfect(0, count)
    assert sum(part.end - part.start for part in found) == count
    assert all(left.end == right.start for left, right in pairwise(found))
    assert all(part.start % (part.end - part.start) == 0 for part in found)


def test_an_edge_that_does_not_fit_is_refused() -> None:
    for size, hashes in ((3, (b"x" * 32,)), (0, (b"x" * 32,)), (1, (b"x" * 31,)), (-1, ())):
        with pytest.raises(Malformed):
            Frontier(size, hashes)


def stored(rows: dict[tuple[int, int], bytes]) -> dict[tuple[int, int], bytes]:
    """The hashes of tiles, one by one."""
    return {
        (level, number * 256 + place // 32): row[place : place + 32]
        for (level, number), row in rows.items()
        for place in range(0, len(row), 32)
    }
