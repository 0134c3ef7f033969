"""Processes of a cluster that outlived their owner: found by its tag in the process list, waited for, ended."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from phyle.errors import Unavailable

_SHUTDOWN = 60.0  # seconds for a postmaster's last checkpoint
_PATIENCE = 1.0  # seconds for a session to notice that its postmaster is gone
_CHILD = "postgres: "  # how the children of a postmaster title themselves


def clear(tag: str, *, progress: Callable[[str], None]) -> None:
    """Returns when no process of the cluster is left. Only the holder of the home's lock may call it: whatever runs
    then has lost its owner. A postmaster is shut down; sessions without one end at their next look at the clock, or at
    the end of a long query, so they are asked to quit.

    Raises Unavailable.
    """
    started = time.monotonic()
    asked: dict[int, signal.Signals | None] = {}
    while found := _processes(tag):
        waited = time.monotonic() - started
        if not asked:
            progress("Waiting for the last run's PostgreSQL to end")
        if waited > _SHUTDOWN:
            raise Unavailable(
                "PostgreSQL of the last run does not end: stop it, then start again.",
                cause=f"processes {', '.join(map(str, found))}",
            )
        for pid, title in found.items():
            _ask(pid, _means(title, waited), asked)
        time.sleep(0.02)


def _means(title: str, waited: float) -> signal.Signals | None:
    if not title.startswith(_CHILD):
        return signal.SIGINT
    if waited < _PATIENCE:
        return None
    return signal.SIGQUIT if waited < 5 * _PATIENCE else signal.SIGKILL


def _ask(pid: int, means: signal.Signals | None, asked: dict[int, signal.Signals | None]) -> None:
    if means and asked.get(pid) != means:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, means)
    asked[pid] = means


def _processes(tag: str) -> dict[int, str]:
    """Process id -> command line, which everyone may read, unlike the working folder of another user's process."""
    if Path("/proc/self/cmdline").exists():
        found = {int(entry.name): _title(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    else:
        listed = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=False)
        pairs = (line.strip().partition(" ") for line in listed.stdout.splitlines())
        found = {int(pid): title for pid, _, title in pairs}
    ours = (f"cluster_name={tag}", f"{_CHILD}{tag}: ")
    return {pid: title for pid, title in found.items() if ours[0] in title or title.startswith(ours[1])}


def _title(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""  # it ended meanwhile, or is hidden from us and so not ours
