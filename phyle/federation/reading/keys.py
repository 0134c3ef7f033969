"""The public keys that an actor's document lists, unparsed (RFC 9421 and draft-cavage keys; FEP-521a Multikey)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.reading.ornaments import kind_of
from phyle.federation.urls import same_address, same_origin
from phyle.federation.wire import Document

_MOST = 10
_LONGEST_PEM = 8192
# Base58 of the multicodec prefix 0xed01: an Ed25519 public key.
_ED25519_PREFIX = "z6Mk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadKey:
    """`pem` for RSA keys (SPKI or PKCS#1), `multibase` for Ed25519 keys; exactly one of them is given."""

    id: str
    owner: str
    kind: Literal["rsa", "ed25519"]
    pem: str | None = None
    multibase: str | None = None


def read_keys(document: Document, uri: str) -> tuple[ReadKey, ...]:
    """The keys of the actor `uri`. Keys that say another owner, or lie on another host, are passed over (A4)."""
    found: dict[str, ReadKey] = {}
    for key in (*_rsa(document, uri), *_ed25519(document, uri)):
        found.setdefault(key.id, key)
    return tuple(found.values())[:_MOST]


def _rsa(document: Document, uri: str) -> Iterator[ReadKey]:
    for item in shapes.objects(document, "publicKey"):
        pem = item.get("publicKeyPem")
        key_id = _own_id(item, "owner", uri)
        if key_id and isinstance(pem, str) and 0 < len(pem) <= _LONGEST_PEM:
            yield ReadKey(id=key_id, owner=uri, kind="rsa", pem=pem)


def _ed25519(document: Document, uri: str) -> Iterator[ReadKey]:
    for item in shapes.objects(document, "assertionMethod"):
        value = item.get("publicKeyMultibase")
        key_id = _own_id(item, "controller", uri)
        if key_id and kind_of(item) == "Multikey" and isinstance(value, str) and _is_ed25519(value):
            yield ReadKey(id=key_id, owner=uri, kind="ed25519", multibase=value)


def _own_id(item: Document, owner: str, uri: str) -> str | None:
    try:
        key_id, said = shapes.id_of(item), shapes.link(item, owner)
    except Malformed:
        return None
    if key_id is None or said is None or not same_address(said, uri) or not same_origin(key_id, uri):
        return None
    return key_id


def _is_ed25519(value: str) -> bool:
    return value.startswith(_ED25519_PREFIX) and len(value) == 48
