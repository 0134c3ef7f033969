"""The folder of a demonstration: who has it, what is remembered in it, and how all of it goes away."""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phyle.errors import Unavailable
from phyle.store.embedded import discard

MARK = "demo.json"
_PATIENCE = 60.0


class Memory:
    """What was done already, each thing under its name. What is kept is on the disk before anything else happens."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __getitem__(self, name: str) -> Any:
        return self._known[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        return self._known.get(name, otherwise)

    def keep(self, name: str, value: Any) -> None:
        self._known[name] = value
        beside = self._file.with_suffix(".new")
        with beside.open("w") as file:
            json.dump(self._known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[int]:
    """The folder is ours for the time of the block; what is given is handed to the servers, so that it stays locked as
    long as one of them runs. Raises Unavailable if a demonstration runs in it, or if it is something else's folder."""
    if folder.exists() and not _is_ours(folder):
        raise Unavailable(f"{folder} is no folder of a demonstration: name another one by PHYLE_DEMO.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as running, (folder / "serving").open("a") as serving:
        if not _taken(running.fileno()):
            raise Unavailable(f"A demonstration runs in {folder}: stop it with Ctrl-C first.")
        deadline = time.monotonic() + _PATIENCE
        while not _taken(serving.fileno()):  # servers of one that was killed, which are about to end
            if time.monotonic() > deadline:
                raise Unavailable(f"The servers of an earlier demonstration in {folder} do not end.")
            time.sleep(0.1)
        yield serving.fileno()


def _is_ours(folder: Path) -> bool:
    """Whether it was made by this, or is empty: it will be removed one day."""
    inside = {each.name for each in folder.iterdir()} - {"lock", "serving"}
    return not inside or MARK in inside


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def forget(folder: Path) -> bool:
    """Removes a demonstration for good, with its databases; whether there was one. Raises Unavailable while it runs."""
    if not folder.exists():
        return False
    with owned(folder):
        for home in folder.iterdir():
            if (home / "database").exists() or (home / "postgres").exists():
                discard(home)
        shutil.rmtree(folder)
    return True
