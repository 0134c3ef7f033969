"""Killing a server and its PostgreSQL, each by its process id, in every combination."""

import contextlib
import os
import random
import signal
from pathlib import Path
from typing import Literal

from phyle.store.embedded_place import locate
from tests.servers import Server

Victim = Literal["server", "postmaster", "session", "everything"]
VICTIMS: tuple[Victim, ...] = ("server", "postmaster", "session", "everything")


def database_processes(server: Server) -> dict[int, str]:
    """Of this server's cluster alone: process id -> title. The postmaster's title is its command line."""
    tag = locate(server.home).tag
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                title = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if f"cluster_name={tag}" in title or title.startswith(f"postgres: {tag}: "):
                    found[int(entry.name)] = title
    return found


def kill(server: Server, victim: Victim, chance: random.Random) -> bool:
    """With -9; whether there was somebody to kill. After "server" and "everything" the server must be started again."""
    processes = database_processes(server)
    postmasters = [pid for pid, title in processes.items() if not title.startswith("postgres: ")]
    sessions = [pid for pid, title in processes.items() if " phyle_server " in title]
    if victim == "server":
        server.kill()
        return True
    if victim == "everything":
        assert server.process is not None
        for pid in (server.process.pid, *postmasters, *processes):
            _end(pid)
        server.process.wait()
        return True
    chosen = postmasters if victim == "postmaster" else [chance.choice(sessions)] if sessions else []
    for pid in chosen:
        _end(pid)
    return bool(chosen)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
