"""Digests of bodies, old and new."""

from base64 import b64encode
from hashlib import sha256, sha512

import pytest

from phyle.errors import Malformed, Unproven
from phyle.federation.digests import check_digest, content_digest, digest

BODY = b"hello"
GOOD = b64encode(sha256(BODY).digest()).decode()
LONG = b64encode(sha512(BODY).digest()).decode()


def test_a_digest_is_written_both_ways() -> None:
    assert digest(BODY) == f"SHA-256={GOOD}"
    assert content_digest(digest(BODY)) == f"sha-256=:{GOOD}:"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"digest": f"SHA-256={GOOD}"},
        {"digest": f"sha-256={GOOD}"},
        {"digest": f"Sha-256={GOOD},SHA-512={LONG}"},
        {"content-digest": f"sha-256=:{GOOD}:"},
        {"content-digest": f"sha-512=:{LONG}:, sha-256=:{GOOD}:"},
        {"digest": f"SHA-256={GOOD}", "content-digest": f"sha-256=:{GOOD}:"},
    ],
)
def test_a_matching_digest_passes(headers: dict[str, str]) -> None:
    check_digest(headers, BODY)


@pytest.mark.parametrize(
    "headers",
    [
        {"digest": ""},
        {"digest": "SHA-256"},
        {"digest": f"SHA-512={LONG}"},
        {"digest": f"MD5={GOOD}"},
        {"digest": f"SHA-256={GOOD[:-4]}"},
        {"digest": f"SHA-256={LONG}"},
        {"digest": "SHA-256=!!"},
        {"digest": f"SHA-256={GOOD},sha-256={GOOD}"},
        {"digest": "a=b," * 20 + f"SHA-256={GOOD}"},
        {"digest": f"SHA-256={GOOD}" + ",a=b" * 20},
        {"content-digest": f"sha-512=:{LONG}:"},
        {"content-digest": f"sha-256={GOOD}"},
        {"content-digest": f'sha-256="{GOOD}"'},
        {"content-digest": "sha-256=:"},
        {"content-digest": f"sha-256=:{GOOD}:, sha-256=:{GOOD}:"},
    ],
)
def test_an_unreadable_digest_is_malformed(headers: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        check_digest(headers, BODY)


def test_every_digest_that_was_sent_must_match() -> None:
    other = digest(b"other")
    for headers in (
        {"digest": other},
        {"content-digest": content_digest(other)},
        {"digest": digest(BODY), "content-digest": content_digest(other)},
    ):
        with pytest.raises(Unproven):
            check_digest(headers, BODY)
