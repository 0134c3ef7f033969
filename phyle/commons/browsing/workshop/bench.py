"""What a child of the workshop does: one piece of work after the other, until nobody asks any more."""

import json
import os
import resource
import select
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from phyle.commons.browsing.workshop import drawing, highlighting, prose

WORKS: Mapping[str, Callable[..., bytes]] = {
    "highlight": highlighting.highlighted,
    "markdown": prose.rendered,
    "model": drawing.pictured,
}
_MEMORY = 768 << 20
_CPU = 8  # seconds for one piece of work, also when nobody is left to kill us
_IDLE = 300.0


def main() -> None:
    """Reads requests (a line of JSON, then so many bytes), writes answers in the same shape."""
    into, out = os.fdopen(0, "rb", 0), os.fdopen(1, "wb", 0)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while select.select([into], [], [], _IDLE)[0]:
        header = _line(into)
        if not header:
            return
        asked = json.loads(header)
        _limit_time()
        answer, body = _worked(asked, _exactly(into, asked["bytes"]))
        _write(out, json.dumps({**answer, "bytes": len(body)}).encode() + b"\n" + body)


def _worked(asked: Mapping[str, Any], body: bytes) -> tuple[dict[str, str], bytes]:
    try:
        return {}, WORKS[asked["work"]](body, **asked["arguments"])
    except ValueError as error:
        return {"refusal": str(error)}, b""
    except (RecursionError, MemoryError, ArithmeticError, LookupError) as error:
        return {"refusal": "This cannot be shown. It can be downloaded.", "cause": repr(error)[:300]}, b""


def _limit_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + _CPU, hard))


def _line(into: BinaryIO) -> bytes:
    """Up to a line feed; read byte by byte, so that nothing of what follows is taken."""
    said = b""
    while not said.endswith(b"\n"):
        piece = into.read(1)
        if not piece:
            return b""
        said += piece
    return said


def _exactly(into: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        piece = into.read(min(size, 1 << 20))
        if not piece:
            sys.exit()
        parts.append(piece)
        size -= len(piece)
    return b"".join(parts)


def _write(out: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]
