"""NodeInfo 2.0 and 2.1: what this server says about itself, and what others say that they run."""

from dataclasses import dataclass
from typing import Any, Literal

from phyle.errors import Malformed, TooLarge, Unreachable
from phyle.federation import wire
from phyle.federation.net import Fetched, Net

Version = Literal["2.0", "2.1"]

PATH = "/.well-known/nodeinfo"
NAME = "phyle"
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
_READABLE = ("2.1", "2.0", "1.1", "1.0")
_LARGEST = 256 * 1024
_LONGEST = 100
_MOST_LINKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counts of people (all, active in 180 and in 30 days) and of their posts and comments."""

    users: int
    active_halfyear: int
    active_month: int
    posts: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a server runs, as it says itself; lower-case name, version as written."""

    name: str
    version: str


def links(origin: str) -> dict[str, Any]:
    """The document at `/.well-known/nodeinfo`."""
    versions: tuple[Version, ...] = ("2.0", "2.1")
    return {"links": [{"rel": _SCHEMA + version, "href": f"{origin}/nodeinfo/{version}"} for version in versions]}


def content_type(version: Version) -> str:
    """The media type that the schema asks for."""
    return f'application/json; profile="{_SCHEMA}{version}#"; charset=utf-8'


def describe(
    version: Version,
    *,
    release: str,
    source: str,
    usage: Usage,
    open_registrations: bool,
    title: str,
    description: str,
) -> dict[str, Any]:
    """The NodeInfo document. Clients that refuse unknown names find the API they know under `metadata.upstream`.
    `source`: where the source of what runs is; 2.0 has no member of its own for it."""
    software = {"name": NAME, "version": release, **({"repository": source} if version == "2.1" else {})}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": {
            "users": {
                "total": usage.users,
                "activeHalfyear": usage.active_halfyear,
                "activeMonth": usage.active_month,
            },
            "localPosts": usage.posts,
            "localComments": usage.comments,
        },
        "metadata": {
            "nodeName": title,
            "nodeDescription": description,
            "upstream": {"name": "mastodon"},
            "sourceUrl": source,
        },
    }


async def software_of(net: Net, host: str, *, local_origin: str | None = None) -> Software:
    """What the server at `host` (normal, with or without port) says that it runs. Raises `Unreachable`."""
    index = await _read(net, net.address(host, PATH), local_origin)
    href = _best_link(index)
    if href is None:
        raise Unreachable(f"{host} does not say what it runs.", cause="no link to a known version of NodeInfo")
    software = (await _read(net, href, local_origin)).get("software")
    name = software.get("name") if isinstance(software, dict) else None
    if not isinstance(software, dict) or not isinstance(name, str):
        raise Unreachable(f"{host} does not say what it runs.", cause="NodeInfo without software.name")
    return Software(name=name[:_LONGEST].lower(), version=str(software.get("version", ""))[:_LONGEST])


async def _read(net: Net, url: str, local_origin: str | None) -> wire.Document:
    fetched: Fetched = await net.get(url, accept="application/json", limit=_LARGEST, avoid=local_origin)
    if fetched.status != 200:
        raise Unreachable("There is no NodeInfo.", cause=f"{url[:300]!a}: status {fetched.status}")
    try:
        return wire.parse(fetched.body)
    except (Malformed, TooLarge) as error:
        raise Unreachable("There is no readable NodeInfo.", cause=f"{url[:300]!a}: {error}") from error


def _best_link(index: wire.Document) -> str | None:
    found: dict[str, str] = {}
    entries = index.get("links")
    for entry in entries[:_MOST_LINKS] if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("href"), str):
            found[str(entry.get("rel")).rpartition("/")[2]] = entry["href"]
    return next((found[version] for version in _READABLE if version in found), None)
