"""Entries: what is handed in is entered once, in order, with all that follows, or refused with the law's own words."""

import asyncio

import pytest

from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.sheets import sheet
from phyle.store.transaction import Store
from tests.cooperative.ledger.phyles import Phyle


@pytest.fixture
def phyle(store: Store) -> Phyle:
    return Phyle(store=store)


async def test_a_ledger_begins_once_however_often_it_is_told_to(phyle: Phyle) -> None:
    await asyncio.gather(*(begin(phyle.store) for _ in range(5)))
    assert await phyle.kinds() == ["begin"]
    async with phyle.store.reading() as tx:
        here = await reading.phyle(tx)
    assert here is not None
    assert (here.origin, here.phase) == ("localhost:8080/ledger/1", "gathering")


async def test_three_found_and_decide_and_it_is_executed(phyle: Phyle) -> None:
    founders = await phyle.founded()
    text = await phyle.keep(b"We bake bread.")
    proposal = await phyle.proposed(founders[0], {"kind": "Resolve", "arguments": {"text": text}})
    ballot = await phyle.to_ballot(proposal)
    for each in founders:
        await phyle.vote(each, ballot, {"paper": "for"})
    assert await phyle.finished(proposal) == "executed"
    async with phyle.store.reading() as tx:
        shown = await sheet(tx, ballot)
    assert shown is not None
    assert shown.audience == "public"
    assert shown.data.count(b'"paper":"for"') == 3
    assert (await phyle.kinds())[-5:] == ["vote", "close", "tally", "decide", "execute"]
