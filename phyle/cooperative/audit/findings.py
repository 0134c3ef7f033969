"""What an audit finds that is not as it must be, or that it cannot see: always with its place, and said for people."""

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["false", "withheld", "erased", "members", "again"]
"""`false`: it is not as it must be. `withheld`: it is kept back without cause. `erased`: an entry says that it went.
`members`: only members may see it. These two cannot be verified here. `again`: one person did anew
what had lapsed. The last three say nothing against the ledger, but may against somebody."""

WRONG: tuple[Outcome, ...] = ("false", "withheld")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`seq`: the entry it is about, None for the ledger as a whole. `what`: its kind, or the part of the ledger."""

    outcome: Outcome
    seq: int | None
    what: str
    sentence: str
    expected: str = ""

    @property
    def wrong(self) -> bool:
        """Whether it speaks against the ledger."""
        return self.outcome in WRONG

    def __str__(self) -> str:
        place = self.what if self.seq is None else f"entry {self.seq} ({self.what})"
        expected = f" Expected: {self.expected}" if self.expected else ""
        return f"{place}: {self.sentence}{expected}"

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        found = {"outcome": self.outcome, "seq": self.seq, "what": self.what, "sentence": self.sentence}
        return {**found, "expected": self.expected} if self.expected else found


def false(seq: int | None, what: str, sentence: str, *, expected: str = "") -> Finding:
    """Something that is not as it must be."""
    return Finding(outcome="false", seq=seq, what=what, sentence=sentence, expected=expected)


def withheld(seq: int | None, what: str, sentence: str) -> Finding:
    """Something that is kept back without cause."""
    return Finding(outcome="withheld", seq=seq, what=what, sentence=sentence)
