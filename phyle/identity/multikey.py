"""Keys as actors publish them for proofs: Multikey (FEP-521a), multibase base58btc over a multicodec prefix."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from phyle.errors import Malformed
from phyle.identity.keys import PublicKey, strong

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
# An RSA key of 8192 bits has 1,420 characters. Base 58 costs the square of the length, so there is a bound.
LONGEST = 2048

ED25519_PUBLIC, ED25519_PRIVATE, RSA_PUBLIC = b"\xed\x01", b"\x80\x26", b"\x85\x24"


@dataclass(frozen=True, slots=True, kw_only=True)
class Multikey:
    """A verification method: its id, the actor who says it is theirs, and the key."""

    id: str
    controller: str
    key: PublicKey


def encode(key: PublicKey) -> str:
    """`publicKeyMultibase` of an Ed25519 (multicodec 0xed) or RSA (0x1205, PKCS#1 DER) public key."""
    if isinstance(key, Ed25519PublicKey):
        return base58(ED25519_PUBLIC + key.public_bytes_raw())
    return base58(RSA_PUBLIC + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def decode(text: str) -> PublicKey:
    """The key of a `publicKeyMultibase`. Malformed if it is not one; Unproven if the RSA key is not strong enough."""
    data = unbase58(text)
    prefix, material = data[:2], data[2:]
    try:
        if prefix == ED25519_PUBLIC:
            return Ed25519PublicKey.from_public_bytes(material)
        # Only PKCS#1, as the multicodec says, though the loader would take other forms too.
        if prefix == RSA_PUBLIC:
            key = strong(load_der_public_key(material))
            if encode(key) == text:
                return key
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("A Multikey does not hold a public key", cause=str(error)) from error
    raise Malformed("A Multikey is neither an Ed25519 nor an RSA public key", cause=prefix.hex())


def encode_secret(key: Ed25519PrivateKey) -> str:
    """`secretKeyMultibase` of an Ed25519 key (multicodec 0x1300)."""
    return base58(ED25519_PRIVATE + key.private_bytes_raw())


def decode_secret(text: str) -> Ed25519PrivateKey:
    """The Ed25519 key of a `secretKeyMultibase`; Malformed if it is not one."""
    data = unbase58(text)
    if data[:2] != ED25519_PRIVATE or len(data) != 34:
        raise Malformed("This is not an Ed25519 secret key")
    return Ed25519PrivateKey.from_private_bytes(data[2:])


def document(*, key_id: str, controller: str, key: PublicKey) -> dict[str, str]:
    """The object that stands in an actor's `assertionMethod` (FEP-521a)."""
    return {"id": key_id, "type": "Multikey", "controller": controller, "publicKeyMultibase": encode(key)}


def read(value: Any, *, controller: str) -> Multikey:
    """One entry of an actor's `assertionMethod`; `controller` is the actor whose document it stands in.

    Malformed unless it is a Multikey with an id, controlled by that very actor (FEP-521a).
    """
    if not isinstance(value, Mapping) or value.get("type") != "Multikey":
        raise Malformed("An assertionMethod is not a Multikey")
    key_id, text = value.get("id"), value.get("publicKeyMultibase")
    if not isinstance(key_id, str) or not isinstance(text, str):
        raise Malformed("A Multikey has no id or no publicKeyMultibase")
    if value.get("controller") != controller:
        raise Malformed("A Multikey is controlled by someone else than the actor who publishes it")
    return Multikey(id=key_id, controller=controller, key=decode(text))


def base58(data: bytes) -> str:
    """Multibase base58btc: "z", then a "1" for each leading zero byte, then the number in base 58."""
    number = int.from_bytes(data, "big")
    characters = []
    while number:
        number, rest = divmod(number, 58)
        characters.append(ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(characters))


def unbase58(text: str) -> bytes:
    """The bytes of a multibase base58btc text; Malformed for another base, a foreign character or undue length."""
    if not text.startswith("z") or len(text) > LONGEST:
        raise Malformed("A multibase value is not base58btc, or too long")
    number = 0
    for character in text[1:]:
        if character not in VALUES:
            raise Malformed("A multibase value has a character that base58btc does not have")
        number = number * 58 + VALUES[character]
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
