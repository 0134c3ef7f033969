"""Where databases of tests lie: in memory, if there is enough of it.

Each has a thousand small files, and hundreds come and go in a run. A journaling file system takes a second for that,
because it does not give out again at once what was deleted a moment ago; memory takes a tenth of it.
"""

import atexit
import itertools
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

ENOUGH = 6 << 30  # bytes: all processes of a run together use less than half of it
_MEMORY = Path("/dev/shm")
_PREFIX = "phyle-test-"
_numbers = itertools.count(1)


@lru_cache(maxsize=1)
def memory() -> Path | None:
    """A folder in memory for this process, which goes with it; None if there is none, or too little."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < ENOUGH:
        return None
    _clear()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY))
    folder.chmod(0o711)  # PostgreSQL may run as somebody else
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _clear() -> None:
    """Removes what runs left that were killed."""
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(_PREFIX).partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)


def placed(home: Path) -> Path:
    """The home, with its database in memory; where only root may say where that lies, just the home."""
    folder = memory()
    if folder is not None and os.geteuid() == 0 and not (home / "database").exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "database").write_text(f"{folder / str(next(_numbers))}\n")
    return home
