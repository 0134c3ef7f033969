"""The command line as people meet it: another process, its exit code, its one line of complaint."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phyle.store.embedded import Embedded, discard

_NOWHERE = "postgresql://phyle@127.0.0.1:1/phyle"


def phyle(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `phyle` with these words and no other settings than these variables."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")} | variables
    command = [sys.executable, "-m", "phyle", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    discard(tmp_path / "home")


@pytest.fixture
def port() -> Iterator[str]:
    """A port that someone else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


def test_migrate_is_idempotent_and_status_tells(home: Path) -> None:
    before = phyle("database", "status", "--home", str(home))
    assert before.returncode == 0, before.stderr
    assert all(line.endswith("not yet applied") for line in before.stdout.splitlines())
    first = phyle("database", "migrate", "--home", str(home))
    assert (first.returncode, first.stdout) == (0, f"{len(before.stdout.splitlines())} applied\n")
    assert phyle("database", "migrate", PHYLE_HOME=str(home)).stdout == "nothing to do\n"
    after = phyle("database", "status", "--home", str(home))
    assert all(line.endswith("UTC") for line in after.stdout.splitlines())


def test_doctor_is_content_with_a_migrated_home_only(home: Path) -> None:
    ill = phyle("doctor", "--home", str(home), PHYLE_PORT="1")
    assert ill.returncode == 1
    assert "bad   instance" in ill.stdout
    phyle("database", "migrate", "--home", str(home))
    well = phyle("doctor", "--home", str(home))
    found = {line.split()[1]: line.split()[0] for line in well.stdout.splitlines()}
    assert found.keys() >= {"settings", "port", "disk", "database", "roles", "clock", "migrations", "jobs"}
    assert {found[topic] for topic in ("settings", "database", "roles", "clock", "migrations", "jobs")} == {"ok"}


def test_doctor_sees_a_foreign_port(home: Path, port: str) -> None:
    seen = phyle("doctor", "--home", str(home), PHYLE_PORT=port)
    assert seen.returncode == 1
    assert f"bad   port        Port {port} is in use" in seen.stdout


def test_doctor_says_that_a_single_role_is_a_weaker_guarantee(cluster: Embedded, home: Path) -> None:
    seen = phyle("doctor", "--home", str(home), PHYLE_DATABASE_URL=cluster.dsn_owner)
    assert "weak  roles       the server is phyle_owner, who owns the tables" in seen.stdout
    assert "bad   durability" in seen.stdout  # the tests' cluster may lose what it accepted
    both = phyle(
        "doctor",
        "--home",
        str(home),
        PHYLE_DATABASE_URL=cluster.dsn_server,
        PHYLE_DATABASE_OWNER_URL=cluster.dsn_owner,
    )
    assert "ok    roles       the server is phyle_server, the owner phyle_owner" in both.stdout


def test_doctor_names_an_unreachable_database(tmp_path: Path) -> None:
    seen = phyle("doctor", "--home", str(tmp_path), PHYLE_DATABASE_URL=_NOWHERE)
    assert seen.returncode == 1
    assert "bad   database" in seen.stdout


@pytest.mark.parametrize(
    ("words", "variables", "code", "says"),
    [
        (("doctor",), {"PHYLE_PROT": "1"}, 2, "phyle: PHYLE_PROT in the environment is not a setting. Did you mean"),
        (("up", "--port", "x"), {}, 2, "phyle: port (flag --port) is 'x', accepted is a number from 1 to 65535."),
        (("up", "--insecure-local", "--domain", "coop.org"), {}, 2, "phyle: insecure_local (flag --insecure-local)"),
        (("database", "status", "--home", "/dev/null/home"), {}, 2, "phyle: home: /dev/null/home cannot be used"),
        (("database", "migrate"), {"PHYLE_DATABASE_URL": _NOWHERE}, 1, "phyle: The database cannot be used: "),
        (("up", "--home", "/nowhere", "--bind", "192.0.2.1"), {}, 1, "phyle: It is not possible to listen on 192.0.2"),
    ],
)
def test_what_is_wrong_is_one_line(words: tuple[str, ...], variables: dict[str, str], code: int, says: str) -> None:
    done = phyle(*words, **variables)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_found_before_anything_is_made(home: Path, port: str) -> None:
    done = phyle("up", "--home", str(home), "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"phyle: Port {port} is in use: stop what listens on 127.0.0.1:{port}, or choose")
    assert not home.exists()


def test_help_names_every_command() -> None:
    assert {"up", "database", "doctor"} <= set(phyle("--help").stdout.split())
