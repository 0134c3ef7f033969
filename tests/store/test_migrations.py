"""Migrations: forward only, each once, never edited; and what the server may not do to its own database."""

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from phyle.assets import folder
from phyle.errors import SettingError
from phyle.store import migrations
from phyle.store.embedded import Embedded
from tests.store.clusters import ask
from tests.store.working import as_owner


def _silent(_: str) -> None:
    pass


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A copy of this release's migrations, to be changed."""
    copy = Path(shutil.copytree(folder("migrations"), tmp_path / "migrations"))
    return sorted(copy.glob("*.sql"))


@pytest.fixture
async def empty(cluster: Embedded) -> str:
    """The owner's address of a database without anything."""
    await ask(
        cluster.dsn_owner.replace("phyle_owner@/phyle?", "postgres@/postgres?"),
        "CREATE DATABASE empty OWNER phyle_owner",
    )
    return cluster.dsn_owner.replace("/phyle?", "/empty?")


async def test_an_applied_file_may_not_be_edited(database: str, files: list[Path]) -> None:
    first = files[0]
    first.write_text(first.read_text() + "\n-- one word more\n")
    with pytest.raises(SettingError, match=r"0001_store\.sql was edited"):
        await migrations.migrate(as_owner(database), progress=_silent, where=files[0].parent)


async def test_a_newer_release_is_not_undone(database: str, files: list[Path]) -> None:
    files[-1].unlink()
    with pytest.raises(SettingError, match="newer release"):
        await migrations.migrate(as_owner(database), progress=_silent, where=files[0].parent)


async def test_a_file_that_fails_leaves_nothing_of_itself(database: str, files: list[Path]) -> None:
    broken = files[0].with_name(f"{len(files) + 1:04d}_broken.sql")
    broken.write_text("CREATE TABLE store.half (a integer);\nSELECT 1 / 0;\n")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrations.migrate(as_owner(database), progress=_silent, where=files[0].parent)
    assert await ask(database, "SELECT to_regclass('store.half')") is None
    broken.write_text("CREATE TABLE store.half (a integer);\n")
    assert await migrations.migrate(as_owner(database), progress=_silent, where=files[0].parent) == ["broken"]


async def test_several_that_start_at_once_migrate_once(empty: str) -> None:
    done = await asyncio.gather(*(migrations.migrate(empty, progress=_silent) for _ in range(4)))
    assert sorted(map(len, done)) == [0, 0, 0, len(migrations.packaged())]


@pytest.mark.parametrize(("major", "refused"), [(14, True), (15, False), (18, False)])
def test_postgresql_14_is_too_old(major: int, refused: bool) -> None:
    connection = SimpleNamespace(get_server_version=lambda: SimpleNamespace(major=major))
    if refused:
        with pytest.raises(SettingError, match="PostgreSQL 14; Phyle needs 15"):
            migrations._check_version(connection)
    else:
        migrations._check_version(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE identity.actors ADD COLUMN more text",
        "ALTER TABLE identity.operator_acts DISABLE TRIGGER ALL",
        "DROP TABLE identity.operator_acts",
        "TRUNCATE identity.operator_acts",
        "UPDATE identity.operator_acts SET reason = ''",
        "DELETE FROM identity.operator_acts",
        "UPDATE federation.tombstones SET uri = ''",
        "DELETE FROM federation.tombstones",
        "TRUNCATE federation.tombstones",
        "UPDATE store.facts SET value = 'elsewhere.example'",
        "DELETE FROM store.facts",
        "DELETE FROM store.migrations",
        "CREATE TABLE public.mine (a integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION conversation.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ],
)
async def test_the_server_has_no_right_to(database: str, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(database, statement)
