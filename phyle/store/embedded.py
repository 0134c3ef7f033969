"""PostgreSQL as our child: made on the first start, reached through a private socket only, gone when we are gone."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from phyle.errors import Unavailable
from phyle.store import embedded_config, embedded_strays
from phyle.store.embedded_binaries import Binaries, choose, environment, run
from phyle.store.embedded_place import Kind, Lock, Place, locate, owned_by

Progress = Callable[[str], None]

_CHILD = Path(__file__).with_name("embedded_child.py")
_FIRST_ATTEMPTS = 5
_START = 120.0  # seconds: recovery after a crash may replay a gigabyte of log
_STOP = 60.0  # seconds: the last checkpoint
_SERVER = 2.0  # seconds that a killed server may take to let go
_COMMAND = 30.0  # seconds that one command, or the server, waits for another command to end
_ROOM = 50 << 20  # bytes: with less, nothing that PostgreSQL does can be expected to work
_EMPTY_WORDS = ("log output", "starting PostgreSQL", "shut down", "skipping missing")
_ROLES = """\
CREATE ROLE phyle_owner LOGIN CREATEDB;
CREATE ROLE phyle_server LOGIN;
CREATE DATABASE phyle OWNER phyle_owner;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The two ways into a running cluster: as the owner of the schema, and as the server with its narrower rights."""

    dsn_owner: str
    dsn_server: str


def _silent(_: str) -> None:
    pass


class Embedded:
    """A running cluster that this process owns. Made by `start`, ended by `stop`."""

    def __init__(self, place: Place, lock: Lock, binaries: Binaries, progress: Progress) -> None:
        self._place = place
        self._lock = lock
        self._binaries = binaries
        self._progress = progress
        self._child: subprocess.Popen[bytes] | None = None
        self._ended = asyncio.Event()
        self._stopping = False

    @classmethod
    async def start(
        cls,
        home: Path,
        *,
        progress: Progress = _silent,
        kind: Kind = "server",
        fsync: bool = True,
        binaries: Binaries | None = None,
    ) -> Self:
        """Takes the home's lock, makes the cluster if there is none, and returns when it takes connections.

        Main thread only. `fsync=False` is for tests; `binaries` overrides the search. Raises Unavailable, SettingError.
        """
        place = locate(home)
        lock = Lock(place.home, kind)
        await _taken(lock, place)
        try:
            embedded = cls(place, lock, _prepared(place, binaries, fsync=fsync, progress=progress), progress)
            await embedded._first_up()
        except BaseException:
            lock.release()
            raise
        return embedded

    @property
    def dsn_owner(self) -> str:
        """Connects as `phyle_owner`, for migrations."""
        return self._place.dsn("phyle_owner")

    @property
    def dsn_server(self) -> str:
        """Connects as `phyle_server`, for everything else."""
        return self._place.dsn("phyle_server")

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, None when it is down."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def died(self) -> int:
        """Waits until the postmaster is gone; its exit code, or minus the signal that ended it."""
        await self._ended.wait()
        return self._child.returncode if self._child else 0

    async def keep(self) -> None:
        """Starts the postmaster again whenever it dies, until cancelled or stopped. Main thread only."""
        pause = 0.1
        while True:
            code = await self.died()
            if self._stopping:
                return
            self._progress(f"PostgreSQL ended ({_named(code)}), starting it again")
            try:
                await self._up()
                pause = 0.1
            except (Unavailable, OSError) as error:
                pause = min(2 * pause, 5.0)
                self._progress(f"{error}; next attempt in {pause:.0f} s")
            await asyncio.sleep(pause)

    def stop(self) -> None:
        """Fast shutdown: sessions end, a checkpoint is written. Returns when the postmaster is gone."""
        self._stopping = True
        if self._child:
            for means, patience in ((signal.SIGINT, _STOP), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                if _waited(self._child, means, patience):
                    break
        self._lock.release()

    async def _first_up(self) -> None:
        """A postmaster that is killed while it starts says nothing against the next one. Raises Unavailable."""
        for _ in range(_FIRST_ATTEMPTS - 1):
            if await self._up_unless_killed():
                return
        await self._up()

    async def _up_unless_killed(self) -> bool:
        try:
            await self._up()
        except Unavailable:
            if self._child is None or (self._child.returncode or 0) >= 0:
                raise
            self._progress("PostgreSQL was killed while it started, starting it again")
            return False
        return True

    async def _up(self) -> None:
        """Clears what an earlier postmaster left, starts a new one and waits until it takes connections."""
        await asyncio.to_thread(embedded_strays.clear, self._place.tag, progress=self._progress)
        self._place.forget_the_last()
        self._ended = asyncio.Event()
        self._child = child = _spawn(self._place, self._binaries)
        threading.Thread(target=_tell, args=(child, asyncio.get_running_loop(), self._ended), daemon=True).start()
        deadline = time.monotonic() + _START
        while not self._place.ready(child.pid):
            if child.poll() is not None or self._ended.is_set() or time.monotonic() > deadline:
                _waited(child, signal.SIGQUIT, 5.0)
                raise _failed(self._place, "PostgreSQL did not start.", _complaint(self._place))
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def attach(home: Path, *, progress: Progress = _silent) -> AsyncIterator[Doors]:
    """The cluster of this home for a command: the running one of a server, else started for the duration.

    Raises Unavailable, SettingError.
    """
    place = locate(home)
    doors = Doors(dsn_owner=place.dsn("phyle_owner"), dsn_server=place.dsn("phyle_server"))
    if await _served(place):
        yield doors
        return
    embedded = await Embedded.start(home, progress=progress, kind="command")
    try:
        yield doors
    finally:
        embedded.stop()


async def _served(place: Place) -> bool:
    """Whether a server owns the cluster; then waits until it takes connections."""
    lock = Lock(place.home, "command")
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        if lock.take():
            lock.release()
            return False
        holder = lock.holder()
        if holder and holder[1] == "command":
            return False  # `start` waits for its end: a command's cluster ends with it
        if holder and place.ready():
            return True
        await asyncio.sleep(0.02)
    raise owned_by(lock.holder(), place.home)


async def _taken(lock: Lock, place: Place) -> None:
    """Waits for commands, which end soon, and for a server that was killed this moment. Raises Unavailable."""
    started = time.monotonic()
    while not lock.take():
        holder = lock.holder()
        if time.monotonic() - started > (_COMMAND if holder and holder[1] == "command" else _SERVER):
            raise owned_by(holder, place.home)
        await asyncio.sleep(0.02)


def _prepared(place: Place, binaries: Binaries | None, *, fsync: bool, progress: Progress) -> Binaries:
    place.prepare()
    made = _major(place.data)
    if binaries is None or (made and made != binaries.major):
        binaries = choose(made, place.user, place.folder)
    if made is None:
        progress(f"Making a database with PostgreSQL {binaries.version} in {place.folder}")
        _make(place, binaries, fsync=fsync)
    config = place.data / embedded_config.NAME
    config.write_text(embedded_config.text(place, binaries, fsync=fsync), encoding="utf-8")
    if place.user:
        os.chown(config, place.user.uid, place.user.gid)
    return binaries


def _major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def _make(place: Place, binaries: Binaries, *, fsync: bool) -> None:
    """A new cluster with its roles and database, whole or not at all. Only we can enter the socket's folder: trust."""
    half = place.folder / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    options = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject"]
    options += ["--data-checksums", "--no-instructions", *([] if fsync else ["--no-sync"])]
    try:
        run([str(binaries.folder / "initdb"), "-D", str(half), *options], place.user)
        single = [str(binaries.folder / "postgres"), "--single", "-D", str(half), "-c", "exit_on_error=on"]
        run([*single, *([] if fsync else ["-c", "fsync=off"]), "postgres"], place.user, given=_ROLES)
    except subprocess.CalledProcessError as error:
        cause = " ".join((error.stderr or error.stdout or "").split()[-60:])
        raise _failed(place, f"PostgreSQL could not make a database in {place.folder}.", cause) from error
    with (half / "postgresql.conf").open("a", encoding="utf-8") as config:
        config.write(embedded_config.INCLUDES)
    half.rename(place.data)


def _spawn(place: Place, binaries: Binaries) -> subprocess.Popen[bytes]:
    """The postmaster. The tie to our life is to the thread that forks: only the main thread lives as long as we do."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("PostgreSQL must be started from the main thread")
    rights = (place.user.uid, place.user.gid) if place.user else (-1, -1)
    child = [sys.executable, "-I", "-S", str(_CHILD), *map(str, rights), str(os.getpid())]
    server = [str(binaries.folder / "postgres"), "-D", str(place.data), "-k", str(place.sockets)]
    with (place.log / "start.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  # the command is ours
            [*child, *server, "-c", f"cluster_name={place.tag}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            umask=0o077,
            start_new_session=True,  # Ctrl-C is for us: we finish our work before the database goes
        )


def _tell(child: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    child.wait()
    with contextlib.suppress(RuntimeError):  # the loop was closed before its database
        loop.call_soon_threadsafe(ended.set)


def _waited(child: subprocess.Popen[bytes], means: signal.Signals, patience: float) -> bool:
    if child.poll() is None:
        child.send_signal(means)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        return False
    return True


def _failed(place: Place, sentence: str, cause: str) -> Unavailable:
    """Why there is no database; a full disk has many voices in PostgreSQL's log, and one remedy."""
    if shutil.disk_usage(place.folder).free < _ROOM:
        sentence = f"The disk of {place.folder} is full: make room, then start again."
    return Unavailable(sentence, cause=cause)


def _complaint(place: Place) -> str:
    """What PostgreSQL said last: at first to us, later to its own log."""
    said = place.log / "start.log"
    if "redirecting log output" in said.read_text(encoding="utf-8", errors="replace"):
        said = max(place.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = said.read_text(encoding="utf-8", errors="replace").splitlines()
    telling = [line for line in lines if not any(words in line for words in _EMPTY_WORDS)]
    return " ".join(telling[-3:]) + f" (see {place.log})"


def _named(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def discard(home: Path) -> None:
    """Removes the database of a home for ever; its cluster must not run. Raises Unavailable, SettingError."""
    place = locate(home)
    lock = Lock(place.home, "command")
    if not lock.take():
        raise owned_by(lock.holder(), place.home)
    for folder in (place.sockets, place.folder):
        shutil.rmtree(folder, ignore_errors=True)
    (place.home / "database").unlink(missing_ok=True)
    lock.release()
