"""Every query that lies beside a module is understood by the migrated database."""

import re
from pathlib import Path

import asyncpg
import pytest

import phyle
from phyle.store.sql import Queries
from phyle.store.transaction import Store

ROOT = Path(phyle.__file__).parent
FILES = sorted(ROOT.glob("**/*.sql"))
SLICES = ("store", "identity", "federation", "conversation", "cooperative", "commons")


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


async def test_the_database_understands_every_query(store: Store) -> None:
    refused = {}
    async with store.reading() as tx:
        for file in FILES:
            for name, query in Queries(file).queries.items():
                try:
                    await tx._connection.prepare(query)
                except asyncpg.PostgresError as error:
                    refused[f"{_name(file)} {name}"] = str(error)
    assert refused == {}


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_no_query_names_the_schema_of_a_higher_slice(file: Path) -> None:
    own = file.relative_to(ROOT).parts[0]
    higher = SLICES[SLICES.index(own) + 1 :] if own in SLICES else ()
    named = set(re.findall(r"\b([a-z_]+)\.[a-z_]+", file.read_text(encoding="utf-8")))
    assert not named & set(higher)


def test_there_are_queries() -> None:
    assert len(FILES) > 5
