"""Where an audit gets the bytes of a ledger from; it believes none of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from phyle.cooperative.tree.tiles import Tile


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a commitment stands for, as somebody says."""

    name: str
    value: Any
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """The openings of some entries by commitment, as far as members may see them. `closed`: commitments whose values
    are for fewer than all members; `erased`: those that went, with the entry that says so."""

    opened: Mapping[str, Opened] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    erased: Mapping[str, int] = field(default_factory=dict)


class Source(Protocol):
    """The bytes of one ledger. Methods raise Malformed for what cannot be read, and Unreachable."""

    @property
    def where(self) -> str:
        """The address or the file, for people."""

    @property
    def tiled(self) -> bool:
        """Whether there are tiles to be compared with the entries."""

    def checkpoints(self) -> Sequence[bytes]:
        """Signed notes: the newest checkpoint first, then older ones if there are any."""

    def entries(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        """From `first` up to `size`, in bundles: the number of the bundle's first leaf, and its leaves. It ends early
        where entries are missing. `first` is a multiple of 256."""

    def tile(self, tile: Tile) -> bytes | None:
        """The hashes of a tile; None if it is not there."""

    def blob(self, hash: str) -> bytes | None:
        """What is said to have this SHA-256; None if it is not there."""

    def sheet(self, ballot: str) -> bytes | None:
        """The opened papers of a ballot; None if they are not there, or not for us."""

    def unread(self) -> Iterable[str]:
        """In sentences, what is wrong with what was given and never asked for."""

    def openings(self, first: int, count: int) -> Openings | None:
        """What members may see of these entries. None at the public level."""
