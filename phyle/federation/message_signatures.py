"""HTTP Message Signatures (RFC 9421): a small adapter to the package http-message-signatures."""

from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import http_sf
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureComponentResolver,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519, RSA_PSS_SHA512, RSA_V1_5_SHA256

from phyle.errors import Unproven
from phyle.federation.claims import Claim, Request
from phyle.identity.keys import PublicKey

PADDING, HASH = PKCS1v15(), SHA256()
ALGORITHMS: dict[str, type[HTTPSignatureAlgorithm]] = {
    algorithm.algorithm_id: algorithm for algorithm in (RSA_V1_5_SHA256, RSA_PSS_SHA512, ED25519)
}
DERIVED = HTTPSignatureComponentResolver.derived_component_resolvers.keys() - {"@status"}
LONGEST_HEADER = 8192
MOST_COVERED, MOST_SIGNATURES = 64, 8


def sign(
    key_id: str, key: RSAPrivateKey, method: str, url: str, headers: dict[str, str], now: datetime
) -> dict[str, str]:
    """`headers` with Signature-Input and Signature added, under the label sig1.

    Covered are what the strictest known verifiers ask for: Mastodon 4.5 wants @method, @target-uri, the `created`
    parameter and, on a POST, content-digest; Fedify wants `created`, `keyid` and, with a body, content-digest.
    """
    values = {"@method": method, "@target-uri": url}
    if "Content-Digest" in headers:
        values["content-digest"] = headers["Content-Digest"]
    names = " ".join(f'"{name}"' for name in values)
    covered = f'({names});created={int(now.timestamp())};keyid="{key_id}";alg="rsa-v1_5-sha256"'
    lines = [f'"{name}": {value}' for name, value in values.items()]
    base = "\n".join([*lines, f'"@signature-params": {covered}'])
    text = b2a_base64(key.sign(base.encode("ascii"), PADDING, HASH), newline=False).decode("ascii")
    return {**headers, "Signature-Input": f"sig1={covered}", "Signature": f"sig1=:{text}:"}


def read(request: Request) -> list[Claim]:
    """What each signature of the request claims, in the order of Signature-Input; those we cannot use are left out.

    Unproven when the two headers cannot be read or hold no signature with a keyid and an algorithm that we take.
    """
    inputs = _dictionary(request, "signature-input")
    signatures = _dictionary(request, "signature")
    if len(inputs) > MOST_SIGNATURES:
        raise Unproven("The request has too many signatures")
    claims = [_claim(label, inputs[label], signatures[label][0]) for label in inputs if label in signatures]
    usable = [claim for claim in claims if claim is not None]
    if not usable:
        raise Unproven("The request has no RFC 9421 signature with a keyid, by an algorithm that is accepted")
    return usable


def uncovered(claim: Claim, request: Request, *, bodily: bool) -> list[str]:
    """What the signature must cover but does not; `bodily` when the request has, or could have, a body.

    @target-uri names the host as well; a path alone does not cover a query. What is covered only in part, with
    component parameters, does not count.
    """
    covered = set(claim.covered)
    path = {"@path"} if "?" not in request.target else {"@path", "@query"}
    missing = [] if "@method" in covered else ["@method"]
    if not covered & {"@target-uri", "@request-target"} and not path <= covered:
        missing.append("@target-uri")
    if not covered & {"@authority", "host", "@target-uri"}:
        missing.append("@authority")
    if claim.created is None and "date" not in covered:
        missing.append("created")
    if bodily and not covered & {"content-digest", "digest"}:
        missing.append("content-digest")
    return missing


def verify(claim: Claim, request: Request, key: PublicKey) -> bool:
    """Whether this key made the signature; False also when the key is not of the claimed kind."""
    usual = "rsa-v1_5-sha256" if isinstance(key, RSAPublicKey) else "ed25519"
    verifier = _Verifier(
        signature_algorithm=ALGORITHMS[claim.algorithm or usual], key_resolver=_OneKey(key_id=claim.key_id, key=key)
    )
    try:
        verifier.verify(_message(claim, request), max_age=None)
    except HTTPMessageSignaturesException:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """The shape in which the package expects a request."""

    method: str
    url: str
    headers: Mapping[str, str]
    request_target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneKey(HTTPSignatureKeyResolver):
    key_id: str
    key: PublicKey

    def resolve_public_key(self, key_id: str) -> PublicKey | None:
        return self.key if key_id == self.key_id else None


class _Verifier(HTTPMessageVerifier):
    """Only the signature itself: times were compared with the caller's clock and window when the claim was read."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Nothing is left to check here."""


def _message(claim: Claim, request: Request) -> _Message:
    """The request with this one signature; the package will not choose among several without a tag."""
    chosen = {
        header: http_sf.ser({claim.label: _dictionary(request, header)[claim.label]})
        for header in ("signature-input", "signature")
    }
    return _Message(
        method=request.method,
        url=f"{request.scheme}://{request.headers.get('host', '')}{request.target}",
        headers={**request.headers, **chosen},
        request_target=request.target,
    )


def _dictionary(request: Request, header: str) -> dict[str, Any]:
    """A Dictionary (RFC 8941 section 3.2): label -> (value, parameters); a label that occurs twice is refused."""
    value = request.headers.get(header, "")
    if not value or len(value) > LONGEST_HEADER:
        raise Unproven(f"The {header} header is missing or too long")
    try:
        members = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_duplicate)
    except (ValueError, TypeError) as error:
        raise Unproven(f"The {header} header is malformed", cause=str(error)) from error
    return cast(dict[str, Any], members)


def _refuse_duplicate(key: str, context: str) -> None:
    raise Unproven(f"A signature header names {key[:100]} twice", cause=context)


def _claim(label: str, member: tuple[Any, Mapping[str, Any]], signature: Any) -> Claim | None:
    components, parameters = member
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg", "")
    if not isinstance(components, list) or not isinstance(signature, bytes) or len(components) > MOST_COVERED:
        return None
    if type(key_id) is not str or not key_id or (algorithm != "" and algorithm not in ALGORITHMS):
        return None
    if not all(type(name) is str and name and (name[0] != "@" or name in DERIVED) for name, _ in components):
        return None
    try:
        times = [_instant(parameters[name]) if name in parameters else None for name in ("created", "expires")]
    except (ValueError, OverflowError, OSError):
        return None
    return Claim(
        style="rfc9421",
        key_id=key_id,
        covered=tuple(name if not modified else http_sf.ser((name, modified)) for name, modified in components),
        signature=signature,
        algorithm=algorithm,
        created=times[0],
        expires=times[1],
        label=label,
    )


def _instant(value: object) -> datetime:
    if type(value) is not int:
        raise ValueError("not a whole number of seconds")
    return datetime.fromtimestamp(value, UTC)
