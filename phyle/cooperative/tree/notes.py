"""Signed notes: a text, an empty line, and the lines of those who signed it (c2sp.org/signed-note)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from phyle.cooperative.tree.keys import ID_LENGTH, Signature, Signer, VerifierKey, base64, named, unbase64
from phyle.errors import Malformed, TooLarge, Unproven

DASH = "\N{EM DASH} "
# A verifier must accept 16; post-quantum signatures have nearly 5,000 bytes each.
MOST_SIGNATURES = 64
LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline. Nothing of it may be believed before `verified` has named a signer that is trusted."""

    text: str
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """A note from its bytes. Malformed when it is none, TooLarge beyond a megabyte or 64 signatures."""
        if len(data) > LONGEST:
            raise TooLarge("The signed note is too long")
        text, separator, lines = _decoded(data).rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise Malformed("A signed note is a text, an empty line and lines of signatures")
        signatures = read_signatures(lines)
        if not signatures:
            raise Malformed("The note has no signature")
        return cls(text + "\n", signatures)

    def __bytes__(self) -> bytes:
        """The note as it is sent and kept."""
        return f"{self.text}\n{''.join(map(line, self.signatures))}".encode()

    def signed(self, signer: Signer, *, seconds: int = 0) -> Self:
        """The note with one more signature; `seconds` is the time a cosignature names."""
        return self.with_signatures([signer.sign(self.text, seconds=seconds)])

    def with_signatures(self, more: Iterable[Signature]) -> Self:
        """The note with more signatures, none twice."""
        return type(self)(self.text, tuple(dict.fromkeys((*self.signatures, *more))))

    def verified(self, keys: Iterable[VerifierKey]) -> tuple[Signature, ...]:
        """The signatures of known keys, the first of each key. Signatures of unknown keys are ignored.

        Unproven when there is none, and also when one that claims to be of a known key does not verify.
        """
        known = {(key.name, key.key_id): key for key in keys}
        found: dict[tuple[str, bytes], Signature] = {}
        for signature in self.signatures:
            whose = signature.name, signature.key_id
            if whose in known and whose not in found:
                known[whose].verify(self.text, signature)
                found[whose] = signature
        if not found:
            raise Unproven("The note is not signed by anybody known")
        return tuple(found.values())


def note(text: str, *signers: Signer) -> Note:
    """A text under the signatures of some plain keys. Malformed when it is no text of a note."""
    if not text.endswith("\n"):
        raise Malformed("The text of a note ends in a newline")
    _decoded(text.encode())
    return Note(text, tuple(signer.sign(text) for signer in signers))


def line(signature: Signature) -> str:
    """`— NAME BASE64` and a newline."""
    return f"{DASH}{signature.name} {base64(signature.key_id + signature.data)}\n"


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """The signatures of whole lines, each of which ends in a newline. Malformed when one is no line of a signature."""
    rows = lines.split("\n")
    if rows.pop():
        raise Malformed("A line of a signature does not end in a newline")
    if len(rows) > MOST_SIGNATURES:
        raise TooLarge(f"A signed note has at most {MOST_SIGNATURES} signatures")
    return tuple(_signature(row) for row in rows)


def _signature(row: str) -> Signature:
    name, space, encoded = row.removeprefix(DASH).partition(" ")
    if not row.startswith(DASH) or not space:
        raise Malformed("A line of a signature is a dash, a name and base 64")
    data = unbase64(encoded)
    if len(data) <= ID_LENGTH:
        raise Malformed("A signature is too short")
    return Signature(named(name), data[:ID_LENGTH], data[ID_LENGTH:])


def _decoded(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("A signed note is not UTF-8", cause=str(error)) from error
    if any(character < " " and character != "\n" for character in text):
        raise Malformed("A signed note has a control character")
    return text
