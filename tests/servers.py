"""Whole servers as processes of their own, each with its database, talking over real sockets."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.memory import placed


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """`phyle up` as a child process. `home` and `environment` decide which instance it is."""

    home: Path
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def domain(self) -> str:
        return f"localhost:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.domain}"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}
        return {
            **inherited,
            "PHYLE_HOME": str(self.home),
            "PHYLE_PORT": str(self.port),
            "PHYLE_REGISTRATION": "open",
            "PHYLE_LIMITS": "off",
            **self.environment,
        }

    def launch(self) -> None:
        """Start the process; `ready` waits for it."""
        placed(self.home).mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "phyle", "up"], env=self._environment(), cwd=self.cwd, stdout=log, stderr=log
            )

    async def ready(self, *, seconds: float = 60) -> None:
        """Wait for the first answer."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                if self.process is None or self.process.poll() is not None:
                    raise RuntimeError(f"the server ended:\n{self.log.read_text()[-4000:]}")
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.origin}/api/v2/instance")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-4000:]}")

    async def start(self) -> None:
        """Launch and wait."""
        self.launch()
        await self.ready()

    def kill(self) -> None:
        """`kill -9`, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """A polite end, which must come within a minute."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def command(self, *words: str, check: bool = True) -> str:
        """Run `phyle ...` against this instance; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "phyle", *words],
            env=self._environment(),
            cwd=self.cwd,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"phyle {' '.join(words)} failed: {done.stderr}")
        return done.stdout.strip()

    def account(self, name: str) -> "Person":
        """A new account with a token for everything."""
        password = f"{name}-keeps-a-long-password"
        token = self.command(
            "accounts", "create", name, "--email", f"{name}@example.org", "--password", password, "--token"
        )
        return Person(server=self, name=name, token=token.splitlines()[-1], password=password)


@dataclass
class Person:
    """Someone with an account and a client."""

    server: Server
    name: str
    token: str
    password: str

    @property
    def address(self) -> str:
        return f"{self.name}@{self.server.domain}"

    async def ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """One API call; its JSON. Raises for every status of 400 and more."""
        async with httpx.AsyncClient(base_url=self.server.origin, timeout=30) as client:
            answer = await client.request(method, path, headers={"Authorization": f"Bearer {self.token}"}, **kwargs)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def get(self, path: str, **params: Any) -> Any:
        return await self.ask("GET", path, params=params)

    async def post(self, path: str, **data: Any) -> Any:
        return await self.ask("POST", path, json=data)

    async def find(self, address: str) -> Any:
        """The account behind `name@host`, asked for over the network if need be."""
        found = await self.get("/api/v2/search", q=address, type="accounts", resolve="true", limit=1)
        return found["accounts"][0]


async def eventually(ask: Callable[[], Any], *, seconds: float = 20) -> Any:
    """The first true answer. Fails with the last one after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come to pass; last answer: {answer!r}")
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def served(*servers: Server) -> AsyncIterator[None]:
    """All of them running for the time of the block."""
    try:
        for server in servers:
            server.launch()
        for server in servers:
            await server.ready()
        yield
    finally:
        for server in servers:
            server.stop()
