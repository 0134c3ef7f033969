"""From what was found and counted to the verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.audit import ending
from phyle.cooperative.audit.asked import Course
from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.findings import Finding
from phyle.cooperative.audit.standing import standing
from phyle.cooperative.audit.verdicts import Statement, Verdict
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.notes import Note


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
        decisions=tuple(facts.decisions),
        acts=dict(sorted(facts.acts.items())),
        statements=_statements(course, facts),
        times=ending.times(course),
        cosigners=tuple(sorted({each.name for each in note.signatures if each.name != told.origin})),
        findings=tuple(findings),
        notes=(*course.notes, *ending.unseen(course)),
        receipt=receipt.answer if receipt is not None else "",
        since=max((_size(each) for each in course.asked.known), default=0),
        checkpoint=bytes(note).decode(),
        evidence=proofs,
    )


def _statements(course: Course, facts: Facts) -> tuple[Statement, ...]:
    unseen = [what for _, what in facts.absent.values()]
    blobs = unseen.count("blob")
    counted = (
        ("entries", facts.entries, 0),
        ("tiles", course.tiles, 0),
        ("blobs", facts.blobs, blobs),
        ("sheets of ballots", facts.sheets, len(unseen) - blobs),
        ("heads", facts.heads, 0),
        ("openings", facts.opened, facts.unopened),
        ("signed requests", facts.requests, facts.acts.get("attested", 0) - facts.requests),
    )
    return tuple(
        Statement(what=what, verified=verified, unverifiable=unverifiable)
        for what, verified, unverifiable in counted
        if verified or unverifiable
    )


def _size(note: bytes) -> int:
    return Checkpoint.read(Note.read(note).text).size
