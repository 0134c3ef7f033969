"""HTTP signatures as the fediverse has written them since 2017: draft-cavage-http-signatures-12, small and strict."""

import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from phyle.errors import Malformed, Unproven
from phyle.federation.claims import Claim, Request
from phyle.identity.keys import PublicKey

# hs2019 says "what the key is for"; in practice that is RSA-SHA256 (Mastodon) or Ed25519, never the draft's PSS.
RSA_ALGORITHMS = frozenset({"rsa-sha256", "rsa-v1_5-sha256", "hs2019"})
ALGORITHMS = RSA_ALGORITHMS | {"ed25519"}
LONGEST_HEADER = 8192
MOST_COVERED = 64
PADDING, HASH = PKCS1v15(), SHA256()

# Possessive quantifiers: what has been read is never given back, so hostile input costs one pass.
PARAMETER = re.compile(
    r'[ \t]*+([A-Za-z]++)[ \t]*+=[ \t]*+(?:"([^"\\]*+(?:\\.[^"\\]*+)*)"|([0-9]{1,15}+))[ \t]*+(,|\Z)'
)
PSEUDO = frozenset({"(request-target)", "(created)", "(expires)"})
ESCAPED = re.compile(r"\\(.)")
INSTANT = re.compile(r"(?:0|[1-9][0-9]{0,10})")


def sign(key_id: str, key: RSAPrivateKey, method: str, target: str, headers: Mapping[str, str]) -> str:
    """The value of a Signature header (RSA-SHA256) over the request target and all `headers`, in their order.

    Header names may be of any case. hs2019 is newer, but older servers refuse it and none refuses rsa-sha256.
    """
    lines = [f"(request-target): {method.lower()} {target}"]
    names = ["(request-target)"]
    for name, value in headers.items():
        lower = name.lower()
        names.append(lower)
        lines.append(f"{lower}: {value}")
    signature = key.sign("\n".join(lines).encode("latin-1"), PADDING, HASH)
    text = b2a_base64(signature, newline=False).decode("ascii")
    return f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="{text}"'


def read(request: Request) -> Claim:
    """What the Signature header claims; Unproven when it is absent, malformed or of an algorithm we do not take."""
    value = request.headers.get("signature")
    if value is None:
        raise Unproven("The request is not signed")
    parameters = _parameters(value)
    algorithm = parameters.get("algorithm", "hs2019").lower()
    if algorithm not in ALGORITHMS:
        raise Unproven("This signature algorithm is not accepted; use rsa-sha256", cause=algorithm)
    covered = tuple(parameters.get("headers", "").lower().split())
    if not parameters.get("keyId") or not covered or len(covered) > MOST_COVERED or len(set(covered)) != len(covered):
        raise Unproven("The Signature header needs a keyId and a list of headers, each named once")
    unknown = [name for name in covered if name[0] == "(" and name not in PSEUDO]
    if unknown:
        raise Unproven(f"The signature covers {unknown[0][:100]}, which is unknown")
    for name in ("created", "expires"):
        if f"({name})" in covered and (algorithm != "hs2019" or name not in parameters):
            raise Unproven(f"({name}) is signed only with algorithm hs2019 and a {name} parameter")
    return Claim(
        style="cavage",
        key_id=parameters["keyId"],
        covered=covered,
        signature=_signature(parameters.get("signature", "")),
        algorithm=algorithm,
        created=_instant(parameters["created"]) if "(created)" in covered else None,
        expires=_instant(parameters["expires"]) if "expires" in parameters else None,
    )


def uncovered(claim: Claim, *, bodily: bool) -> list[str]:
    """What the signature must cover but does not; `bodily` when the request has, or could have, a body."""
    covered = claim.covered
    missing = [name for name in ("(request-target)", "host") if name not in covered]
    if "date" not in covered and "(created)" not in covered:
        missing.append("date")
    if bodily and "digest" not in covered:
        missing.append("digest")
    return missing


def base(claim: Claim, request: Request) -> bytes:
    """The bytes that were signed (section 2.3). Unproven when a signed header is not there, Malformed when one is odd.

    The target is taken as received, query and all: leaving it out, as some old servers did, lets it be exchanged.
    """
    text = "\n".join([f"{name}: {_value(name, claim, request)}" for name in claim.covered])
    if text.count("\n") != len(claim.covered) - 1:
        raise Malformed("A signed header has more than one line")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise Malformed("A signed header has characters that headers cannot have") from error


def verify(claim: Claim, request: Request, key: PublicKey) -> bool:
    """Whether this key made the signature; False also when the key is not of the claimed kind."""
    signed = base(claim, request)
    try:
        if isinstance(key, RSAPublicKey):
            if claim.algorithm not in RSA_ALGORITHMS:
                return False
            key.verify(claim.signature, signed, PADDING, HASH)
        else:
            if claim.algorithm not in ("ed25519", "hs2019"):
                return False
            key.verify(claim.signature, signed)
    except InvalidSignature:
        return False
    return True


def _value(name: str, claim: Claim, request: Request) -> str:
    if name == "(request-target)":
        return f"{request.method.lower()} {request.target}"
    instant = {"(created)": claim.created, "(expires)": claim.expires}.get(name)
    if instant is not None:
        return str(int(instant.timestamp()))
    value = request.headers.get(name)
    if value is None:
        raise Unproven(f"The signature covers {name[:100]}, which was not sent")
    return value


def _parameters(value: str) -> dict[str, str]:
    """`name="text"` or `name=123`, separated by commas (section 2.2 with RFC 7235 quoted strings), no name twice."""
    if len(value) > LONGEST_HEADER:
        raise Unproven("The Signature header is too long")
    found: dict[str, str] = {}
    # Old versions of node-http-signature put the scheme of an Authorization header in front.
    at, more = len("Signature ") if value.startswith("Signature ") else 0, True
    while more:
        match = PARAMETER.match(value, at)
        if match is None:
            raise Unproven("The Signature header is malformed", cause=f"at {at}: {value[at : at + 40]!r}")
        name, quoted, number, comma = match.groups()
        if name in found:
            raise Unproven(f"The Signature header names {name[:100]} twice")
        found[name] = number if quoted is None else ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted
        at, more = match.end(), bool(comma)
    return found


def _signature(text: str) -> bytes:
    try:
        signature = b64decode(text, validate=True)
    except ValueError as error:
        raise Unproven("The signature is not valid base64") from error
    if not signature:
        raise Unproven("The Signature header holds no signature")
    return signature


def _instant(text: str) -> datetime:
    """Whole seconds since 1970; what is beyond the calendar's end counts as unreadable."""
    try:
        if INSTANT.fullmatch(text):
            return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Unproven("A time in the Signature header is not a number of seconds")
