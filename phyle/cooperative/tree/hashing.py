"""Hashes of leaves and nodes, and the root over a list of them (RFC 6962 section 2.1, RFC 9162 section 2.1.1)."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

WIDTH = 32
# The root of a tree without leaves: the hash of nothing.
EMPTY = sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    """The hash of one entry. The byte 0 before it keeps an entry from passing for an inner node."""
    return sha256(b"\x00" + data).digest()


def leaves(entries: Iterable[bytes]) -> list[bytes]:
    """The hashes of many entries, in order, at hashlib's own speed."""
    hashed = sha256
    return [hashed(b"\x00" + data).digest() for data in entries]


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def paired(hashes: Sequence[bytes]) -> list[bytes]:
    """The parents of an even number of neighbours, in order."""
    hashed = sha256
    return [hashed(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over the hashes of equally high full subtrees; `EMPTY` for none.

    An odd one at the end is carried up unhashed, which gives the same tree as the split at the largest power of two.
    """
    if not hashes:
        return EMPTY
    while len(hashes) > 1:
        odd = [hashes[-1]] if len(hashes) % 2 else []
        hashes = paired(hashes[: len(hashes) - len(odd)]) + odd
    return hashes[0]
