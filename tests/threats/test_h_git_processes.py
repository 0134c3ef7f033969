"""H. Git in a server as a process of its own: killed at any moment, and watched by the kernel."""

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import orjson
import pytest

from phyle.store.embedded_place import locate
from tests.commons.git.cloning import Work, begun
from tests.servers import Person, Server, eventually, free_port, served

KILLS = 6


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    made = Server(home=tmp_path / "home", port=free_port())
    async with served(made):
        yield made


async def _project(ana: Person, name: str) -> tuple[str, Path]:
    """A new repository: where ana pushes to, and where it lies."""
    await ana.post("/api/phyle/v1/repositories", name=name)
    home = ana.server.home / "repositories"
    (folder,) = [path for path in home.iterdir() if not (path / "refs/heads/main").exists()]
    return f"http://any:{ana.token}@{ana.server.domain}/@{name}.git", folder


def _fsck(folder: Path) -> str:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(folder), "fsck", "--strict"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _tip(folder: Path, ref: str) -> str:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(folder), "rev-parse", "--verify", "-q", ref],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def _gits(folder: Path) -> list[int]:
    """The processes of git that work on a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--git-dir={folder}".encode() in words:
                found.append(int(entry.name))
    return found


@pytest.mark.threat("H9")
async def test_killed_during_a_push_refs_are_old_or_new(server: Server, tmp_path: Path) -> None:
    """The server and git in turn, at random moments: every ref is old or new, what was answered is there and was told
    once, nothing that was there is lost, and the next push goes through."""
    ana = server.account("ana")
    target, folder = await _project(ana, "seeder")
    work = await begun(tmp_path / "work")
    old = await work.commit("first.txt", "first")
    await work.git("push", "--quiet", target, "main")
    chance = random.Random(5)

    async def begun_or_over() -> bool:
        return pushing.done() or bool(_gits(folder))

    for number in range(KILLS):
        new = await work.commit(f"large{number}", chance.randbytes(6 << 20))
        pushing = asyncio.create_task(work.git("push", target, "main", f"main:side{number}", check=False))
        if number % 2:
            await asyncio.wait({pushing}, timeout=chance.uniform(0.1, 1.5))
            server.kill()
            done = await pushing
            await server.start()
        else:
            await eventually(begun_or_over)
            await asyncio.sleep(chance.uniform(0, 0.5))
            for pid in _gits(folder):
                _kill(pid)
            done = await pushing
        for ref, before in (("refs/heads/main", old), (f"refs/heads/side{number}", "")):
            assert _tip(folder, ref) in (before, new)
            assert done.code or _tip(folder, ref) == new
        assert _fsck(folder) == ""
        await work.git("push", "--quiet", target, "main", f"main:side{number}")
        assert _tip(folder, "refs/heads/main") == new
        old = new
    await eventually(lambda: _settled(server, folder), seconds=60)
    assert not list(folder.rglob("*.lock"))
    assert not list(folder.glob("objects/tmp_objdir-*"))


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


async def _settled(server: Server, folder: Path) -> bool:
    """Whether the pushes, as they were told, lead each ref from nothing to what it is, through each step once."""
    connection = await asyncpg.connect(locate(server.home).dsn("postgres"))
    try:
        if await connection.fetchval("SELECT count(*) FROM commons.pushes WHERE settled_at IS NULL"):
            return False
        rows = await connection.fetch("SELECT done FROM commons.pushes WHERE done <> '[]' ORDER BY id")
    finally:
        await connection.close()
    now: dict[str, str] = {}
    for row in rows:
        for change in orjson.loads(row["done"]):
            assert change["old"] == now.get(change["ref"], "0" * 40)
            now[change["ref"]] = change["new"]
    assert now == {ref: _tip(folder, ref) for ref in now}
    assert len(now) == 1 + KILLS
    return True


WRITES = re.compile(
    r"(?:openat?2?|creat|rename(?:at2?)?|link(?:at)?|symlink(?:at)?|mkdir(?:at)?|unlink(?:at)?|truncate|mknod(?:at)?)\("
)
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
PROGRAMS = {"git", "git-upload-pack", "git-receive-pack", "git-remote-http", "git-remote-https"}


@pytest.mark.threat("H5")
async def test_the_kernel_sees_nothing_written_elsewhere_and_no_other_program(server: Server, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed, so nobody watched the system calls")
    ana = server.account("ana")
    target, _ = await _project(ana, "seeder")
    assert server.process is not None
    log = tmp_path / "calls"
    calls = "execve,open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
    watching = await asyncio.create_subprocess_exec(
        *(strace, "-f", "-qq", "-s", "4096", "-o", str(log), "-e", f"trace={calls}", "-p", str(server.process.pid)),
        stderr=subprocess.PIPE,
    )
    try:
        await asyncio.wait({asyncio.create_task(watching.wait())}, timeout=1)
        if watching.returncode is not None:
            said = (await watching.stderr.read()).decode() if watching.stderr else ""
            pytest.skip(f"strace may not watch here: {said.strip()}")
        await _everything(target, tmp_path)
    finally:
        if watching.returncode is None:
            watching.send_signal(signal.SIGINT)
            await watching.wait()
    _examine(log.read_text(errors="replace"), server.home)


async def _everything(target: str, tmp_path: Path) -> None:
    """Pushes, also of what looks like trouble, clones of every kind, and a refused push."""
    work = await begun(tmp_path / "work")
    (work.folder / "link").symlink_to("/etc/passwd")
    await work.git("add", "link")
    await work.commit(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    await work.commit(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = https://a.example/x\n')
    await work.git("push", "--quiet", target, "main")
    await work.git("commit", "--quiet", "--amend", "-m", "other")
    await work.git("push", "--force", target, "main", check=False)
    await work.git("push", "--quiet", target, "main:side")
    for number, words in enumerate(((), ("--depth=1",), ("--filter=blob:none",))):
        await Work(tmp_path).git("clone", "--quiet", *words, target, f"clone{number}")
    await work.git("push", "--quiet", target, ":side")


def _examine(said: str, home: Path) -> None:
    """Every program is git (or our little script that becomes it); every file written lies in the home."""
    ran, written = set(), set()
    for each in said.splitlines():
        line = each.partition(" ")[2].strip()
        if " = -1 " in line:
            continue
        paths = PATH.findall(line)
        if line.startswith("execve(") and paths:
            ran.add(Path(paths[0]).name if "child.py" not in line else "child.py")
        elif WRITES.match(line) and (not line.startswith("open") or re.search(r"O_WRONLY|O_RDWR|O_CREAT", line)):
            written.update(path for path in paths if path.startswith("/"))
    assert ran
    assert ran <= PROGRAMS | {"child.py"}
    assert any(str(home) in path for path in written)
    allowed = (str(home), "/dev/null", "/dev/tty")
    assert not {path for path in written if not path.startswith(allowed)}
