"""Which hashes in an entry name blobs and which are commitments: by the member that holds them."""

from collections.abc import Iterator, Mapping
from typing import Any

BLOBS = frozenset(
    {
        "amends",
        "charter",
        "delegations",
        "minutes",
        "papers",
        "pool",
        "present",
        "roll",
        "silent",
        "stages",
        "text",
        "treaty",
    }
)
"""Members that hold the hash of a blob, in whichever act, effect or consequence they stand."""
ONLY_IN = frozenset(
    {("noticed", "evidence"), ("assembly_noticed", "evidence"), ("observed", "checkpoint"), ("beacon", "evidence")}
)
"""The same in entries of one kind alone."""
COMMITMENTS = frozenset(
    {
        "choice",
        "claim",
        "identity",
        "interest",
        "person",
        "pinned",
        "purpose",
        "reason",
        "reasons",
        "reply",
        "statement",
        "subject",
        "target",
    }
)
"""Members that hold a commitment, or an object of them, in acts and in effects."""
OTHERS = frozenset({"commitments", "digest", "licence_text", "matter", "output", "root", "seed", "sheet"})
"""Members that hold another hash: of what is erased, or of what is verified where it stands."""
NAMELESS = frozenset({"vote", "explain", "exit", "return", "vouched", "probation", "review"})
"""Kinds that name no blob, which most entries are of."""
_DIGITS = frozenset("0123456789abcdef")


def blobs_named(kind: str, payload: Any) -> Iterator[str]:
    """The hashes of the blobs that an act or a consequence names, as JSON."""
    if kind not in NAMELESS:
        yield from (hash for name, hash in _hashes(payload) if name in BLOBS or (kind, name) in ONLY_IN)


def commitments_of(payload: Any, evidence: Mapping[str, str]) -> dict[str, str]:
    """The commitments of an act, as JSON, each with the name of what it stands for."""
    found = {hash: name for name, hash in _hashes(payload) if name in COMMITMENTS}
    found |= {hash: name for name, hash in payload.get("identity", {}).items() if isinstance(hash, str)}
    return found | {hash: name for name, hash in evidence.items()}


def hashes_of(payload: Any) -> Iterator[str]:
    """Everything in a payload that looks like a hash."""
    return (hash for _, hash in _hashes(payload))


def _hashes(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each hash with the member that holds it; below `identity` people choose the names, which mean nothing here."""
    if isinstance(value, str):
        if len(value) == 64 and not set(value) - _DIGITS:
            yield name, value
    elif isinstance(value, Mapping):
        for inner, item in value.items():
            yield from _hashes(item, name if name == "identity" else inner)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _hashes(item, name)
