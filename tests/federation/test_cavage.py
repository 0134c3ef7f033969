"""draft-cavage-12: the published vector, the strict parser, and what a signature must cover."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from phyle.errors import Malformed, Unproven
from phyle.federation import cavage
from phyle.federation.claims import Request
from phyle.identity import keys

# Appendix C of the draft. Its key has 1024 bits, so `keys.public_key` would refuse it.
DRAFT_KEY = b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
DRAFT_SIGNATURE = (
    'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",'
    'signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqz'
    'ic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="'
)


def request(signature: str, *, target: str = "/foo?param=value&pet=dog", **headers: str) -> Request:
    """The draft's own example request, with another Signature header."""
    sent = {"host": "example.com", "date": "Sun, 05 Jan 2014 21:31:40 GMT", **headers, "signature": signature}
    return Request(method="POST", target=target, headers=sent, body=b'{"hello": "world"}', scheme="https")


def test_the_drafts_own_example_verifies() -> None:
    received = request(DRAFT_SIGNATURE)
    claim = cavage.read(received)
    key = load_pem_public_key(DRAFT_KEY)
    assert isinstance(key, RSAPublicKey)
    assert cavage.verify(claim, received, key)
    assert not cavage.verify(claim, request(DRAFT_SIGNATURE, target="/foo?param=value&pet=cat"), key)
    assert not cavage.verify(claim, request(DRAFT_SIGNATURE, target="/foo"), key), "the query is signed, always"


def test_a_claim_says_what_the_header_says() -> None:
    claim = cavage.read(
        request('keyId="https://a.example/#k" , algorithm="hs2019", created=1402170695,expires="1402170995"\t,'
                'headers="(Request-Target)  Host (created) (expires)", signature="AAAA"')
    )  # fmt: skip
    assert claim.key_id == "https://a.example/#k"
    assert claim.covered == ("(request-target)", "host", "(created)", "(expires)")
    assert claim.created == datetime(2014, 6, 7, 19, 51, 35, tzinfo=UTC)
    assert claim.expires == datetime(2014, 6, 7, 19, 56, 35, tzinfo=UTC)
    assert cavage.base(claim, request("")).endswith(b"\n(created): 1402170695\n(expires): 1402170995")


def test_the_scheme_of_another_header_may_stand_in_front() -> None:
    received = request(f"Signature {DRAFT_SIGNATURE}")
    assert cavage.read(received) == cavage.read(request(DRAFT_SIGNATURE))
    with pytest.raises(Unproven):
        cavage.read(request(f"Signature Signature {DRAFT_SIGNATURE}"))


def test_a_quoted_string_may_escape() -> None:
    claim = cavage.read(request(r'keyId="a\"b\\c",headers="(created)",created=1,signature="AAAA"'))
    assert claim.key_id == 'a"b\\c'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "keyId",
        'keyId="a"',
        'keyId="a",headers="date"',
        'keyId="a",headers="date",signature=""',
        'keyId="a",headers="date",signature="no base64!"',
        'keyId="a",headers="",signature="AAAA"',
        'keyId="a",headers="(query)",signature="AAAA"',
        'keyId="a",headers="date",signature="AAAA"\n',
        'keyId="",headers="date",signature="AAAA"',
        'keyId="a",keyId="b",headers="date",signature="AAAA"',
        'keyId="a",headers="date date",signature="AAAA"',
        'keyId="a",headers="date Date",signature="AAAA"',
        'keyId="a",headers="date",signature="AAAA",',
        'keyId="a"headers="date",signature="AAAA"',
        'keyId="a",headers="date",signature="AAAA',
        "keyId='a',headers='date',signature='AAAA'",
        'keyId=a,headers="date",signature="AAAA"',
        'keyId="a",algorithm="hmac-sha256",headers="date",signature="AAAA"',
        'keyId="a",algorithm="rsa-sha1",headers="date",signature="AAAA"',
        'keyId="a",algorithm="rsa-sha256",created=1,headers="(created)",signature="AAAA"',
        'keyId="a",algorithm="hs2019",headers="(created)",signature="AAAA"',
        'keyId="a",algorithm="hs2019",created=253402300800,headers="(created)",signature="AAAA"',
        'keyId="a",algorithm="hs2019",created="soon",headers="(created)",signature="AAAA"',
        'keyId="a",expires="-1",headers="date",signature="AAAA"',
        'keyId="a",headers="' + " ".join(f"x-{n}" for n in range(65)) + '",signature="AAAA"',
        'keyId="' + "a" * 8192 + '",headers="date",signature="AAAA"',
    ],
)
def test_a_malformed_header_proves_nothing(header: str) -> None:
    with pytest.raises(Unproven):
        cavage.read(request(header))


def test_what_is_signed_must_be_there_in_one_line() -> None:
    claim = cavage.read(request('keyId="a",headers="x-thing",signature="AAAA"'))
    with pytest.raises(Unproven, match="x-thing"):
        cavage.base(claim, request(""))
    for value in ("1\nhost: evil.example", "\u20ac"):
        with pytest.raises(Malformed):
            cavage.base(claim, request("", **{"x-thing": value}))


def test_what_must_be_covered() -> None:
    claim = cavage.read(request('keyId="a",headers="x-thing",signature="AAAA"'))
    assert cavage.uncovered(claim, bodily=True) == ["(request-target)", "host", "date", "digest"]
    assert cavage.uncovered(claim, bodily=False) == ["(request-target)", "host", "date"]


def test_an_ed25519_signature_is_named_so_or_left_to_the_key() -> None:
    key = keys.ed25519(keys.new_ed25519())
    for algorithm, proves in (("ed25519", True), ("hs2019", True), ("rsa-sha256", False), ("rsa-v1_5-sha256", False)):
        unsigned = request(f'keyId="a",algorithm="{algorithm}",headers="host date",signature="AAAA"')
        claim = cavage.read(unsigned)
        claim = replace(claim, signature=key.sign(cavage.base(claim, unsigned)))
        assert cavage.verify(claim, unsigned, key.public_key()) is proves
