"""What somebody can do who owns the machine of an instance: write into its tables, and bring back an old backup."""

from dataclasses import dataclass

import asyncpg

from tests.instance import Instance

TABLES = (
    "acts",
    "entries",
    "hashes",
    "slices",
    "blobs",
    "openings",
    "erasures",
    "sheets",
    "receipts",
    "obligations",
    "cosignatures",
    "checkpoints",
    "ledger",
)

WRITTEN = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = ('cooperative.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


async def owned(here: Instance, *statements: str) -> None:
    """Past all rights and triggers."""
    owner = await asyncpg.connect(here.store.wakes._dsn.replace("phyle_server@", "postgres@"))
    try:
        for statement in statements:
            await owner.execute(statement)
    finally:
        await owner.close()


@dataclass
class Backup:
    """The ledger's tables as they were at some time."""

    @classmethod
    async def taken(cls, here: Instance) -> "Backup":
        copies = (f"CREATE TABLE backup.{name} AS TABLE cooperative.{name}" for name in TABLES)
        await owned(here, "CREATE SCHEMA backup", *copies)
        return cls()

    async def restored(self, here: Instance) -> None:
        """As if nothing had happened since."""
        emptied = (f"DELETE FROM cooperative.{name}" for name in reversed(TABLES))
        filled = [await self._filled(here, name) for name in TABLES]
        await owned(here, "SET session_replication_role = replica", *emptied, *filled)

    async def _filled(self, here: Instance, name: str) -> str:
        columns = await here.value(WRITTEN, name)
        return f"INSERT INTO cooperative.{name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM backup.{name}"
