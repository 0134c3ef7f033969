"""Where a request really comes from: a header may say so only if a configured proxy wrote it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from phyle.settings import Network

_MOST_HOPS = 20


def address(peer: str, headers: Iterable[tuple[bytes, bytes]], proxies: Sequence[Network]) -> str:
    """The peer; if that is a configured proxy, the last in `X-Forwarded-For` that is none."""
    values = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in ",".join(values).split(",") if hop.strip()]
    client = peer
    for hop in reversed(hops[-_MOST_HOPS:]):
        if not _among(client, proxies) or _parsed(hop) is None:
            break
        client = hop
    return client


def _among(client: str, proxies: Sequence[Network]) -> bool:
    parsed = _parsed(client)
    return parsed is not None and any(parsed in network for network in proxies)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
