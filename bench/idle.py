"""`idle`: what a server takes that nobody asks anything, and how soon it answers."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench import home, load, processes
from bench.instance import instance
from bench.report import Result

_IMPORTS = """\
import sys
import aiohttp, asyncpg, bleach, cryptography.x509, httpx, hypercorn.asyncio, jinja2, nh3, quart, uvloop
print(flush=True)
sys.stdin.read()
"""


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Memory without PostgreSQL, and the seconds from the command to the first answer when there are data already."""
    async with instance() as measured:
        _, (member,) = await home.filled(measured, (200,), 5000)
        await measured.settle()
        starts = []
        for _ in range(2 if quick else 4):
            await measured.stop()
            starts.append(await measured.start())
        await asyncio.sleep(3)
        resident, proportional = measured.memory_mb()
        await load.run(measured.port, home.home_of(member), connections=8, times=300)
        after, _ = measured.memory_mb()
    bare, seconds = await _bare()
    more = {"pss_mb": round(proportional, 1), "after_300_requests_mb": round(after, 1)}
    yield Result(bench="idle", value=resident, unit="MB resident", limit=bare, n=1, aim=120, more=more)
    yield Result(
        bench="idle.start",
        value=statistics.median(starts),
        unit="seconds to the first answer",
        limit=seconds,
        n=len(starts),
        aim=3,
        more={"all": [round(start, 2) for start in starts]},
    )


async def _bare() -> tuple[float, float]:
    """(MB resident, seconds) of an interpreter that has only imported the libraries."""
    pipe = asyncio.subprocess.PIPE
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IMPORTS, stdin=pipe, stdout=pipe, cwd=Path(__file__).parent
    )
    assert process.stdout is not None
    await process.stdout.readline()
    seconds = time.monotonic() - began
    resident, _ = processes.memory_mb(process.pid)
    await process.communicate(b"")
    return resident, seconds
