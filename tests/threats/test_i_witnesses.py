"""Row I: a ledger that is rewritten behind the server's back is not signed, and whoever watches it can prove it."""

import pytest

from phyle.cooperative.ledger import append, checkpoints
from phyle.cooperative.tree.equivocation import Equivocation
from tests.cooperative.activities.neighbours import (
    acquainted,
    begin,
    log_of,
    observed,
    published,
    rewritten,
    shows_present,
)
from tests.cooperative.ledger.entries import entered
from tests.instance import Instance


@pytest.mark.threat("I14")
@pytest.mark.parametrize("more", [0, 4])
async def test_a_rewritten_history_is_proven_to_everybody(here: Instance, beyond: Instance, more: int) -> None:
    await begin(here, beyond)
    await acquainted(here, beyond)
    first = await published(here, 9)
    await observed(beyond, here)
    await rewritten(here, 4)
    if more:
        await entered(here.store, more)
    forged = await shows_present(here)
    assert forged.root != first.root
    await observed(beyond, here)
    log = await log_of(beyond, here)
    assert (log.size, log.root) == (9, first.root)
    (found,) = (await beyond.client.get("/ledger/equivocations")).json()["equivocations"]
    older, newer = Equivocation.read(found).verify(log.keys)
    assert {(older.size, older.root), (newer.size, newer.root)} == {(9, first.root), (9 + more, forged.root)}
    (told,) = (await beyond.client.get("/ledger/witnessed")).json()["ledgers"]
    assert told["equivocated"] is True


@pytest.mark.threat("I14")
async def test_a_ledger_that_contradicts_what_was_shown_is_not_signed(here: Instance) -> None:
    await begin(here)
    await published(here, 9)
    await rewritten(here, 4)
    await entered(here.store, 1)
    async with here.store.transaction() as tx:
        assert await checkpoints.publish(tx) is None
    async with here.store.reading() as tx:
        reason, newest = await append.stopped(tx), await checkpoints.newest(tx)
    assert reason is not None
    assert "first 9 entries" in reason
    assert newest is not None
    assert newest.size == 9
