"""`browse`: pages of a repository of 5,000 commits, beside the bare git command that finds the same."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import histories, load
from bench.histories import Hosted
from bench.instance import DOMAIN, Instance, instance
from bench.report import Result, progress

_AIM = 4.0  # times the bare command: a page asks git twice, and is written by Python
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """`path` and `command`, with what they are asked about in braces."""

    name: str
    path: str
    command: tuple[str, ...]


_PAGES = (
    _Page(name="tree", path="tree/main/{folder}", command=("ls-tree", "main", "{folder}/")),
    _Page(name="file", path="blob/main/{file}", command=("cat-file", "blob", "main:{file}")),
    _Page(name="log", path="commits/main?skip={number}", command=("log", "-n", "31", "--skip={number}", "main")),
    _Page(name="blame", path="blame/main/{file}", command=("blame", "--porcelain", "main", "--", "{file}")),
    _Page(name="commit", path="commit/{commit}", command=("diff-tree", "-r", "-M", "-p", "--root", "{commit}")),
)


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """p50 of a page on one connection, each time another one, in ms; the CPU of the server and of git for each."""
    with tempfile.TemporaryDirectory(prefix="phyle-bench-browse-") as name:
        place = Path(name)
        async with instance() as measured:
            member = await measured.member("ana")
            commits = 1000 if quick else 5000
            progress(f"  a history of {commits} commits is made and pushed")
            await histories.begun(place / "history.git", histories.history(commits))
            hosted = await histories.hosted(measured, member, "history")
            await histories.git(place / "history.git", "push", "--quiet", hosted.target, "main")
            subjects = await _subjects(hosted.folder, 40 if quick else 120)
            for page in _PAGES:
                yield await _measured(measured, hosted, page, subjects)


async def _subjects(folder: Path, count: int) -> list[dict[str, str]]:
    """What the pages are asked about: as many files, folders and commits."""
    files = (await _said(folder, "ls-tree", "-r", "--name-only", "main")).split()
    commits = (await _said(folder, "log", "--format=%H", f"-n{count * 10}", "main")).split()
    step = max(1, len(files) // count)
    return [
        {"file": file, "folder": file.partition("/")[0], "number": str(number * 3), "commit": commits[number * 9]}
        for number, file in enumerate(files[::step][:count])
    ]


async def _measured(measured: Instance, hosted: Hosted, page: _Page, subjects: Sequence[dict[str, str]]) -> Result:
    paths = [f"/@history.git/{page.path.format(**subject)}" for subject in subjects]
    requests = [load.get(path, host=DOMAIN) for path in paths]
    bare = [await _bare(hosted.folder, page, subjects)]
    await load.run(measured.port, requests, connections=1, times=len(requests))
    server, git = _cpu(measured.pid)
    done = await load.run(measured.port, requests, connections=1, times=len(requests))
    server_after, git_after = _cpu(measured.pid)
    bare.append(await _bare(hosted.folder, page, subjects))
    limit = statistics.median(bare)
    many = await load.run(measured.port, requests, connections=4, times=2 * len(requests))
    for each in (done, many):
        each.expect("200")
    progress(f"  {page.name}: {done.p50_ms:.1f} ms, bare {limit:.1f} ms")
    return Result(
        bench=f"browse.{page.name}",
        value=done.p50_ms,
        unit="ms p50",
        limit=limit,
        n=len(requests),
        aim=round(limit * _AIM, 2),
        more={
            "p95_ms": round(done.p95_ms, 2),
            "server_cpu_ms": round((server_after - server) / len(requests), 2),
            "git_cpu_ms": round((git_after - git) / len(requests), 2),
            "per_second": round(2 * len(requests) / many.seconds),
        },
    )


async def _bare(folder: Path, page: _Page, subjects: Sequence[dict[str, str]]) -> float:
    """p50 of the command alone, in ms."""
    spent = []
    for subject in subjects:
        began = time.perf_counter()
        await _said(folder, *(word.format(**subject) for word in page.command))
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


async def _said(folder: Path, *words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "git", f"--git-dir={folder}", *words, stdout=asyncio.subprocess.PIPE, env=histories.environment(folder.parent)
    )
    said, _ = await process.communicate()
    return said.decode()


def _cpu(pid: int) -> tuple[float, float]:
    """CPU time so far in ms: of the server itself, and of its children that have ended, which are git's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own, children = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    return own * 1000 / _TICKS, children * 1000 / _TICKS
