"""Keys of actors: made, written and read as PEM, and kept parsed, since parsing costs a hundred signatures."""

from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from phyle.errors import Unproven

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
PublicKey = RSAPublicKey | Ed25519PublicKey

LONGEST_PEM = 16_384
FEWEST_BITS, MOST_BITS = 2048, 8192


def new_rsa() -> str:
    """A new RSA-2048 private key as PKCS#8 PEM, for HTTP signatures. Takes tens of milliseconds: call in a thread."""
    return _private_pem(generate_private_key(public_exponent=65537, key_size=2048))


def new_ed25519() -> str:
    """A new Ed25519 private key as PKCS#8 PEM, for object integrity proofs (FEP-8b32)."""
    return _private_pem(Ed25519PrivateKey.generate())


def _private_pem(key: PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


@lru_cache(maxsize=1024)
def private_key(pem: str) -> PrivateKey:
    """One of our own private keys, parsed once. ValueError or TypeError when the PEM is not ours."""
    key = load_pem_private_key(pem.encode("ascii"), password=None)
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise TypeError(f"neither an RSA nor an Ed25519 key: {type(key).__name__}")
    return key


def rsa(pem: str) -> RSAPrivateKey:
    """`private_key` for a PEM that `new_rsa` made."""
    key = private_key(pem)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def ed25519(pem: str) -> Ed25519PrivateKey:
    """`private_key` for a PEM that `new_ed25519` made."""
    key = private_key(pem)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("not an Ed25519 key")
    return key


@lru_cache(maxsize=4096)
def public_key(pem: str) -> PublicKey:
    """A stranger's public key (SubjectPublicKeyInfo or PKCS#1 PEM), parsed once and found strong enough.

    Unproven when it cannot be read, is neither RSA nor Ed25519, or is an RSA key that `strong` refuses.
    """
    if len(pem) > LONGEST_PEM:
        raise Unproven("The signer's public key is too long")
    try:
        key = load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unproven("The signer's public key cannot be read", cause=str(error)) from error
    return strong(key)


def strong(key: object) -> PublicKey:
    """The key itself, if it is Ed25519, or RSA of 2048 to 8192 bits with an odd exponent from 3; else Unproven.

    Small keys can be forged; huge ones and huge exponents make every verification expensive.
    """
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey):
        raise Unproven("The signer's public key is neither an RSA nor an Ed25519 key")
    exponent = key.public_numbers().e
    if not FEWEST_BITS <= key.key_size <= MOST_BITS:
        raise Unproven(f"The signer's RSA key has {key.key_size} bits; {FEWEST_BITS} to {MOST_BITS} are accepted")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 64:
        raise Unproven("The signer's RSA key has an exponent that is not accepted")
    return key


def public_pem(key: PrivateKey | PublicKey) -> str:
    """The public half as SubjectPublicKeyInfo PEM, as `publicKeyPem` carries it."""
    public = key.public_key() if isinstance(key, RSAPrivateKey | Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
