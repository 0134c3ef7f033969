"""Two heads that one log signed and that cannot both be true: a proof that anyone can check without the log.

Heads of one size need only differ. For two sizes the proof holds the root that the newer head implies for the older.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.keys import VerifierKey, base64, unbase64
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.proofs import verify_consistency
from phyle.cooperative.tree.ranges import Range
from phyle.cooperative.tree.tiles import Tiles, consistency_proof, hash_of
from phyle.errors import Malformed, Unproven

TYPE = "phyle-equivocation/v1"


@dataclass(frozen=True, slots=True)
class Equivocation:
    """`implied` is the root that the tree under `newer` has at the size of `older`; `proof` shows that it has."""

    older: Note
    newer: Note
    implied: bytes
    proof: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """An equivocation from its JSON. Malformed when it is none."""
        texts = [document.get(name) for name in ("older", "newer", "implied")]
        proof = document.get("proof")
        if document.get("type") != TYPE or not isinstance(proof, list):
            raise Malformed(f"This is no document of the type {TYPE}")
        if not all(isinstance(text, str) for text in (*texts, *proof)):
            raise Malformed("A proof of equivocation holds two signed notes and hashes in base 64")
        older, newer, implied = (str(text) for text in texts)
        hashes = tuple(map(unbase64, proof))
        return cls(Note.read(older.encode()), Note.read(newer.encode()), unbase64(implied), hashes)

    def document(self) -> dict[str, Any]:
        """Its JSON: `type`, the notes `older` and `newer` as text, `implied` and `proof` in base 64."""
        return {
            "type": TYPE,
            "older": bytes(self.older).decode(),
            "newer": bytes(self.newer).decode(),
            "implied": base64(self.implied),
            "proof": list(map(base64, self.proof)),
        }

    def verify(self, keys: Iterable[VerifierKey]) -> tuple[Head, Head]:
        """The two heads. Unproven unless one of `keys` signed both, of one origin, and they contradict each other."""
        known = list(keys)
        newer = verified(self.newer, known)
        older = verified(self.older, known, origin=newer.checkpoint.origin)
        _contradicts(older, newer, self.implied, self.proof)
        return older, newer


def equivocation(one: Head, other: Head, tiles: Tiles) -> Equivocation | None:
    """The proof that two verified heads of one ledger contradict each other; None when they do not.

    `tiles` are those of the larger, from `tiles_for(consistency(old, size), size)` and of the older's edge; they may
    be empty when both have the same size. Unproven when the tiles are not those of the larger head.
    """
    older, newer = sorted((one, other), key=lambda head: head.size)
    if older.size == 0:
        return None
    if older.size == newer.size:
        return None if older.root == newer.root else Equivocation(older.note, newer.note, newer.root)
    implied = hash_of(Range(0, older.size), tiles)
    proof = consistency_proof(older.size, newer.size, tiles)
    verify_consistency(old=older.size, size=newer.size, old_root=implied, root=newer.root, proof=proof)
    return None if implied == older.root else Equivocation(older.note, newer.note, implied, tuple(proof))


def _contradicts(older: Head, newer: Head, implied: bytes, proof: tuple[bytes, ...]) -> None:
    if implied == older.root:
        raise Unproven("The two heads do not contradict each other")
    verify_consistency(old=older.size, size=newer.size, old_root=implied, root=newer.root, proof=proof)
