"""Heads of a ledger that were seen before: the tree of today must begin with each, or the log has shown two trees."""

from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.leaves import Leaves
from phyle.cooperative.law.entries import ActEntry
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, cosigned_at, verified
from phyle.cooperative.tree.equivocation import equivocation
from phyle.cooperative.tree.keys import Kind, VerifierKey
from phyle.cooperative.tree.notes import Note
from phyle.errors import Refusal, Unproven
from phyle.identity import multikey


def log_key(origin: str, key: str) -> VerifierKey:
    """The key of a log, under the name of its ledger."""
    public = multikey.decode(key)
    if not isinstance(public, Ed25519PublicKey):
        raise Unproven("The key of the log is not an Ed25519 key")
    return VerifierKey(origin, Kind.ED25519, public.public_bytes_raw())


def signed_by_log(note: bytes, facts: Facts) -> Head:
    """A head that the key which the ledger itself names signed. Malformed, or Unproven if another one did."""
    told = Checkpoint.read(Note.read(note).text)
    origin = facts.origin_at(told.size)
    return verified(note, [log_key(origin, facts.key_at(told.size))], origin=origin)


def seen_by_author(tree: Leaves, entry: ActEntry) -> Finding | None:
    """The head that the author of an act had seen must be a beginning of the tree before the entry."""
    head = entry.act.head
    if head is None:
        return None
    if head.size > entry.seq:
        sentence = f"Its author had seen {head.size} entries when it was signed; only {entry.seq} stand before it."
        return false(entry.seq, entry.kind, sentence)
    if tree.root(head.size).hex() != head.root:
        sentence = f"Its author had seen another tree of {head.size} entries: the ledger has shown two, or was changed."
        return false(
            entry.seq, entry.kind, sentence, expected=f"the root {head.root}, not {tree.root(head.size).hex()}"
        )
    return None


def continued(tree: Leaves, now: Head, known: Iterable[bytes], facts: Facts) -> tuple[list[Finding], dict[str, Any]]:
    """Compare today's tree with heads that were seen before; what is false, and the documents that prove it."""
    findings: list[Finding] = []
    proofs: dict[str, Any] = {}
    for note in known:
        try:
            head = signed_by_log(note, facts)
        except Refusal as error:
            findings.append(false(None, "head", f"A head that was seen before cannot be compared: {error.sentence}."))
            continue
        if head.size > now.size:
            sentence = f"The ledger has gone back: {head.size} entries were seen, {now.size} are there now."
            findings.append(false(None, "head", sentence))
        elif tree.root(head.size) != head.root:
            sentence = f"The log has signed two trees: the one that was seen at {head.size} entries is not this one."
            findings.append(false(None, "equivocation", sentence, expected=head.root.hex()))
            proofs |= _proof(head, now, tree)
    return findings, proofs


def _proof(head: Head, now: Head, tree: Leaves) -> dict[str, Any]:
    try:
        found = equivocation(head, now, tree)
    except Refusal:
        return {}
    return {} if found is None else {f"equivocation-{head.size}-{now.size}": found.document()}


def bounds(note: Note, witnesses: Iterable[VerifierKey]) -> tuple[tuple[str, int], ...]:
    """By each known witness that cosigned, the time (milliseconds) after which the entries cannot have been made.

    Unproven when a signature that claims to be of a known witness is not."""
    return tuple(sorted((name, seconds * 1000) for name, seconds in cosigned_at(note, witnesses).items()))
