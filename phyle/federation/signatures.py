"""The front of HTTP signatures: sign a request, read what a received one claims, verify the claim with a key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from phyle.errors import Malformed, Unproven
from phyle.federation import cavage, dates, message_signatures
from phyle.federation.claims import Claim, Request, Style
from phyle.federation.digests import check_digest, content_digest
from phyle.federation.digests import digest as digest_of
from phyle.identity.keys import PublicKey

__all__ = ["Claim", "Outgoing", "Request", "Signer", "Style", "claimed", "sign", "sign_many", "signed_at", "verify"]

# Mastodon's window. Narrower ones lose what a sender's queue delivers late; inside it, what was seen once is known.
OLDEST, AHEAD = timedelta(hours=12), timedelta(hours=1)
BODILESS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An actor's RSA key with the id under which peers fetch its public half."""

    key_id: str
    key: RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One request to be signed; the fields are the parameters of `sign`."""

    signer: Signer
    method: str
    url: str
    now: datetime
    body: bytes | None = None
    digest: str | None = None
    style: Style = "cavage"
    headers: Mapping[str, str] = field(default_factory=dict)


def sign(
    signer: Signer,
    *,
    method: str,
    url: str,
    now: datetime,
    body: bytes | None = None,
    digest: str | None = None,
    style: Style = "cavage",
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """All headers to send: Host, Date, the digest, the signature, and `headers` (e.g. Content-Type).

    `url` is absolute and encoded exactly as it goes on the wire (a fragment is ignored); Malformed otherwise.
    `digest` is what `digests.digest(body)` said, for a body that goes to many hosts. A request that is neither GET
    nor HEAD always gets a digest, if need be that of the empty body. `style` "rfc9421" signs by RFC 9421 instead of
    draft-cavage-12; the headers are then Content-Digest, Signature-Input and Signature. Only draft-cavage covers
    `headers` with the signature.
    """
    scheme, host, target = _split(url)
    signed = {"Host": host, "Date": dates.write(now)}
    if digest is None and (body is not None or method not in BODILESS):
        digest = digest_of(body or b"")
    if style == "rfc9421":
        if digest is not None:
            signed["Content-Digest"] = content_digest(digest)
        signed.update(headers or {})
        return message_signatures.sign(signer.key_id, signer.key, method, f"{scheme}://{host}{target}", signed, now)
    if digest is not None:
        signed["Digest"] = digest
    signed.update(headers or {})
    signed["Signature"] = cavage.sign(signer.key_id, signer.key, method, target, signed)
    return signed


def sign_many(jobs: Iterable[Outgoing]) -> list[dict[str, str]]:
    """Sign a batch in the order given, so that one hop to a thread serves many deliveries."""
    return [
        sign(
            job.signer,
            method=job.method,
            url=job.url,
            now=job.now,
            body=job.body,
            digest=job.digest,
            style=job.style,
            headers=job.headers,
        )
        for job in jobs
    ]


def claimed(request: Request, *, hosts: Collection[str], now: datetime) -> Claim:
    """What the request's signature claims, after every check that needs no key; `verify` is still to be called.

    `hosts` are our names (lower case, with a port unless it is the scheme's own). Of several RFC 9421 signatures the
    first that passes is taken. Unproven when the request is unsigned or for another host, the signature malformed,
    of a refused algorithm, out of its time, or covers too little, or the body has another digest than was signed;
    Malformed when a digest cannot be read. RFC 9421 is read where there is a Signature-Input, else draft-cavage-12.
    """
    host = request.headers.get("host", "").lower()
    if host.removesuffix(":443" if request.scheme == "https" else ":80") not in hosts:
        raise Unproven("The request is meant for another host", cause=host[:200])
    if not request.target.startswith("/"):
        raise Malformed("The request target must be a path")
    claim = _first(request, now)
    check_digest(request.headers, request.body)
    return claim


def signed_at(claim: Claim, request: Request) -> datetime | None:
    """When it was signed, as the signature covers it: a byte-exact replay cannot be younger than the original."""
    return dates.read(request.headers["date"]) if "date" in claim.covered else claim.created


def verify(claim: Claim, request: Request, public_key: PublicKey) -> bool:
    """Whether `public_key` (as `keys.public_key` gives it) signed this request; the claim must come from it.

    It proves that the key's owner sent the request, and nothing of what the body says about who acts. Malformed when
    a covered header has characters that no header can have.
    """
    if claim.style == "rfc9421":
        return message_signatures.verify(claim, request, public_key)
    return cavage.verify(claim, request, public_key)


def _first(request: Request, now: datetime) -> Claim:
    if "signature-input" not in request.headers:
        return _checked(cavage.read(request), request, now)
    refusals = []
    for claim in message_signatures.read(request):
        try:
            return _checked(claim, request, now)
        except Unproven as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _checked(claim: Claim, request: Request, now: datetime) -> Claim:
    bodily = bool(request.body) or request.method not in BODILESS
    if claim.style == "rfc9421":
        missing = message_signatures.uncovered(claim, request, bodily=bodily)
    else:
        missing = cavage.uncovered(claim, bodily=bodily)
    if missing:
        raise Unproven(f"The signature does not cover {', '.join(missing)}")
    derived = '@"' if claim.style == "rfc9421" else "("
    for name in claim.covered:
        if name[0] not in derived and name not in request.headers:
            raise Unproven(f"The signature covers {name[:100]}, which was not sent")
    _in_time(claim, request, now)
    return claim


def _in_time(claim: Claim, request: Request, now: datetime) -> None:
    """Every signed time counts, so that none can be a fresh cover for a stale one."""
    signed = [claim.created] if claim.created else []
    if "date" in claim.covered:
        signed.append(dates.read(request.headers["date"]))
    for instant in signed:
        if not -OLDEST <= instant - now <= AHEAD:
            raise Unproven("The signature is too old or from the future; check your clock", cause=f"{instant}")
    if claim.expires is not None and claim.expires <= now:
        raise Unproven("The signature has expired; check your clock", cause=f"{claim.expires}")


def _split(url: str) -> tuple[str, str, str]:
    """Scheme, host (without the scheme's own port) and target of a URL, not requoted: peers verify these bytes."""
    scheme, separator, rest = url.partition("#")[0].partition("://")
    if not separator or not url.isascii() or not url.isprintable() or " " in url:
        raise Malformed("This address cannot be requested", cause=f"not an encoded absolute URL: {url[:200]!r}")
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    host, target = rest[:cut], rest[cut:]
    if not target.startswith("/"):
        target = "/" + target
    default = ":443" if scheme == "https" else ":80"
    return scheme, host.removesuffix(default), target
