"""A whole instance as a child process, as it is run in earnest: fsync on, https behind a proxy, which we play."""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from bench import processes
from bench.report import progress
from phyle.store.embedded_place import Place, locate

DOMAIN = "bench.example"
ORIGIN = f"https://{DOMAIN}"


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


async def until(ask: Callable[[], Awaitable[bool]], *, every: float = 0.02) -> None:
    """Asks again and again, so many seconds apart, until the answer is true."""
    while True:
        if await ask():
            return
        await asyncio.sleep(every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with an account and a token for everything."""

    id: int
    name: str
    token: str


@dataclass
class Instance:
    """`phyle up` with a home of its own. It believes to be https://bench.example: requests carry that Host."""

    home: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> Place:
        """Where its PostgreSQL lies."""
        return locate(self.home)

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the server is not running")
        return self.process.pid

    def cpu_ms(self) -> float:
        """CPU time so far of the server and its PostgreSQL."""
        return processes.cpu_ms(self.pid)

    def memory_mb(self) -> tuple[float, float]:
        """(RSS, PSS) of the server, without its PostgreSQL."""
        return processes.memory_mb(self.pid)

    async def start(self) -> float:
        """Starts it; the seconds until its first answer."""
        began = time.monotonic()
        self.process = self._launched()
        while not await asyncio.to_thread(self._answers):
            if self.process.poll() is not None or time.monotonic() - began > 90:
                raise RuntimeError(f"the server does not answer: {self.said()}")
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def stop(self) -> None:
        """As Ctrl-C does; its PostgreSQL ends with it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self.process.wait, 60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self) -> str:
        """The end of its log."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")[-1500:]

    async def member(self, name: str) -> Member:
        """A new account, made with the instance's own command."""
        words = ["accounts", "create", name, "--email", f"{name}@example.org", "--password", f"{name} keeps a secret"]
        made = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "phyle", *words, "--token", env=self._environment(), stdout=subprocess.PIPE
        )
        said, _ = await made.communicate()
        async with self.database() as database:
            number = await database.fetchval("SELECT id FROM identity.actors WHERE name = $1 AND local", name)
        return Member(id=number, name=name, token=said.decode().split()[-1])

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[Any]:
        """A connection as superuser, behind the server's back."""
        connection = await asyncpg.connect(self.place.dsn("postgres"), command_timeout=1200)
        try:
            await connection.set_type_codec(
                "jsonb", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads, schema="pg_catalog"
            )
            yield connection
        finally:
            await connection.close()

    async def settle(self) -> None:
        """Statistics made, dirty pages written, no job left: what follows pays for itself only."""
        async with self.database() as database:
            await until(lambda: database.fetchval("SELECT NOT EXISTS (SELECT FROM store.jobs WHERE run_at <= now())"))
            await database.execute("VACUUM ANALYZE")
            await database.execute("CHECKPOINT")

    def _launched(self) -> subprocess.Popen[bytes]:
        with (self.home / "server.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "phyle", "up"], env=self._environment(), stdout=log, stderr=log
            )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/api/v2/instance", headers={"Host": DOMAIN})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}
        own = {"PHYLE_HOME": str(self.home), "PHYLE_PORT": str(self.port), "PHYLE_DOMAIN": DOMAIN}
        return {**inherited, **own, "PHYLE_REGISTRATION": "open", "PHYLE_LIMITS": "off", **self.settings}


@contextlib.asynccontextmanager
async def instance(**settings: str) -> AsyncIterator[Instance]:
    """A running one for the time of the block; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="phyle-bench-"))
    made = Instance(home=home, port=free_port(), settings=settings)
    try:
        progress(f"  an instance starts in {home}")
        await made.start()
        yield made
    finally:
        await made.stop()
        shutil.rmtree(made.place.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
