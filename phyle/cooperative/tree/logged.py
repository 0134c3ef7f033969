"""A proof that an entry stands in a ledger, in one file that can be verified offline (c2sp.org/tlog-proof)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from phyle.cooperative.tree.checkpoints import Head, read_size, verified
from phyle.cooperative.tree.keys import VerifierKey, base64, unbase64
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.proofs import LONGEST, verify_inclusion
from phyle.errors import Malformed, Unproven

FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Logged:
    """Entry `index` stands in the tree of the checkpoint `note`. `extra` is proven by nothing."""

    index: int
    proof: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    @classmethod
    def read(cls, data: bytes) -> Self:
        """A proof from its file. Malformed when it is none."""
        head, empty, note = data.partition(b"\n\n")
        first, *rows = head.decode("ascii", "replace").split("\n")
        if first != FIRST or not empty:
            raise Malformed(f"The first line is not “{FIRST}”, or no checkpoint follows")
        extra = unbase64(rows.pop(0).removeprefix("extra ")) if rows and rows[0].startswith("extra ") else None
        if not rows or not rows[0].startswith("index ") or len(rows) > LONGEST + 1:
            raise Malformed("The proof names no index, or is longer than any tree is high")
        index = read_size(rows[0].removeprefix("index "))
        return cls(index, tuple(map(unbase64, rows[1:])), Note.read(note), extra)

    def __bytes__(self) -> bytes:
        extra = () if self.extra is None else (f"extra {base64(self.extra)}",)
        lines = (FIRST, *extra, f"index {self.index}", *map(base64, self.proof), "", "")
        return "\n".join(lines).encode() + bytes(self.note)

    def verify(self, leaf: bytes, keys: Iterable[VerifierKey], *, origin: str) -> Head:
        """The head under which the entry with the leaf hash `leaf` stands; `keys` are those of the log alone.

        Malformed when the checkpoint is of another ledger; Unproven when a signature or the proof does not verify.
        """
        head = verified(self.note, keys, origin=origin)
        if self.index >= head.size:
            raise Unproven(f"The checkpoint covers {head.size} entries and not entry {self.index}")
        verify_inclusion(index=self.index, size=head.size, leaf=leaf, proof=self.proof, root=head.root)
        return head
