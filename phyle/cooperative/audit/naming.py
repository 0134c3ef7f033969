"""Which hashes of an entry name blobs and which are commitments: by the member that holds them."""

from collections.abc import Iterator, Mapping
from typing import Any

BLOBS = frozenset({"charter", "amends", "text", "roll", "delegations", "papers", "stages", "minutes", "treaty", "pool"})
"""Members that hold the hash of a blob, in whichever act, effect or consequence they stand."""
ONLY_IN = {("noticed", "evidence"), ("notice", "evidence"), ("outcome", "text")}
"""Members that hold one in acts of a kind alone."""
DIGESTS = frozenset({"sheet", "root", "lot", "seed", "act", "entry", "previous"})
"""Members that hold a hash of what is verified elsewhere."""
PLAIN = frozenset({"vote", "explain", "exit", "return", "vouched", "probation", "review"})
"""Kinds that name no blob, which most entries are of."""


def blobs_named(kind: str, payload: Any) -> Iterator[str]:
    """The hashes of the blobs that an entry names."""
    if kind not in PLAIN:
        yield from (value for name, value in _hashes(payload) if name in BLOBS or (kind, name) in ONLY_IN)


def commitments_of(kind: str, payload: Any, evidence: Mapping[str, str]) -> dict[str, str]:
    """The commitments of an act, each with the member that holds it."""
    found = {
        value: name
        for name, value in _hashes(payload)
        if name not in BLOBS and name not in DIGESTS and (kind, name) not in ONLY_IN
    }
    return found | {value: name for name, value in evidence.items()}


def hashes_of(payload: Any) -> Iterator[str]:
    """Everything in a payload that looks like a hash."""
    return (value for _, value in _hashes(payload))


def _hashes(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if len(value) == 64 and not set(value) - _DIGITS:
            yield name, value
    elif isinstance(value, Mapping):
        for inner, item in value.items():
            yield from _hashes(item, inner)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _hashes(item, name)


_DIGITS = frozenset("0123456789abcdef")
