"""A server is restored from an old backup: its ledger is read-only until its witness gave back what was lost."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from phyle.store.embedded_place import locate
from tests.servers import Server, eventually, free_port, served


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Server, Server]]:
    """A phyle, and another one that witnesses it."""
    one, other = (Server(home=tmp_path / name, port=free_port()) for name in ("one", "other"))
    async with served(one, other):
        yield one, other


async def owned(server: Server, statement: str, *given: Any) -> Any:
    """As somebody who owns the machine."""
    owner = await asyncpg.connect(locate(server.home).dsn("phyle_owner"))
    try:
        return await owner.fetch(statement, *given)
    finally:
        await owner.close()


async def size_at(server: Server, path: str) -> int:
    """How many entries a checkpoint covers, 0 where there is none yet."""
    async with httpx.AsyncClient(base_url=server.origin) as client:
        answer = await client.get(path)
    return int(answer.text.split("\n")[1]) if answer.status_code == 200 else 0


def saved(server: Server, place: Path) -> None:
    """A backup, as the operator's handbook says: the home, and where the database lies."""
    place.mkdir()
    subprocess.run(["cp", "-a", str(server.home), str(place / "home")], check=True)
    subprocess.run(["cp", "-a", str(locate(server.home).folder), str(place / "database")], check=True)


def restored(server: Server, place: Path) -> None:
    """The backup in the place of what there is."""
    folder = locate(server.home).folder
    subprocess.run(["rm", "-rf", str(server.home), str(folder)], check=True)
    subprocess.run(["cp", "-a", str(place / "home"), str(server.home)], check=True)
    subprocess.run(["cp", "-a", str(place / "database"), str(folder)], check=True)


async def witnessed(server: Server, by: Server) -> str:
    """Both know each other; the address of the copy of the one at the other."""
    for here, there in ((server, by), (by, server)):
        await owned(here, "INSERT INTO cooperative.witnesses (host) VALUES ($1)", there.domain)
        here.account("ana")  # what is entered is published, and whoever publishes asks its witnesses
    (row,) = await eventually(lambda: owned(by, "SELECT hash FROM cooperative.logs"), seconds=60)
    return f"/ledger/witnessed/{row['hash']}"


@pytest.mark.threat("I14")
async def test_what_an_old_backup_lacks_is_fetched_back(two: tuple[Server, Server], tmp_path: Path) -> None:
    one, other = two
    copy = await witnessed(one, other)
    await eventually(lambda: size_at(other, f"{copy}/checkpoint"), seconds=60)
    one.stop()
    saved(one, tmp_path / "backup")
    await one.start()
    for name in ("ben", "cleo", "dan"):
        one.account(name)
    before = await eventually(lambda: grown(one, 4), seconds=60)
    await owned(other, "UPDATE cooperative.logs SET next_at = now()")
    await eventually(lambda: copied(other, before), seconds=60)
    shown = await text(one, "/ledger/checkpoint")
    one.stop()
    restored(one, tmp_path / "backup")
    await one.start()
    await eventually(lambda: goes_on(one, before), seconds=60)
    await eventually(lambda: shows(one, shown))
    log = one.log.read_text()
    assert "the ledger is read-only: This ledger has" in log
    assert "the ledger is whole again and goes on" in log
    assert "bad   ledger" not in one.command("doctor", check=False)


async def grown(server: Server, more: int) -> int:
    """How many entries are published, once there are more than so many."""
    size = await size_at(server, "/ledger/checkpoint")
    return size if size > more else 0


async def copied(server: Server, size: int) -> bool:
    """Whether it holds a copy of so many entries."""
    return bool(await owned(server, "SELECT FROM cooperative.logs WHERE mirrored >= $1 AND blobs >= $1", size))


async def goes_on(server: Server, size: int) -> bool:
    """Whether all is there again and nothing stands still."""
    (row,) = await owned(
        server, "SELECT stopped, (SELECT count(*) FROM cooperative.entries) AS size FROM cooperative.ledger"
    )
    return row["stopped"] is None and row["size"] >= size


async def shows(server: Server, checkpoint: str) -> bool:
    """Whether it publishes that head, whoever has cosigned it."""
    shown = await text(server, "/ledger/checkpoint")
    return shown.partition("\n\n")[0] == checkpoint.partition("\n\n")[0]


async def text(server: Server, path: str) -> str:
    async with httpx.AsyncClient(base_url=server.origin) as client:
        return (await client.get(path)).text
