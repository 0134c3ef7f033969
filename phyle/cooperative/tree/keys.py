"""Keys that sign notes: their ids, their one-line form, and what exactly each kind of them signs.

c2sp.org/signed-note for plain Ed25519 signatures, c2sp.org/tlog-cosignature for those of witnesses.
"""

import re
from base64 import b64encode
from binascii import Error, a2b_base64
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phyle.errors import Malformed, Unproven

KEY_LENGTH, ID_LENGTH, SIGNATURE_LENGTH, TIME_LENGTH = 32, 4, 64, 8
LATEST = 2**63 - 1
ID_TEXT = re.compile(r"[0-9a-f]{8}", re.ASCII)


class Kind(IntEnum):
    """The signature type byte of a key."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it claims to be, and the bytes after the key id."""

    name: str
    key_id: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key as a verifier is told of it. `material` is the raw Ed25519 key of 32 bytes."""

    name: str
    kind: Kind
    material: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        named(self.name)
        if len(self.material) != KEY_LENGTH:
            raise Malformed("An Ed25519 key has 32 bytes")
        object.__setattr__(self, "key_id", key_id(self.name, self.kind, self.material))

    @classmethod
    def read(cls, text: str) -> Self:
        """A verifier key in its one-line form. Malformed when it is not one, or of a kind not known here."""
        name, plus, rest = text.partition("+")
        number, second, encoded = rest.partition("+")
        if not (plus and second and ID_TEXT.fullmatch(number)):
            raise Malformed("A verifier key is written NAME+ID+KEY")
        data = unbase64(encoded)
        if data[:1] not in {bytes([kind]) for kind in Kind}:
            raise Malformed("A verifier key is neither an Ed25519 key nor one of a witness")
        key = cls(name, Kind(data[0]), data[1:])
        if key.key_id.hex() != number:
            raise Malformed("The id of a verifier key does not belong to its name and key")
        return key

    def __str__(self) -> str:
        """`example.com/foo+530d903a+AekyeRrm…`"""
        return f"{self.name}+{self.key_id.hex()}+{base64(bytes([self.kind]) + self.material)}"

    def made(self, signature: Signature) -> bool:
        """Whether a signature claims to be of this key: by name and id, never by one alone."""
        return signature.name == self.name and signature.key_id == self.key_id

    def verify(self, text: str, signature: Signature) -> None:
        """Unproven unless this key made the signature under `text`."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.material)
            key.verify(signature.data[-SIGNATURE_LENGTH:], message(self.kind, text, signature.data))
        except (InvalidSignature, ValueError) as error:
            raise Unproven(f"The signature of {self.name} does not verify") from error


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with the name under which it signs."""

    name: str
    kind: Kind
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> VerifierKey:
        """The half that verifiers are told."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str, *, seconds: int = 0) -> Signature:
        """A signature under `text`; a cosignature says at which time (POSIX seconds) it is made."""
        time = seconds.to_bytes(TIME_LENGTH, "big") if self.kind is Kind.COSIGNATURE else b""
        signed = self.private.sign(message(self.kind, text, time + bytes(SIGNATURE_LENGTH)))
        return Signature(self.name, self.public.key_id, time + signed)


def key_id(name: str, kind: Kind, material: bytes) -> bytes:
    """The four bytes that stand before a signature."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + material).digest()[:ID_LENGTH]


def message(kind: Kind, text: str, data: bytes) -> bytes:
    """What is signed: the text itself, or for a cosignature the text under its header and time.

    ValueError when `data`, the bytes of the signature, are not as long as the kind asks for.
    """
    if kind is Kind.ED25519:
        if len(data) != SIGNATURE_LENGTH:
            raise ValueError("not 64 bytes")
        return text.encode()
    return f"cosignature/v1\ntime {time_of(data)}\n{text}".encode()


def time_of(data: bytes) -> int:
    """The time (POSIX seconds) that the bytes of a cosignature claim. ValueError when they are not of one."""
    seconds = int.from_bytes(data[:TIME_LENGTH], "big")
    if len(data) != TIME_LENGTH + SIGNATURE_LENGTH or seconds > LATEST:
        raise ValueError("not a time and 64 bytes")
    return seconds


def named(name: str) -> str:
    """The name itself, if a key may have it: not empty, without white space, plus or control characters."""
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise Malformed("The name of a key is empty, or has a space, a plus or a control character")
    return name


def base64(data: bytes) -> str:
    """Standard base 64 with padding (RFC 4648 section 4)."""
    return b64encode(data).decode("ascii")


def unbase64(text: str) -> bytes:
    """The bytes of standard base 64. Malformed for any other spelling of them than the one `base64` writes."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Error, ValueError) as error:
        raise Malformed("This is not base 64", cause=str(error)) from error
    if base64(data) != text:
        raise Malformed("This is not the one spelling of base 64")
    return data
