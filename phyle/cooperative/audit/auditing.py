"""An audit from beginning to end: tree, entries and what had to follow, against one signed checkpoint."""

from collections.abc import Sequence
from typing import Any

from phyle.cooperative.audit import ending, heads, trees
from phyle.cooperative.audit.asked import Asked, Course
from phyle.cooperative.audit.concluding import verdict
from phyle.cooperative.audit.findings import Finding, false, withheld
from phyle.cooperative.audit.members import Members
from phyle.cooperative.audit.replaying import Replay
from phyle.cooperative.audit.saved import begin
from phyle.cooperative.audit.sources import Source
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.audit.watching import Watching
from phyle.cooperative.law.entries import ActEntry, Entry
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.hashing import leaves as hashed
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.tiles import FULL
from phyle.errors import Malformed, Refusal, TooLarge


def audit(source: Source, asked: Asked | None = None) -> Verdict:
    """Audit a ledger. Raises Unreachable when its source fails; whatever the ledger itself does wrong is a finding."""
    asked = asked or Asked()
    course = Course(source=source, asked=asked, verified=asked.saved or begin())
    found = _audited(course)
    while [finding.what for finding in found.findings] == ["missing"] and found.entries == found.size and asked.again():
        found = _audited(course)
    if found.sound:
        asked.save(course.verified)
    return found


def origin_of(source: Source) -> str:
    """What the ledger calls itself, which nothing has proven yet. Malformed if it has no readable checkpoint."""
    notes = source.checkpoints()
    if not notes:
        raise Malformed(f"There is no ledger at {source.where}, or none that has published a checkpoint.")
    return Checkpoint.read(Note.read(notes[0]).text).origin


def _audited(course: Course) -> Verdict:
    source, course.notes = course.source, []
    notes = source.checkpoints()
    try:
        note = Note.read(notes[0])
        told = Checkpoint.read(note.text)
    except (Refusal, IndexError) as error:
        why = error.sentence if isinstance(error, Refusal) else "there is none"
        unread = false(None, "checkpoint", f"The checkpoint cannot be read: {why}.")
        return Verdict(where=source.where, level="public", origin="", size=0, root="", entries=0, findings=(unread,))
    course.heads = (note, *map(Note.read, notes[1:]))
    proofs: dict[str, Any] = {}
    found = _Run(course).replayed(told)
    findings = [found] if found is not None else []
    if found is None:
        findings, proofs = ending.checked(course, told, notes)
    return verdict(course, note, told, findings, proofs)


class _Run:
    """The replay of one audit."""

    def __init__(self, course: Course) -> None:
        self._course, self._verified = course, course.verified
        self._sizes = {Checkpoint.read(note.text).size for note in course.heads}
        watching = Watching(self._verified.facts)
        self._members = Members(course, watching)
        self._replay = Replay(
            course.source,
            self._verified.state,
            self._verified.facts,
            before=lambda state, entry: self._members.look(state, entry) or watching.before(state, entry),
            changed=watching.changed,
            after=lambda state, entry: watching.after(state, entry) or self._after(entry),
        )

    def replayed(self, told: Checkpoint) -> Finding | None:
        """Every entry that the checkpoint covers; the first that cannot stand where it does."""
        done = self._verified.tree.size
        if done > told.size:
            return false(None, "head", f"The ledger has gone back: {done} entries were verified, it has {told.size}.")
        try:
            return self._bundles(told) or self._short(told)
        except (Malformed, TooLarge) as error:
            return false(self._verified.tree.size, "entries", f"{error.sentence.removesuffix('.')}.")

    def _bundles(self, told: Checkpoint) -> Finding | None:
        done = self._verified.tree.size
        for first, leaves in self._course.source.entries(done // FULL * FULL, told.size):
            if first > done or first + len(leaves) <= done:
                break
            found = self._bundle(told, first, leaves[: told.size - first])
            if found is not None:
                return found
            done = self._verified.tree.size
            self._told(done, told.size)
        return None

    def _short(self, told: Checkpoint) -> Finding | None:
        done = self._verified.tree.size
        if done < told.size:
            sentence = f"The entry is missing: the checkpoint covers {told.size} entries, {done} are given."
            return withheld(done, "missing", sentence)
        return None

    def _bundle(self, told: Checkpoint, first: int, leaves: Sequence[bytes]) -> Finding | None:
        course, done = self._course, self._verified.tree.size
        hashes = hashed(leaves)
        changed = trees.leaf_tile(course.source, told, first, hashes) if course.source.tiled else None
        course.tiles += course.source.tiled
        self._members.bundle(first, len(leaves))
        self._verified.tree.grow(b"".join(hashes[done - first :]))
        for seq, leaf in enumerate(leaves[done - first :], done):
            if changed is not None and changed.seq is not None and seq >= changed.seq:
                return changed
            found = self._replay.enter(seq, leaf)
            if found is not None:
                return found
        return changed

    def _after(self, entry: Entry) -> Finding | None:
        if entry.seq + 1 in self._sizes:
            self._course.ats[entry.seq + 1] = entry.at
        if not isinstance(entry, ActEntry):
            return None
        if self._course.asked.receipt is not None:
            self._course.asked.receipt.see(entry)
        if entry.act.head is None:
            return None
        self._verified.facts.heads += 1
        return heads.seen_by_author(self._verified.tree, entry)

    def _told(self, done: int, size: int) -> None:
        asked = self._course.asked
        asked.progress(done, size)
        if done % asked.save_every < FULL and asked.save_every <= done < size:
            asked.save(self._verified)
