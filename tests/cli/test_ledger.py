"""What the operator sees of the ledger: their own acts in it, its export, and what the doctor says of its tables."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cli.commands import main
from phyle.cli.doctor import findings
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.openings import opened as openings_of
from phyle.settings import read
from phyle.store.pool import opened
from tests.cli.test_operating import CREATE, PASSWORD, Operator
from tests.store.working import at_work

WAITING = "SELECT EXISTS (SELECT FROM store.jobs WHERE name = 'cooperative.operated')"
ANOTHER_PHASE = """UPDATE cooperative.slices SET value = value || '{"phase": "active"}' WHERE kind = 'phyle'"""


@pytest.fixture
def operator(tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(tmp_path, database, capsys)


async def served(tmp_path: Path, database: str) -> list[tuple[str, ...]]:
    """The server runs for a moment; the entries that tell of the operator, in order."""
    settings = read({"home": tmp_path}, {})
    async with opened(settings, database, jobs=JOBS, subscriptions=SUBSCRIPTIONS) as store:
        await begin(store)
        async with at_work(store):
            while await left(database):
                pass
        await append.drain(store)
        async with store.reading() as tx:
            entries = [read_entry(leaf) for leaf in await reading.entries(tx, 0, 1000)]
            acts = [entry for entry in entries if isinstance(entry, ActEntry) and entry.kind == "operator"]
            named = [entry.act.payload[name] for entry in acts for name in ("subject", "reason")]
            found = await openings_of(tx, named)
    return [
        (act.act.payload["what"], found[act.act.payload["subject"]].value, found[act.act.payload["reason"]].value)
        for act in acts
    ]


async def left(database: str) -> bool:
    connection = await asyncpg.connect(database)
    try:
        return bool(await connection.fetchval(WAITING))
    finally:
        await connection.close()


async def changed(database: str, statement: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_every_act_of_the_operator_is_an_entry_once(operator: Operator, tmp_path: Path, database: str) -> None:
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD)
    await operator.does("peers", "block", "evil.example", "--reason", "Spam.")
    before = [("create", "ana", "Created by the operator."), ("block", "evil.example", "Spam.")]
    assert await served(tmp_path, database) == before
    await operator.does("accounts", "suspend", "ana", "--reason", "More spam.")
    assert await served(tmp_path, database) == [*before, ("suspend", "ana", "More spam.")]


async def doctor(tmp_path: Path, database: str, *, repair: bool = False) -> list[tuple[str, str]]:
    """What the doctor says of the ledger: (level, sentence)."""
    owner = database.replace("phyle_server@", "postgres@")
    variables = {"PHYLE_DATABASE_URL": database, "PHYLE_DATABASE_OWNER_URL": owner}
    found = [each async for each in findings(read({"home": tmp_path}, variables), repair=repair)]
    return [(each.level, each.sentence) for each in found if each.topic in ("ledger", "projection")]


RIGHT = ("ok", "every slice is what the entries say")


async def test_the_doctor_names_what_is_not_as_the_entries_say_and_repairs_it(
    operator: Operator, tmp_path: Path, database: str
) -> None:
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD)
    assert "has not begun" in (await doctor(tmp_path, database))[0][1]
    await served(tmp_path, database)
    assert (await doctor(tmp_path, database))[-1] == RIGHT
    await changed(database, ANOTHER_PHASE)
    wrong = 'phyle: phase is "active", not "gathering"'
    assert ("bad", wrong) in await doctor(tmp_path, database)
    assert ("weak", f"{wrong}, repaired") in await doctor(tmp_path, database, repair=True)
    assert (await doctor(tmp_path, database))[-1] == RIGHT


async def test_the_doctor_says_that_the_ledger_stands_still(operator: Operator, tmp_path: Path, database: str) -> None:
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD)
    await served(tmp_path, database)
    await changed(database, "UPDATE cooperative.ledger SET stopped = 'It is behind.'")
    assert ("bad", "nothing is entered: It is behind.") in await doctor(tmp_path, database)


async def test_an_exported_file_can_be_audited(
    operator: Operator, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    await operator.does(*CREATE, "ana", "--email", "ana@coop.example", "--password", PASSWORD)
    await served(tmp_path, database)
    for file, words in (("public", ()), ("members", ("--members",))):
        assert str(tmp_path / file) in await operator.does("ledger", "export", str(tmp_path / file), *words)
    # The audit starts an event loop of its own, as the command line does.
    assert await asyncio.to_thread(main, ["audit", str(tmp_path / "public")]) == 0
    assert await asyncio.to_thread(main, ["audit", str(tmp_path / "members")]) == 0
