"""What the operator does before the phyle is founded."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from phyle.cli.commands import parser
from phyle.cli.lines import shown
from phyle.errors import Conflict, Missing, Refusal, SettingError, Unprocessable
from phyle.settings import read
from phyle.store.embedded import discard

PASSWORD = "correct horse"
CREATE = ("accounts", "create")


class Operator:
    """Runs commands in this process, each with a connection of its own, on one database."""

    def __init__(self, home: Path, database: str, output: pytest.CaptureFixture[str]) -> None:
        owner = database.replace("phyle_server@", "postgres@")
        self._variables = {"PHYLE_DATABASE_URL": database, "PHYLE_DATABASE_OWNER_URL": owner}
        self._home = home
        self._database = database
        self._output = output

    async def does(self, *words: str) -> str:
        """What a command prints that must succeed."""
        given = parser().parse_args(words)
        flags = {flag: getattr(given, flag, None) for flag in ("port", "domain", "insecure_local")}
        assert await given.command(read({"home": self._home, **flags}, self._variables), given) == 0
        return self._output.readouterr().out

    async def refused(self, error: type[BaseException], *words: str) -> str:
        """The complaint of a command that must fail."""
        with pytest.raises(error) as refusal:
            await self.does(*words)
        assert self._output.readouterr().out == ""
        return refusal.value.sentence if isinstance(refusal.value, Refusal) else str(refusal.value)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """What is in the database."""
        connection = await asyncpg.connect(self._database)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


@pytest.fixture
def operator(tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(tmp_path, database, capsys)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    discard(tmp_path / "home")


async def test_every_act_is_kept_with_its_reason(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD, "--token")
    await operator.does("accounts", "suspend", "ANA", "--reason", "Spam.")
    assert (await operator.does("accounts", "list", "--state", "suspended")).startswith("ana ")
    assert await operator.does("accounts", "list", "--state", "active") == ""
    await operator.does("accounts", "restore", "ana", "--reason", "It was not spam.")
    monkeypatch.setattr(sys, "stdin", io.StringIO("another horse\n"))
    await operator.does("accounts", "password", "ana", "--reason", "She lost it.")
    await operator.does("peers", "block", "Evil.Example", "--reason", "Spam.")
    assert "blocked: Spam." in await operator.does("peers", "list")
    await operator.does("peers", "unblock", "evil.example", "--reason", "They stopped.")
    assert await operator.does("reports", "list") == ""
    assert await operator.rows("SELECT kind, subject, reason FROM identity.operator_acts ORDER BY id") == [
        ("create", "ana", "Created by the operator."),
        ("suspend", "ana", "Spam."),
        ("restore", "ana", "It was not spam."),
        ("password", "ana", "She lost it."),
        ("block", "evil.example", "Spam."),
        ("unblock", "evil.example", "They stopped."),
    ]
    assert await operator.rows("SELECT count(*) FROM identity.tokens WHERE revoked_at IS NULL") == [(0,)]


async def test_reports_are_dealt_with_in_public(operator: Operator) -> None:
    for name in ("ana", "bea"):
        await operator.does(*CREATE, name, "--email", f"{name}@coop.example", "--password", PASSWORD)
    await operator.rows(
        "INSERT INTO conversation.reports (id, reporter, subject, posts, comment, category, forwarded, uri) "
        "SELECT 7, a.id, b.id, '{}', 'Too loud.', 'other', false, 'http://localhost:8080/activities/7' "
        "FROM identity.actors a, identity.actors b WHERE a.name = 'ana' AND b.name = 'bea'"
    )
    assert "ana on bea: Too loud." in await operator.does("reports", "list")
    await operator.refused(Missing, "reports", "resolve", "8", "--reason", "Which?")
    assert "Give a reason" in await operator.refused(Unprocessable, "reports", "resolve", "7", "--reason", " ")
    assert "Report 7 was dealt with" in await operator.does("reports", "resolve", "7", "--reason", "They talked.")
    assert await operator.does("reports", "list") == ""
    await operator.refused(Missing, "reports", "resolve", "7", "--reason", "Again.")
    acts = "SELECT kind, subject, reason FROM identity.operator_acts WHERE kind = 'resolve'"
    assert await operator.rows(acts) == [("resolve", "7", "They talked.")]


async def test_what_was_given_up_is_tried_again(operator: Operator) -> None:
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD)
    assert await operator.does("jobs", "list") == ""
    await operator.rows(
        "INSERT INTO store.jobs (name, body, network, attempts, failed_at, last_error) "
        "SELECT 'identity.sweep', '{}', false, 12, now(), E'It \\x1b[2J broke.' FROM generate_series(1, 3)"
    )
    listed = (await operator.does("jobs", "list")).splitlines()
    assert [line.partition("  identity.sweep, 12 times: ")[2] for line in listed] == ["It [2J broke."] * 3
    numbers = [line.split()[0] for line in listed]
    assert "Not all of these" in await operator.refused(Missing, "jobs", "retry", numbers[0], "999999999")
    assert len((await operator.does("jobs", "list")).splitlines()) == 3
    assert await operator.does("jobs", "retry", numbers[0]) == "1 job is tried again.\n"
    assert await operator.does("jobs", "retry") == "2 jobs are tried again.\n"
    waiting = "SELECT count(*) FROM store.jobs WHERE name = 'identity.sweep' AND failed_at IS NULL AND attempts = 0"
    assert await operator.rows(waiting) == [(3,)]


async def test_who_waits_is_approved_or_rejected(operator: Operator) -> None:
    for name in ("ana", "bea"):
        await operator.does(*CREATE, name, "--email", f"{name}@coop.example", "--password", PASSWORD)
    await operator.rows(r"UPDATE identity.accounts SET state = 'pending', reason = E'I bake\n\x1b[2Jbread.'")
    waiting = (await operator.does("accounts", "list", "--state", "pending")).splitlines()
    assert [line.endswith("I bake [2Jbread.") for line in waiting] == [True, True]
    await operator.does("accounts", "approve", "ana", "--reason", "Good bread.")
    await operator.does("accounts", "reject", "bea", "--reason", "Enough bread.")
    states = "SELECT email, state FROM identity.accounts ORDER BY email"
    assert await operator.rows(states) == [("ana@coop.example", "active"), ("bea@coop.example", "rejected")]


async def test_what_is_refused_changes_nothing(operator: Operator) -> None:
    await operator.does(*CREATE, "cyd", "--email", "cyd@coop.example", "--password", PASSWORD)
    before = await operator.rows("SELECT count(*) FROM identity.operator_acts")
    new = ("--email", "new@coop.example", "--password", PASSWORD)
    reason = ("--reason", "Why not.")
    refused = operator.refused
    assert "already been taken" in await refused(Unprocessable, *CREATE, "CYD", *new)
    assert "is reserved" in await refused(Unprocessable, *CREATE, "admin", *new)
    assert "reason" in await refused(Unprocessable, *CREATE, "dan", *new, "--reason", "")
    assert "too short" in await refused(Unprocessable, "accounts", "password", "cyd", "--password", "short", *reason)
    assert "cyd is active, not pending" in await refused(Conflict, "accounts", "approve", "cyd", *reason)
    assert "There is no account dan" in await refused(Missing, "accounts", "suspend", "dan", *reason)
    assert "Give a reason" in await refused(Unprocessable, "accounts", "suspend", "cyd", "--reason", " ")
    assert "not blocked" in await refused(Missing, "peers", "unblock", "good.example", *reason)
    assert "was started as localhost:8080" in await refused(SettingError, *CREATE, "dan", *new, "--port", "8123")
    await refused(SystemExit, "accounts", "suspend", "cyd")
    assert await operator.rows("SELECT count(*) FROM identity.operator_acts") == before
    assert await operator.rows("SELECT email, state FROM identity.accounts") == [("cyd@coop.example", "active")]


def test_a_new_home_is_begun_by_its_first_command(home: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}
    environ["PHYLE_HOME"] = str(home)

    def phyle(*words: str) -> str:
        command = [sys.executable, "-m", "phyle", *words]
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=120, check=False, input=PASSWORD
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    token = phyle(*CREATE, "ana", "--email", "ana@coop.example", "--token", "--port", "8123")
    assert len(token) == 44, "the token and nothing else"
    bea = phyle(*CREATE, "bea", "--email", "bea@coop.example")
    assert bea == "bea can log in at http://localhost:8123\n"


def test_what_strangers_wrote_cannot_move_the_cursor() -> None:
    assert shown("a\x1b[2Jb\x9b1mc\n\u202ed\u200b\ud800e") == "a [2Jb 1mc d e"
    assert shown("x" * 400, most=10) == "x" * 10 + "…"
    assert shown("") == ""


@pytest.mark.parametrize("words", [("accounts", "list"), ("peers", "list"), ("reports", "list"), ("doctor",)])
def test_only_a_command_that_may_begins_an_instance(tmp_path: Path, words: tuple[str, ...]) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}
    home = tmp_path / "mistyped"
    command = [sys.executable, "-m", "phyle", *words, "--home", str(home)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "phyle up" in done.stdout + done.stderr
    assert not home.exists()
