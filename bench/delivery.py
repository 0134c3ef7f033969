"""`delivery`: one post to 200 followers on 200 hosts over TLS, connections warm."""

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench import floors, load, receiver, seed
from bench.instance import DOMAIN, Instance, Member, free_port, instance, until
from bench.report import Result, progress

HOSTS = 200
_WARM = 4
_TEXT = "The ferry across the river goes at seven in the morning and at six in the evening. #rivers https://example.org/ferry"


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """CPU ms for each delivery: the median of the posts after the first few."""
    with tempfile.TemporaryDirectory() as folder:
        authority, certificate = receiver.certify(Path(folder), HOSTS)
        port = free_port("127.1.0.1")
        settings = {"PHYLE_CA_FILE": str(authority), "PHYLE_ALLOW_NETWORKS": "127.1.0.0/16"}
        async with _receivers(certificate, port) as taken, instance(**settings) as measured:
            author = await measured.member("ana")
            async with measured.database() as database:
                base = await seed.actors(database, 0, HOSTS, f"127.1.0.#:{port}")
                await seed.followers(database, author, base, HOSTS)
            await measured.settle()
            rounds = [await _post(measured, author, number, taken) for number in range(_WARM + (6 if quick else 16))]
    spent = [cpu / HOSTS for cpu, _ in rounds[_WARM:]]
    seconds = statistics.median(wall for _, wall in rounds[_WARM:])
    yield Result(
        bench="delivery",
        value=statistics.median(spent),
        unit="CPU ms per delivery",
        limit=floors.rsa_signature_ms(),
        n=HOSTS * len(spent),
        aim=0.6,
        more={
            "per_second": round(HOSTS / seconds),
            "seconds_per_post": round(seconds, 3),
            "lowest": round(min(spent), 3),
            "highest": round(max(spent), 3),
            "first_post": round(rounds[0][0] / HOSTS, 3),
        },
    )


@contextlib.asynccontextmanager
async def _receivers(certificate: Path, port: int) -> AsyncIterator[asyncio.StreamReader]:
    words = [sys.executable, "-m", "bench.receiver", str(certificate), str(port), str(HOSTS)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        await process.stdout.readline()
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


async def _post(measured: Instance, author: Member, number: int, taken: asyncio.StreamReader) -> tuple[float, float]:
    """(CPU ms, seconds) from the request of the client until everyone has it and that is written down."""
    body = json.dumps({"status": f"{_TEXT} {number}"}).encode()
    headers = {"Authorization": f"Bearer {author.token}", "Content-Type": "application/json"}
    request = load.post("/api/v1/statuses", body, host=DOMAIN, headers=headers)
    async with measured.database() as database:
        before, began = measured.cpu_ms(), time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", measured.port)
        writer.write(request)
        answer = await reader.readline()
        if b" 200 " not in answer:
            raise RuntimeError(f"POST /api/v1/statuses: {answer.decode()}")
        async with asyncio.timeout(60):
            await taken.readline()
            seconds = time.monotonic() - began
            await asyncio.sleep(0.1)
            await until(lambda: database.fetchval("SELECT NOT EXISTS (SELECT FROM federation.deliveries)"))
        spent = measured.cpu_ms() - before
        writer.close()
    progress(f"  post {number}: {spent / HOSTS:.3f} ms, {seconds:.2f} s")
    return spent, seconds
