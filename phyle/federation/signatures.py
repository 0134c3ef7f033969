"""The front of HTTP signatures: sign a request, read what a received one claims, verify the claim with a key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from phyle.errors import Malformed
from phyle.federation import cavage, message_signatures
from phyle.federation.claims import Claim, Request, Style
from phyle.federation.digests import content_digest
from phyle.federation.digests import digest as digest_of

__all__ = ["Claim", "Outgoing", "Request", "Signer", "Style", "sign", "sign_many"]


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
    signed = {"Host": host, "Date": _http_date(int(now.timestamp()))}
    if digest is None and (body is not None or method not in ("GET", "HEAD")):
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


def _split(url: str) -> tuple[str, str, str]:
    """Scheme, host (without the scheme's own port) and target of an absolute URL, not requoted: peers verify these bytes."""
    scheme, separator, rest = url.partition("#")[0].partition("://")
    if not separator or not url.isascii() or not url.isprintable() or " " in url:
        raise Malformed("This address cannot be requested", cause=f"not an encoded absolute URL: {url[:200]!r}")
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    host, target = rest[:cut], rest[cut:]
    if not target.startswith("/"):
        target = "/" + target
    default = ":443" if scheme == "https" else ":80"
    return scheme, host.removesuffix(default), target


@lru_cache(maxsize=8)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)
