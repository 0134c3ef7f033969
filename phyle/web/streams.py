"""Bodies that are too large for memory, both ways, under the eye of whoever is patient only so long."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Iterable

from phyle.errors import Malformed, Refusal, TooLarge
from phyle.web.front import Receive, Scope, Send

CHUNK = 1 << 18
PATIENCE = 120.0
"""Seconds that a client may keep us waiting at once, and in all, but for what it moves meanwhile."""
SLOWEST = 2048
"""Bytes that buy another second of waiting."""
_DISCONNECT = "http.disconnect"


class GoneError(Exception):
    """The client hung up: nobody is there to be answered."""


class Pace:
    """How long a client has kept us waiting, against how much it moved: a byte now and then holds nothing for long."""

    def __init__(self) -> None:
        self._waited = 0.0
        self._moved = 0

    @contextlib.asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Around each wait for the client. Raises Malformed when our patience is at its end."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        left = PATIENCE + self._moved / SLOWEST - self._waited
        try:
            async with asyncio.timeout(min(PATIENCE, max(left, 0.1))):
                yield
        except TimeoutError:
            raise Malformed("This was too slow; the operation was given up.") from None
        finally:
            self._waited += loop.time() - began

    def moved(self, size: int) -> None:
        """So many bytes went through."""
        self._moved += size


class _Plain:
    """A body as it is."""

    def feed(self, raw: bytes, *, last: bool) -> bytes:
        """What came, as it was meant."""
        return raw

    def more(self) -> bytes:
        """What is still to be had of what came."""
        return b""


class _Gzip:
    """A body that was compressed: never more at once than a chunk, however much it becomes."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(31)
        self._last = False

    def feed(self, raw: bytes, *, last: bool) -> bytes:
        """The beginning of what came, inflated. Raises Malformed."""
        self._last = last
        return self._inflate(self._inflater.unconsumed_tail + raw)

    def more(self) -> bytes:
        """The next of it, none when more must come. Raises Malformed when that was all and it is not whole."""
        if self._inflater.unconsumed_tail:
            return self._inflate(self._inflater.unconsumed_tail)
        if self._last and not self._inflater.eof:
            raise Malformed("The body ended before its gzip did.")
        return b""

    def _inflate(self, raw: bytes) -> bytes:
        try:
            return self._inflater.decompress(raw, CHUNK)
        except zlib.error as error:
            raise Malformed("The body is not proper gzip.", cause=str(error)) from None


class Body:
    """The body of a request, piece by piece, inflated if it came as gzip. At most `most` bytes, counted inflated."""

    def __init__(self, scope: Scope, receive: Receive, pace: Pace, *, most: int) -> None:
        self._receive = receive
        self._pace = pace
        self._most = most
        self._size = 0
        self._over = False
        self._coding = _coding(header(scope, b"content-encoding"))
        announced = header(scope, b"content-length")
        if announced.isdigit() and int(announced) > most:
            raise _too_large(most)

    async def read(self) -> bytes:
        """The next bytes, none at the end. Raises Malformed, TooLarge, GoneError."""
        piece = self._coding.more()
        while not piece and not self._over:
            piece = await self._next() or self._coding.more()
        self._size += len(piece)
        if self._size > self._most:
            raise _too_large(self._most)
        return piece

    async def drain(self) -> None:
        """All that is left, dropped."""
        while await self.read():
            pass

    async def gone(self) -> None:
        """Waits, after the end of the body, until the client hangs up. Never returns before."""
        while (await self._receive())["type"] != _DISCONNECT:
            pass

    async def _next(self) -> bytes:
        async with self._pace.waiting():
            message = await self._receive()
        if message["type"] == _DISCONNECT:
            raise GoneError
        raw: bytes = message.get("body", b"")
        self._pace.moved(len(raw))
        self._over = not message.get("more_body", False)
        return self._coding.feed(raw, last=self._over)


def _coding(name: str) -> _Plain | _Gzip:
    if name in ("", "identity"):
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    raise Malformed("A body can be sent plain or as gzip.", cause=name[:100])


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"That is more than the {most >> 20} MiB that this may have.")


def header(scope: Scope, name: bytes) -> str:
    """The value of a header (lower case name), '' if it was not sent."""
    return next((value.decode("latin-1").strip() for key, value in scope["headers"] if key == name), "")


class Answering:
    """An answer that is sent piece by piece; it begins with the first of them."""

    def __init__(self, send: Send, pace: Pace, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._pace = pace
        self._headers = list(headers)
        self.began = False

    async def write(self, piece: bytes) -> None:
        """Sends some bytes, as fast as they are taken. Raises Malformed when that is too slow."""
        await self._begin()
        async with self._pace.waiting():
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self._pace.moved(len(piece))

    async def end(self, last: bytes = b"") -> None:
        """The last bytes."""
        await self._begin()
        async with self._pace.waiting():
            await self._send({"type": "http.response.body", "body": last, "more_body": False})

    async def _begin(self) -> None:
        if not self.began:
            self.began = True
            await self._send({"type": "http.response.start", "status": 200, "headers": self._headers})


def sentence_of(refusal: Refusal) -> bytes:
    """A refusal as plain text, which programs such as git show to people."""
    return f"{refusal.sentence}\n".encode()
