"""No ballot opens before the electors were told, and the ledger says how each of them was."""

import orjson

from phyle.cooperative import acting, people
from phyle.cooperative.activities import noticing
from phyle.cooperative.law.draws import Draw, digest_of
from phyle.cooperative.ledger import append, reading
from phyle.store.transaction import Store
from tests.cooperative.activities.test_doors import founders
from tests.cooperative.founding import pass_time, proposal, propose
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.cooperative.phyles import BY_LOT


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


async def test_members_are_told_that_a_draw_waits_for_their_words(whole: Instance, clock: Clock) -> None:
    ana, ben, cleo = await founders(whole, charter(articles=BY_LOT))
    await acting.perform(whole.store, ana, "call_draw", {"purpose": "office", "about": "auditors"})
    await append.drain(whole.store)
    for _ in range(2):
        await looked(whole.store)
    await whole.settled()
    assert await _told(whole, "a lot is drawn") == sorted(actor.name for actor in (ana, ben, cleo))
    async with whole.store.reading() as tx:
        (id,) = await reading.group(tx, Draw)
        members = {actor.id: await people.member(tx, actor.id) for actor in (ana, ben)}
    for actor, secret in ((ana, "a" * 32), (ben, "b" * 32)):
        digest = digest_of(id, members[actor.id], secret)
        await acting.perform(whole.store, actor, "commit_secret", {"draw": id, "digest": digest})
    await pass_time(whole.store, clock, days=2)
    for _ in range(2):
        await looked(whole.store)
    await whole.settled()
    assert await _told(whole, "the same ones again") == sorted((ana.name, ben.name)), "nobody else has any"


async def _told(here: Instance, words: str) -> list[str]:
    """Who was told something, by name."""
    query = """SELECT a.name FROM conversation.posts p JOIN conversation.mentions m ON m.post = p.id
        JOIN identity.actors a ON a.id = m.actor WHERE p.source LIKE '%' || $1 || '%' ORDER BY a.name"""
    return [row["name"] for row in await here.fetch(query, words)]
