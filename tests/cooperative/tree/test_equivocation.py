"""Two heads that contradict each other prove it to anyone; two that do not prove nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree import tiles
from phyle.cooperative.tree.equivocation import Equivocation, equivocation
from phyle.errors import Malformed, Refusal, Unproven
from tests.cooperative.tree.signers import LOG, head, signer
from tests.cooperative.tree.trees import leaves

sizes = st.integers(1, 300)


@given(sizes, sizes, st.data())
def test_a_changed_history_is_proven(one: int, other: int, data: st.DataObject) -> None:
    old, size = sorted((one, other))
    before, after = leaves(size), leaves(size)
    after[data.draw(st.integers(0, old - 1))] = b"x" * 32
    found = equivocation(head(before[:old]), head(after), tiles.built(after))
    assert found is not None
    read = Equivocation.read(json.loads(json.dumps(found.document())))
    assert read == found
    older, newer = read.verify([LOG.public])
    assert (older.size, newer.size) == (old, size)


@given(sizes, sizes)
def test_one_history_proves_nothing(one: int, other: int) -> None:
    old, size = sorted((one, other))
    tree = leaves(size)
    made = tiles.built(tree)
    assert equivocation(head(tree), head(tree[:old]), made) is None
    assert equivocation(head(tree), head([]), made) is None
    honest = Equivocation(
        head(tree[:old]).note, head(tree).note, head(tree[:old]).root, tuple(tiles.consistency_proof(old, size, made))
    )
    with pytest.raises(Unproven):
        honest.verify([LOG.public])


def test_nobody_is_accused_by_what_is_not_theirs() -> None:
    one, other = leaves(5), leaves(9, salt="other")
    found = equivocation(head(one), head(other), tiles.built(other))
    assert found is not None
    with pytest.raises(Unproven):
        found.verify([signer(LOG.name, seed=3).public])
    foreign = head(one, origin="b.example/ledger/1").note
    with pytest.raises(Malformed):
        Equivocation(foreign, found.newer, found.implied, found.proof).verify([LOG.public])
    with pytest.raises(Unproven):
        Equivocation(found.older, found.newer, b"x" * 32, found.proof).verify([LOG.public])
    with pytest.raises(Unproven):
        equivocation(head(one), head(other), tiles.built(leaves(9)))


def test_what_is_no_proof_of_equivocation() -> None:
    found = equivocation(head(leaves(5)), head(leaves(5, salt="other")), {})
    assert found is not None
    document = found.document()
    for wrong in ({"type": "x"}, {"older": 1}, {"proof": "x"}, {"proof": [1]}, {"implied": "x"}, {"newer": "text"}):
        with pytest.raises(Refusal):
            Equivocation.read({**document, **wrong})
