"""Keys: made, written, read, and refused when weak."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from phyle.errors import Unproven
from phyle.identity import keys


def test_a_key_survives_as_pem_and_is_parsed_once() -> None:
    pem = keys.new_rsa()
    assert keys.rsa(pem) is keys.private_key(pem)
    assert keys.rsa(pem).key_size == 2048
    public = keys.public_pem(keys.rsa(pem))
    assert public.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert keys.public_key(public) is keys.public_key(public)
    assert keys.public_key(public) == keys.rsa(pem).public_key()
    assert keys.public_pem(keys.public_key(public)) == public


def test_an_ed25519_key_is_no_rsa_key() -> None:
    pem = keys.new_ed25519()
    assert keys.public_key(keys.public_pem(keys.ed25519(pem))) == keys.ed25519(pem).public_key()
    with pytest.raises(TypeError):
        keys.rsa(pem)
    with pytest.raises(TypeError):
        keys.ed25519(keys.new_rsa())


def test_the_old_pkcs1_form_is_read() -> None:
    public = keys.rsa(keys.new_rsa()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    assert pem.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert keys.public_key(f"\n{pem}\n\n") == public


def test_what_is_no_key_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    curve_pem = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    hollow = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"
    for pem in ("", "key", hollow, "\u20ac", "A" * 20_000, curve_pem):
        with pytest.raises(Unproven):
            keys.public_key(pem)


def test_weak_and_costly_rsa_keys_are_refused() -> None:
    small = generate_private_key(public_exponent=65537, key_size=1024).public_key()
    with pytest.raises(Unproven, match="1024 bits"):
        keys.public_key(keys.public_pem(small))
    huge = RSAPublicNumbers(e=65537, n=(1 << 8199) + 1).public_key()
    with pytest.raises(Unproven, match="8200 bits"):
        keys.strong(huge)
    odd = RSAPublicNumbers(e=(1 << 80) + 1, n=keys.rsa(keys.new_rsa()).public_key().public_numbers().n)
    with pytest.raises(Unproven, match="exponent"):
        keys.strong(odd.public_key())
