"""What the machine itself needs for the least that the work consists of: the limits."""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench import load, processes
from bench.instance import DOMAIN, Instance, free_port
from phyle.federation import cavage
from phyle.identity import keys


def rsa_signature_ms() -> float:
    """One RSA-2048 signature."""
    key = keys.rsa(keys.new_rsa())
    return _median_ms(lambda: key.sign(b"x" * 300, cavage.PADDING, cavage.HASH))


def rsa_verification_ms() -> float:
    """The check of one RSA-2048 signature."""
    key = keys.rsa(keys.new_rsa())
    made, public = key.sign(b"x" * 300, cavage.PADDING, cavage.HASH), key.public_key()
    return _median_ms(lambda: public.verify(made, b"x" * 300, cavage.PADDING, cavage.HASH))


def _median_ms(act: object, *, times: int = 400) -> float:
    spent = []
    for _ in range(times):
        before = time.thread_time_ns()
        act()  # type: ignore[operator]
        spent.append(time.thread_time_ns() - before)
    return statistics.median(spent) / 1e6


def fsync_ms(folder: Path) -> float:
    """Until 8 kB are on the disk on which `folder` lies."""
    path = folder / "bench-fsync"
    spent = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for number in range(100):
            os.pwrite(file, os.urandom(8192), 8192 * (number % 8))
            before = time.perf_counter()
            os.fdatasync(file)
            spent.append(time.perf_counter() - before)
    finally:
        os.close(file)
        path.unlink()
    return statistics.median(spent) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """CPU ms for each request, PostgreSQL included, and how many are answered in a second."""

    ms: float
    per_second: float


@contextlib.asynccontextmanager
async def _server(measured: Instance) -> AsyncIterator[tuple[int, int]]:
    port = free_port()
    words = [sys.executable, "-m", "bench.floor_server", str(port), measured.place.dsn("postgres")]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    try:
        if process.stdout is not None:
            await process.stdout.readline()
        yield process.pid, port
    finally:
        process.terminate()
        await process.wait()


async def _floor(measured: Instance, request: bytes, *, connections: int, times: int) -> Floor:
    async with _server(measured) as (pid, port):
        await load.run(port, [request], connections=connections, times=times // 10)

        def spent() -> float:
            return processes.cpu_ms(pid) + measured.cpu_ms()

        done = await load.run(port, [request], connections=connections, times=times, clock=spent)
    return Floor(ms=done.cpu_ms / times, per_second=times / done.seconds)


async def look(measured: Instance, *, connections: int = 4, times: int = 2000) -> Floor:
    """A bare ASGI application under Hypercorn that finds one row by its primary key."""
    return await _floor(measured, load.get("/", host=DOMAIN), connections=connections, times=times)


async def keep(measured: Instance, *, connections: int = 32, times: int = 2000) -> Floor:
    """The same that writes 2 kB to the database, on the disk when it answers."""
    request = load.post("/", b"x" * 2048, host=DOMAIN, headers={})
    return await _floor(measured, request, connections=connections, times=times)
