"""A receipt against the ledger: whether the act that somebody was promised to find there is there."""

from dataclasses import dataclass, field

from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.law.entries import ActEntry

PATIENCE = 60_000
"""Milliseconds that an act may wait after the time of its receipt, when nothing else was entered after it."""


@dataclass(slots=True, kw_only=True)
class Receipted:
    """What a receipt says: the act by its hash, when it was received (milliseconds), and perhaps `seq`, the entry that
    holds it. `refused`: it says that the act was refused, so it must not be found. `answer` is what came out."""

    act: str
    received: int
    seq: int | None = None
    refused: bool = False
    answer: str = ""
    _found: ActEntry | None = field(default=None, repr=False)
    _overtaken: int | None = field(default=None, repr=False)

    def see(self, entry: ActEntry) -> None:
        """An act of the ledger."""
        if entry.hash == self.act:
            self._found = entry
        elif entry.received > self.received and self._overtaken is None:
            self._overtaken = entry.seq

    def compared(self, last: int) -> Finding | None:
        """What is false, once the whole ledger was seen up to the time `last`; `answer` says it either way."""
        found = self._compared(last)
        if found is not None:
            self.answer = f"broken: {found.sentence}"
        return found

    def _compared(self, last: int) -> Finding | None:
        entry = self._found
        if self.refused:
            self.answer = "the act was refused, and is not in the ledger"
            return None if entry is None else false(entry.seq, "receipt", "The act was entered after it was refused.")
        if entry is None:
            return self._omitted(last)
        if self.seq not in (None, entry.seq) or entry.received != self.received:
            sentence = (
                f"The receipt says entry {self.seq}, received at {self.received}; it was received at {entry.received}."
            )
            return false(entry.seq, "receipt", sentence)
        self.answer = f"kept: the act is entry {entry.seq}"
        return None

    def _omitted(self, last: int) -> Finding | None:
        if self.seq is not None:
            return false(self.seq, "receipt", "The receipt names this entry for an act that is not in the ledger.")
        if self._overtaken is not None:
            sentence = (
                f"The act was received at {self.received}, and is not entered: entry {self._overtaken} came later."
            )
            return false(self._overtaken, "receipt", sentence)
        if last > self.received + PATIENCE:
            return false(None, "receipt", f"The act was received at {self.received}, and was never entered.")
        self.answer = "the act waits: nothing that came later is entered yet"
        return None
