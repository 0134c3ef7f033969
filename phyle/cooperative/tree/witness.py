"""The witness protocol without its network: what is sent, what is answered, and what a witness may sign.

c2sp.org/tlog-witness, `add-checkpoint`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from phyle.cooperative.tree.checkpoints import Checkpoint, read_size, verified
from phyle.cooperative.tree.hashing import EMPTY, WIDTH
from phyle.cooperative.tree.keys import Kind, Signature, VerifierKey, base64, unbase64
from phyle.cooperative.tree.notes import Note, line, read_signatures
from phyle.cooperative.tree.proofs import LONGEST, verify_consistency
from phyle.errors import Malformed, Refusal, TooLarge, Unproven

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
# The proof, the checkpoint and its signatures; a stranger may send no more.
LONGEST_BODY = 200_000


@dataclass(frozen=True, slots=True)
class Submission:
    """A log asks for a cosignature: what the witness should know already, the proof from there, and the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The body of `add-checkpoint`. Malformed or TooLarge when it is none."""
        if len(data) > LONGEST_BODY:
            raise TooLarge(f"The submission has more than {LONGEST_BODY} bytes")
        head, empty, note = data.partition(b"\n\n")
        first, *proof = head.decode("ascii", "replace").split("\n")
        if not empty or not first.startswith("old "):
            raise Malformed("A submission is the line “old SIZE”, lines of a proof, an empty line and a checkpoint")
        if len(proof) > LONGEST:
            raise Malformed(f"A consistency proof has at most {LONGEST} lines")
        return cls(read_size(first.removeprefix("old ")), tuple(map(_hash, proof)), Note.read(note))

    def __bytes__(self) -> bytes:
        lines = (f"old {self.old}", *map(base64, self.proof), "", "")
        return "\n".join(lines).encode() + bytes(self.note)


@dataclass(frozen=True, slots=True)
class Known:
    """What a witness holds of a log: the keys it trusts for it, and the newest head it cosigned (nothing: size 0)."""

    keys: tuple[VerifierKey, ...]
    size: int = 0
    root: bytes = EMPTY


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a witness finds. `status` 200: cosign `checkpoint`, if the head held is still the one that was judged.

    `proven` says that the log's own key signed the checkpoint, which makes a refused one worth keeping as evidence.
    """

    status: HTTPStatus
    sentence: str = ""
    checkpoint: Checkpoint | None = None
    proven: bool = False


def origin_of(submission: Submission) -> str:
    """The ledger a submission is about, which nothing has proven yet."""
    return submission.note.text.partition("\n")[0]


def judged(submission: Submission, known: Known | None) -> Verdict:
    """Whether a witness that holds `known` (None: no such log) may cosign. Malformed when the text is no checkpoint."""
    checkpoint = Checkpoint.read(submission.note.text)
    if known is None:
        return Verdict(HTTPStatus.NOT_FOUND, "This witness does not know the log")
    try:
        verified(submission.note, known.keys)
    except Unproven as error:
        return Verdict(HTTPStatus.FORBIDDEN, error.sentence)
    if submission.old > checkpoint.size:
        return Verdict(HTTPStatus.BAD_REQUEST, "The old size is larger than the checkpoint's", checkpoint, True)
    if submission.old != known.size:
        return Verdict(HTTPStatus.CONFLICT, f"The newest size cosigned here is {known.size}", checkpoint, True)
    try:
        _continues(submission, checkpoint, known)
    except Refusal as error:
        return Verdict(HTTPStatus.UNPROCESSABLE_ENTITY, error.sentence, checkpoint, True)
    return Verdict(HTTPStatus.OK, "", checkpoint, True)


def answer(verdict: Verdict, *, size: int, cosignatures: Iterable[Signature] = ()) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer; `size` is that of the newest head cosigned."""
    if verdict.status is HTTPStatus.OK:
        return verdict.status, TEXT_TYPE, "".join(map(line, cosignatures)).encode()
    if verdict.status is HTTPStatus.CONFLICT:
        return verdict.status, SIZE_TYPE, f"{size}\n".encode()
    return verdict.status, TEXT_TYPE, f"{verdict.sentence}\n".encode()


def read_cosignatures(body: bytes, note: Note, witnesses: Sequence[VerifierKey]) -> tuple[Signature, ...]:
    """The cosignatures under a checkpoint that known witnesses answered with; those of others are ignored.

    Malformed when the answer is none; Unproven when no cosignature is right, one is wrong, or one names no time.
    """
    try:
        signatures = read_signatures(body.decode())
    except UnicodeDecodeError as error:
        raise Malformed("The answer of a witness is not UTF-8") from error
    known = [key for key in witnesses if key.kind is Kind.COSIGNATURE]
    return Note(note.text, signatures).verified(known)


def read_conflict(body: bytes) -> int:
    """The size a witness says it holds, in its answer 409. Malformed when there is none."""
    text = body.decode("ascii", "replace")
    return read_size(text.removesuffix("\n"))


def _continues(submission: Submission, checkpoint: Checkpoint, known: Known) -> None:
    """Unproven unless the checkpoint follows the head that the witness holds."""
    if known.size:
        verify_consistency(
            old=known.size,
            size=checkpoint.size,
            old_root=known.root,
            root=checkpoint.root,
            proof=submission.proof,
        )
    elif submission.proof:
        raise Unproven("Everything follows from nothing: a proof from size 0 must be empty")
    elif not checkpoint.size and checkpoint.root != EMPTY:
        raise Unproven("The root of an empty tree is not the hash of nothing")


def _hash(text: str) -> bytes:
    data = unbase64(text)
    if len(data) != WIDTH:
        raise Malformed("A line of a consistency proof is not a hash of 32 bytes")
    return data
