"""Pkt-lines, git's framing (gitprotocol-common): four hexadecimal digits of length, then the bytes."""

from collections.abc import Awaitable, Callable

from phyle.errors import Malformed

FLUSH = b"0000"
LONGEST = 65_516
"""Bytes that one line may carry."""
Source = Callable[[], Awaitable[bytes]]
"""The next bytes, as they come; none at the end."""


def line(content: bytes) -> bytes:
    """One line. ValueError beyond what it may carry."""
    if len(content) > LONGEST:
        raise ValueError("a pkt-line carries at most 65516 bytes")
    return b"%04x" % (len(content) + 4) + content


def banded(band: int, content: bytes, *, most: int) -> bytes:
    """Content in lines of a side band, of at most `most` bytes each (1000 or 65520, the head included)."""
    step = most - 5
    return b"".join(
        line(bytes([band]) + content[start : start + step]) for start in range(0, max(len(content), 1), step)
    )


class Reader:
    """Lines from a source that has something else after them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rest = b""

    async def next(self) -> bytes | None:
        """The next line; None for a flush. EOFError at the end, Malformed for what is no line or breaks off."""
        head = await self._exactly(4, may_end=True)
        try:
            size = int(head, 16)
        except ValueError:
            size = -1
        if size == 0:
            return None
        if size < 4 or size - 4 > LONGEST:
            raise Malformed("That is not git's protocol.", cause=f"a pkt-line begins with {head!r}")
        return await self._exactly(size - 4)

    async def rest(self) -> bytes:
        """What follows the lines read so far, as it comes; none at the end."""
        if self._rest:
            rest, self._rest = self._rest, b""
            return rest
        return await self._source()

    async def _exactly(self, size: int, *, may_end: bool = False) -> bytes:
        while len(self._rest) < size:
            piece = await self._source()
            if not piece:
                if may_end and not self._rest:
                    raise EOFError
                raise Malformed("The request ended before it was whole.")
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        return found
