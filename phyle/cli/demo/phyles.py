"""The two phyles of a demonstration, each a process of its own with a home, a port and a database of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from phyle.cli.demo.folder import Memory
from phyle.errors import Unavailable

FIRST_PORT = 8081
_MOST_PORTS = 200


@dataclass
class Phyle:
    """One of them. `name`: of its folder and in what is told; `title`: what it calls itself before it is founded."""

    name: str
    title: str
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def launch(self, lock: int) -> None:
        """Starts the process, which ends when this one does; `lock` stays open in it. `ready` waits for it."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "phyle.cli.demo.watched"],
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}
        return {
            **inherited,
            "PHYLE_HOME": str(self.home),
            "PHYLE_PORT": str(self.port),
            "PHYLE_TITLE": self.title,
            "PHYLE_REGISTRATION": "open",
            "PHYLE_LIMITS": "off",  # everybody of the story comes from this one machine
        }

    async def ready(self, *, seconds: float = 120) -> None:
        """Until it answers. Raises Unavailable if it does not start."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(trust_env=False) as client:
            while time.monotonic() < deadline:
                self.check()
                try:
                    if (await client.get(f"{self.origin}/api/v2/instance")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise Unavailable(f"{self.name} does not answer at {self.origin}: see {self.home / 'server.log'}")

    def check(self) -> None:
        """Raises Unavailable if its server has ended."""
        if self.process is None or self.process.poll() is not None:
            log = self.home / "server.log"
            last = log.read_text(errors="replace").strip().rpartition("\n")[2] if log.exists() else ""
            raise Unavailable(f"The server of {self.name} ended: {last or 'it said nothing'} (all of it is in {log})")

    def stop(self) -> None:
        """A polite end; an impolite one after half a minute."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def both(folder: Path, memory: Memory) -> tuple[Phyle, Phyle]:
    """The makers and the housing co-operative, at the ports that they had before, or at the first that are free."""
    if "ports" not in memory:
        memory.keep("ports", _free(2))
    first, second = memory["ports"]
    return (
        Phyle(name="makers", title="Offene Werkstatt", home=folder / "makers", port=first),
        Phyle(name="housing", title="Lindenhof", home=folder / "housing", port=second),
    )


def _free(count: int) -> list[int]:
    found = [port for port in range(FIRST_PORT, FIRST_PORT + _MOST_PORTS) if _is_free(port)][:count]
    if len(found) < count:
        raise Unavailable(f"No two ports are free from {FIRST_PORT} on.")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
