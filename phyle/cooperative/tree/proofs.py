"""Verify that an entry stands in a tree, and that a tree begins another (RFC 9162 sections 2.1.3.2 and 2.1.4.2)."""

from collections.abc import Sequence

from phyle.cooperative.tree.hashing import WIDTH, node
from phyle.errors import Unproven

# A tree of 2^63 leaves has proofs of 63 hashes: no honest proof is longer.
LONGEST = 63


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Unproven unless the hash `leaf` is that of entry `index` in the tree of `size` entries under `root`."""
    if root_of_inclusion(index=index, size=size, leaf=leaf, proof=proof) != root:
        raise Unproven("The inclusion proof does not lead to the root")


def root_of_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which an inclusion proof leads. Unproven when it has not the shape it must have at `size`."""
    if not 0 <= index < size:
        raise Unproven(f"A tree of {size} entries has no entry {index}")
    _sound(proof, leaf)
    place, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise Unproven("The inclusion proof is too long")
        if place & 1 or place == last:
            found = node(part, found)
            place, last = _up(place, last)
        else:
            found = node(found, part)
        place, last = place >> 1, last >> 1
    if last:
        raise Unproven("The inclusion proof is too short")
    return found


def verify_consistency(*, old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Unproven unless the tree of `old` entries under `old_root` is the beginning of that of `size` under `root`.

    `old` must be at least 1: the empty tree is the beginning of every tree, and proves nothing.
    """
    if not 0 < old <= size:
        raise Unproven(f"Nothing proves consistency from {old} entries to {size}")
    _sound(proof, old_root, root)
    if old == size:
        if proof or old_root != root:
            raise Unproven("Two trees of the same size have different roots, or a proof that is not needed")
    elif _roots_of_consistency(old, size, old_root, proof) != (old_root, root):
        raise Unproven("The consistency proof does not lead to both roots")


def _roots_of_consistency(old: int, size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots to which a consistency proof leads."""
    if not proof:
        raise Unproven("The consistency proof is empty")
    # A full old tree is a node of the new one: the proof leaves it out because the verifier has it.
    first, *rest = (old_root, *proof) if old & (old - 1) == 0 else proof
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = first
    for part in rest:
        if last == 0:
            raise Unproven("The consistency proof is too long")
        if place & 1 or place == last:
            before, after = node(part, before), node(part, after)
            place, last = _up(place, last)
        else:
            after = node(after, part)
        place, last = place >> 1, last >> 1
    if last:
        raise Unproven("The consistency proof is too short")
    return before, after


def _up(place: int, last: int) -> tuple[int, int]:
    """Up past the levels on which the node has no sibling and is carried up as it is."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _sound(proof: Sequence[bytes], *hashes: bytes) -> None:
    if len(proof) > LONGEST:
        raise Unproven("The proof is longer than any tree is high")
    if any(len(part) != WIDTH for part in (*proof, *hashes)):
        raise Unproven("The proof has a hash that is not 32 bytes long")
