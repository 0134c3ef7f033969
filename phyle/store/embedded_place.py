"""Where the embedded PostgreSQL of a home lies, who runs it, and the lock that says who owns it."""

import fcntl
import hashlib
import json
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from phyle.errors import SettingError, Unavailable
from phyle.store.embedded_binaries import User

Kind = Literal["server", "command"]

_ROOTS_PLACE = Path("/var/lib/phyle")
_LONGEST_SOCKET = 103  # bytes; 107 on Linux (unix(7)), 103 on macOS and the BSDs
_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`folder` holds the data, the log and, if its path is short enough, the socket. `user` is set when we are root."""

    home: Path
    folder: Path
    user: User | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def tag(self) -> str:
        """Marks every process of this cluster in the process list, also those that outlive their postmaster."""
        return f"phyle-{_digest(self.folder)}"

    @property
    def sockets(self) -> Path:
        """A private folder whose path leaves room for the socket's name."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / _SOCKET)) <= _LONGEST_SOCKET:
            return inside
        owner = self.user.uid if self.user else os.geteuid()
        return Path("/tmp") / f"{self.tag}-{owner}"  # noqa: S108  # its owner and mode are checked in `prepare`

    def dsn(self, role: str) -> str:
        """A connection string for `phyle_owner` or `phyle_server`. No password: the folder of the socket is private."""
        return f"postgresql://{role}@/phyle?host={quote(str(self.sockets), safe='')}&port=5432"

    def prepare(self) -> None:
        """Makes the folders, each for the running user alone. Raises SettingError."""
        for folder in (self.folder, self.log, self.sockets):
            _private(folder, self.user)

    def forget_the_last(self) -> None:
        """Removes what a killed postmaster leaves. PostgreSQL would believe it to run as long as its process id exists:
        a dead one may stay in the list (in a container nobody reaps it), and a stranger may have got the number.
        """
        for left in (self.data / "postmaster.pid", self.sockets / _SOCKET, self.sockets / f"{_SOCKET}.lock"):
            left.unlink(missing_ok=True)

    def ready(self, pid: int | None = None) -> bool:
        """Whether the postmaster (the one with this pid) says that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready" and pid in (None, int(lines[0]))


def has_database(home: Path) -> bool:
    """Whether this home ever had a database of its own; asking makes none."""
    return (home / "database").exists() or (home / "postgres").is_dir()


def locate(home: Path) -> Place:
    """The place of this home; as root the home's file `database` names it. Raises SettingError."""
    home = home.absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return _own_place(home)
        return _roots_place(home)
    except OSError as error:
        raise _unwritable(home, error) from error


def _own_place(home: Path) -> Place:
    if (home / "database").exists():
        where = (home / "database").read_text(encoding="utf-8").strip()
        raise SettingError(f"home {home} was made by root and its database lies in {where}: start as root again.")
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        sentence = f"PostgreSQL needs a named user, and user id {os.geteuid()} has no entry in the user database"
        raise SettingError(f"{sentence}: add one, or set PHYLE_DATABASE_URL.") from None
    return Place(home=home, folder=home / "postgres", user=None)


def _roots_place(home: Path) -> Place:
    """PostgreSQL refuses to be root: it runs as the user who made the home, else as nobody, outside of the home."""
    if (home / "postgres").is_dir():
        about = (home / "postgres").stat()
        if about.st_uid == 0:
            raise SettingError(f"{home / 'postgres'} belongs to root, and PostgreSQL refuses to be root: chown it.")
        return Place(home=home, folder=home / "postgres", user=User(uid=about.st_uid, gid=about.st_gid))
    nobody = pwd.getpwnam("nobody")
    note = home / "database"
    if not note.exists():
        half = home / "database.new"
        half.write_text(f"{_fresh(home)}\n", encoding="utf-8")
        half.rename(note)
    folder = Path(note.read_text(encoding="utf-8").strip())
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    return Place(home=home, folder=folder, user=User(uid=nobody.pw_uid, gid=nobody.pw_gid))


def _fresh(home: Path) -> Path:
    """A folder that nobody uses: a home that was removed and made again does not find the old one's data."""
    first = folder = _ROOTS_PLACE / _digest(home)
    number = 1
    while folder.exists():
        number += 1
        folder = first.with_name(f"{first.name}-{number}")
    return folder


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _private(folder: Path, user: User | None) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
        wanted = user.uid if user else os.geteuid()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid not in (wanted, os.geteuid()):
            raise SettingError(f"{folder} is not a folder of the user who runs PostgreSQL: remove it.")
        if about.st_uid != wanted and user:
            os.chown(folder, user.uid, user.gid, follow_symlinks=False)
        if stat.S_IMODE(about.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> SettingError:
    return SettingError(f"home: {folder} cannot be used: {error.strerror or error}. Choose another with --home.")


class Lock:
    """Held by the process that owns the cluster, for as long as it lives: the kernel drops it with the process."""

    def __init__(self, home: Path, kind: Kind) -> None:
        self._path = home / "lock"
        self._kind = kind
        self._file: int | None = None

    def take(self) -> bool:
        """Whether the lock is ours now. Raises SettingError when the home cannot be written."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        if os.geteuid() == 0:  # a home that belongs to someone else stays usable for them
            about = self._path.parent.stat()
            os.fchown(file, about.st_uid, about.st_gid)
        os.ftruncate(file, 0)
        os.write(file, json.dumps({"pid": os.getpid(), "kind": self._kind}).encode())
        self._file = file
        return True

    def holder(self) -> tuple[int, Kind] | None:
        """Who wrote the lock last; None while nobody has written it completely."""
        try:
            said = json.loads(self._path.read_bytes())
            return int(said["pid"]), said["kind"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def release(self) -> None:
        """Gives the cluster to whoever comes next."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def owned_by(holder: tuple[int, Kind] | None, home: Path) -> Unavailable:
    """The error of the second owner."""
    who = f"process {holder[0]}" if holder else "another process"
    return Unavailable(f"The database of home {home} is in use by {who}: stop it first, or choose another --home.")
