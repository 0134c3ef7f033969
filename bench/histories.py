"""Repositories to measure with: a history such as projects have, a lot of bytes, and git as its users call it."""

import asyncio
import contextlib
import os
import random
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench import processes
from bench.instance import Instance, Member

_FOLDERS, _FILES = 40, 600
_WORDS = (
    *("seed", "bread", "loom", "river", "field", "coop", "wheel", "garden"),
    *("vote", "plough", "press", "share", "mill", "common", "wool", "hand"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """A repository of an instance: where it is cloned from, and pushed to, and where it lies on the disk."""

    source: str
    target: str
    folder: Path


async def hosted(measured: Instance, member: Member, name: str) -> Hosted:
    """A new one, made at the API."""
    origin = f"http://127.0.0.1:{measured.port}"
    async with httpx.AsyncClient(base_url=origin, timeout=60) as client:
        answer = await client.post(
            "/api/phyle/v1/repositories",
            json={"name": name},
            headers={"Authorization": f"Bearer {member.token}", "Host": "bench.example"},
        )
        answer.raise_for_status()
    async with measured.database() as database:
        number = await database.fetchval("SELECT id FROM commons.repositories WHERE name = $1", name)
    return Hosted(
        source=f"{origin}/@{name}.git",
        target=f"http://any:{member.token}@127.0.0.1:{measured.port}/@{name}.git",
        folder=measured.home / "repositories" / f"{number}.git",
    )


async def git(folder: Path, *words: str, stdin: bytes | None = None) -> float:
    """Runs `git -C FOLDER WORDS`, with an empty configuration; the seconds it took. RuntimeError if it fails."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *("git", "-C", str(folder), *words),
        env=environment(folder),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, said = await process.communicate(stdin)
    if process.returncode:
        raise RuntimeError(f"git {' '.join(words)[:200]}: {said.decode()[-500:]}")
    return time.monotonic() - began


def environment(folder: Path) -> dict[str, str]:
    """A user's, whose only configuration permits partial clones from their own disk, so that both sides do the same,
    and keeps git from looking for likeness in files that have none."""
    configuration = folder / "gitconfig"
    configuration.write_text("[uploadpack]\n\tallowFilter = true\n[core]\n\tbigFileThreshold = 1m\n", encoding="ascii")
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(configuration),
        "GIT_TERMINAL_PROMPT": "0",
    }


def history(commits: int, *, seed: int = 1) -> bytes:
    """For `git fast-import`: some hundred files of words, of which each commit changes a few lines of one to three."""
    chance = random.Random(seed)
    files = {
        f"part{number % _FOLDERS}/{_WORDS[number % 16]}{number}.txt": [
            _line(chance) for _ in range(chance.randint(5, 120))
        ]
        for number in range(_FILES)
    }
    names = list(files)
    parts: list[bytes] = []
    for number in range(commits):
        touched = names if number == 0 else chance.sample(names, chance.randint(1, 3))
        message = f"Change {number}: {_line(chance)}\n".encode()
        when = 1_700_000_000 + number * 600
        parts.append(b"commit refs/heads/main\ncommitter Ana <ana@example.org> %d +0000\n" % when)
        parts.append(b"data %d\n%s" % (len(message), message))
        for name in touched:
            lines = files[name]
            lines[chance.randrange(len(lines))] = _line(chance)
            content = "".join(lines).encode()
            parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content))
    return b"".join(parts)


def _line(chance: random.Random) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(4, 12))) + f" {chance.randrange(10**6)}\n"


async def begun(folder: Path, content: bytes) -> None:
    """A bare repository with a history from `fast-import`, packed as well as it gets."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    await git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    await git(folder, "fast-import", "--quiet", stdin=content)
    await git(folder, "repack", "--quiet", "-a", "-d")


async def heavy(folder: Path, megabytes: int) -> None:
    """A bare repository with so much in it, in files that nothing makes smaller."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    await git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    parts = [b"commit refs/heads/main\ncommitter Ana <ana@example.org> 1700000000 +0000\ndata 5\nLots\n"]
    for number in range(megabytes // 4):
        content = await asyncio.to_thread(os.urandom, 4 << 20)
        parts.append(b"M 100644 inline random%d\ndata %d\n%s\n" % (number, len(content), content))
    await git(folder, "-c", "core.bigFileThreshold=1m", "fast-import", "--quiet", stdin=b"".join(parts))


class Watched:
    """The most memory (RSS, in MB) that a server took, and that the processes below it took together: those of git."""

    def __init__(self, pid: int, spared: set[int]) -> None:
        self.pid = pid
        self._spared = spared
        self.before = processes.memory_mb(pid)[0]
        self.most = self.before
        self.below = 0.0

    async def look(self) -> None:
        """Looks ten times a second."""
        while True:
            self.most = max(self.most, processes.memory_mb(self.pid)[0])
            below = 0.0
            for pid in processes.tree(self.pid)[1:]:
                if pid not in self._spared:
                    with contextlib.suppress(OSError, KeyError):
                        below += processes.memory_mb(pid)[1]
            self.below = max(self.below, below)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def watched(pid: int) -> AsyncIterator[Watched]:
    """The memory of a server in the time of the block. What runs below it at the beginning is spared: its database."""
    found = Watched(pid, set(processes.tree(pid)))
    looking = asyncio.create_task(found.look())
    try:
        yield found
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
