"""What the phyle holds in common: items that it took into its commons, and licences that it granted."""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.law.values import Hash, Id, Line, Word

REPOSITORY = "repository"
"""The kind of item that is a work in a repository; its name is that of the work."""
RECIPROCITY = "reciprocity"
"""The licence that is granted for what was contributed, on the strength of the contributors' mandates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An item that the phyle took into its commons. The slice's id is the digest of what the item is called."""

    SLICE: ClassVar[str] = "accepted"

    item: Line
    kind: Word
    since: int
    text: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A licence granted by the phyle; for one `work`, or for all that its commons hold."""

    SLICE: ClassVar[str] = "grant"

    licence: Word
    text: Hash
    since: int
    to: Id | None = None
    name: Line | None = None
    until: int = 0
    work: Id | None = None
