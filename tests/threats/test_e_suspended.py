"""Who is suspended here reaches nobody from then on, neither with what waits nor with what was missed."""

from datetime import timedelta

import pytest

from phyle.clock import now
from phyle.conversation.activities import catching_up
from phyle.identity import accounts
from tests.between import follows_in, received
from tests.instance import Instance, Member
from tests.peer import Peer
from tests.servers import eventually

WAITING = "SELECT count(*) FROM federation.deliveries"


async def suspend(member: Member) -> None:
    here = member.instance
    async with here.store.transaction() as tx:
        await accounts.suspend(tx, await accounts.by_actor(tx, member.actor.id))
    await here.settled(deliveries=False)


@pytest.mark.threat("E4")
async def test_what_waits_is_not_said_any_more(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    first = await ana.post("/api/v1/statuses", status="Heard")
    await received(there, "Create")
    there.answer = 503
    await ana.post("/api/v1/statuses", status="Unheard")
    await here.settled(deliveries=False)
    await ana.ask("DELETE", f"/api/v1/statuses/{first['id']}")
    await here.settled(deliveries=False)
    await here.fetch("UPDATE federation.lanes SET next_at = now() + interval '1 hour'")

    async def waits() -> bool:
        return bool(await here.value(f"{WAITING} WHERE claimed_by IS NULL") == 2)

    await eventually(waits)
    await suspend(ana)
    rows = await here.fetch(
        "SELECT convert_from(s.body, 'UTF8')::jsonb ->> 'type' AS kind"
        " FROM federation.deliveries d JOIN federation.sent_activities s ON s.id = d.activity"
    )
    assert [row["kind"] for row in rows] == ["Delete"]


@pytest.mark.threat("E4")
async def test_a_peer_that_was_away_does_not_hear_of_it(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    await ana.post("/api/v1/statuses", status="Spam")
    await received(there, "Create")
    await here.settled()
    await suspend(ana)
    missed = {"host": there.host, "since": (now() - timedelta(hours=1)).isoformat()}
    async with here.store.transaction() as tx:
        await catching_up.catch_up(tx, missed)
    assert await here.value(WAITING) == 0
