"""What the operator did stays."""

import asyncpg
import pytest

from phyle.errors import Unprocessable
from phyle.identity import operator_acts
from phyle.store.sql import Query
from phyle.store.transaction import Store


async def test_acts_are_listed_newest_first(store: Store) -> None:
    async with store.transaction() as tx:
        await operator_acts.record(tx, "suspend", "ana", " Spam. ")
        await operator_acts.record(tx, "block", "evil.example", "More spam.")
        both = await operator_acts.listing(tx)
        assert [(act.kind, act.subject, act.reason) for act in both] == [
            ("block", "evil.example", "More spam."),
            ("suspend", "ana", "Spam."),
        ]
        assert await operator_acts.listing(tx, before=both[0].id) == both[1:]
        assert await operator_acts.listing(tx, limit=1) == both[:1]
        for reason in ("", " \n", "x" * 2001):
            with pytest.raises(Unprocessable, match="reason"):
                await operator_acts.record(tx, "restore", "ana", reason)


@pytest.mark.parametrize("change", ["DELETE FROM", "UPDATE", "TRUNCATE"])
async def test_nobody_takes_an_act_back(store: Store, database: str, change: str) -> None:
    async with store.transaction() as tx:
        await operator_acts.record(tx, "suspend", "ana", "Spam.")
    statement = f"{change} identity.operator_acts" + (" SET reason = 'none'" if change == "UPDATE" else "")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store.transaction() as tx:
            await tx.run(Query(statement))
    owner = await asyncpg.connect(database.replace("phyle_server@", "phyle_owner@"))
    try:
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await owner.execute(statement)
    finally:
        await owner.close()
