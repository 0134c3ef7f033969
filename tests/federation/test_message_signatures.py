"""RFC 9421: the examples of its appendix B.2, and which signatures are worth a look."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from phyle.errors import Unproven
from phyle.federation import message_signatures
from phyle.federation.claims import Claim, Request
from phyle.identity import keys

RSA = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""
ED25519 = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
B21 = (
    'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7"
    "ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUv"
    "A4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
)
B22 = (
    'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss"'
    ';tag="header-example"',
    "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECx"
    "CmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqf"
    "ZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
)
B23 = (
    'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
    ';created=1618884473;keyid="test-key-rsa-pss"',
    "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K"
    "0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ip"
    "wvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
)
B26 = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"',
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
)


def request(signatures: Iterable[tuple[str, str]], *, target: str = "/foo?param=Value&Pet=dog") -> Request:
    """The test-request of appendix B.2, with these pairs of Signature-Input and Signature."""
    inputs, values = zip(*signatures, strict=True)
    return Request(
        method="POST",
        target=target,
        scheme="https",
        body=b'{"hello": "world"}',
        headers={
            "host": "example.com",
            "date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type": "application/json",
            "content-digest": DIGEST,
            "content-length": "18",
            "signature-input": ", ".join(inputs),
            "signature": ", ".join(values),
        },
    )


@pytest.mark.parametrize(("vector", "algorithm"), [(B21, "rsa-pss"), (B22, "rsa-pss"), (B23, "rsa-pss"), (B26, "")])
def test_the_examples_of_appendix_b_verify(vector: tuple[str, str], algorithm: str) -> None:
    # The RSA examples leave the algorithm to the key; by ours it would be PKCS#1 v1.5, so it is named for the reader.
    received = request([vector])
    (claim,) = message_signatures.read(received)
    if algorithm:
        assert not message_signatures.verify(claim, received, keys.public_key(RSA))
        assert message_signatures.verify(_as_pss(claim), received, keys.public_key(RSA))
    else:
        assert message_signatures.verify(claim, received, keys.public_key(ED25519))
        moved = request([vector], target="/bar?param=Value&Pet=dog")
        assert not message_signatures.verify(claim, moved, keys.public_key(ED25519))
        assert not message_signatures.verify(claim, received, keys.public_key(RSA)), "the key is of another kind"


def _as_pss(claim: Claim) -> Claim:
    return replace(claim, algorithm="rsa-pss-sha512")


def test_of_several_signatures_each_is_read_and_verified_alone() -> None:
    received = request([B21, B26])
    claims = message_signatures.read(received)
    assert [claim.label for claim in claims] == ["sig-b21", "sig-b26"]
    assert message_signatures.verify(claims[1], received, keys.public_key(ED25519))
    assert not message_signatures.verify(claims[0], received, keys.public_key(ED25519))


@pytest.mark.parametrize(
    ("given", "signature"),
    [
        ("", "a=:AAAA:"),
        ("a=(", "a=:AAAA:"),
        ("a=();keyid=k", "a=:AAAA:"),
        ('a=();created="1";keyid="k"', "a=:AAAA:"),
        ('a=();created=1.5;keyid="k"', "a=:AAAA:"),
        ('a=();created=999999999999999;keyid="k"', "a=:AAAA:"),
        ('a=();keyid="k";alg="hmac-sha256"', "a=:AAAA:"),
        ('a=();keyid=""', "a=:AAAA:"),
        ("a=()", "a=:AAAA:"),
        ('a=();keyid="k"', "b=:AAAA:"),
        ('a=(1);keyid="k"', "a=:AAAA:"),
        ('a=(token);keyid="k"', "a=:AAAA:"),
        ('a=(:AAAA:);keyid="k"', "a=:AAAA:"),
        ('a=("@status");keyid="k"', "a=:AAAA:"),
        ('a=("@query-parameters");keyid="k"', "a=:AAAA:"),
        ('a=("");keyid="k"', "a=:AAAA:"),
        ('a=();keyid="k"', 'a="AAAA"'),
        ('a=();keyid="k", a=();keyid="l"', "a=:AAAA:"),
        ('a=1;keyid="k"', "a=:AAAA:"),
        ('a=();keyid="€"', "a=:AAAA:"),
        (",".join(f'a{n}=();keyid="k"' for n in range(9)), "a1=:AAAA:"),
        ("a=(" + '"date" ' * 65 + ');keyid="k"', "a=:AAAA:"),
        ('a=();keyid="' + "k" * 8192 + '"', "a=:AAAA:"),
    ],
)
def test_what_cannot_be_used_proves_nothing(given: str, signature: str) -> None:
    with pytest.raises(Unproven):
        message_signatures.read(request([(given, signature)]))


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ('"@method" "@target-uri" "content-digest"', []),
        ('"@method" "@request-target" "host" "digest"', []),
        ('"@method" "@path" "@query" "@authority" "content-digest"', []),
        ('"@method" "@path" "@authority" "content-digest"', ["@target-uri"]),
        ('"@method" "@request-target" "content-digest"', ["@authority"]),
        ('"@target-uri" "content-digest"', ["@method"]),
        ('"@method" "@target-uri"', ["content-digest"]),
        ('"@method" "@target-uri" "content-digest";key="sha-256"', ["content-digest"]),
        ('"@method";req "@target-uri" "content-digest"', ["@method"]),
        ("", ["@method", "@target-uri", "@authority", "content-digest"]),
    ],
)
def test_what_must_be_covered(covered: str, missing: list[str]) -> None:
    received = request([(f'a=({covered});created=1;keyid="k"', "a=:AAAA:")])
    (claim,) = message_signatures.read(received)
    assert message_signatures.uncovered(claim, received, bodily=True) == missing


def test_a_time_must_be_covered() -> None:
    received = request([('a=("@method" "@target-uri");keyid="k"', "a=:AAAA:")])
    (claim,) = message_signatures.read(received)
    assert message_signatures.uncovered(claim, received, bodily=False) == ["created"]
