"""`push`: 200 MB over HTTP, against a push to a repository on the disk; and what the server takes for it."""

import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bench import histories
from bench.instance import instance
from bench.report import Result, progress


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Seconds of `git push`, both ways in turn, medians; and the server's memory beyond what it had before."""
    rounds, megabytes = (1, 60) if quick else (3, 200)
    over_http, from_disk, more = [], [], []
    below = 0.0
    with tempfile.TemporaryDirectory(prefix="phyle-bench-git-") as name:
        place = Path(name)
        async with instance() as measured:
            member = await measured.member("ana")
            progress(f"  {megabytes} MB are made")
            source = place / "heavy.git"
            await histories.heavy(source, megabytes)
            for number in range(rounds):
                hosted = await histories.hosted(measured, member, f"heavy{number}")
                async with histories.watched(measured.pid) as watched:
                    over_http.append(await histories.git(source, "push", "--quiet", hosted.target, "main"))
                more.append(watched.most - watched.before)
                below = max(below, watched.below)
                there = place / "there.git"
                there.mkdir()
                await histories.git(there, "init", "--quiet", "--bare")
                await histories.git(there, "config", "receive.fsckObjects", "true")  # as it is with us
                await histories.git(there, "config", "receive.unpackLimit", "1")
                from_disk.append(await histories.git(source, "push", "--quiet", there.as_uri(), "main"))
                shutil.rmtree(there)
                shutil.rmtree(hosted.folder)
    value, limit = statistics.median(over_http), statistics.median(from_disk)
    said = {"megabytes": megabytes, "git_mb": round(below, 1)}
    yield Result(bench="push", value=value, unit="s", limit=limit, n=rounds, aim=round(limit * 1.5, 3), more=said)
    yield Result(bench="push_memory", value=max(more), unit="MB more than before", limit=0, n=rounds, aim=20, more=said)
