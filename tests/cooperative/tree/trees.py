"""Trees to test with: leaves, and the definitions of RFC 6962 written down once more, slow and to the letter."""

from hashlib import sha256

from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.ranges import Range

# The eight entries of the tree that certificate transparency tests itself with, and its root.
ENTRIES = (
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
)
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def leaves(count: int, *, salt: str = "") -> list[bytes]:
    """As many leaf hashes, each of another entry."""
    return hashing.leaves(f"{salt}{number}".encode() for number in range(count))


def split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, over leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    k = split(len(hashes))
    return sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*path(m, hashes[:k]), mth(hashes[k:])]
    return [*path(m - k, hashes[k:]), mth(hashes[:k])]


def proof(m: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if m == len(hashes):
        return [] if whole else [mth(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*proof(m, hashes[:k], whole=whole), mth(hashes[k:])]
    return [*proof(m - k, hashes[k:], whole=False), mth(hashes[:k])]


def over(ranges: tuple[Range, ...], hashes: list[bytes]) -> list[bytes]:
    """The hash of each range, by definition."""
    return [mth(hashes[start:end]) for start, end in ranges]
