"""Digests of bodies: the old Digest header (RFC 3230) and Content-Digest (RFC 9530), SHA-256 only."""

from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from phyle.errors import Malformed, Unproven

MOST_MEMBERS = 16


def digest(body: bytes) -> str:
    """The value of a Digest header: `SHA-256=<base64>`."""
    return "SHA-256=" + b2a_base64(sha256(body).digest(), newline=False).decode("ascii")


def content_digest(old: str) -> str:
    """The value of a Content-Digest header from that of a Digest header, without hashing again."""
    return f"sha-256=:{old[8:]}:"


def check_digest(headers: Mapping[str, str], body: bytes) -> None:
    """Compare the body with every digest sent along; header names are lower case, algorithm names of any case.

    Malformed when a digest header cannot be read or offers no SHA-256, Unproven when the body is another one.
    Headers that are absent are not missed here: whether one must be there is for the signature's rules to say.
    """
    sent = [parse(headers[name]) for parse, name in ((_old, "digest"), (_new, "content-digest")) if name in headers]
    if not sent:
        return
    actual = sha256(body).digest()
    for expected in sent:
        if not compare_digest(expected, actual):
            raise Unproven("The body is not the one whose digest was sent")


def _old(value: str) -> bytes:
    return _bytes("Digest", _member("Digest", value))


def _new(value: str) -> bytes:
    member = _member("Content-Digest", value)
    if len(member) < 2 or member[0] != ":" or member[-1] != ":":
        raise Malformed("The Content-Digest header is malformed; send sha-256=:<base64>:")
    return _bytes("Content-Digest", member[1:-1])


def _member(header: str, value: str) -> str:
    """The sha-256 of a list such as `SHA-256=abc=,sha-512=def=`; base64 has no comma, so splitting is exact."""
    members = value.split(",", MOST_MEMBERS)
    found = [text for name, _, text in (member.strip(" \t").partition("=") for member in members) if _names(name)]
    if len(members) > MOST_MEMBERS or len(found) != 1:
        raise Malformed(f"The {header} header must hold exactly one SHA-256 digest")
    return found[0]


def _names(algorithm: str) -> bool:
    return algorithm.lower() == "sha-256"


def _bytes(header: str, text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed(f"The {header} header is not valid base64") from error
    if len(value) != 32:
        raise Malformed(f"The {header} header does not hold a SHA-256 digest")
    return value
