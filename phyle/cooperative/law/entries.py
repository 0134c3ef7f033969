"""Entries: the leaves of the ledger's tree, each an act that was accepted or a consequence that had to follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from phyle.cooperative.law.acts import Act, Author, act_hash, read_act
from phyle.cooperative.law.spelling import LONGEST_ENTRY, parse, spell
from phyle.cooperative.law.values import Hash, Unread, read
from phyle.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class ActEntry:
    """An act as entered. `at`: when it was entered, `received`: when the server had it durably; milliseconds. `rules`:
    the version of the rules by which it was judged. `evidence`: commitments to what supports it, by name. `document`:
    the act as signed."""

    seq: int
    at: int
    rules: int
    received: int
    author: Author
    document: Mapping[str, Any]
    evidence: Mapping[str, Hash]
    act: Act
    hash: str

    @property
    def kind(self) -> str:
        """The act's kind."""
        return self.act.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What had to follow from the entries before it at the time `due`, and was entered at `at`."""

    seq: int
    at: int
    rules: int
    due: int
    kind: str
    payload: Any


Entry = ActEntry | Consequence


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenAct:
    seq: int
    at: int
    rules: int
    received: int
    author: Author
    act: Unread
    evidence: Mapping[str, Hash] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenConsequence:
    seq: int
    at: int
    rules: int
    due: int
    kind: str
    payload: Any


def wrap(
    document: Mapping[str, Any],
    *,
    seq: int,
    at: int,
    received: int,
    author: Author,
    rules: int,
    evidence: Mapping[str, Any] | None = None,
) -> ActEntry:
    """An act as it would be entered. Malformed if it is no act."""
    return ActEntry(
        seq=seq,
        at=at,
        rules=rules,
        received=received,
        author=author,
        document=document,
        evidence=dict(evidence or {}),
        act=read_act(document),
        hash=act_hash(document),
    )


def write_entry(entry: Entry) -> bytes:
    """The leaf's bytes. Malformed if there are more than fit into a tile bundle."""
    common = {"seq": entry.seq, "at": entry.at, "rules": entry.rules}
    if isinstance(entry, Consequence):
        data = spell({**common, "due": entry.due, "kind": entry.kind, "payload": entry.payload})
    else:
        evidence = {"evidence": entry.evidence} if entry.evidence else {}
        data = spell({**common, "received": entry.received, "author": entry.author, "act": entry.document, **evidence})
    if len(data) > LONGEST_ENTRY:
        raise Malformed(
            f"The entry would have {len(data)} bytes; {LONGEST_ENTRY} is the most. Put long text into a blob."
        )
    return data


def read_entry(data: bytes) -> Entry:
    """An entry from its leaf. Malformed unless it is one, in its canonical spelling."""
    if len(data) > LONGEST_ENTRY:
        raise Malformed(f"The entry has more than {LONGEST_ENTRY} bytes")
    document = parse(data)
    if not isinstance(document, Mapping):
        raise Malformed("The entry is not an object")
    if "act" not in document:
        written = read(_WrittenConsequence, document)
        return Consequence(
            seq=written.seq,
            at=written.at,
            rules=written.rules,
            due=written.due,
            kind=written.kind,
            payload=written.payload,
        )
    shell = read(_WrittenAct, document)
    if shell.evidence is not None and not shell.evidence:
        raise Malformed("evidence must not be empty")
    return wrap(
        cast(Mapping[str, Any], shell.act),
        seq=shell.seq,
        at=shell.at,
        received=shell.received,
        author=shell.author,
        rules=shell.rules,
        evidence=shell.evidence,
    )
