"""Possession: whoever brings a new key shows that they hold it, by signing where it is to be used."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phyle.errors import Malformed, Unproven
from phyle.identity import multikey


def message(origin: str, use: str, key: str) -> bytes:
    """What is signed: the ledger, what the key is for there (a member's id, `log`, `credential`), and the key."""
    return f"phyle-key/v1\n{origin}\n{use}\n{key}\n".encode()


def prove(private: Ed25519PrivateKey, origin: str, use: str, key: str | None = None) -> str:
    """The signature, in base 58, of a private key under its own public half, or under another key that follows it."""
    named = key or multikey.encode(private.public_key())
    return multikey.base58(private.sign(message(origin, use, named)))


def check(signature: str, signer: str, origin: str, use: str, key: str) -> None:
    """Unproven unless `signer` (a Multikey) signed that `key` is for this use."""
    try:
        public = multikey.decode(signer)
        if not isinstance(public, Ed25519PublicKey):
            raise Unproven("The key is not an Ed25519 key.")
        public.verify(multikey.unbase58(signature), message(origin, use, key))
    except (InvalidSignature, Malformed) as error:
        raise Unproven("Whoever brings a key must sign with it; this signature is not by that key.") from error
