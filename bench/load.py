"""A load generator: finished requests over connections that are kept open. It runs as a process of its own.

`python -m bench.load FILE PORT CONNECTIONS TIMES` connects, says that it is ready, waits for a line, sends, reports.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of the requests. `began`: on the monotonic clock; `cpu_before` and `cpu_after` on the one given."""

    began: float
    cpu_before: float
    cpu_after: float
    seconds: float
    p50_ms: float
    p95_ms: float
    statuses: Mapping[str, int]

    @property
    def cpu_ms(self) -> float:
        return self.cpu_after - self.cpu_before

    def expect(self, status: str) -> "Done":
        """Raises RuntimeError if there was any other status."""
        if set(self.statuses) != {status}:
            raise RuntimeError(f"expected {status} only, got {dict(self.statuses)}")
        return self


def get(path: str, *, host: str, token: str | None = None) -> bytes:
    """A GET request."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{authorization}\r\n".encode()


def post(path: str, body: bytes, *, host: str, headers: Mapping[str, str]) -> bytes:
    """A POST request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def run(
    port: int, requests: Sequence[bytes], *, connections: int, times: int, clock: Callable[[], float] = time.monotonic
) -> Done:
    """Sends `times` requests in all, beginning again when there are fewer. `clock` is read just before and after."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(len(request).to_bytes(4) + request for request in requests))
        file.flush()
        words = [sys.executable, "-m", "bench.load", file.name, str(port), str(connections), str(times)]
        process = await asyncio.create_subprocess_exec(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            await process.stdout.readline()
            began, before = time.monotonic(), clock()
            process.stdin.write(b"go\n")
            said = json.loads(await process.stdout.readline() or b"{}")
            after = clock()
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
    return Done(began=began, cpu_before=before, cpu_after=after, **said)


class _Sender:
    def __init__(self, requests: Sequence[bytes], times: int) -> None:
        self.requests = requests
        self.left = iter(range(times))
        self.spent: list[float] = []
        self.statuses: Counter[str] = Counter()

    async def work(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in self.left:
            began = time.perf_counter()
            writer.write(self.requests[number % len(self.requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            self.spent.append((time.perf_counter() - began) * 1000)
            self.statuses[head[9:12].decode()] += 1
        writer.close()


def _read(path: str) -> list[bytes]:
    whole, at, requests = Path(path).read_bytes(), 0, []
    while at < len(whole):
        size = int.from_bytes(whole[at : at + 4])
        requests.append(whole[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


async def main(path: str, port: int, connections: int, times: int) -> None:
    """As the module's docstring says."""
    sender = _Sender(_read(path), times)
    open_ones = [await asyncio.open_connection("127.0.0.1", port, limit=1 << 22) for _ in range(connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    await asyncio.gather(*(sender.work(*one) for one in open_ones))
    seconds = time.perf_counter() - began
    ranked = sorted(sender.spent)
    said = {
        "seconds": seconds,
        "p50_ms": statistics.median(ranked),
        "p95_ms": ranked[int(len(ranked) * 0.95)],
        "statuses": sender.statuses,
    }
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
