"""Row I: one vote per member, the close decided by the database's time, and a ledger that nobody edits unnoticed."""

import asyncio

import asyncpg
import pytest

from phyle.cooperative.ledger import projections
from phyle.errors import Refused
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle
from tests.store.working import as_owner


@pytest.fixture
def phyle(store: Store) -> Phyle:
    return Phyle(store=store)


@pytest.mark.threat("I3")
async def test_fifty_parallel_votes_of_one_member_leave_one_ballot_and_one_entry(phyle: Phyle) -> None:
    founders = await phyle.founded(text=charter(more="final = true"))
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    papers = [phyle.vote(founders[0], ballot, {"paper": answer}) for answer in ("for", "against") * 25]
    done = await asyncio.gather(*papers, return_exceptions=True)
    assert sum(isinstance(each, Refused) for each in done) == 49
    assert (await phyle.kinds()).count("vote") == 1
    rows = await phyle.rows("SELECT id FROM cooperative.slices WHERE kind = 'paper'")
    assert [row["id"] for row in rows] == [f"{ballot}/{founders[0].id}"]


@pytest.mark.threat("I4")
async def test_the_databases_time_decides_about_a_vote_at_the_close(phyle: Phyle) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    closes = (await phyle.agenda())[0][0]
    await phyle.turn(to=closes - 1, drain=False)
    assert (await phyle.vote(founders[0], ballot, {"paper": "for"})).received == closes - 1
    await phyle.turn(to=closes, drain=False)
    with pytest.raises(Refused, match="closed"):
        await phyle.vote(founders[1], ballot, {"paper": "for"})


CHANGES = (
    "UPDATE cooperative.entries SET at = 0",
    "UPDATE cooperative.entries SET leaf = leaf WHERE seq = 1",
    "DELETE FROM cooperative.entries WHERE seq = 1",
    "TRUNCATE cooperative.entries",
    "UPDATE cooperative.hashes SET hash = hash",
    "DELETE FROM cooperative.hashes",
    "TRUNCATE cooperative.hashes",
)


@pytest.mark.threat("I14")
@pytest.mark.parametrize("role", ["server", "owner", "superuser"])
async def test_nobody_changes_what_was_entered_in_passing(phyle: Phyle, database: str, role: str) -> None:
    await phyle.founded()
    before = await phyle.rows("SELECT * FROM cooperative.entries ORDER BY seq")
    doors = {
        "server": database,
        "owner": as_owner(database),
        "superuser": database.replace("phyle_server@", "postgres@"),
    }
    connection = await asyncpg.connect(doors[role])
    try:
        for statement in CHANGES:
            with pytest.raises((asyncpg.RaiseError, asyncpg.InsufficientPrivilegeError)):
                await connection.execute(statement)
    finally:
        await connection.close()
    assert await phyle.rows("SELECT * FROM cooperative.entries ORDER BY seq") == before


@pytest.mark.threat("I14")
async def test_the_server_cannot_take_the_guard_away(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        for statement in (
            "ALTER TABLE cooperative.entries DISABLE TRIGGER ALL",
            "DROP TRIGGER entries_kept ON cooperative.entries",
            "DROP TABLE cooperative.entries",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.threat("I14")
async def test_one_changed_value_of_a_projection_is_named_and_repaired(phyle: Phyle) -> None:
    founders = await phyle.founded()
    await phyle.rows(
        "UPDATE cooperative.slices SET value = jsonb_set(value, '{electors}', '4') WHERE kind = 'phyle' RETURNING 1"
    )
    await phyle.rows("DELETE FROM cooperative.slices WHERE kind = 'member' AND id = $1 RETURNING 1", founders[0].id)
    await phyle.rows(
        "INSERT INTO cooperative.slices SELECT 'member', $1, value FROM cooperative.slices WHERE id = $2 RETURNING 1",
        "a" * 26,
        founders[1].id,
    )
    async with phyle.store.transaction() as tx:
        built = await projections.rebuild(tx)
        found = await projections.differences(tx, built.state)
        assert built.faults == []
        assert {str(each) for each in found} == {
            "phyle: electors is 4, not 3",
            f"member {founders[0].id} is missing",
            f"member {'a' * 26} is there, and no entry says so",
        }
        await projections.repair(tx, found)
        assert await projections.differences(tx, built.state) == []


@pytest.mark.threat("I14")
async def test_a_leaf_that_was_changed_behind_the_triggers_is_named(phyle: Phyle, database: str) -> None:
    await phyle.founded()
    connection = await asyncpg.connect(database.replace("phyle_server@", "postgres@"))
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("UPDATE cooperative.entries SET leaf = set_byte(leaf, 5, 32) WHERE seq = 2")
    finally:
        await connection.close()
    async with phyle.store.transaction() as tx:
        built = await projections.rebuild(tx)
    assert built.faults
    assert built.faults[0].startswith("entry 2")
