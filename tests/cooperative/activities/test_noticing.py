"""No ballot opens before the electors were told, and the ledger says how each of them was."""

import orjson

from phyle.cooperative.activities import noticing
from phyle.cooperative.ledger import append
from phyle.store.transaction import Store
from tests.cooperative.activities.test_doors import founders
from tests.cooperative.founding import pass_time, proposal, propose
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance


async def looked(store: Store) -> None:
    async with store.transaction() as tx:
        await noticing.look(tx, {})
    await append.drain(store)


async def test_electors_are_told_before_a_ballot_opens(whole: Instance, clock: Clock) -> None:
    text = charter(**{"notice_days = 0": "notice_days = 3"})
    ana, *_ = await founders(whole, text)
    id = await propose(whole.store, ana, {"kind": "Resolve", "arguments": {}})
    await pass_time(whole.store, clock, days=2)
    assert (await proposal(whole.store, id)).phase == "deliberation"
    await looked(whole.store)
    await looked(whole.store)
    noticed = await proposal(whole.store, id)
    assert noticed.noticed
    proof = orjson.loads(await whole.value("SELECT data FROM cooperative.blobs WHERE hash = $1", noticed.notice))
    assert list(proof.values()) == ["here", "here", "here"]
    await whole.settled()
    mentions = await whole.value("SELECT count(*) FROM conversation.notifications WHERE kind = 'mention'")
    assert mentions == 3
    named = await whole.fetch("SELECT count(*) AS named FROM conversation.mentions GROUP BY post")
    assert [row["named"] for row in named] == [1, 1, 1]  # nobody is told who else is an elector
    await pass_time(whole.store, clock, days=3)
    assert (await proposal(whole.store, id)).phase == "balloting"
