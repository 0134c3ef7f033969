"""httpx over our own guarded connections: its client for fetching, aiohttp's pool underneath."""

from collections.abc import AsyncIterator

import aiohttp
import httpx
from multidict import CIMultiDict

from phyle.federation.connections import target


class Transport(httpx.AsyncBaseTransport):
    """Sends each request as it is, redirects not followed, bodies not decoded. The session belongs to the caller."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._session.request(
            request.method,
            target(str(request.url)),
            headers=CIMultiDict(request.headers.multi_items()),
            data=await request.aread() or None,
            allow_redirects=False,
        )
        return httpx.Response(answer.status, headers=list(answer.raw_headers), stream=_Body(answer))


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.content.iter_any():
            yield piece

    async def aclose(self) -> None:
        # A connection whose body was read to the end is kept, any other is closed.
        self._answer.release()
