"""A witness cosigns what follows from what it cosigned before, and answers everything else as tlog-witness says."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree import ranges, tiles
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.hashing import EMPTY
from phyle.cooperative.tree.keys import Kind
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.witness import (
    SIZE_TYPE,
    Known,
    Submission,
    Verdict,
    answer,
    judged,
    origin_of,
    read_conflict,
    read_cosignatures,
)
from phyle.errors import Malformed, Refusal, TooLarge, Unproven
from tests.cooperative.tree.signers import LOG, ORIGIN, WITNESS, head, signer
from tests.cooperative.tree.trees import leaves

TREE = leaves(40)
TILES = tiles.built(TREE)


def asked(old: int, size: int, *, tree: list[bytes] = TREE) -> Submission:
    """What an honest log sends."""
    proof = tiles.hashes_of(ranges.consistency(old, size), tiles.built(tree)) if old else []
    return Submission(old, tuple(proof), head(tree[:size]).note)


def known(size: int, *, tree: list[bytes] = TREE) -> Known:
    """What a witness holds that cosigned the tree at `size`."""
    return Known((LOG.public,), size, head(tree[:size]).root)


@given(st.integers(0, 40), st.integers(0, 40))
def test_an_honest_log_is_cosigned_from_any_size_to_any_later(one: int, other: int) -> None:
    old, size = sorted((one, other))
    read = Submission.read(bytes(asked(old, size)))
    assert read == asked(old, size)
    assert origin_of(read) == ORIGIN
    verdict = judged(read, known(old))
    assert (verdict.status, verdict.checkpoint) == (HTTPStatus.OK, head(TREE[:size]).checkpoint)


def test_the_cosignature_reaches_the_log() -> None:
    submission = asked(3, 9)
    verdict = judged(submission, known(3))
    made = WITNESS.sign(submission.note.text, seconds=1_700_000_000)
    status, media_type, body = answer(verdict, size=9, cosignatures=[made])
    assert (status, media_type) == (200, "text/plain; charset=utf-8")
    assert read_cosignatures(body, submission.note, [WITNESS.public]) == (made,)
    stranger = signer("c.example", Kind.COSIGNATURE, seed=5)
    both = body + answer(verdict, size=9, cosignatures=[stranger.sign(submission.note.text, seconds=1)])[2]
    assert read_cosignatures(both, submission.note, [WITNESS.public]) == (made,)
    for wrong in (b"", b"nonsense\n", b"\xff\n", body[:-1], body.replace(b"A", b"B")):
        with pytest.raises(Refusal):
            read_cosignatures(wrong, submission.note, [WITNESS.public])
    with pytest.raises(Unproven):
        read_cosignatures(body, head(TREE[:10]).note, [WITNESS.public])


def test_a_plain_signature_is_no_cosignature() -> None:
    submission = asked(3, 9)
    line = answer(Verdict(HTTPStatus.OK), size=9, cosignatures=[LOG.sign(submission.note.text)])[2]
    with pytest.raises(Unproven):
        read_cosignatures(line, submission.note, [LOG.public])


def test_an_unknown_log() -> None:
    assert judged(asked(0, 3), None).status == HTTPStatus.NOT_FOUND


def test_a_signature_of_nobody_known() -> None:
    forger = signer(ORIGIN, seed=9)
    forged = Submission(0, (), head(TREE[:3], by=forger).note)
    assert judged(forged, known(0)).status == HTTPStatus.FORBIDDEN
    both = Submission(0, (), forged.note.with_signatures(head(TREE[:3]).note.signatures))
    assert judged(both, known(0)).status == HTTPStatus.OK
    spoiled = Submission(0, (), Note(head(TREE[:4]).note.text, head(TREE[:3]).note.signatures))
    verdict = judged(spoiled, known(0))
    assert verdict.status == HTTPStatus.FORBIDDEN
    assert not verdict.proven


def test_another_old_size_is_answered_with_ours() -> None:
    verdict = judged(asked(3, 9), known(5))
    assert verdict.status == HTTPStatus.CONFLICT
    status, media_type, body = answer(verdict, size=5)
    assert (status, media_type, body) == (409, SIZE_TYPE, b"5\n")
    assert read_conflict(body) == read_conflict(b"5") == 5
    for wrong in (b"", b"05\n", b"5\n\n", b"five\n", b"\xff"):
        with pytest.raises(Malformed):
            read_conflict(wrong)


def test_an_old_size_beyond_the_checkpoint() -> None:
    assert judged(Submission(9, (), head(TREE[:3]).note), known(9)).status == HTTPStatus.BAD_REQUEST


def test_what_does_not_follow_is_refused_and_worth_keeping() -> None:
    other = leaves(40, salt="other")
    for submission, holds in (
        (asked(3, 9, tree=other), known(3)),
        (asked(3, 3, tree=other), known(3)),
        (Submission(3, (), head(TREE[:9]).note), known(3)),
        (Submission(3, (b"x" * 32,), head(TREE[:3]).note), known(3)),
        (Submission(0, (b"x" * 32,), head(TREE[:3]).note), known(0)),
        (Submission(0, (), Checkpoint(ORIGIN, 0, b"x" * 32).note().signed(LOG)), known(0)),
    ):
        verdict = judged(submission, holds)
        assert verdict.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert verdict.proven
        assert answer(verdict, size=holds.size)[0] == 422


def test_the_empty_tree() -> None:
    empty = Submission(0, (), Checkpoint(ORIGIN, 0, EMPTY).note().signed(LOG))
    assert judged(empty, Known((LOG.public,))).status == HTTPStatus.OK


GOOD = bytes(asked(3, 9))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 3\n",
        b"old 3\n\n",
        GOOD.replace(b"old 3", b"old 03"),
        GOOD.replace(b"old 3", b"old -3"),
        GOOD.replace(b"old 3", b"old 3 "),
        GOOD.replace(b"old 3", b"new 3"),
        GOOD.replace(b"old 3\n", b""),
        GOOD.replace(b"old 3\n", b"old 3\nAAAA\n"),
        GOOD.replace(b"old 3\n", b"old 3\nnot base 64\n"),
        GOOD.replace(b"old 3\n", b"old 3\r\n"),
        GOOD.replace(b"old 3\n", b"old \xff\n"),
        GOOD.replace(b"old 3\n", b"old 3\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64),
        GOOD[:-1],
    ],
)
def test_what_is_no_submission(body: bytes) -> None:
    with pytest.raises(Malformed):
        Submission.read(body)


def test_a_note_that_is_no_checkpoint_and_a_body_without_end() -> None:
    with pytest.raises(Malformed):
        judged(Submission(0, (), Note("only text\n").signed(LOG)), None)
    with pytest.raises(TooLarge):
        Submission.read(b"old 3\n" + b"x" * 300_000)
