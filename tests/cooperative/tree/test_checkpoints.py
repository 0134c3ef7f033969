"""Checkpoints and cosignatures, among them the head of a public log with the cosignature of its witness."""

import pytest

from phyle.cooperative.tree.checkpoints import Checkpoint, cosigned_at, verified
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.hashing import EMPTY, leaves
from phyle.cooperative.tree.keys import Kind, Signature, VerifierKey
from phyle.cooperative.tree.notes import Note
from phyle.errors import Malformed, Unproven
from tests.cooperative.tree.signers import LOG, ORIGIN, WITNESS, signer

# A log that is published for tests, with its first entries and three of its heads.
TESTLOG = VerifierKey.read("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eit", "nain")
HEADS = {
    0: """example.com/log/testdata
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

— example.com/log/testdata M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc=
""",
    7: """example.com/log/testdata
7
IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U=

— example.com/log/testdata M9e0luA5JhTRUki/BBQD0QNiH6AEJ2pdtsA5CQjqJErViuuKrN6513RCTL2640wXJv0dCed3neRGI6dMzBq9uANf2Qc=
""",
    9: """example.com/log/testdata
9
CvhHViE3S9E3htHLR+25mapWoGCJ3WckMq1UtC3VmEY=

— example.com/log/testdata M9e0ls3mdnWX0qk4P3uGG0eYiFRWSwPR+RdeD1ARmrHPHjXP0x9UJWASPFTOTqJo0mp7Epck2O9RFB0J9IjDdAewagw=
""",
}

# The head of a public log of certificates, as it was served on 2026-05-23.
PUBLIC = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

"""
PUBLIC += "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllza"
PUBLIC += "lApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
PUBLIC += "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bf"
PUBLIC += "TW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
PUBLIC += "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0"
PUBLIC += "WBxtqB0DrAWfBw==\n"
PUBLIC_LOG = VerifierKey.read(
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
REMORA = VerifierKey.read("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")


@pytest.mark.parametrize("size", HEADS)
def test_heads_of_a_published_log(size: int) -> None:
    head = verified(HEADS[size].encode(), [TESTLOG], origin="example.com/log/testdata")
    entries = [word.encode() for word in WORDS[:size]]
    assert (head.size, head.root) == (size, Frontier().extended(leaves(entries)).root())
    assert str(head.checkpoint) == head.note.text


def test_a_public_log_and_its_witness() -> None:
    head = verified(PUBLIC.encode(), [PUBLIC_LOG])
    assert head.size == 1_432_088_532
    assert cosigned_at(head.note, [REMORA, PUBLIC_LOG]) == {"remora.n621.de": 1_779_573_024}
    other = Note(head.note.text.replace("1432088532", "1432088533"), head.note.signatures)
    for keys in ([PUBLIC_LOG], [REMORA]):
        with pytest.raises(Unproven):
            verified(other, keys)


def test_a_cosignature_is_of_one_time() -> None:
    checkpoint = Checkpoint(ORIGIN, 3, b"r" * 32)
    cosigned = checkpoint.note().signed(LOG).signed(WITNESS, seconds=1_700_000_000)
    assert cosigned_at(cosigned, [WITNESS.public]) == {WITNESS.name: 1_700_000_000}
    assert cosigned_at(cosigned, [LOG.public, signer("c.example", Kind.COSIGNATURE).public]) == {}
    *_, signature = cosigned.signatures
    for seconds in (1_700_000_001, 2**63):
        data = seconds.to_bytes(8, "big") + signature.data[8:]
        forged = Note(cosigned.text, (Signature(signature.name, signature.key_id, data),))
        with pytest.raises(Unproven):
            cosigned_at(forged, [WITNESS.public])


def test_what_a_witness_signs() -> None:
    checkpoint = Checkpoint(ORIGIN, 3, b"r" * 32)
    data = WITNESS.sign(str(checkpoint), seconds=1_679_315_147).data
    message = f"cosignature/v1\ntime 1679315147\n{checkpoint}".encode()
    WITNESS.private.public_key().verify(data[8:], message)
    assert data[:8] == (1_679_315_147).to_bytes(8, "big")


def test_extension_lines_are_kept_and_signed() -> None:
    checkpoint = Checkpoint(ORIGIN, 3, b"r" * 32, ("more", "and more"))
    assert Checkpoint.read(str(checkpoint)) == checkpoint
    with pytest.raises(Unproven):
        verified(Note(str(Checkpoint(ORIGIN, 3, b"r" * 32)), checkpoint.note().signed(LOG).signatures), [LOG.public])


def test_the_origin_that_is_asked_for() -> None:
    head = bytes(Checkpoint(ORIGIN, 0, EMPTY).note().signed(LOG))
    assert verified(head, [LOG.public], origin=ORIGIN).size == 0
    with pytest.raises(Malformed):
        verified(head, [LOG.public], origin="b.example/ledger/1")


ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "o\n1\n",
        f"o\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n1 \n{ROOT}\n",
        f"o\n١\n{ROOT}\n",
        f"o\n9223372036854775808\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        "o\n1\nAAAA\n",
        f"o\n1\n{ROOT.replace('FU=', 'FV=')}\n",
        f"o\n1\n{ROOT}\n\n",
        f"o\n1\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.read(text)


def test_what_is_not_written_as_a_checkpoint() -> None:
    for origin, size, root, extensions in (
        ("", 1, b"r" * 32, ()),
        ("a\nb", 1, b"r" * 32, ()),
        ("a", -1, b"r" * 32, ()),
        ("a", 2**63, b"r" * 32, ()),
        ("a", 1, b"r" * 31, ()),
        ("a", 1, b"r" * 32, ("",)),
    ):
        with pytest.raises(Malformed):
            Checkpoint(origin, size, root, extensions)
