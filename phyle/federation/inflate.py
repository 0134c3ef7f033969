"""A bounded reader of bodies: bytes as sent, gzip or deflate, and never more than a cap before or after inflation."""

import zlib
from typing import Any

from phyle.errors import Malformed, TooLarge

ACCEPTED = "gzip, deflate"

_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Collects a body piece by piece.

    `encoding` is the value of Content-Encoding (RFC 9110 §8.4); one coding at most, since nobody stacks them honestly.
    Raises `Malformed` for other codings and broken streams, `TooLarge` as soon as either size passes `limit` bytes.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._coding = encoding.strip().lower()
        if self._coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Malformed(f"A body in the coding {encoding[:40]!a} was not asked for.")
        self._limit = limit
        self._came = 0
        self._body = bytearray()
        self._stream: Any = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece as it came from the wire."""
        self._came += len(piece)
        if self._came > self._limit:
            raise self._too_large()
        if self._coding in ("", "identity"):
            self._body += piece
            return
        if self._stream is None and piece:
            self._stream = zlib.decompressobj(self._window(piece))
        self._inflate(piece)

    def finish(self) -> bytes:
        """The whole body. A compressed one must have come to its end."""
        if self._stream is not None and not self._stream.eof:
            raise Malformed("The compressed body ends in the middle.")
        return bytes(self._body)

    def _inflate(self, piece: bytes) -> None:
        # One byte more than allowed is asked for: it tells "full" from "too large". What follows the end of the stream
        # is ignored, further gzip members too: thousands of tiny ones are a way to keep us busy.
        while piece and not self._stream.eof:
            try:
                self._body += self._stream.decompress(piece, self._limit - len(self._body) + 1)
            except zlib.error as error:
                raise Malformed("The compressed body is damaged.", cause=str(error)) from error
            if len(self._body) > self._limit:
                raise self._too_large()
            piece = self._stream.unconsumed_tail

    def _window(self, piece: bytes) -> int:
        if self._coding != "deflate":
            return _GZIP
        # "deflate" means a zlib stream (RFC 9110 §8.4.1.2), but some servers send the bare one.
        zlib_header = piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] << 8 | piece[1]) % 31 == 0)
        return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body has more than the {self._limit} bytes that are read.")
