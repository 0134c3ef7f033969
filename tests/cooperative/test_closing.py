"""A ballot with final papers closes by itself as soon as its outcome is certain."""

from phyle.cooperative import closing
from phyle.cooperative.ledger import append
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle


async def _looked(store: Store) -> None:
    async with store.transaction() as tx:
        await closing.look(tx, {})
    await append.drain(store)


async def test_a_ballot_closes_once_the_rest_cannot_change_its_outcome(store: Store) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded(text=charter(more="final = true"))
    id = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(id)
    await phyle.vote(founders[0], ballot, {"paper": "for"})
    await _looked(store)
    assert await phyle.phase(id, "balloting")
    await phyle.vote(founders[1], ballot, {"paper": "for"})
    await _looked(store)
    assert await phyle.phase(id, "passed")
    assert (await phyle.kinds()).count("close_early") == 1
    await _looked(store)
    assert (await phyle.kinds()).count("close_early") == 1


async def test_a_ballot_whose_papers_can_be_changed_stays_open(store: Store) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded()
    id = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(id)
    for person in founders:
        await phyle.vote(person, ballot, {"paper": "for"})
    await _looked(store)
    assert await phyle.phase(id, "balloting")
