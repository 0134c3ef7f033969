"""WebFinger (RFC 7033): from `user@host` to an actor, and what we answer about our own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from phyle.errors import Gone, Malformed, Missing, Refused, TooLarge, Unreachable
from phyle.federation import urls, wire
from phyle.federation.media_types import ACTIVITY, JRD, is_activity
from phyle.federation.net import Net

PATH = "/.well-known/webfinger"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"

_INTENTS = "https://w3id.org/fep/3b86/"
INTENTS = (
    ("Create", "/share?text={content}"),
    ("Object", "/authorize_interaction?uri={object}"),
    ("Follow", "/authorize_interaction?uri={object}"),
)
"""What a page elsewhere can ask a person to do at home (FEP-3b86), and where it is done here."""

_ACCEPT = f"{JRD}, application/json"
_LARGEST = 64 * 1024
_MOST_LINKS = 100
_NAME = re.compile(r"[\w~](?:[\w.~-]{0,126}[\w~])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """An address such as `ana@coop.org`; `host` is normal and may carry a port. Names are compared casefolded."""

    name: str
    host: str

    def __str__(self) -> str:
        return f"{self.name}@{self.host}"

    def same(self, other: "Handle") -> bool:
        """Do both name the same account?"""
        return self.host == other.host and self.name.casefold() == other.name.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The actor (id, normal) that stands behind a handle, as the host of that handle says."""

    handle: Handle
    uri: str


def read_handle(text: str) -> Handle:
    """`user@host`, with or without a leading `@` or `acct:`. Raises `Malformed`; the host is a plain host (B15)."""
    name, mark, host = text.strip().removeprefix("acct:").removeprefix("@").partition("@")
    if not mark or not _NAME.fullmatch(name):
        raise Malformed(f"{text[:200]!a} is not an address like ana@example.org.")
    return Handle(name=name, host=urls.normal_host(host))


async def resolve(net: Net, handle: Handle, *, local_origin: str) -> Found:
    """The actor behind `handle`, and the handle that its host prefers.

    An answer whose subject is another handle counts only if the host of that one says the same about it (B14).
    Raises `Missing`, `Gone`, `Refused` (the hosts disagree) or `Unreachable`.
    """
    found = await _look_up(net, handle, local_origin)
    if found.handle.same(handle):
        return found
    confirmed = await _look_up(net, found.handle, local_origin)
    if not confirmed.handle.same(found.handle) or confirmed.uri != found.uri:
        raise Refused(
            f"{handle.host} claims the account {found.handle}, which does not point back.", cause=str(confirmed)
        )
    return confirmed


async def confirm(net: Net, actor_uri: str, handle: Handle, *, local_origin: str) -> Handle:
    """The handle under which the actor `actor_uri` may be known, starting from the one it claims.

    That is its `preferredUsername` at the host of its id, or its `webfinger` property (FEP-2c59). Raises `Refused` if
    the host of the handle names another actor, else as `resolve`.
    """
    found = await resolve(net, handle, local_origin=local_origin)
    if found.uri != urls.normal(actor_uri, fragment=True):
        raise Refused(f"{handle} is another account than the one that claims it.", cause=f"{found.uri} not {actor_uri}")
    return found.handle


async def _look_up(net: Net, handle: Handle, local_origin: str) -> Found:
    resource = quote(f"acct:{handle}", safe=":@")
    address = net.address(handle.host, f"{PATH}?resource={resource}")
    fetched = await net.get(address, accept=_ACCEPT, limit=_LARGEST, avoid=local_origin)
    if fetched.status in (404, 410):
        kind = Gone if fetched.status == 410 else Missing
        raise kind(f"{handle.host} knows no account {handle}.")
    if fetched.status != 200:
        raise _useless(handle, f"status {fetched.status}")
    try:
        body = wire.parse(fetched.body)
        subject = read_handle(str(body.get("subject")))
        return Found(handle=subject, uri=urls.normal(_self_link(body), fragment=True))
    except (Malformed, TooLarge) as error:
        raise _useless(handle, str(error)) from error


def _self_link(body: wire.Document) -> str:
    links: Any = body.get("links")
    for link in links[:_MOST_LINKS] if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "self" and is_activity(str(link.get("type"))):
            return str(link.get("href"))
    raise Malformed("It names no actor.")


def _useless(handle: Handle, cause: str) -> Unreachable:
    return Unreachable(f"{handle.host} gave no usable answer about {handle}.", cause=cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a `resource` asks about: an account by name, one of our addresses, or the server itself (no value)."""

    kind: Literal["account", "address", "origin"]
    value: str


def read_resource(resource: str, *, origin: str, domains: Sequence[str]) -> Asked | None:
    """What `resource` asks of the server at `origin`, whose accounts live at `domains`; None if it is not ours.

    Raises `Malformed` for what is neither an account nor an http(s) address.
    """
    if re.match("https?://", resource, re.IGNORECASE):
        address = urls.normal(resource)
        host = urls.host_of(address)
        if address.endswith(f"://{host}/") and host in (urls.host_of(origin), *domains):
            return Asked(kind="origin", value="")
        return Asked(kind="address", value=address) if urls.is_local(address, origin) else None
    handle = read_handle(resource)
    return Asked(kind="account", value=handle.name) if handle.host in domains else None


def describe(
    handle: Handle, *, actor_uri: str, page_url: str, origin: str, aliases: Sequence[str] = ()
) -> dict[str, Any]:
    """The JRD (RFC 7033 §4.4) about one of our actors, whatever form the question had."""
    interact = f"{origin}/authorize_interaction?uri={{uri}}"
    return {
        "subject": f"acct:{handle}",
        "aliases": list(dict.fromkeys((page_url, actor_uri, *aliases))),
        "links": [
            {"rel": PROFILE_PAGE, "type": "text/html", "href": page_url},
            {"rel": "self", "type": ACTIVITY, "href": actor_uri},
            {"rel": SUBSCRIBE, "template": interact},
            *({"rel": f"{_INTENTS}{name}", "template": f"{origin}{path}"} for name, path in INTENTS),
        ],
    }
