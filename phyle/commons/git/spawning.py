"""Starting git: nothing of the machine's in its environment, limits of the kernel on it, and an end at the deadline."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import cast

from phyle.commons.git import pipes
from phyle.commons.git.places import Kind, place
from phyle.errors import Unavailable

CONFIGURATION = Path(__file__).with_name("gitconfig")
_CHILD = Path(__file__).with_name("child.py")
_MEBIBYTE = 1 << 20
_COMPLAINTS = 64 * 1024  # bytes kept of what a process says on its standard error
MISSING = "git is not installed on this server. Version 2.38 or later is needed: on Debian, apt install git."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process may use: bytes of address space and of any file that it writes, seconds of CPU, open files."""

    memory: int
    file: int
    cpu: int
    files: int = 256


LIMITS: Mapping[Kind, Limits] = {
    "read": Limits(memory=1024 * _MEBIBYTE, file=64 * _MEBIBYTE, cpu=60),
    "write": Limits(memory=1024 * _MEBIBYTE, file=256 * _MEBIBYTE, cpu=120),
    "serve": Limits(memory=2048 * _MEBIBYTE, file=64 * _MEBIBYTE, cpu=1800),
    "give": Limits(memory=2048 * _MEBIBYTE, file=64 * _MEBIBYTE, cpu=600),
    "receive": Limits(memory=2048 * _MEBIBYTE, file=2048 * _MEBIBYTE, cpu=1800),
    "fetch": Limits(memory=2048 * _MEBIBYTE, file=4096 * _MEBIBYTE, cpu=3600, files=1024),
    "work": Limits(memory=2048 * _MEBIBYTE, file=4096 * _MEBIBYTE, cpu=3600, files=1024),
}
_FROM_OUTSIDE: frozenset[Kind] = frozenset({"read", "write", "serve", "give"})
"""Kinds that soon end by themselves when nobody listens: their limits are set from here, which costs nothing. The
others begin as a small script that also ties their life to ours, for some ten milliseconds more."""

_STREAMS: frozenset[Kind] = frozenset({"serve", "receive"})


class Running:
    """A process of git, its ends, and what it complained of."""

    def __init__(
        self, process: Popen[bytes], stdin: pipes.Writing, stdout: pipes.Reading, stderr: pipes.Reading
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self._process = process
        self._stderr = stderr
        self._complaints = bytearray()
        self._listening = asyncio.create_task(self._listen(), name="git's complaints")
        self._ending = asyncio.create_task(_ended(process), name="git's end")

    @property
    def pid(self) -> int:
        """The process, which leads a group of its own."""
        return self._process.pid

    async def code(self) -> int:
        """Its exit status, once it has ended; negative: the signal that ended it."""
        return await asyncio.shield(self._ending)

    async def complaints(self) -> str:
        """What it said on its standard error, at most 64 KiB; after its end."""
        await self._listening
        return self._complaints.decode(errors="replace")

    async def _listen(self) -> None:
        async for piece in self._stderr:
            if len(self._complaints) < _COMPLAINTS:
                self._complaints += piece[: _COMPLAINTS - len(self._complaints)]

    async def end(self) -> None:
        """Kills it and all that it started, if it still runs, and closes the pipes."""
        if not self._ending.done():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            await asyncio.shield(self._ending)
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        for end in (self.stdin, self.stdout, self._stderr):
            end.close()


@contextlib.asynccontextmanager
async def spawned(
    repository: Path,
    *args: str,
    kind: Kind = "read",
    client: str = "",
    seconds: float = 30,
    environ: Mapping[str, str] | None = None,
    file: int | None = None,
    talks: bool = True,
) -> AsyncIterator[Running]:
    """`git --git-dir=REPOSITORY ARGS` for the time of the block, killed at its end or after `seconds`.

    `client`: who is served, for the number of processes that one may have. `environ`: besides our own. `file`: bytes
    that any file written may have, if not as the kind has it. `talks`: whether its standard input is ours, else empty.
    Raises Unavailable (no place, no git, no time), TooMany.
    """
    limits = LIMITS[kind] if file is None else replace(LIMITS[kind], file=file)
    command = [executable(), f"--git-dir={repository}", *args]
    async with place(kind, client):
        try:
            async with asyncio.timeout(seconds):
                running = _started(command, kind, limits, environ or {}, talks=talks)
                try:
                    yield running
                finally:
                    await running.end()
        except TimeoutError:
            raise Unavailable(
                "git took too long over this.", cause=f"{seconds:g} s: git {' '.join(args)[:200]}"
            ) from None


def _started(command: Sequence[str], kind: Kind, limits: Limits, environ: Mapping[str, str], *, talks: bool) -> Running:
    from_outside = kind in _FROM_OUTSIDE and hasattr(resource, "prlimit")
    words = command if from_outside else [*_tied(limits), *command]
    with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
        into, stdin = pipes.made(reading=False, wide=kind in _STREAMS)
        theirs.callback(os.close, into)
        ours.callback(stdin.close)
        out, stdout = pipes.made(reading=True, wide=kind in _STREAMS)
        theirs.callback(os.close, out)
        ours.callback(stdout.close)
        wrong, stderr = pipes.made(reading=True, wide=False)
        theirs.callback(os.close, wrong)
        ours.callback(stderr.close)
        # Not by the event loop, which would copy the page tables of a large process first: this takes a millisecond.
        process = Popen(  # noqa: S603
            words,
            stdin=into if talks else DEVNULL,
            stdout=out,
            stderr=wrong,
            env={**_environment(), **environ},
            cwd="/",
            start_new_session=True,
        )
        if from_outside:
            _bound(process.pid, limits)
        ours.pop_all()
    return Running(process, cast("pipes.Writing", stdin), cast("pipes.Reading", stdout), cast("pipes.Reading", stderr))


async def _ended(process: Popen[bytes]) -> int:
    """Waits for the end of a process without a thread, where the kernel can be asked; its exit status."""
    if not hasattr(os, "pidfd_open"):
        return await asyncio.to_thread(process.wait)
    number = os.pidfd_open(process.pid)
    try:
        await pipes.readable(number)
    finally:
        os.close(number)
    return process.wait()


def _tied(limits: Limits) -> list[str]:
    numbers = (os.getpid(), limits.memory, limits.file, limits.cpu, limits.files)
    return [sys.executable, "-I", "-S", str(_CHILD), *map(str, numbers)]


def _bound(pid: int, limits: Limits) -> None:
    """The limits, before it is told anything: whatever a client sends is read under them."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        for which, most in (
            (resource.RLIMIT_AS, limits.memory),
            (resource.RLIMIT_FSIZE, limits.file),
            (resource.RLIMIT_CPU, limits.cpu),
            (resource.RLIMIT_NOFILE, limits.files),
        ):
            resource.prlimit(pid, which, (most, most))


@cache
def executable() -> str:
    """The path of git. Raises Unavailable when there is none."""
    found = shutil.which("git")
    if found is None:
        raise Unavailable(MISSING, retry_after=3600)
    return found


@cache
def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "XDG_CONFIG_HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(CONFIGURATION),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_FLUSH": "0",
        "GIT_PAGER": "cat",
    }
