"""What an audit remembers of the entries it has replayed, besides the state that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from phyle.cooperative.law.acts import Author
from phyle.cooperative.law.values import read, write

Recount = Literal["same", "other", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """By whose hand a paper came: how its author is known, and the host on whose word."""

    author: Author
    via: str
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """A decision, and the hosts without whose ballots it would have been another. `uncounted`: it could not be counted
    again, because its papers cannot be opened here."""

    seq: int
    proposal: str
    title: str
    passed: bool
    hosts: tuple[str, ...] = ()
    uncounted: bool = False


@dataclass(slots=True, kw_only=True)
class Facts:
    """`acts`: how many acts by how their author is known. `keys`: the log's keys, each with the entry that set it.
    `credentials`: the other keys by which the instance has spoken.
    `papers`: by ballot and member, by whose hand the paper came. `ended`: by member, the entry with which they stopped
    being a full one. `absent`: what could not be had, by hash or ballot,
    with the entry that names it and what it is. `excused`: what an entry says was erased or withheld, with that entry.
    `nonces`: the entry of each act that could still be replayed, by the digest of its author and nonce; `expiring`:
    until when, as a heap.
    `unopened`: how many commitments only members can see opened. `booth`: acts by the keys of sessions in the booth;
    `sessions`: how many those were; `confirmed`: of how many the request of a member's own server was verified.
    `delay`: the longest time, in milliseconds, between when an act was received, as the host says, and its entry, which
    is number `delayed`. `targets`: of what was moderated or withheld, for members, by commitment: the entry, and a
    digest of what it names."""

    entries: int = 0
    acts: dict[str, int] = field(default_factory=dict)
    keys: list[tuple[int, str]] = field(default_factory=list)
    origins: list[tuple[int, str]] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    papers: dict[str, dict[str, Hand]] = field(default_factory=dict)
    decisions: list[Rested] = field(default_factory=list)
    blobs: int = 0
    sheets: int = 0
    heads: int = 0
    opened: int = 0
    unopened: int = 0
    requests: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    absent: dict[str, tuple[int, str]] = field(default_factory=dict)
    excused: dict[str, int] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)
    booth: int = 0
    sessions: int = 0
    confirmed: int = 0
    delay: int = 0
    delayed: int = 0
    targets: dict[str, tuple[int, str]] = field(default_factory=dict)
    expiring: list[tuple[int, str]] = field(default_factory=list)

    def key_at(self, size: int) -> str:
        """The log's key when the ledger had `size` entries."""
        return next((key for seq, key in reversed(self.keys) if seq < size), self.keys[0][1] if self.keys else "")

    def origin_at(self, size: int) -> str:
        """What the ledger was called when it had `size` entries."""
        found = (origin for seq, origin in reversed(self.origins) if seq < size)
        return next(found, self.origins[0][1] if self.origins else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    entries: int
    acts: Mapping[str, int]
    keys: tuple[tuple[int, str], ...]
    origins: tuple[tuple[int, str], ...]
    credentials: tuple[str, ...]
    papers: Mapping[str, Mapping[str, Hand]]
    decisions: tuple[Rested, ...]
    blobs: int
    sheets: int
    heads: int
    opened: int
    unopened: int
    requests: int
    ended: Mapping[str, int]
    absent: Mapping[str, tuple[int, str]]
    excused: Mapping[str, int]
    nonces: Mapping[str, int]
    booth: int = 0
    sessions: int = 0
    confirmed: int = 0
    delay: int = 0
    delayed: int = 0
    targets: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    expiring: tuple[tuple[int, str], ...] = ()


_COUNTED = (
    "entries",
    "blobs",
    "sheets",
    "heads",
    "opened",
    "unopened",
    "requests",
    "booth",
    "sessions",
    "confirmed",
    "delay",
    "delayed",
)


def read_facts(document: Any) -> Facts:
    """Facts from their JSON. Malformed if they are none."""
    found = read(_Written, document, "facts")
    return Facts(
        **{name: getattr(found, name) for name in _COUNTED},
        acts=dict(found.acts),
        keys=list(found.keys),
        origins=list(found.origins),
        credentials=list(found.credentials),
        papers={ballot: dict(hands) for ballot, hands in found.papers.items()},
        decisions=list(found.decisions),
        ended=dict(found.ended),
        absent=dict(found.absent),
        excused=dict(found.excused),
        nonces=dict(found.nonces),
        targets=dict(found.targets),
        expiring=sorted(found.expiring),
    )


def write_facts(facts: Facts) -> Any:
    """Their JSON."""
    return write(_Written(**{name: getattr(facts, name) for name in _Written.__dataclass_fields__}))
