"""Multikeys: there and back, and what is none."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Malformed, Unproven
from phyle.identity import keys, multikey

ACTOR = "https://a.example/actors/1"


@given(st.binary(max_size=80))
def test_base58_goes_there_and_back(data: bytes) -> None:
    assert multikey.unbase58(multikey.base58(data)) == data


@given(st.text(max_size=60))
def test_no_text_is_more_than_malformed(text: str) -> None:
    for read in (multikey.decode, multikey.decode_secret):
        try:
            read("z" + text)
        except Malformed:
            continue


def test_known_base58() -> None:
    assert multikey.base58(b"Hello World!") == "z2NEpo7TZRRrLZSi2U"
    assert multikey.base58(b"\0\0\x28\x7f\xb4\xcd") == "z11233QC4"


def test_both_kinds_of_keys_go_there_and_back() -> None:
    secret = keys.ed25519(keys.new_ed25519())
    assert multikey.decode(multikey.encode(secret.public_key())) == secret.public_key()
    assert multikey.decode_secret(multikey.encode_secret(secret)).public_key() == secret.public_key()
    rsa = keys.rsa(keys.new_rsa()).public_key()
    assert multikey.decode(multikey.encode(rsa)) == rsa


def test_what_is_written_is_read() -> None:
    key = keys.ed25519(keys.new_ed25519()).public_key()
    document = multikey.document(key_id=f"{ACTOR}#ed25519-key", controller=ACTOR, key=key)
    found = multikey.read(document, controller=ACTOR)
    assert (found.id, found.controller, found.key) == (f"{ACTOR}#ed25519-key", ACTOR, key)


def test_a_multikey_is_its_controllers() -> None:
    key = keys.ed25519(keys.new_ed25519()).public_key()
    document = multikey.document(key_id=f"{ACTOR}#k", controller=ACTOR, key=key)
    for wrong in (
        {**document, "controller": "https://evil.example/actors/1"},
        {**document, "type": "JsonWebKey"},
        {**document, "id": None},
        {**document, "publicKeyMultibase": 1},
        [document],
        None,
    ):
        with pytest.raises(Malformed):
            multikey.read(wrong, controller=ACTOR)


def test_what_is_no_key_is_malformed() -> None:
    ed25519 = keys.ed25519(keys.new_ed25519()).public_key().public_bytes_raw()
    rsa = keys.rsa(keys.new_rsa()).public_key()
    pkcs1 = rsa.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    spki = rsa.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    texts = [multikey.base58(b"\xed\x01" + ed25519[:-1]), multikey.base58(b"\x12\x00" + ed25519)]
    texts += [multikey.base58(b"\x85\x24" + der) for der in (pkcs1 + b"\0", spki, b"")]
    texts += ["", "z", "z0OIl", "u" + texts[0][1:], "z" + "1" * 5000]
    for text in texts:
        with pytest.raises(Malformed):
            multikey.decode(text)


def test_a_weak_rsa_key_is_refused_here_too() -> None:
    weak = generate_private_key(public_exponent=65537, key_size=1024).public_key()
    with pytest.raises(Unproven):
        multikey.decode(multikey.encode(weak))
