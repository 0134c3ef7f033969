"""From what was found and counted to the verdict."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.audit import ending
from phyle.cooperative.audit.asked import Course
from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.findings import Finding
from phyle.cooperative.audit.making import made
from phyle.cooperative.audit.standing import standing
from phyle.cooperative.audit.verdicts import Booth, Statement, Verdict
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.notes import Note

STATED: Mapping[str, str] = {
    "tile": "tiles",
    "blob": "blobs",
    "papers": "sheets of ballots",
    "papers for members": "sheets of ballots",
    "head": "heads",
    "equivocation": "heads",
    "opening": "openings",
}
"""To which kind of statement a finding belongs; every other is about an entry."""


def verdict(
    course: Course, note: Note, told: Checkpoint, findings: Sequence[Finding], proofs: Mapping[str, Any]
) -> Verdict:
    """The verdict of an audit that has come to its end, or to the first thing that is false."""
    facts, state, receipt = course.verified.facts, course.verified.state, course.asked.receipt
    here = state.get(Phyle)
    return Verdict(
        where=course.source.where,
        level="member" if course.member else "public",
        origin=told.origin,
        size=told.size,
        root=told.root.hex(),
        entries=facts.entries,
        last=course.last,
        phase=here.phase if here else "",
        self_attested=here is not None and bool(here.founded) and not here.proven,
        standing=standing(state) if here is not None else None,
        made=made(state, course.last),
        decisions=tuple(facts.decisions),
        delay=facts.delay,
        delayed=facts.delayed,
        acts=dict(sorted(facts.acts.items())),
        booth=Booth(acts=facts.booth, sessions=facts.sessions, confirmed=facts.confirmed) if facts.sessions else None,
        statements=_statements(course, facts, findings),
        times=ending.times(course),
        cosigners=tuple(sorted({each.name for each in note.signatures if each.name != told.origin})),
        findings=tuple(findings),
        notes=(*course.notes, *ending.unseen(course), *ending.again(course)),
        receipt=receipt.answer if receipt is not None else "",
        since=max((_size(each) for each in course.asked.known), default=0),
        checkpoint=bytes(note).decode(),
        evidence=proofs,
    )


def _statements(course: Course, facts: Facts, findings: Sequence[Finding]) -> tuple[Statement, ...]:
    unseen = Counter(STATED[what] for _, what in facts.absent.values())
    wrong = Counter(STATED.get(finding.what, "entries") for finding in findings)
    verified = {
        "entries": facts.entries,
        "tiles": course.tiles,
        "blobs": facts.blobs,
        "sheets of ballots": facts.sheets,
        "heads": facts.heads,
        "openings": facts.opened,
        "signed requests": facts.requests,
    }
    unseen["openings"] = facts.unopened
    unseen["signed requests"] = max(0, facts.acts.get("attested", 0) - facts.booth - facts.requests)
    return tuple(
        Statement(what=what, verified=count, unverifiable=max(0, unseen[what] - wrong[what]), false=wrong[what])
        for what, count in verified.items()
        if count or unseen[what] or wrong[what]
    )


def _size(note: bytes) -> int:
    return Checkpoint.read(Note.read(note).text).size
