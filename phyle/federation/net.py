"""The guarded client: whatever speaks outwards goes through here, under one policy, a deadline and a byte cap."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import cast
from urllib.parse import urljoin

import aiohttp
import httpx

from phyle.clock import now
from phyle.errors import Malformed, Refusal, Unreachable
from phyle.federation import urls
from phyle.federation.addresses import unwrapped
from phyle.federation.answers import Answer, Fetched, retry_after
from phyle.federation.auth import SignatureAuth
from phyle.federation.connections import (
    Lookup,
    Reach,
    Resolver,
    check,
    is_loopback_name,
    literal_of,
    open_session,
    target,
)
from phyle.federation.inflate import ACCEPTED, Inflater
from phyle.federation.signatures import Signer
from phyle.federation.transport import Transport
from phyle.store.transaction import in_transaction

__all__ = ["Answer", "Fetched", "Lookup", "Net", "Reach"]

LARGEST = 1 << 20
ANSWER_START = 4096
ANSWER_PATIENCE = 2.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_ABSOLUTE = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_FAILURES = (aiohttp.ClientError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, Refusal)


class Net:
    """One client per process, from `Net.open`. Raises `Unreachable`, cause included, whatever goes wrong on the way."""

    def __init__(self, reach: Reach, session: aiohttp.ClientSession, client: httpx.AsyncClient) -> None:
        self.reach = reach
        self._session = session
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(cls, reach: Reach, *, lookup: Lookup | None = None) -> AsyncIterator["Net"]:
        """A client for the time of the block. `lookup` replaces the system's look-up of names."""
        resolver = Resolver(reach, lookup)
        no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        try:
            async with (
                open_session(reach, resolver) as session,
                httpx.AsyncClient(transport=Transport(session), cookies=no_cookies, trust_env=False) as client,
            ):
                yield cls(reach, session, client)
        finally:
            await resolver.close()

    def address(self, host: str, path: str) -> str:
        """The address of `path` on `host` (normal, with or without port): https, or http to loopback if permitted."""
        plain = self.reach.insecure_local and is_loopback_name(_without_port(host))
        return f"{'http' if plain else 'https'}://{host}{path}"

    async def get(
        self,
        url: str,
        *,
        accept: str,
        limit: int = LARGEST,
        deadline: float = 10.0,
        signer: Signer | None = None,
        redirects: int = 5,
        avoid: str | None = None,
    ) -> Fetched:
        """Fetch `url`: at most `limit` bytes, as sent and inflated, in `deadline` seconds, redirects included.

        Each hop is checked and, with a `signer`, signed anew. No hop goes to the origin `avoid` (our own).
        """
        _forbid_inside_transaction()
        try:
            async with asyncio.timeout(deadline):
                return await self._follow(url, accept, limit, signer, redirects, avoid)
        except TimeoutError as error:
            raise _unreachable(url, f"no whole answer within {deadline:g} s") from error
        except _FAILURES as error:
            raise _unreachable(url, str(error) or type(error).__name__) from error

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, deadline: float = 15.0) -> Answer:
        """Deliver `body` with the finished `headers`. Redirects are not followed: they are answers like others.

        `deadline` in seconds until the status is known; what is read of the answer after that may be cut short.
        """
        _forbid_inside_transaction()
        try:
            self._check(url)
            async with asyncio.timeout(deadline):
                response = await self._send(url, headers, body)
        except TimeoutError as error:
            raise _unreachable(url, f"no answer within {deadline:g} s") from error
        except _FAILURES as error:
            raise _unreachable(url, str(error) or type(error).__name__) from error
        async with response:
            start = await _start_of(response)
        wait = response.headers.get("Retry-After")
        return Answer(status=response.status, retry_after=retry_after(wait, now()) if wait else None, body_start=start)

    async def _follow(
        self, url: str, accept: str, limit: int, signer: Signer | None, redirects: int, avoid: str | None
    ) -> Fetched:
        auth = SignatureAuth(signer) if signer is not None else None
        for _ in range(redirects + 1):
            here = _sent_form(url)
            self._check(here)
            if avoid is not None and urls.is_local(here, avoid):
                raise Malformed("It leads to this server itself.")
            fetched = await self._get_once(here, accept, limit, auth)
            location = fetched.headers.get("location")
            if fetched.status not in REDIRECTS or location is None:
                return fetched
            url = _leads_to(here, location)
        raise Malformed(f"It redirects more than {redirects} times.")

    async def _get_once(self, url: str, accept: str, limit: int, auth: SignatureAuth | None) -> Fetched:
        headers = {"Accept": accept, "Accept-Encoding": ACCEPTED, "User-Agent": self.reach.user_agent}
        request = self._client.build_request("GET", url, headers=headers)
        response = await self._client.send(request, auth=auth, stream=True)
        try:
            redirected = response.status_code in REDIRECTS
            body = b"" if redirected else await _read(response, limit)
        finally:
            await response.aclose()
        return Fetched(
            url=url,
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            headers=dict(response.headers),
            body=body,
        )

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> aiohttp.ClientResponse:
        address = target(url)
        try:
            return await self._session.post(address, data=body, headers=headers, allow_redirects=False)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
            # Most likely a kept connection that the peer closed in this moment. Receivers know activities by their
            # id, so sending one twice is harmless.
            return await self._session.post(address, data=body, headers=headers, allow_redirects=False)

    def _check(self, url: str) -> None:
        address = target(url)
        judge(address.scheme, address.raw_host or "", self.reach)


@lru_cache(maxsize=4096)
def judge(scheme: str, host: str, reach: Reach) -> None:
    """Whether a request may begin at all; once for each host. Raises Malformed, PermissionError.

    aiohttp asks no resolver about address literals, so they are judged here, before anything is opened.
    """
    if scheme == "http" and not (reach.insecure_local and is_loopback_name(host)):
        raise Malformed("It is plain http.")
    if (literal := literal_of(host)) is not None:
        if unwrapped(literal) != literal:
            raise Malformed("It hides one address in another.")
        check(host, reach, host)


def _forbid_inside_transaction() -> None:
    if in_transaction.get():
        raise RuntimeError(
            "The guarded client was called inside a transaction, which would stay open while a peer dawdles."
        )


def _sent_form(url: str) -> str:
    """`url` normal, without fragment, and percent-encoded where it must be; nothing else of its path is touched."""
    return str(httpx.URL(urls.normal(url)))


def _leads_to(here: str, location: str) -> str:
    """The address that a Location (RFC 9110 §10.2.2) names. `urljoin` alone loses a `;` or `?` at the end."""
    if _ABSOLUTE.match(location):
        return location
    if location.startswith("//"):
        return here.partition("//")[0] + location
    return urls.origin_of(here) + location if location.startswith("/") else urljoin(here, location)


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.partition("]:" if host.startswith("[") else ":")[0]


async def _read(response: httpx.Response, limit: int) -> bytes:
    inflater = Inflater(response.headers.get("content-encoding", ""), limit)
    async with aclosing(cast("AsyncGenerator[bytes]", response.aiter_raw())) as pieces:
        async for piece in pieces:
            inflater.feed(piece)
    return inflater.finish()


async def _start_of(response: aiohttp.ClientResponse) -> bytes:
    """At most 4 kB. The status already decides, so a body that dawdles or breaks off is simply cut."""
    if response.content.at_eof():
        return b""
    start = bytearray()
    try:
        async with asyncio.timeout(ANSWER_PATIENCE):
            while len(start) < ANSWER_START and (piece := await response.content.read(ANSWER_START - len(start))):
                start += piece
    except (aiohttp.ClientError, OSError):
        response.close()
    return bytes(start)


def _unreachable(url: str, cause: str) -> Unreachable:
    try:
        host = urls.host_of(url)
    except Malformed:
        host = "That address"
    return Unreachable(f"{host} could not be reached.", cause=f"{url[:300]!a}: {cause}")
