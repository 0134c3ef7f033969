"""Papers that are gone, or are not what was committed to, fail their ballot; the ledger goes on and says so."""

import asyncpg
import pytest

from phyle.cooperative import closing
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.losses import LOST
from phyle.cooperative.ledger import append, reading
from phyle.store.transaction import Store
from tests.cooperative.law.clauses import FINAL
from tests.cooperative.ledger.phyles import Phyle
from tests.store.working import as_owner


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM cooperative.openings WHERE about = $1",
        "UPDATE cooperative.openings SET salt = repeat('0', 32) WHERE about = $1",
        "UPDATE cooperative.openings SET value = '\x5b'::bytea WHERE about = $1",
    ],
)
async def test_a_ballot_whose_papers_are_lost_fails_and_the_ledger_goes_on(
    store: Store, database: str, harm: str
) -> None:
    phyle = Phyle(store=store)
    ada, *_ = await phyle.founded()
    proposal = await phyle.resolution(ada)
    ballot = await phyle.to_ballot(proposal)
    await phyle.vote(ada, ballot, {"paper": "for"})
    owner = await asyncpg.connect(as_owner(database))
    try:
        await owner.execute(harm, ballot)
    finally:
        await owner.close()
    assert await phyle.finished(proposal) == "failed"
    assert (await phyle.kinds())[-3:] == ["close", "lose_papers", "decide"]
    async with store.reading() as tx:
        assert await append.stopped(tx) is None
        held = await reading.get(tx, Ballot, ballot)
    assert held is not None
    assert held.fault == LOST
    assert (await phyle.act(ada, "exit", {})).state == "entered"


async def test_nothing_closes_early_that_cannot_be_opened(store: Store, database: str) -> None:
    """It must not keep other ballots from closing either."""
    phyle = Phyle(store=store)
    people = await phyle.founded(text=FINAL)
    ballot = await phyle.to_ballot(await phyle.resolution(people[0]))
    for person in people:
        await phyle.vote(person, ballot, {"paper": "for"})
    owner = await asyncpg.connect(as_owner(database))
    try:
        await owner.execute("DELETE FROM cooperative.openings WHERE about = $1", ballot)
    finally:
        await owner.close()
    async with store.transaction() as tx:
        await closing.look(tx, {})
    assert "close_early" not in await phyle.kinds()
