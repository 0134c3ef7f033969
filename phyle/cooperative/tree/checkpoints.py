"""Checkpoints: the head of a ledger at some size, as its log key signs it (c2sp.org/tlog-checkpoint)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from phyle.cooperative.tree.hashing import WIDTH
from phyle.cooperative.tree.keys import Kind, Signature, VerifierKey, base64, time_of, unbase64
from phyle.cooperative.tree.notes import Note
from phyle.errors import Malformed

SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` entries of the ledger `origin` have the root `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or not all(self.extensions) or any("\n" in row for row in (self.origin, *self.extensions)):
            raise Malformed("The origin and every further line of a checkpoint are one line that is not empty")
        if not 0 <= self.size <= LARGEST or len(self.root) != WIDTH:
            raise Malformed("A checkpoint has a size from 0 to 2^63 - 1 and a root of 32 bytes")

    @classmethod
    def read(cls, text: str) -> Self:
        """A checkpoint from the text of a note. Malformed when it is none."""
        rows = text.split("\n")
        if len(rows) < 4 or rows.pop():
            raise Malformed("A checkpoint is at least three lines: origin, size and root")
        origin, size, root, *extensions = rows
        return cls(origin, read_size(size), unbase64(root), tuple(extensions))

    def __str__(self) -> str:
        """The text that is signed."""
        return "\n".join((self.origin, str(self.size), base64(self.root), *self.extensions, ""))

    def note(self) -> Note:
        """The text as a note that nobody has signed yet."""
        return Note(str(self))


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint whose signatures have been verified, with the note that proves it."""

    checkpoint: Checkpoint
    note: Note
    signatures: tuple[Signature, ...]

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        return self.checkpoint.root


def verified(data: bytes | Note, keys: Iterable[VerifierKey], *, origin: str | None = None) -> Head:
    """A signed checkpoint of which at least one key of `keys` is proven to be a signer.

    Malformed when it is no checkpoint, or of another ledger than `origin`; Unproven as `Note.verified` says.
    """
    note = data if isinstance(data, Note) else Note.read(data)
    signatures = note.verified(keys)
    checkpoint = Checkpoint.read(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise Malformed(f"The checkpoint is not of {origin}", cause=checkpoint.origin)
    return Head(checkpoint, note, signatures)


def cosigned_at(note: Note, witnesses: Iterable[VerifierKey]) -> dict[str, int]:
    """Name of each known witness whose cosignature is right -> the time it names (POSIX seconds).

    Unproven when one that claims to be of a known witness does not verify; none at all is no error.
    """
    known = [key for key in witnesses if key.kind is Kind.COSIGNATURE]
    if not any(key.made(signature) for key in known for signature in note.signatures):
        return {}
    return {signature.name: time_of(signature.data) for signature in note.verified(known)}


def read_size(text: str) -> int:
    """The size of a tree in decimal without leading zeroes. Malformed otherwise, or beyond 2^63 - 1."""
    if not SIZE.fullmatch(text) or int(text) > LARGEST:
        raise Malformed("The size of a tree is a decimal number without leading zeroes")
    return int(text)
