"""Killed with -9 at any moment, a fork goes on where it was, is whole in the end, and is told to its origin once."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from phyle.store.embedded import discard
from tests.commons.git.cloning import Work, begun
from tests.servers import Person, Server, eventually, free_port

API = "/api/phyle/v1"
KILLS = 4


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[tuple[Server, Server]]:
    """A phyle that makes something, and one that forks it."""
    makers = Server(home=tmp_path / "makers", port=free_port())
    housing = Server(home=tmp_path / "housing", port=free_port())
    try:
        await asyncio.gather(makers.start(), housing.start())
        yield makers, housing
    finally:
        for server in (makers, housing):
            server.stop()
            discard(server.home)


async def seeded(ana: Person, folder: Path) -> str:
    """A repository of some thirty megabytes; the address to fork."""
    await ana.post(f"{API}/repositories", name="seeder")
    work = await begun(folder)
    for number in range(30):
        await work.commit(f"{number}.bin", os.urandom(1 << 20))
    target = f"http://any:{ana.token}@{ana.server.domain}/@seeder.git"
    await work.git("push", "--quiet", target, "main", "HEAD~5:refs/heads/older")
    return f"{ana.server.origin}/@seeder.git"


async def test_a_fork_survives_whatever_is_killed(servers: tuple[Server, Server], tmp_path: Path) -> None:
    makers, housing = servers
    ana, bob = makers.account("ana"), housing.account("bob")
    source = await seeded(ana, tmp_path / "work")
    chance = random.Random(5)
    for number in range(KILLS):
        with contextlib.suppress(Exception):
            await asyncio.wait_for(bob.post(f"{API}/forks", origin=source, name=f"fork{number}"), 20)
        await asyncio.sleep(chance.uniform(0, 1.0))
        housing.kill()
        await housing.start()
    names = [each["name"] for each in await bob.get(f"{API}/repositories")]
    assert len(names) >= 2

    async def whole() -> bool:
        states = [(await bob.get(f"{API}/repositories/{name}/progress"))["state"] for name in names]
        assert "failed" not in states
        return set(states) == {"done"}

    await eventually(whole, seconds=150)
    for folder in (housing.home / "repositories").iterdir():
        copy = Work(folder)
        await copy.git("fsck", "--connectivity-only", "--no-dangling")
        assert len((await copy.one("for-each-ref")).splitlines()) == 2

    async def listed() -> bool:
        forks = await ana.get(f"{API}/repositories/seeder/forks")
        return sorted(each["name"] for each in forks) == sorted(names)

    await eventually(listed, seconds=60)
