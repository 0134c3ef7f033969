"""Connections to others: the address that was checked is the address that is connected to, whatever the URL says."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from phyle.errors import Malformed
from phyle.federation import urls
from phyle.federation.addresses import LOOPBACK, Address, Network, refuse

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""The IP addresses of a host name; raises OSError if there are none."""

KEEP_ALIVE = 60.0
NAMES_KEPT = 30
LOOKUPS_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the guarded client may reach, and as whom it speaks.

    `allow_networks` are reachable in spite of the guard. `insecure_local` permits loopback, and plain http to it.
    """

    insecure_local: bool = False
    allow_networks: tuple[Network, ...] = ()
    ca_file: Path | None = None
    user_agent: str = "phyle"

    @property
    def networks(self) -> tuple[Network, ...]:
        """All networks that may be reached in spite of the guard."""
        return self.allow_networks + LOOPBACK if self.insecure_local else self.allow_networks


@lru_cache(maxsize=4096)
def target(url: str) -> URL:
    """`url` for aiohttp, path and query byte for byte as given: what was signed is what is sent.

    yarl would requote them (`%7E` to `~`) and drop the mark of an empty query, so the whole target travels as its path.
    Raises `Malformed` for what is not an encoded absolute http(s) address (`urls.normal`).
    """
    plain = urls.normal(url)
    if not plain.isascii() or not plain.isprintable():
        raise Malformed(f"{url[:200]!a} is not percent-encoded.")
    scheme, _, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    return URL.build(scheme=scheme, authority=host, path=slash + path, encoded=True)


def is_loopback_name(host: str) -> bool:
    """Is `host` (normal, no port) this machine by name or as an address literal (RFC 6761 §6.3)?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    literal = literal_of(host)
    return literal is not None and any(literal in network for network in LOOPBACK)


@lru_cache(maxsize=4096)
def literal_of(host: str) -> Address | None:
    """The IP address that `host` (normal, with or without brackets) spells, or None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


class Resolver(AbstractResolver):
    """Answers aiohttp with addresses that were all checked: one bad one among them bars the name (D4)."""

    def __init__(self, reach: Reach, lookup: Lookup | None) -> None:
        self._reach = reach
        self._lookup = lookup or self._ask_system
        # Not the loop's own threads: names that never resolve would keep password hashing and signing waiting.
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if self._reach.insecure_local and is_loopback_name(host):
            found: Sequence[str] = ("127.0.0.1", "::1")
        else:
            found = await self._lookup(host)
        if not found:
            raise OSError(f"{host} has no address")
        for address in found:
            check(address, self._reach, host)
        return [_result(host, address, port) for address in found]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _system_addresses, host)
        return tuple(dict.fromkeys(found))


def check(address: str, reach: Reach, host: str) -> None:
    """Raises PermissionError (aiohttp passes on OSErrors only) if `address`, standing for `host`, is barred."""
    if (reason := refuse(address, reach.networks)) is not None:
        raise PermissionError(errno.EACCES, f"{host} is at {address}, which may not be reached: {reason}")


@lru_cache(maxsize=4)
def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """The one TLS context of the process: loading the authorities costs 22 ms, so nobody does it twice."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def open_session(reach: Reach, resolver: Resolver) -> aiohttp.ClientSession:
    """The one session under everything: no cookies, no proxies, no limit but our own, bodies raw."""

    def make_socket(info: aiohttp.AddrInfoType) -> socket.socket:
        # The last gate: literals never meet the resolver, and whatever aiohttp does in between ends here.
        family, kind, protocol, _, where = info
        check(where[0], reach, "The peer")
        return socket.socket(family=family, type=kind, proto=protocol)

    connector = aiohttp.TCPConnector(
        resolver=resolver,
        ssl=tls_context(reach.ca_file),
        limit=0,
        keepalive_timeout=KEEP_ALIVE,
        ttl_dns_cache=NAMES_KEPT,
        socket_factory=make_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        headers={"User-Agent": reach.user_agent},
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type"),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )


def _system_addresses(host: str) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=flags)
