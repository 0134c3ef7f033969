"""Follows between an instance and another server, in and out."""

from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually


async def test_somebody_elsewhere_follows_a_member(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = there.activity("Follow", bob, ana.actor.uri)
    assert (await there.send(ana.actor.inbox, follow)).status_code == 202

    accept = (await eventually(lambda: _of(there, "Accept")))[0]
    assert accept["actor"] == ana.actor.uri
    assert accept["object"]["id"] == follow["id"]
    assert accept["object"]["actor"] == bob
    assert await here.value("SELECT followers_count FROM identity.actors WHERE id = $1", ana.actor.id) == 1


async def test_a_post_reaches_the_follower(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await there.send(here.inbox, there.activity("Follow", bob, ana.actor.uri))
    await eventually(lambda: _of(there, "Accept"))
    await ana.post("/api/v1/statuses", status="Hello #world", visibility="public")

    create = (await eventually(lambda: _of(there, "Create")))[0]
    assert create["object"]["type"] == "Note"
    assert create["object"]["attributedTo"] == ana.actor.uri
    assert "Hello" in create["object"]["content"]
    assert create["object"]["tag"][0]["name"] == "#world"


async def _of(there: Peer, kind: str) -> list[dict[str, object]]:
    return there.of_type(kind)
