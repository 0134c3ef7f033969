"""One commit can hold the last papers of a ballot, its close and its count."""

from phyle.cooperative.law.sheets import sheet_hash
from phyle.cooperative.law.state import OpenedVote
from phyle.cooperative.ledger import append, signing
from phyle.cooperative.ledger.acts import submit_in
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle


async def test_the_last_papers_and_the_count_in_one_commit(store: Store) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded()
    id = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(id)
    closes = (await phyle.agenda())[0][0]
    await phyle.turn(to=closes - 1, drain=False)
    papers = [await phyle.paper(each, ballot, {"paper": "for"}) for each in founders]
    async with store.transaction() as tx:
        for sealed, document in papers:
            await submit_in(tx, document, author="server-key", openings=[sealed])
    await phyle.turn(to=closes + 5)
    assert await phyle.phase(id, "passed")


async def test_an_early_close_that_is_refused_does_not_hide_a_later_paper(store: Store) -> None:
    phyle = Phyle(store=store)
    founders = await phyle.founded(text=charter(more="final = true"))
    id = await phyle.resolution(founders[0])
    ballot = await phyle.to_ballot(id)
    closes = (await phyle.agenda())[0][0]
    papers = [await phyle.paper(each, ballot, {"paper": "for"}) for each in founders]
    first = papers[0][0]
    row = OpenedVote(member=founders[0].id, value=first.value, salt=first.salt)
    async with store.transaction() as tx:
        early = await signing.as_host(tx, "close_early", {"ballot": ballot, "sheet": sheet_hash((row,))})
        await submit_in(tx, papers[0][1], author="server-key", openings=[first])
        hash = await submit_in(tx, early, author="host")
        for sealed, document in papers[1:]:
            await submit_in(tx, document, author="server-key", openings=[sealed])
    await append.drain(store)
    answer = await phyle.answer(hash)
    assert (answer.state, "still depends" in (answer.sentence or "")) == ("refused", True)
    await phyle.turn(to=closes)
    assert await phyle.phase(id, "passed")
