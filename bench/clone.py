"""`clone`: over HTTP against the same repository from the disk; and what the server takes for it."""

import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bench import histories
from bench.histories import Hosted
from bench.instance import Instance, Member, instance
from bench.report import Result, progress

_WAYS = {
    "full": ((), 1.15),
    "shallow": (("--depth=1",), 1.2),
    "blobless": (("--filter=blob:none",), 1.2),
}


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Seconds of `git clone --no-checkout`, both ways in turn, medians; then the memory of the server."""
    with tempfile.TemporaryDirectory(prefix="phyle-bench-git-") as name:
        place = Path(name)
        async with instance() as measured:
            member = await measured.member("ana")
            commits = 1000 if quick else 5000
            progress(f"  a history of {commits} commits is made and pushed")
            await histories.begun(place / "history.git", histories.history(commits))
            hosted = await histories.hosted(measured, member, "history")
            await histories.git(place / "history.git", "push", "--quiet", hosted.target, "main")
            for way, (words, aim) in _WAYS.items():
                yield await _ratio(place, hosted, way, words, aim, commits, rounds=3 if quick else 7)
            yield await _memory(place, await _heavy(place, measured, member, 60 if quick else 200), measured.pid)


async def _ratio(
    place: Path, hosted: Hosted, way: str, words: tuple[str, ...], aim: float, commits: int, rounds: int
) -> Result:
    over_http, from_disk = [], []
    for number in range(rounds + 1):
        for source, times in ((hosted.source, over_http), (hosted.folder.as_uri(), from_disk)):
            clone = place / "clone"
            took = await histories.git(place, "clone", "--quiet", "--no-checkout", *words, source, str(clone))
            shutil.rmtree(clone)
            if number:  # the first of each fills caches
                times.append(took)
    value, limit = statistics.median(over_http), statistics.median(from_disk)
    return Result(
        bench="clone",
        value=value,
        unit=f"s, {way}",
        limit=limit,
        n=rounds,
        aim=round(limit * aim, 3),
        more={"way": way, "commits": commits, "aim_ratio": aim},
    )


async def _heavy(place: Path, measured: Instance, member: Member, megabytes: int) -> Hosted:
    progress(f"  {megabytes} MB are made and pushed")
    await histories.heavy(place / "heavy.git", megabytes)
    hosted = await histories.hosted(measured, member, "heavy")
    await histories.git(place / "heavy.git", "push", "--quiet", hosted.target, "main")
    return hosted


async def _memory(place: Path, hosted: Hosted, pid: int) -> Result:
    """What the server takes more than before while it serves, without git's own processes, which `git_mb` says."""
    clone = place / "clone"
    async with histories.watched(pid) as watched:
        took = await histories.git(place, "clone", "--quiet", "--no-checkout", hosted.source, str(clone))
    size = sum(path.stat().st_size for path in clone.rglob("*.pack")) / 2**20
    shutil.rmtree(clone)
    more = {"served_mb": round(size), "seconds": round(took, 2), "git_mb": round(watched.below, 1)}
    return Result(
        bench="clone_memory",
        value=watched.most - watched.before,
        unit="MB more than before",
        limit=0,
        n=1,
        aim=20,
        more={**more, "before_mb": round(watched.before, 1)},
    )
