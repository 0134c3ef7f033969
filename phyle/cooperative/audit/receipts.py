"""A receipt against the ledger: whether the act that somebody was promised to find there is there."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.law import acts, receipts
from phyle.cooperative.law.entries import ActEntry
from phyle.cooperative.law.receipts import Receipt
from phyle.errors import Unproven


@dataclass(slots=True, kw_only=True)
class Receipted:
    """A receipt that is compared with the acts of a ledger as they come. `key`: by which it is signed; `answer`: what
    came out."""

    receipt: Receipt
    key: str
    answer: str = ""
    _found: ActEntry | None = field(default=None, repr=False)
    _overtaken: int | None = field(default=None, repr=False)

    def see(self, entry: ActEntry) -> None:
        """An act of the ledger."""
        if entry.hash == self.receipt.act:
            self._found = entry
        elif entry.received > self.receipt.received and self._overtaken is None:
            self._overtaken = entry.seq

    def compared(self, last: int, keys: Collection[str]) -> Finding | None:
        """What is false, once the whole ledger was seen up to the time `last`; `answer` says it either way. `keys`: by
        which the instance has signed; Unproven if the receipt is by none of them, for it proves nothing then."""
        if self.key not in keys:
            raise Unproven("The receipt proves nothing: it is signed by a key that the ledger never named.")
        found = self._compared(last)
        if found is not None:
            self.answer = f"broken: {found.sentence}"
        return found

    def _compared(self, last: int) -> Finding | None:
        entry, told = self._found, self.receipt
        if told.state == "refused":
            self.answer = f"the act was refused: {told.reason}"
            return None if entry is None else false(entry.seq, "receipt", "The act was entered, and refused as well.")
        if entry is None:
            return self._omitted(last)
        if told.seq not in (None, entry.seq) or entry.received != told.received:
            sentence = f"The receipt says that it is entry {told.seq} and was received at {told.received}."
            return false(entry.seq, "receipt", sentence)
        self.answer = f"kept: the act is entry {entry.seq}"
        return None

    def _omitted(self, last: int) -> Finding | None:
        told = self.receipt
        if told.seq is not None and told.at is not None and told.at < last:
            return false(told.seq, "receipt", "The receipt names this entry for an act that is not in the ledger.")
        if last > told.by:
            sentence = f"The act was received at {told.received} and left out, though promised by {told.by}."
            return false(self._overtaken, "receipt", sentence)
        self.answer = "the act waits: the time by which it was promised has not come"
        return None


def receipted(document: Any) -> Receipted:
    """A receipt from parsed JSON. Malformed, or Unproven if it is not signed by the key that it names."""
    receipt = receipts.read_receipt(document)
    key = acts.key_of(receipt.proof)
    receipts.verify(document, key)
    return Receipted(receipt=receipt, key=key)
