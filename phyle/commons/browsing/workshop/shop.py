"""Asking for a piece of work from a child that is kept warm, and killed at the deadline."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

from phyle.commons.git import pipes
from phyle.errors import Unavailable, Unprocessable

TOO_LONG = "This takes too long to be shown. It can be downloaded."
_CHILDREN = 2
_USES = 2_000
_PATIENCE = 10.0  # seconds in the queue for a child
_LARGEST = 32 << 20
_BEGIN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from phyle.commons.browsing.workshop.bench import main; main()"
)


class _EndedError(Exception):
    """The child is no more."""


@dataclass(slots=True, kw_only=True)
class _Child:
    """A process, and the pipes to it."""

    pid: int
    stdin: pipes.Writing
    stdout: pipes.Reading
    uses: int = 0

    def end(self) -> None:
        """Kills it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.stdin.close()
        self.stdout.close()


_idle: list[_Child] = []
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def made(work: str, body: bytes, *, seconds: float = 4, **arguments: str | int) -> bytes:
    """What `bench.WORKS[work]` makes of `body`. Raises Unprocessable, with a sentence, for what cannot be made in time
    or at all, Unavailable while too many wait."""
    header = json.dumps({"work": work, "arguments": arguments, "bytes": len(body)}).encode() + b"\n"
    async with _place():
        if _idle:
            with contextlib.suppress(_EndedError):  # of old age, meanwhile
                return await _done(_idle.pop(), header + body, seconds)
        try:
            return await _done(_started(), header + body, seconds)
        except OSError as error:  # no process, no pipe to be had
            raise Unavailable("This cannot be drawn just now.", cause=repr(error)) from None
        except _EndedError:
            raise Unprocessable(
                "This cannot be shown. It can be downloaded.", cause=f"{work}: the child died"
            ) from None


def close() -> None:
    """Ends the children that wait."""
    while _idle:
        _idle.pop().end()


@contextlib.asynccontextmanager
async def _place() -> AsyncIterator[None]:
    places = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_CHILDREN))
    try:
        async with asyncio.timeout(_PATIENCE):
            await places.acquire()
    except TimeoutError:
        raise Unavailable("Too much is being drawn here at once. Please try again soon.", retry_after=10) from None
    try:
        yield
    finally:
        places.release()


async def _done(child: _Child, request: bytes, seconds: float) -> bytes:
    good = False
    try:
        async with asyncio.timeout(seconds):
            answer, body = await _asked(child, request)
        good = True
    except TimeoutError:
        raise Unprocessable(TOO_LONG) from None
    finally:
        child.uses += 1
        if good and child.uses < _USES:
            _idle.append(child)
        else:
            child.end()
    if "refusal" in answer:
        raise Unprocessable(str(answer["refusal"]), cause=str(answer.get("cause", "")))
    return body


async def _asked(child: _Child, request: bytes) -> tuple[Mapping[str, object], bytes]:
    writing = asyncio.create_task(_write(child, request))
    try:
        header, _, body = await _until_line(child)
        answer: Mapping[str, object] = json.loads(header)
        size = int(cast("int", answer["bytes"]))
        if size > _LARGEST:
            raise _EndedError
        parts, have = [body], len(body)
        while have < size:
            parts.append(piece := await _piece(child))
            have += len(piece)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    return answer, b"".join(parts)


async def _write(child: _Child, request: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # reading says so, too
        await child.stdin.write(request)


async def _until_line(child: _Child) -> tuple[bytes, bytes, bytes]:
    said = b""
    while b"\n" not in said:
        said += await _piece(child)
    return said.partition(b"\n")


async def _piece(child: _Child) -> bytes:
    piece = await child.stdout.read()
    if not piece:
        raise _EndedError
    return piece


def _started() -> _Child:
    with contextlib.ExitStack() as theirs:
        into, stdin = pipes.made(reading=False)
        theirs.callback(os.close, into)
        out, stdout = pipes.made(reading=True)
        theirs.callback(os.close, out)
        nothing = os.open(os.devnull, os.O_WRONLY)
        theirs.callback(os.close, nothing)
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-c", _BEGIN, json.dumps(sys.path)],
            {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, into, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, nothing, 2),
            ],
            setpgroup=0,
        )
    return _Child(pid=pid, stdin=cast("pipes.Writing", stdin), stdout=cast("pipes.Reading", stdout))
