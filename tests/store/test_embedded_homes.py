"""The homes that the embedded PostgreSQL may find: stale, half made, newer, another user's, on a full disk."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phyle.errors import SettingError, Unavailable
from phyle.store import embedded_place
from phyle.store.embedded import Embedded, attach, discard
from phyle.store.embedded_place import Lock, locate
from tests.store.clusters import OWNER, ROOT, ask, mode, rights


def _stranger() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sleep", "60"], user="nobody" if ROOT else None)


async def test_a_stale_pid_file_that_names_a_stranger_does_not_matter(home: Path) -> None:
    (await Embedded.start(home, fsync=False)).stop()
    stranger = _stranger()
    try:
        place = locate(home)
        (place.data / "postmaster.pid").write_text(f"{stranger.pid}\n{place.data}\n1\n5432\n\n\n\nready   \n")
        embedded = await Embedded.start(home, fsync=False)
        assert await ask(embedded.dsn_owner, "SELECT 1") == 1
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
        assert await ask(embedded.dsn_owner, "SELECT 1") == 1
        sockets = locate(home).sockets
        assert sockets.parent == Path("/tmp")
        assert mode(sockets) == 0o700
    finally:
        embedded.stop()
        discard(home)
        if ROOT:
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


@pytest.fixture
def guest() -> Iterator[tuple[subprocess.Popen[str], pwd.struct_passwd, Path]]:
    """Another user's process that owns the cluster of that user's home."""
    setpriv = shutil.which("setpriv")
    if not ROOT or not setpriv:
        pytest.skip("needs root and setpriv, to become someone else")
    user = pwd.getpwnam("games")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user.pw_uid, user.pw_gid)
        home = Path(folder) / "home"
        become = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        readable = sys.executable if _reaches(user, sys.executable) else "/usr/bin/python3"
        command = [*become, readable, "-c", OWNER, str(home)]
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
    assert rights(int(pid))["Uid"] == {str(user.pw_uid)}
    assert locate(home).folder == home / "postgres"
    assert await ask(dsn, "SELECT 1") == 1
    async with attach(home) as doors:  # root joins
        assert doors.dsn_owner == dsn
    process.kill()
    process.wait()
    async with attach(home) as doors:  # root starts it, with the rights of the home's user
        assert doors.dsn_owner == dsn
        assert await ask(dsn, "SELECT 1") == 1
    assert (home / "lock").stat().st_uid == user.pw_uid


@pytest.fixture
def small() -> Iterator[Path]:
    """A home on a disk of 20 MB, where another user can reach it."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not ROOT or not mount or not umount:
        pytest.skip("needs root and mount, to make a small disk")
    with tempfile.TemporaryDirectory() as disk:
        words = [mount, "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            pytest.skip("this machine does not let root mount a small disk")
        try:
            postgres = Path(disk) / "home" / "postgres"
            postgres.mkdir(parents=True)
            for folder in (disk, postgres.parent, postgres):
                shutil.chown(folder, "games")
            Path(disk).chmod(0o755)
            yield postgres.parent
        finally:
            subprocess.run([umount, disk], check=True)


async def test_a_full_disk_is_named(small: Path) -> None:
    with pytest.raises(Unavailable, match=r"The disk of .*/home/postgres is full: make room, then start again"):
        await Embedded.start(small)
