"""Documents by their id: who serves a document decides what it may say, and nothing else does."""

from dataclasses import dataclass
from typing import Any

from phyle.errors import Gone, Malformed, Missing, Refused, TooLarge, Unreachable
from phyle.federation import urls, wire
from phyle.federation.media_types import ACCEPT, is_activity
from phyle.federation.net import Net
from phyle.federation.signatures import Signer

# 401: peers that ask for signatures may not have been able to fetch our key yet.
_PASSING = frozenset({401, 408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that its own origin served under its id. `uri` is that id, normal."""

    uri: str
    body: wire.Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """On whose behalf is asked (None: unsigned), and which origin is ours and therefore never asked (B21)."""

    net: Net
    signer: Signer | None
    local_origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What came back: the address asked for, the one that answered, both normal, and the document."""

    asked: str
    final: str
    body: wire.Document

    def speaks_for(self, uri: object) -> bool:
        """May it call itself `uri`? Only from that address, or from one to which the same origin redirected."""
        if not isinstance(uri, str):
            return False
        try:
            claimed = urls.normal(uri)
        except Malformed:
            return False
        return claimed == self.final or (claimed == self.asked and urls.same_origin(claimed, self.final))


async def document(net: Net, url: str, *, signer: Signer | None, local_origin: str) -> Document:
    """The ActivityStreams object at `url`, on the authority of its id's origin.

    If it says that its id lies elsewhere, that other address is asked, once, and must say the same (B1).
    Raises `Missing` (404), `Gone` (410), `Refused` for our own addresses and for answers that will never count,
    `Unreachable` where a later attempt may do better.
    """
    asking = Asking(net=net, signer=signer, local_origin=local_origin)
    served = await ask(asking, url)
    if not served.speaks_for(served.body.get("id")):
        served = await ask(asking, _id_of(served))
    return settled(served)


def settled(served: Served) -> Document:
    """`served` as a document of its own id. Raises `Refused` if it does not speak for that id."""
    uri = _id_of(served)
    if not served.speaks_for(uri):
        raise useless(served.final, f"it says that its id is {uri[:300]!a}")
    return Document(uri=urls.normal(uri, fragment=True), body=served.body)


async def ask(asking: Asking, url: str) -> Served:
    """One request and what it served, its id not yet looked at. Errors as for `document`."""
    try:
        asked = urls.normal(url)
    except Malformed as error:
        raise Refused("That address cannot be asked for.", cause=str(error)) from error
    if urls.is_local(asked, asking.local_origin):
        raise Refused("That address is our own: it is looked up, never fetched.", cause=asked)
    fetched = await asking.net.get(asked, accept=ACCEPT, signer=asking.signer, avoid=asking.local_origin)
    final = urls.normal(fetched.url)
    if fetched.status in (404, 410) and urls.same_origin(asked, final):
        # Only the origin of an address knows that there is nothing; where it redirected to does not.
        kind = Gone if fetched.status == 410 else Missing
        raise kind(f"{urls.host_of(asked)} has no such document.", cause=asked)
    if fetched.status in _PASSING or fetched.status >= 500:
        raise Unreachable(f"{urls.host_of(asked)} does not answer now.", cause=f"{asked}: status {fetched.status}")
    if fetched.status != 200:
        raise useless(asked, f"status {fetched.status}")
    if not is_activity(fetched.content_type):
        raise useless(asked, f"content type {fetched.content_type[:100]!a}")
    try:
        body = wire.parse(fetched.body)
    except (Malformed, TooLarge) as error:
        raise useless(asked, str(error)) from error
    return Served(asked=asked, final=final, body=body)


def _id_of(served: Served) -> str:
    uri: Any = served.body.get("id")
    if not isinstance(uri, str):
        raise useless(served.final, "it has no id")
    return uri


def useless(url: str, cause: str) -> Refused:
    """The error for an answer from `url` that counts for nothing and will not get better, `cause` for the log."""
    return Refused(f"{urls.host_of(url)} answered with something that does not count.", cause=f"{url}: {cause}")
