"""The signed request behind an attested act: as it is written into an opening, and verified with the pinned key."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from phyle.cooperative.law.values import read
from phyle.errors import Malformed, Unproven
from phyle.federation import signatures
from phyle.federation.claims import Request
from phyle.identity import multikey
from phyle.identity.keys import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A request as JSON. `body`: base 64; `headers` by their names in lower case; `target`: path and query."""

    method: str
    target: str
    scheme: str
    headers: Mapping[str, str]
    body: str


def written(*, method: str, target: str, scheme: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The value of the opening `request`."""
    told = base64.b64encode(body).decode("ascii")
    return {"method": method, "target": target, "scheme": scheme, "headers": dict(headers), "body": told}


FRESH = timedelta(hours=1)
"""Between the signature of a request that opens something at once, and when it counts as received."""


def verified_request(value: Any, *, key: Any, actor: Any, received: int, fresh: bool = False) -> Any:
    """The activity that a request brought, as JSON. `key`: the Multikey that was pinned, as text or with its `id`;
    `actor`: the URI of the member's account; `received`: milliseconds; `fresh`: it was signed just before.

    Unproven unless that key signed the request, in time, and the activity is that actor's; Malformed for what is none.
    """
    request = _request(read(Written, value, "request"))
    now = datetime.fromtimestamp(received / 1000, UTC)
    claim = signatures.claimed(request, hosts={_host(request)}, now=now)
    if not signatures.verify(claim, request, _key(key)):
        raise Unproven("The request is not signed by the key that was pinned for its sender.")
    signed = signatures.signed_at(claim, request)
    if fresh and (signed is None or abs(now - signed) > FRESH):
        raise Unproven("The request was signed at another time.", cause=f"{signed}")
    activity = orjson.loads(request.body)
    if not isinstance(activity, Mapping) or _id(activity.get("actor")) != actor:
        raise Unproven("The request is of another account.")
    return activity


def activity_in(value: Any) -> Mapping[str, Any]:
    """What a request brought that was verified before; empty if it cannot be read."""
    try:
        activity = orjson.loads(base64.b64decode(value["body"]))
    except (ValueError, KeyError, TypeError):
        return {}
    return activity if isinstance(activity, Mapping) else {}


def _request(told: Written) -> Request:
    try:
        body = base64.b64decode(told.body, validate=True)
    except ValueError as error:
        raise Malformed("The body of the request is not base 64.") from error
    headers = {name.lower(): value for name, value in told.headers.items()}
    return Request(method=told.method, target=told.target, headers=headers, body=body, scheme=told.scheme)


def _host(request: Request) -> str:
    host = request.headers.get("host", "").lower()
    return host.removesuffix(":443" if request.scheme == "https" else ":80")


def _key(pinned: Any) -> PublicKey:
    text = pinned.get("publicKeyMultibase", pinned.get("key")) if isinstance(pinned, Mapping) else pinned
    if not isinstance(text, str):
        raise Malformed("The pinned key is not a Multikey.")
    return multikey.decode(text)


def _id(actor: Any) -> Any:
    return actor.get("id") if isinstance(actor, Mapping) else actor
