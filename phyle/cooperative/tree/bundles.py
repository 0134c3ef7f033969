"""Bundles of entries as they are served and exported: each entry after its length (c2sp.org/tlog-tiles)."""

from collections.abc import Iterable, Iterator

from phyle.cooperative.tree.paths import Bundle
from phyle.cooperative.tree.tiles import FULL
from phyle.errors import Malformed, TooLarge

LENGTH = 2
LONGEST_ENTRY = 65_535


def bundle(entries: Iterable[bytes]) -> bytes:
    """The entries one after the other, each after its length in two bytes, big-endian. TooLarge above 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise TooLarge(f"An entry of the ledger has at most {LONGEST_ENTRY} bytes")
        parts += len(entry).to_bytes(LENGTH, "big"), entry
    return b"".join(parts)


def entries_of(data: bytes) -> list[bytes]:
    """The entries of a bundle. Malformed when it ends within one."""
    found, place, end = [], 0, len(data)
    while place < end:
        start = place + LENGTH
        place = start + int.from_bytes(data[place:start], "big")
        if start > end or place > end:
            raise Malformed("A bundle of entries ends within an entry")
        found.append(data[start:place])
    return found


def bundles_of(size: int, *, old: int = 0) -> Iterator[Bundle]:
    """The bundles of a ledger of `size` entries that hold entries from `old` on."""
    if old < size:
        numbers = range(old // FULL, -(-size // FULL))
        yield from (Bundle(number, min(FULL, size - number * FULL)) for number in numbers)
