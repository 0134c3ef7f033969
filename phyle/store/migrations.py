"""Numbered plain SQL, forward only; an applied file that was edited is refused by its checksum."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from phyle.assets import folder
from phyle.errors import SettingError

OLDEST_POSTGRESQL = 15
SERVER_ROLE = "phyle_server"
_FILE = re.compile(r"^(\d{4})_(\w+)\.sql$")
_LOCK = 1347963206


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file, and when it was applied to this database (None: not yet)."""

    number: int
    name: str
    checksum: str
    text: str
    applied_at: datetime | None = None


def packaged(where: Path | None = None) -> list[Migration]:
    """The migrations that come with this release, in order."""
    found = []
    for file in sorted((where or folder("migrations")).glob("*.sql")):
        match = _FILE.match(file.name)
        if match is None:
            raise ValueError(f"{file.name} is not named NNNN_name.sql")
        text = file.read_text(encoding="utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        found.append(Migration(number=int(match[1]), name=match[2], checksum=checksum, text=text))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise ValueError("migrations are not numbered 1, 2, 3 ... without gaps")
    return found


async def migrate(dsn: str, *, progress: Callable[[str], None] = print, where: Path | None = None) -> list[str]:
    """Bring the database up to this release; the names of what was applied.

    Raises SettingError if the server is older than PostgreSQL 15, if an applied file was edited, or if the database
    belongs to a newer release.
    """
    connection = await asyncpg.connect(dsn, timeout=5, server_settings={"lock_timeout": "20s", "search_path": "public"})
    try:
        _check_version(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        role = await _server_role(connection)
        applied = await _applied(connection)
        files = packaged(where)
        _check_history(files, applied)
        done = []
        for migration in files[len(applied) :]:
            progress(f"migrating the database: {migration.number:04d} {migration.name}")
            await _apply(connection, migration, role)
            done.append(migration.name)
        return done
    finally:
        await connection.close()


async def status(dsn: str) -> list[Migration]:
    """Every packaged migration with when it was applied. Raises as `migrate` does, and changes nothing."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        _check_version(connection)
        exists = await connection.fetchval("SELECT to_regclass('store.migrations') IS NOT NULL")
        rows = await connection.fetch("SELECT * FROM store.migrations ORDER BY number") if exists else []
    finally:
        await connection.close()
    files = packaged()
    _check_history(files, rows)
    times = {row["number"]: row["applied_at"] for row in rows}
    return [
        Migration(number=m.number, name=m.name, checksum=m.checksum, text=m.text, applied_at=times.get(m.number))
        for m in files
    ]


def _check_version(connection: Any) -> None:
    version = connection.get_server_version()
    if version.major < OLDEST_POSTGRESQL:
        raise SettingError(
            f"The database is PostgreSQL {version.major}; Phyle needs {OLDEST_POSTGRESQL} or later. "
            "Upgrade it, or leave PHYLE_DATABASE_URL away to use the embedded one."
        )


async def _server_role(connection: Any) -> str:
    """The role that the server uses: a weaker one where there is one, else the owner itself."""
    if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", SERVER_ROLE):
        return SERVER_ROLE
    owner: str = await connection.fetchval("SELECT quote_ident(current_user)")
    return owner


async def _applied(connection: Any) -> list[Any]:
    await connection.execute(
        """
        CREATE SCHEMA IF NOT EXISTS store;
        CREATE TABLE IF NOT EXISTS store.migrations (
            number     integer PRIMARY KEY,
            name       text NOT NULL,
            checksum   text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now());
        """
    )
    return await connection.fetch("SELECT * FROM store.migrations ORDER BY number")  # type: ignore[no-any-return]


def _check_history(files: list[Migration], applied: list[Any]) -> None:
    if len(applied) > len(files):
        raise SettingError(
            f"The database was migrated by a newer release (migration {applied[-1]['number']:04d}); "
            f"this one knows {len(files)}. Install the newer release again."
        )
    for file, row in zip(files, applied, strict=False):
        if file.checksum != row["checksum"]:
            raise SettingError(
                f"Migration {file.number:04d}_{file.name}.sql was edited after it was applied. "
                "Restore the file as it was released; changes go into a new migration."
            )


async def _apply(connection: Any, migration: Migration, role: str) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = '15min'")
        await connection.execute(migration.text.replace(SERVER_ROLE, role))
        await connection.execute(
            "INSERT INTO store.migrations (number, name, checksum) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
