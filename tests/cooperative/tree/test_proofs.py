"""Roots, inclusion and consistency: right by the letter of RFC 6962, and nothing else verifies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree import hashing, ranges
from phyle.cooperative.tree.proofs import LONGEST, verify_consistency, verify_inclusion
from phyle.errors import Malformed, Unproven
from tests.cooperative.tree.trees import ENTRIES, ROOT, leaves, mth, over, path, proof

sizes = st.integers(1, 130)


def test_the_known_tree() -> None:
    assert hashing.root(hashing.leaves(ENTRIES)).hex() == ROOT
    assert hashing.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hashing.leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", range(70))
def test_roots_and_proofs_are_those_of_the_definition(size: int) -> None:
    tree = leaves(size)
    assert hashing.root(tree) == mth(tree)
    for index in range(size):
        assert over(ranges.inclusion(index, size), tree) == path(index, tree)
        assert over(ranges.consistency(index + 1, size), tree) == proof(index + 1, tree)


@given(st.data(), sizes)
def test_every_inclusion_verifies_and_no_other_claim_does(data: st.DataObject, size: int) -> None:
    tree = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    right = {
        "index": index,
        "size": size,
        "leaf": tree[index],
        "proof": over(ranges.inclusion(index, size), tree),
        "root": mth(tree),
    }
    verify_inclusion(**right)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index) if size > 1 else st.just(1))
    wrong = {
        "index": st.just(other),
        "leaf": altered(right["leaf"]),
        "root": altered(right["root"]),
        "proof": altered_proof(right["proof"]),
    }
    name = data.draw(st.sampled_from(sorted(wrong)))
    with pytest.raises(Unproven):
        verify_inclusion(**{**right, name: data.draw(wrong[name])})


@given(st.data(), sizes)
def test_every_consistency_verifies_and_no_other_claim_does(data: st.DataObject, size: int) -> None:
    tree = leaves(size)
    old = data.draw(st.integers(1, size))
    right = {
        "old": old,
        "size": size,
        "old_root": mth(tree[:old]),
        "root": mth(tree),
        "proof": over(ranges.consistency(old, size), tree),
    }
    verify_consistency(**right)
    wrong = {
        "old_root": altered(right["old_root"]),
        "root": altered(right["root"]),
        "proof": altered_proof(right["proof"]),
    }
    name = data.draw(st.sampled_from(sorted(wrong)))
    with pytest.raises(Unproven):
        verify_consistency(**{**right, name: data.draw(wrong[name])})


@given(st.data(), sizes)
def test_another_history_is_not_consistent(data: st.DataObject, size: int) -> None:
    tree, other = leaves(size), leaves(size)
    old = data.draw(st.integers(1, size))
    other[data.draw(st.integers(0, old - 1))] = b"x" * 32
    parts = over(ranges.consistency(old, size), other)
    with pytest.raises(Unproven):
        verify_consistency(old=old, size=size, old_root=mth(tree[:old]), root=mth(other), proof=parts)


def test_what_cannot_be_asked_for() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(Malformed):
            ranges.inclusion(index, size)
        with pytest.raises(Unproven):
            verify_inclusion(index=index, size=size, leaf=b"l" * 32, proof=[], root=b"l" * 32)
    for old, size in ((0, 3), (4, 3), (0, 0), (-1, 3)):
        with pytest.raises(Malformed):
            ranges.consistency(old, size)
        with pytest.raises(Unproven):
            verify_consistency(old=old, size=size, old_root=hashing.EMPTY, root=hashing.EMPTY, proof=[])


def test_sizes_beyond_memory() -> None:
    size = 2**62 + 12_345
    assert len(ranges.inclusion(0, size)) == 63
    assert len(ranges.consistency(size - 1, size)) <= LONGEST
    with pytest.raises(Unproven):
        verify_inclusion(index=0, size=size, leaf=b"l" * 32, proof=[b"p" * 32] * 64, root=b"r" * 32)


def altered(part: bytes) -> st.SearchStrategy[bytes]:
    """The same hash with some byte changed, or cut, or longer."""
    flipped = st.tuples(st.integers(0, 31), st.integers(1, 255)).map(
        lambda change: bytes(byte ^ change[1] * (place == change[0]) for place, byte in enumerate(part))
    )
    return flipped | st.sampled_from([b"", part[:-1], part + b"\x00"])


def altered_proof(parts: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """The same proof with a part changed, one more, or one less."""
    longer = st.integers(0, len(parts)).map(lambda place: [*parts[:place], b"x" * 32, *parts[place:]])
    if not parts:
        return longer
    places = st.integers(0, len(parts) - 1)
    shorter = places.map(lambda place: parts[:place] + parts[place + 1 :])
    changed = places.flatmap(lambda place: altered(parts[place]).map(lambda part: _put(parts, place, part)))
    return longer | shorter | changed


def _put(parts: list[bytes], place: int, part: bytes) -> list[bytes]:
    return [*parts[:place], part, *parts[place + 1 :]]
