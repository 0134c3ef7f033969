"""A full disk: an honest refusal, nothing half done, and on it goes when there is room again."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from phyle.store.embedded_place import Place, locate
from tests.servers import Person, Server, eventually, free_port
from tests.store.clusters import ask

SIZE = "400m"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, which is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
async def server(tmp_path: Path, small: Path) -> AsyncIterator[Server]:
    """Its database lies on the small disk, its home beside."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "database").write_text(f"{small / 'phyle'}\n")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith("pytest") or "pytest-" in str(folder.parent):
            folder.chmod(0o755)  # PostgreSQL runs as nobody
    server = Server(home=home, port=free_port())
    await server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(_place(server).sockets, ignore_errors=True)


def _place(server: Server) -> Place:
    return locate(server.home)


def _fill(disk: Path) -> None:
    """To the last byte."""
    with (disk / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(1 << 16))


async def _post(ana: Person, text: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=ana.server.origin, timeout=30) as client:
        headers = {"Authorization": f"Bearer {ana.token}", "Idempotency-Key": text.partition(" words")[0]}
        return await client.post("/api/v1/statuses", headers=headers, json={"status": text})


async def _no_room_for_the_log(superuser: asyncpg.Connection) -> None:
    """PostgreSQL needs the next file for its log and cannot have it: it panics, and cannot even recover."""
    for _ in range(40):
        await superuser.execute("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()")


async def test_a_full_disk_is_refused_honestly_and_survived(server: Server, small: Path) -> None:
    ana = server.account("ana")
    superuser = await asyncpg.connect(_place(server).dsn("postgres"))
    accepted, refused = set(), []
    for number in range(400):
        if number == 10:
            _fill(small)
        text = f"{number} {'words ' * 700}"
        answer = await _post(ana, text)
        if answer.status_code == 200:
            accepted.add(answer.json()["uri"])
        else:
            refused.append((text, answer))
        if len(refused) == 5:
            break
        if number > 10:
            _fill(small)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InternalClientError, OSError)):
        await _no_room_for_the_log(superuser)
    superuser.terminate()

    async def ended() -> bool:
        return "PostgreSQL ended" in server.log.read_text()

    await eventually(ended)
    last = "last words"
    refused.append((last, await _post(ana, last)))
    assert {answer.status_code for _, answer in refused} == {503}
    assert all(answer.json()["error"].endswith(".") and answer.headers["retry-after"] for _, answer in refused)
    (small / "ballast").unlink()
    for text, _ in refused:

        async def again(text: str = text) -> Any:
            answer = await _post(ana, text)
            assert answer.status_code in (200, 503), answer.text
            return answer.json() if answer.status_code == 200 else None

        accepted.add((await eventually(again, seconds=60))["uri"])
    database = _place(server).dsn("phyle_server")

    async def settled() -> bool:
        return await ask(database, "SELECT count(*) FROM store.jobs") == 0

    await eventually(settled, seconds=30)
    kept = await ask(database, "SELECT array_agg(uri ORDER BY uri) FROM conversation.posts")
    assert kept == sorted(accepted)
    assert await ask(database, "SELECT posts_count FROM identity.actors WHERE name = 'ana'") == len(accepted)
