"""The state of a phyle: slices, each addressed by what it is and by an id, changed only on a fork."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Protocol, TypeVar

from phyle.errors import Refused

Address = tuple[str, str]
"""What the slice is (`member`, `proposal`), and its id. An id with a slash belongs to the group before the slash."""


class Slice(Protocol):
    """A frozen dataclass with a name for its kind. `SLICE` never changes: it is in every ledger's projection."""

    SLICE: ClassVar[str]


S = TypeVar("S", bound=Slice)


class NotLoaded(LookupError):
    """The law asked for something that was not fetched before. `wanted`: an address, or ("group", "kind/group"), or
    ("blob", its hash), or ("sheet", a ballot's id)."""

    def __init__(self, *wanted: str) -> None:
        super().__init__(" ".join(wanted))
        self.wanted: Address = (wanted[0], wanted[1])


class SheetWithheld(LookupError):
    """The openings of a ballot cannot be had: they were erased, or are for members only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedVote:
    """One paper of a sheet, as opened after the close."""

    member: str
    value: Any
    salt: str


Sheet = tuple[OpenedVote, ...]


def group_of(id: str) -> str:
    """The group that an id belongs to: what stands before its slash, or none."""
    return id.partition("/")[0] if "/" in id else ""


class State:
    """What is known at some entry. `whole`: everything there is was loaded, so what is absent does not exist."""

    __slots__ = ("_absent", "_below", "_blobs", "_groups", "_sheets", "_slices", "_whole", "changed", "kept")

    def __init__(self, *, whole: bool = True, below: "State | None" = None) -> None:
        self._below = below
        self._whole = whole
        self._slices: dict[str, dict[str, dict[str, Any]]] = {}
        self._groups: set[tuple[str, str]] = set()
        self._absent: set[Address] = set()
        self._blobs: dict[str, bytes] = {}
        self._sheets: dict[str, Sheet | None] = {}
        self.changed: dict[Address, Any] = {}
        """What was put on this fork, by address; None for what was dropped."""
        self.kept: dict[str, bytes] = {}
        """Blobs that came into being on this fork."""

    # What is known

    def get(self, kind: type[S], id: str = "") -> S | None:
        """The slice, or None if there is none. NotLoaded if nobody knows."""
        address = (kind.SLICE, id)
        if address in self.changed:
            return self.changed[address]  # type: ignore[no-any-return]
        if self._below is not None:
            return self._below.get(kind, id)
        found = self._slices.get(kind.SLICE, {}).get(group_of(id), {}).get(id)
        if found is None and not self._whole and not self._known_absent(address):
            raise NotLoaded(*address)
        return found

    def knows(self, what: str, id: str) -> bool:
        """Whether an address was loaded into a state that is no fork; what there is none of counts as loaded."""
        if what == "group":
            return self._whole or id.partition("/")[::2] in self._groups
        if what in ("blob", "sheet"):
            return id in (self._blobs if what == "blob" else self._sheets)
        found = id in self._slices.get(what, {}).get(group_of(id), {})
        return self._whole or found or self._known_absent((what, id))

    def _known_absent(self, address: Address) -> bool:
        return address in self._absent or (address[0], group_of(address[1])) in self._groups

    def require(self, kind: type[S], id: str = "") -> S:
        """The slice. Refused, with a sentence that names it, if there is none."""
        found = self.get(kind, id)
        if found is None:
            raise Refused(f"There is no such {kind.SLICE.replace('_', ' ')} in this phyle.", cause=id)
        return found

    def all(self, kind: type[S], group: str = "") -> Iterator[tuple[str, S]]:
        """All slices of a kind and group, by id. NotLoaded if they were not all loaded."""
        mine = {id: value for (what, id), value in self.changed.items() if what == kind.SLICE and group_of(id) == group}
        if self._below is not None:
            below = dict(self._below.all(kind, group))
        elif self._whole or (kind.SLICE, group) in self._groups:
            below = self._slices.get(kind.SLICE, {}).get(group, {})
        else:
            raise NotLoaded("group", f"{kind.SLICE}/{group}")
        merged = {**below, **mine} if mine else below
        return iter(sorted((id, value) for id, value in merged.items() if value is not None))

    def blob(self, hash: str) -> bytes:
        """The bytes with this SHA-256. NotLoaded if they were not fetched."""
        if hash in self.kept:
            return self.kept[hash]
        if self._below is not None:
            return self._below.blob(hash)
        try:
            return self._blobs[hash]
        except KeyError:
            raise NotLoaded("blob", hash) from None

    def sheet(self, ballot: str) -> Sheet:
        """The opened papers of a closed ballot, by member. SheetWithheld if they cannot be had."""
        if self._below is not None:
            return self._below.sheet(ballot)
        if ballot not in self._sheets:
            raise NotLoaded("sheet", ballot)
        found = self._sheets[ballot]
        if found is None:
            raise SheetWithheld(ballot)
        return found

    # What changes

    def put(self, value: Slice, id: str = "") -> None:
        """Set a slice on this fork."""
        self.changed[(value.SLICE, id)] = value

    def drop(self, kind: type[Slice], id: str = "") -> None:
        """Remove a slice on this fork."""
        self.changed[(kind.SLICE, id)] = None

    def keep(self, data: bytes) -> str:
        """Add a blob on this fork; its SHA-256."""
        hash = sha256(data).hexdigest()
        self.kept[hash] = data
        return hash

    def fork(self) -> "State":
        """A state that starts as this one and changes apart from it."""
        return State(below=self)

    def absorb(self, fork: "State") -> None:
        """Take over what was changed on a fork of this state."""
        if self._below is not None:
            self.changed |= fork.changed
            self.kept |= fork.kept
            return
        for (what, id), value in fork.changed.items():
            self.load(what, id, value)
        self._blobs |= fork.kept

    # What is fetched

    def load(self, what: str, id: str, value: Any | None) -> None:
        """A slice as it is kept, or None for one that does not exist."""
        group = self._slices.setdefault(what, {}).setdefault(group_of(id), {})
        if value is None:
            group.pop(id, None)
            self._absent.add((what, id))
        else:
            group[id] = value
            self._absent.discard((what, id))

    def load_group(self, what: str, group: str, values: Mapping[str, Any]) -> None:
        """All slices of a kind and group; any other does not exist."""
        self._slices.setdefault(what, {})[group] = dict(values)
        self._groups.add((what, group))

    def load_blob(self, hash: str, data: bytes) -> None:
        """A blob. The caller has compared it with its hash."""
        self._blobs[hash] = data

    def load_sheet(self, ballot: str, sheet: Sheet | None) -> None:
        """The openings of a ballot, None if they are withheld."""
        self._sheets[ballot] = sheet

    def forget_sheets(self) -> None:
        """Openings that were loaded may not be all any more: somebody may have voted since."""
        self._sheets.clear()

    def everything(self) -> Iterator[tuple[Address, Any]]:
        """Every slice of a state that is no fork, in order of address."""
        for what, groups in sorted(self._slices.items()):
            every = {id: value for group in groups.values() for id, value in group.items()}
            for id, value in sorted(every.items()):
                yield (what, id), value
