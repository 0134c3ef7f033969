"""The charter in force, from the bytes of a text that the ledger holds."""

from functools import lru_cache

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.text import read


@lru_cache(maxsize=256)
def charter_of(
    text: bytes, *, electors: int = 0, tiers: tuple[str, ...] = (), sunsets: tuple[str, ...] = ()
) -> Charter:
    """What a charter says with these tiers reached and these sunsets expired. Unprocessable as `text.read` says."""
    return at(read_bytes(text), electors, tiers, sunsets)


@lru_cache(maxsize=64)
def read_bytes(text: bytes) -> Charter:
    """What a charter's text says. Unprocessable as `text.read` says."""
    return read(text.decode(errors="replace"))
