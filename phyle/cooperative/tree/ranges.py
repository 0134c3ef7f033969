"""Which subtrees a proof is made of: half-open ranges of leaves, without knowing any hash (RFC 9162 section 2.1).

A proof is a list of hashes of such ranges; `stored` says how to compute them from tiles.
"""

from typing import NamedTuple

from phyle.errors import Malformed


class Range(NamedTuple):
    """The leaves from `start` up to but without `end`."""

    start: int
    end: int


def inclusion(index: int, size: int) -> tuple[Range, ...]:
    """The ranges of the proof that leaf `index` stands in the tree of `size` leaves, the leaf's sibling first.

    Malformed unless 0 <= index < size. RFC 9162 section 2.1.3.1.
    """
    if not 0 <= index < size:
        raise Malformed(f"A tree of {size} entries has no entry {index}")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            found.append(Range(middle, end))
            end = middle
        else:
            found.append(Range(start, middle))
            start = middle
    return tuple(reversed(found))


def consistency(old: int, size: int) -> tuple[Range, ...]:
    """The ranges of the proof that the tree of `old` leaves is a prefix of the one of `size`; none if both are equal.

    Malformed unless 0 < old <= size. RFC 9162 section 2.1.4.1.
    """
    if not 0 < old <= size:
        raise Malformed(f"There is no consistency proof from {old} entries to {size}")
    found: list[Range] = []
    start, end = 0, size
    while old < end:
        middle = start + _left(end - start)
        if old <= middle:
            found.append(Range(middle, end))
            end = middle
        else:
            found.append(Range(start, middle))
            start = middle
    # The verifier knows the old root; only a smaller subtree of the old tree must be told.
    return tuple(reversed(found)) if start == 0 else (Range(start, end), *reversed(found))


def perfect(start: int, end: int) -> tuple[Range, ...]:
    """The fewest full subtrees that make up a range, from left to right.

    For a range of a proof they also join from the right to its hash, since `start` is aligned to what follows.
    """
    found = []
    while start < end:
        size = 1 << ((end - start).bit_length() - 1)
        found.append(Range(start, start + size))
        start += size
    return tuple(found)


def _left(count: int) -> int:
    """The leaves of the left subtree: the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
