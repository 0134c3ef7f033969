"""A proof that an entry stands in a ledger can be kept in a file and verified offline."""

import pytest

from phyle.cooperative.tree import tiles
from phyle.cooperative.tree.logged import FIRST, Logged
from phyle.errors import Malformed, Refusal, Unproven
from tests.cooperative.tree.signers import LOG, ORIGIN, head, signer
from tests.cooperative.tree.trees import leaves

TREE = leaves(11)
MADE = Logged(4, tuple(tiles.inclusion_proof(4, 11, tiles.built(TREE))), head(TREE).note, b"more")


def test_it_is_read_as_it_was_written() -> None:
    for made in (MADE, Logged(4, MADE.proof, MADE.note), Logged(0, (), head(TREE[:1]).note)):
        read = Logged.read(bytes(made))
        assert read == made
        found = read.verify(TREE[made.index], [LOG.public], origin=ORIGIN)
        assert found == head(TREE[: found.size])


def test_it_proves_nothing_else() -> None:
    for made in (Logged(5, MADE.proof, MADE.note), Logged(11, MADE.proof, MADE.note), Logged(4, (), MADE.note)):
        with pytest.raises(Unproven):
            made.verify(TREE[4], [LOG.public], origin=ORIGIN)
    with pytest.raises(Unproven):
        MADE.verify(TREE[5], [LOG.public], origin=ORIGIN)
    with pytest.raises(Unproven):
        MADE.verify(TREE[4], [signer(ORIGIN, seed=4).public], origin=ORIGIN)
    with pytest.raises(Malformed):
        MADE.verify(TREE[4], [LOG.public], origin="b.example/ledger/1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(MADE).replace(b"@v1", b"@v2"),
        bytes(MADE).replace(b"index 4", b"index 04"),
        bytes(MADE).replace(b"index 4\n", b""),
        bytes(MADE).replace(b"extra bW9yZQ==", b"extra bW9yZQ"),
        f"{FIRST}\n\n".encode(),
    ],
)
def test_what_is_no_such_file(data: bytes) -> None:
    with pytest.raises(Refusal):
        Logged.read(data)
