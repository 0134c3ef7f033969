"""Receipts: what an instance signs about an act that it was given, so that it cannot deny later to have had it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from phyle.cooperative.law import acts
from phyle.cooperative.law.acts import Proof
from phyle.cooperative.law.values import Hash, read
from phyle.errors import Malformed

PROMISE = 3600 * 1000
"""Milliseconds after its receipt by which an act is entered or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`act`: the hash of the act. `received`: when it counts as received; `by`: until when it will be entered or
    refused; milliseconds. `seq` and `at`: its entry, if it has one; or `reason`, with which it was refused at `at`.
    `checkpoint`: a signed note, the newest when the receipt was made."""

    phyle: str
    act: Hash
    state: Literal["waiting", "entered", "refused"]
    received: int
    by: int
    seq: int | None = None
    at: int | None = None
    reason: str | None = None
    checkpoint: str | None = None
    proof: Proof


def read_receipt(document: Any) -> Receipt:
    """A receipt from parsed JSON. Malformed if it is none; the signature is not verified yet."""
    receipt = read(Receipt, document)
    entered, refused = receipt.seq is not None, receipt.reason is not None
    if (entered, refused) != (receipt.state == "entered", receipt.state == "refused"):
        raise Malformed("The receipt contradicts itself: what was entered has an entry, what was refused a reason.")
    return receipt


def verify(document: Mapping[str, Any], key: str) -> Receipt:
    """The receipt, if it is signed by the credential key (a Multikey) of the ledger. Malformed or Unproven if not."""
    receipt = read_receipt(document)
    acts.verify(document, key)
    return receipt
