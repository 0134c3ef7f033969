"""Keys to sign with that are the same in every run, and heads of trees under them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.tree import tiles
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.ranges import Range

ORIGIN = "a.example/ledger/1"


def signer(name: str, kind: Kind = Kind.ED25519, *, seed: int = 1) -> Signer:
    """A signer whose key is made of one repeated byte."""
    return Signer(name, kind, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG = signer(ORIGIN)
WITNESS = signer("b.example/witness", Kind.COSIGNATURE, seed=2)


def head(tree: list[bytes], *, by: Signer = LOG, origin: str = ORIGIN) -> Head:
    """The signed head of a tree over leaf hashes."""
    root = tiles.hash_of(Range(0, len(tree)), tiles.built(tree))
    return verified(Checkpoint(origin, len(tree), root).note().signed(by), [by.public])
