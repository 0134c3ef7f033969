"""`tally`: Scottish STV over a million ranked papers, nearly all of them different, 12 candidates for 5 seats."""

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

from bench.report import Result, progress
from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import Paper

CANDIDATES = 12
SEATS = 5
_TIMES = 3


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Seconds and memory of a process of its own. The limit: the same papers grouped once, which no count can spare."""
    count = 100_000 if quick else 1_000_000
    taken = [await _counted(count) for _ in range(1 if quick else _TIMES)]
    best = min(taken, key=lambda one: one["seconds"])
    seconds = ", ".join(format(one["seconds"], ".1f") for one in taken)
    progress(f"  {count} papers: {seconds} s")
    yield Result(
        bench="tally",
        value=best["seconds"],
        unit=f"s for {count} ranked papers, STV",
        limit=best["limit"],
        n=count,
        aim=20,
        more={"memory_mb": round(best["memory_mb"]), "aim_mb": 500, "stages": round(best["stages"])},
    )


async def _counted(count: int) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.tally", str(count)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    return {name: float(figure) for name, figure in json.loads(said).items()}


def _records(count: int) -> bytes:
    """Complete orders, 12 bytes each; some candidates are liked more than others, so that surpluses arise."""
    chance = random.Random(5)
    order = list(range(CANDIDATES))
    records = bytearray()
    for _ in range(count):
        chance.shuffle(order)
        liked = int(CANDIDATES * chance.random() ** 2)
        records += bytes([liked, *(candidate for candidate in order if candidate != liked)])
    return bytes(records)


def _papers(records: bytes) -> Iterator[tuple[Paper, int]]:
    """One paper after the other, as whoever reads a ballot's sheet has them."""
    for start in range(0, len(records), CANDIDATES):
        yield {"rank": list(records[start : start + CANDIDATES])}, 1


def _group(records: bytes) -> int:
    """How many differ."""
    groups: dict[bytes, int] = {}
    for start in range(0, len(records), CANDIDATES):
        paper = records[start : start + CANDIDATES]
        groups[paper] = groups.get(paper, 0) + 1
    return len(groups)


def main() -> None:
    """In the process that is measured: one line of JSON."""
    records = _records(int(sys.argv[1]))
    names = [f"Candidate {number}" for number in range(1, CANDIDATES + 1)]
    before = time.perf_counter()
    outcome = tally("stv", names, _papers(records), SEATS, lot=b"")
    seconds = time.perf_counter() - before
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    before = time.perf_counter()
    _group(records)
    limit = time.perf_counter() - before
    stages = len(getattr(outcome, "stages", ()))
    print(json.dumps({"seconds": seconds, "memory_mb": memory_mb, "limit": limit, "stages": stages}))


if __name__ == "__main__":
    main()
