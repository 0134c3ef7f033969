"""A request as it came over the wire, and what its signature claims before any key is at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from phyle.errors import Malformed

Style = Literal["cavage", "rfc9421"]

# Two of these would let the signature speak of one and the server act on the other.
SINGULAR = frozenset({"host", "date", "digest", "signature", "signature-input", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`target` is path?query exactly as on the wire, header names are lower case, `scheme` is what the sender used."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    scheme: str

    @classmethod
    def received(
        cls,
        method: str,
        target: str,
        raw_headers: Iterable[tuple[str, str]],
        *,
        body: bytes = b"",
        scheme: str = "https",
    ) -> "Request":
        """Join repeated headers with ", " (RFC 9110 section 5.3). Malformed if one occurs twice that may occur once."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in raw_headers:
            name, value = raw_name.lower(), raw_value.strip(" \t")
            if name not in headers:
                headers[name] = value
            elif name in SINGULAR:
                raise Malformed(f"The request has more than one {name} header; send one")
            else:
                headers[name] = f"{headers[name]}, {value}"
        return cls(method=method, target=target, headers=headers, body=body, scheme=scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a signature says of itself. Nothing in it is proven before `verify` has said yes.

    `covered` are the signed components in their order, `algorithm` is "" where the sender left it to the key,
    `label` names the signature among several (RFC 9421 only).
    """

    style: Style
    key_id: str
    covered: tuple[str, ...]
    signature: bytes
    algorithm: str
    created: datetime | None
    expires: datetime | None
    label: str = ""
