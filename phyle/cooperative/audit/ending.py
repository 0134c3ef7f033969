"""What can only be said once every entry is seen: the root and its signature, what is missing, what is withheld."""

from collections.abc import Iterator, Sequence
from typing import Any

from phyle.cooperative.audit import heads, trees
from phyle.cooperative.audit.asked import Course
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.verdicts import Bound, moment
from phyle.cooperative.law.ballots import Paper
from phyle.cooperative.law.moderations import AGAIN_AFTER, Moderation
from phyle.cooperative.law.phyles import next_item
from phyle.cooperative.law.withholdings import Withholding
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.errors import Refusal

SLACK = 60_000
"""Milliseconds by which the clock of a witness may be behind that of the ledger."""


def checked(course: Course, told: Checkpoint, notes: Sequence[bytes]) -> tuple[list[Finding], dict[str, Any]]:
    """What is false about the ledger as a whole, and the documents that prove it to others."""
    found = _root(course, told)
    if found is not None:
        return [found], {}
    try:
        head = heads.signed_by_log(notes[0], course.verified.facts)
    except Refusal as error:
        why = f"The checkpoint is not signed by the key that the ledger names: {error.sentence}."
        return [false(None, "checkpoint", why)], {}
    known, verified = (*notes[1:], *course.asked.known), course.verified
    compared = heads.continued(verified.state, verified.tree, head, known, verified.facts)
    findings = compared.findings
    course.notes += compared.notes
    findings += [*_missing(course), *_withheld(course), *_late(course)]
    if course.asked.saved is None:
        findings += [false(None, "file", sentence) for sentence in course.source.unread()]
    receipt, credentials = course.asked.receipt, course.verified.facts.credentials
    if receipt is not None and (broken := receipt.compared(course.last, credentials)) is not None:
        findings.append(broken)
    return findings, compared.proofs


def _root(course: Course, told: Checkpoint) -> Finding | None:
    root = course.verified.tree.root(told.size)
    if root != told.root:
        sentence = "The entries have another root than the checkpoint: one of them, or the checkpoint, was changed."
        return false(None, "checkpoint", sentence, expected=root.hex())
    return trees.upper_tiles(course.source, course.verified.tree, told.size) if course.source.tiled else None


def _missing(course: Course) -> Iterator[Finding]:
    """What was due by the time of the last entry must be entered."""
    due, last = next_item(course.verified.state), course.last
    if due is not None and due.time <= last:
        sentence = f"A consequence is missing at the end: {due.kind} of {due.id or 'the phyle'} was due at {due.time}."
        yield false(course.verified.tree.size, "missing", sentence, expected=f"{due.kind}, before {last}")


def _withheld(course: Course) -> Iterator[Finding]:
    """What could not be had, and of which no entry says why."""
    for name, (seq, what) in sorted(course.verified.facts.absent.items(), key=lambda item: item[1]):
        if _excuse(course, name, what) is None and (course.member or what != "papers for members"):
            yield Finding(outcome="withheld", seq=seq, what=what, sentence=f"{name} is withheld without cause.")


def _excuse(course: Course, name: str, what: str) -> int | None:
    """The entry that says that it was erased or withheld."""
    excused = course.verified.facts.excused
    if name in {it.target for _, it in course.verified.state.all(Withholding) if it.phase == "lapsed"}:
        return None
    if what in ("blob", "opening"):
        return excused.get(name)
    papers = course.verified.state.all(Paper, name)
    return next((excused[it] for _, paper in papers for it in paper.counted if it in excused), None)


def again(course: Course) -> Iterator[Finding]:
    """What one person moderated or withheld anew, though the same had lapsed not long before, or while it was still
    provisional. The law cannot refuse it, because the ledger only commits to what is meant; members can see it."""
    targets, state = course.verified.facts.targets, course.verified.state
    held: list[Moderation | Withholding] = [it for _, it in state.all(Moderation)]
    held += [it for _, it in state.all(Withholding)]
    last: dict[str, Moderation | Withholding] = {}
    for it in sorted((it for it in held if it.until and it.target in targets), key=lambda it: (it.since, it.target)):
        seq, named = targets[it.target]
        before = last.get(named)
        if before is not None and before.phase in ("provisional", "lapsed") and it.since < before.until + AGAIN_AFTER:
            earlier, _ = targets[before.target]
            sentence = f"This does anew what entry {earlier} did, which nobody had confirmed."
            yield Finding(outcome="again", seq=seq, what="moderation", sentence=sentence)
        last[named] = it


def unseen(course: Course) -> Iterator[Finding]:
    """What could not be had and of which it is known why: it says nothing against the ledger."""
    for name, (seq, what) in sorted(course.verified.facts.absent.items(), key=lambda item: item[1]):
        excuse = _excuse(course, name, what)
        if excuse is not None:
            sentence = f"{name} is erased, as entry {excuse} says."
            yield Finding(outcome="erased", seq=seq, what=what, sentence=sentence)
        elif what == "papers for members" and not course.member:
            sentence = f"The papers of the ballot {name} are for members only."
            yield Finding(outcome="members", seq=seq, what=what, sentence=sentence)


def times(course: Course) -> tuple[Bound, ...]:
    """By which witnesses the times are bounded, each by the newest head that it signed."""
    found: dict[str, Bound] = {}
    for note in course.heads:
        try:
            bounds = heads.bounds(note, course.asked.witnesses)
        except Refusal:
            continue
        size = Checkpoint.read(note.text).size
        for name, time in bounds:
            found.setdefault(name, Bound(witness=name, time=time, size=size))
    return tuple(found[name] for name in sorted(found))


def _late(course: Course) -> Iterator[Finding]:
    """An entry cannot be later than the moment at which a witness saw it."""
    for note in course.heads:
        try:
            heads.bounds(note, course.asked.witnesses)
        except Refusal as error:
            yield false(None, "cosignature", f"{error.sentence}.")
    for bound in times(course):
        if course.ats.get(bound.size, 0) > bound.time + SLACK:
            sentence = f"{bound.witness} saw it at {moment(bound.time)}, which is before the time that the entry gives."
            yield false(bound.size - 1, "time", sentence)
