"""I7, I9, I11: what is not promised yet is refused in words, and the database itself keeps what the code keeps."""

import asyncpg
import pytest

from phyle.cooperative.charter.text import read
from phyle.errors import Malformed, Unprocessable
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.cooperative.founding import found, pass_time, propose, vote
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story
from tests.cooperative.travelling import Clock
from tests.instance import Instance

EVERYTHING = """
    SELECT string_agg(coalesce(value::text, ''), ' ') FROM cooperative.slices
    UNION ALL SELECT string_agg(convert_from(leaf, 'UTF8'), ' ') FROM cooperative.entries
    UNION ALL SELECT string_agg(convert_from(document, 'UTF8'), ' ') FROM cooperative.acts
    UNION ALL SELECT string_agg(convert_from(data, 'UTF8'), ' ') FROM cooperative.blobs
    UNION ALL SELECT string_agg(body::text, ' ') FROM store.jobs
"""


@pytest.mark.threat("I7")
def test_a_charter_that_demands_secrecy_is_refused_and_not_run_in_the_open() -> None:
    with pytest.raises(Unprocessable, match="there are no secret ballots yet"):
        read(charter(**{'ballots = "public"': 'ballots = "secret"'}))


@pytest.mark.threat("I7")
async def test_before_the_close_a_choice_stands_nowhere_but_under_its_seal(whole: Instance, clock: Clock) -> None:
    people = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, people)
    id = await propose(whole.store, people[0], {"kind": "Resolve", "arguments": {}})
    await pass_time(whole.store, clock, days=1)
    await vote(whole.store, people[0], f"{id}.1", "abstain")
    kept = " ".join([row[0] or "" for row in await whole.fetch(EVERYTHING)])
    assert f"{id}.1" in kept
    assert '"abstain"' not in kept
    assert await whole.value("SELECT audience FROM cooperative.openings WHERE about = $1", f"{id}.1") == "closed"
    shown = await whole.client.get(f"/api/phyle/v1/ballots/{id}.1/papers")
    assert "abstain" not in shown.text


@pytest.mark.threat("I9")
def test_nothing_can_be_spent_while_there_are_no_funds() -> None:
    story = Story()
    founders = story.founded(charter())
    spend = {"kind": "Transfer", "arguments": {"fund": "common", "commodity": "eur", "amount": 100, "to": "@ana"}}
    proposal = story.proposed(founders[0], spend)
    assert story.decided(proposal, founders) == "sent_back"
    for amount in ("100", 1.5, 2**53, None):
        with pytest.raises(Malformed):
            story.proposed(founders[0], {"kind": "Transfer", "arguments": {**spend["arguments"], "amount": amount}})


@pytest.mark.threat("I11")
async def test_the_database_itself_refuses_what_must_not_be_twice(store: Store) -> None:
    """Not by the isolation of transactions alone."""
    act = "INSERT INTO cooperative.acts (hash, author, by, nonce, received, document)"
    twice = (
        "INSERT INTO cooperative.entries (seq, at, kind, hash, leaf)"
        " SELECT 0, 0, 'begin', decode(repeat('00', 32), 'hex'), 'x' FROM generate_series(1, 2)",
        f"{act} SELECT repeat('a', 64), 'host', 'host', repeat('b', 32), 0, 'x' FROM generate_series(1, 2)",
        f"{act} SELECT repeat(n::text, 64), 'host', 'host', repeat('b', 32), 0, 'x' FROM generate_series(1, 2) n",
        "INSERT INTO cooperative.slices (kind, id, value) SELECT 'paper', 'b.1/m', '{}' FROM generate_series(1, 2)",
    )
    for statement in twice:
        with pytest.raises(asyncpg.UniqueViolationError):
            async with store.transaction() as tx:
                await tx.run(Query(statement))
