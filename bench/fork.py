"""`fork`: seconds until a history is whole on another instance, against a `git clone --bare` of the same address."""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bench import histories
from bench.instance import Instance, Member, free_port, until
from bench.report import Result, progress

_API = "/api/phyle/v1"


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Both ways in turn, medians. A fork is asked for at the API, checks every object, and is told to its origin."""
    commits, rounds = (1000, 2) if quick else (5000, 5)
    with tempfile.TemporaryDirectory(prefix="phyle-bench-git-") as name:
        place = Path(name)
        async with _one("maker") as makers, _one("housing") as housing:
            ana, bob = await makers.member("ana"), await housing.member("bob")
            progress(f"  a history of {commits} commits is made and pushed")
            await histories.begun(place / "history.git", histories.history(commits))
            hosted = await histories.hosted(makers, ana, "history")
            await histories.git(place / "history.git", "push", "--quiet", hosted.target, "main")
            source = f"http://localhost:{makers.port}/@history.git"
            forked, cloned = [], []
            for number in range(rounds + 1):
                took = await _forked(housing, bob, source, f"fork{number}")
                clone = place / "clone.git"
                least = await histories.git(place, "clone", "--quiet", "--bare", source, str(clone))
                shutil.rmtree(clone)
                if number:  # the first of each fills caches
                    forked.append(took)
                    cloned.append(least)
            listed = await _listed(makers, rounds + 1)
    value, limit = statistics.median(forked), statistics.median(cloned)
    more = {"commits": commits, "listed_at_origin_after_s": round(listed, 2)}
    yield Result(bench="fork", value=value, unit="s", limit=limit, n=rounds, aim=round(limit * 3 + 1, 3), more=more)


@asynccontextmanager
async def _one(name: str) -> AsyncIterator[Instance]:
    """An instance that others on this machine reach."""
    home, port = Path(tempfile.mkdtemp(prefix=f"phyle-bench-{name}-")), free_port()
    made = Instance(home=home, port=port, settings={"PHYLE_DOMAIN": f"localhost:{port}"})
    try:
        progress(f"  an instance starts in {home}")
        await made.start()
        yield made
    finally:
        await made.stop()
        shutil.rmtree(made.place.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


async def _forked(there: Instance, member: Member, source: str, name: str) -> float:
    """From the request until all of it is there."""
    headers = {"Authorization": f"Bearer {member.token}"}
    async with httpx.AsyncClient(base_url=f"http://localhost:{there.port}", timeout=60, headers=headers) as client:
        began = time.monotonic()
        answer = await client.post(f"{_API}/forks", json={"origin": source, "name": name})
        answer.raise_for_status()

        async def whole() -> bool:
            progress = (await client.get(f"{_API}/repositories/{name}/progress")).json()
            if progress["state"] == "failed":
                raise RuntimeError(progress["said"])
            return bool(progress["state"] == "done")

        await until(whole)
        return time.monotonic() - began


async def _listed(here: Instance, count: int) -> float:
    """Seconds until the origin lists all of them."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=f"http://localhost:{here.port}", timeout=60) as client, asyncio.timeout(30):

        async def all_of_them() -> bool:
            return len((await client.get(f"{_API}/repositories/history/forks")).json()) == count

        await until(all_of_them)
    return time.monotonic() - began
