"""Heads of a ledger that were seen before: the tree of today must begin with each, or the log has shown two trees."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.leaves import Leaves
from phyle.cooperative.law.entries import ActEntry
from phyle.cooperative.law.phyle_keys import KeyPeriod
from phyle.cooperative.law.state import State
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
    """A head that was signed by the key which was in force at its size. Malformed, or Unproven if another one did."""
    told = Checkpoint.read(Note.read(note).text)
    origin = facts.origin_at(told.size)
    return verified(note, [log_key(origin, facts.key_at(told.size))], origin=origin)


def _seen(note: bytes, facts: Facts) -> Head:
    """A head of this ledger or of an epoch before it, by any key that the log has had. Malformed or Unproven."""
    origin = Checkpoint.read(Note.read(note).text).origin
    if origin not in [name for _, name in facts.origins]:
        raise Unproven(f"it is of {origin}")
    return verified(note, [log_key(origin, key) for _, key in facts.keys], origin=origin)


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


@dataclass(slots=True)
class Compared:
    """What comes of a comparison with heads seen before. `proofs`: documents that prove to others what is false."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    proofs: dict[str, Any] = field(default_factory=dict)


def continued(state: State, tree: Leaves, now: Head, known: Iterable[bytes], facts: Facts) -> Compared:
    """Compare today's tree with heads that were seen before."""
    found = Compared()
    for note in known:
        try:
            head = _seen(note, facts)
        except Refusal as error:
            sentence = f"A head that was seen before is by no key that this ledger ever named: {error.sentence}."
            found.findings.append(false(None, "head", sentence))
            continue
        _compare(found, state, tree, now, head, facts)
    return found


def _compare(found: Compared, state: State, tree: Leaves, now: Head, head: Head, facts: Facts) -> None:
    end = _end_of(head, facts)
    if end is not None and head.size > end:
        sentence = f"{head.size} entries were seen, of which {end} are left: the rest was lost, as this entry says."
        found.notes.append(Finding(outcome="erased", seq=end, what="restart", sentence=sentence))
    elif head.size > now.size:
        sentence = f"The ledger has gone back: {head.size} entries were seen, {now.size} are there now."
        found.findings.append(false(None, "head", sentence))
    elif tree.root(head.size) == head.root:
        return
    elif (thief := _stolen(state, head)) is not None:
        sentence = f"A key that was stolen by then signed another tree of {head.size} entries."
        found.notes.append(Finding(outcome="erased", seq=thief.end, what="stolen key", sentence=sentence))
    else:
        sentence = f"The log has signed two trees: the one that was seen at {head.size} entries is not this one."
        found.findings.append(false(None, "equivocation", sentence, expected=head.root.hex()))
        found.proofs |= _proof(head, now, tree)


def _end_of(head: Head, facts: Facts) -> int | None:
    """Where the epoch of a head ended, if it did: what came after was lost, as the next epoch begins with saying."""
    following = [name for _, name in facts.origins].index(head.checkpoint.origin) + 1
    return facts.origins[following][0] if following < len(facts.origins) else None


def _stolen(state: State, head: Head) -> KeyPeriod | None:
    """The period of the key that signed a head, if it was no longer trusted at that size."""
    signers = {signature.key_id for signature in head.signatures}
    for _, period in state.all(KeyPeriod):
        late = period.which == "log" and period.last_trusted is not None and head.size > period.last_trusted + 1
        if late and log_key(head.checkpoint.origin, period.key).key_id in signers:
            return period
    return None


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
