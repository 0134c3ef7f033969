"""Receipts and refusals are signed, say what became of the act, and can be verified without asking anybody."""

import pytest

from phyle.cooperative.law.receipts import verify
from phyle.cooperative.ledger import reading, receipts
from phyle.cooperative.ledger.acts import submit_in, wait
from phyle.errors import Malformed, Missing, Refused, Unproven
from phyle.store.transaction import Store, Tx
from tests.cooperative.ledger.phyles import Phyle


@pytest.fixture
async def phyle(store: Store) -> Phyle:
    phyle = Phyle(store=store)
    await phyle.founded()
    return phyle


async def credential_key(phyle: Phyle) -> str:
    async with phyle.store.reading() as tx:
        return await credential_key_in(tx)


async def test_an_act_that_was_entered_has_a_receipt_with_its_place(phyle: Phyle) -> None:
    answer = await phyle.act(phyle.people[0], "exit", {})
    async with phyle.store.reading() as tx:
        document = await receipts.receipt(tx, answer.hash)
    receipt = verify(document, await credential_key(phyle))
    assert (receipt.state, receipt.seq, receipt.received) == ("entered", answer.seq, answer.received)
    assert receipt.by > receipt.received


async def test_a_refusal_is_signed_with_its_reason(phyle: Phyle) -> None:
    act = await phyle.document(phyle.people[0], "return", {})
    async with phyle.store.transaction() as tx:
        hash = await submit_in(tx, act, author="server-key")
    with pytest.raises(Refused) as refused:
        await wait(phyle.store, hash)
    key = await credential_key(phyle)
    async with phyle.store.reading() as tx:
        receipt = verify(await receipts.receipt(tx, hash), key)
    assert (receipt.state, receipt.seq, receipt.reason) == ("refused", None, refused.value.sentence)


async def test_an_act_that_waits_has_a_receipt_too(phyle: Phyle) -> None:
    act = await phyle.document(phyle.people[0], "exit", {})
    async with phyle.store.transaction() as tx:
        hash = await submit_in(tx, act, author="server-key")
        receipt = verify(await receipts.receipt(tx, hash), await credential_key_in(tx))
    assert (receipt.state, receipt.seq, receipt.reason) == ("waiting", None, None)


async def credential_key_in(tx: Tx) -> str:
    here = await reading.phyle(tx)
    assert here is not None
    return here.credential_key


async def test_a_receipt_that_says_something_else_is_no_receipt(phyle: Phyle) -> None:
    answer = await phyle.act(phyle.people[0], "exit", {})
    async with phyle.store.reading() as tx:
        document = await receipts.receipt(tx, answer.hash)
    key = await credential_key(phyle)
    with pytest.raises(Unproven):
        verify({**document, "received": document["received"] + 1}, key)
    with pytest.raises(Malformed):
        verify({**document, "seq": None}, key)
    with pytest.raises(Unproven):
        verify(document, phyle.people[0].multikey)


async def test_what_never_came_has_none(phyle: Phyle) -> None:
    async with phyle.store.reading() as tx:
        with pytest.raises(Missing):
            await receipts.receipt(tx, "0" * 64)
