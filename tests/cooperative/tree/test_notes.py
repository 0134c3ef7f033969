"""Signed notes: exactly those that c2sp.org/signed-note describes, and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree.keys import Kind, Signature, VerifierKey, base64, unbase64
from phyle.cooperative.tree.notes import MOST_SIGNATURES, Note, note
from phyle.errors import Malformed, Refusal, TooLarge, Unproven
from tests.cooperative.tree.signers import LOG, signer

# The example of the specification, and the one of the library in which the format was first written down.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
TEXT = "one\n\ntwo\n"


@pytest.mark.parametrize(("key", "data"), [(FOO, FOO_NOTE), (NEUMANN, NEUMANN_NOTE)])
def test_published_notes(key: str, data: str) -> None:
    read = Note.read(data.encode())
    verifier = VerifierKey.read(key)
    assert str(verifier) == key
    assert read.verified([verifier]) == read.signatures
    assert bytes(read) == data.encode()
    with pytest.raises(Unproven):
        Note(read.text.replace("is", "was"), read.signatures).verified([verifier])


def test_a_note_is_signed_and_read_again() -> None:
    other = signer("b.example")
    made = note(TEXT, LOG, other)
    read = Note.read(bytes(made))
    assert read == made
    assert read.text == TEXT
    assert [signature.name for signature in read.verified([other.public, LOG.public])] == [LOG.name, other.name]


def test_keys_are_known_by_name_and_id_together() -> None:
    made = note(TEXT, LOG)
    same_name, same_key = signer(LOG.name, seed=7), signer("b.example")
    for stranger in (same_name, same_key):
        with pytest.raises(Unproven, match="anybody known"):
            made.verified([stranger.public])
    assert made.verified([same_name.public, LOG.public]) == made.signatures
    assert Note(TEXT, (*note(TEXT, same_name).signatures, *made.signatures)).verified([LOG.public]) == made.signatures


def test_a_known_key_that_does_not_verify_spoils_the_note() -> None:
    other = signer("b.example", seed=2)
    wrong = Signature(other.name, other.public.key_id, bytes(64))
    short = Signature(other.name, other.public.key_id, bytes(63))
    for signature in (wrong, short):
        with pytest.raises(Unproven, match=r"b\.example does not verify"):
            note(TEXT, LOG).with_signatures([signature]).verified([LOG.public, other.public])
    with pytest.raises(Unproven):
        Note(TEXT).verified([LOG.public])
    with pytest.raises(Unproven):
        note(TEXT, LOG).verified([])


def test_one_key_counts_once() -> None:
    once = note(TEXT, LOG)
    assert once.with_signatures(once.signatures) == once
    again = Signature(LOG.name, LOG.public.key_id, bytes(64))
    assert once.with_signatures([again]).verified([LOG.public]) == once.signatures


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    whole = bytes(note(TEXT, LOG))
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    with pytest.raises(Refusal):
        Note.read(whole[:place] + bytes([byte]) + whole[place + 1 :]).verified([LOG.public])


LINE = FOO_NOTE.rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        f"text\n{LINE}",
        f"text\n\n{LINE}".removesuffix("\n"),
        f"te\rxt\n\n{LINE}",
        f"te\x00xt\n\n{LINE}",
        f"text\n\n{LINE}\n",
        f"text\n\nnonsense\n{LINE}",
        f"text\n\n{LINE.replace('—', '-')}",
        f"text\n\n{LINE.replace('— ', '—')}",
        f"text\n\n{LINE.replace(' Uw2', '  Uw2')}",
        f"text\n\n{LINE.replace('/foo', '/f+oo')}",
        "text\n\n" + LINE.replace("/foo", "/f\N{NO-BREAK SPACE}oo"),
        "text\n\n" + LINE.replace("/foo", "/f\N{LINE SEPARATOR}oo"),
        f"text\n\n{LINE.replace('=', '')}",
        f"text\n\n{LINE.replace('=', '==')}",
        f"text\n\n{LINE.replace('AekyeRrm', 'AekyeR_m').replace('Uw2', 'U-2')}",
        "text\n\n— name \n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n—  AAAAAAA=\n",
    ],
)
def test_what_is_no_note(data: str) -> None:
    with pytest.raises(Malformed):
        Note.read(data.encode())


def test_bytes_that_are_no_text_and_notes_without_end() -> None:
    with pytest.raises(Malformed):
        Note.read(b"te\xffxt\n\n" + LINE.encode())
    with pytest.raises(TooLarge):
        Note.read(b"text\n\n" + LINE.encode() * (MOST_SIGNATURES + 1))
    assert len(Note.read(b"text\n\n" + LINE.encode() * MOST_SIGNATURES).signatures) == MOST_SIGNATURES
    with pytest.raises(TooLarge):
        Note.read(b"x" * 1_000_001)
    for text in ("no newline", "a\rb\n", ""):
        with pytest.raises(Malformed):
            note(text, LOG)


def test_an_empty_line_in_the_text_belongs_to_the_text() -> None:
    assert Note.read(f"a\n\n\n\nb\n\n{LINE}".encode()).text == "a\n\n\n\nb\n"
    assert Note.read(f"a\n\n\n{LINE}".encode()).text == "a\n\n"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+530d903a",
        FOO.replace("530d903a", "530d903b"),
        FOO.replace("530d903a", "530D903A"),
        FOO.replace("example.com/foo", "example.com/bar"),
        FOO.replace("example.com/foo", ""),
        FOO + "A",
        FOO.removesuffix("k") + "l",
        "name+00000000+Ag==",
        "name+00000000+",
    ],
)
def test_what_is_no_verifier_key(key: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.read(key)


def test_kinds_of_one_key_have_different_ids_and_do_not_stand_for_each_other() -> None:
    plain, witness = signer("w.example"), signer("w.example", Kind.COSIGNATURE)
    assert plain.public.material == witness.public.material
    assert plain.public.key_id != witness.public.key_id
    assert VerifierKey.read(str(witness.public)) == witness.public
    moved = Signature(witness.name, witness.public.key_id, plain.sign(TEXT).data)
    with pytest.raises(Unproven):
        Note(TEXT, (moved,)).verified([witness.public])


@given(st.binary(max_size=40))
def test_base_64_has_one_spelling(data: bytes) -> None:
    assert unbase64(base64(data)) == data


@given(st.text(alphabet="ABab01+/=\n ", max_size=8))
def test_any_other_spelling_is_refused(text: str) -> None:
    with suppress(Malformed):
        assert base64(unbase64(text)) == text


def test_a_private_key_does_not_show() -> None:
    assert "private" not in repr(LOG)
