"""Leaving for good and moving away, as others meet it: over real sockets, signed, in order, also after silence."""

from typing import Any

from aiohttp import web

from phyle.clock import now
from phyle.conversation import moving
from phyle.conversation.activities import looking_up
from phyle.federation import signatures, wire
from phyle.federation.signatures import Request
from phyle.identity import accounts, actors, keys, leaving
from tests.between import accepted, follows_in, follows_out, met, received
from tests.instance import Instance, Member
from tests.peer import ACTIVITY, Peer, Received

LEFT_OF = (
    "SELECT count(*) FROM conversation.posts WHERE author = $1",
    "SELECT count(*) FROM conversation.follows WHERE follower = $1 OR followed = $1",
    "SELECT count(*) FROM conversation.favourites WHERE actor = $1",
    "SELECT count(*) FROM conversation.bookmarks WHERE actor = $1",
    "SELECT count(*) FROM conversation.notifications WHERE actor = $1 OR member = $1",
    "SELECT count(*) FROM conversation.home WHERE member = $1 OR author = $1",
    "SELECT count(*) FROM identity.accounts WHERE actor = $1",
    "SELECT count(*) FROM identity.tokens WHERE actor = $1",
)


async def leaves(here: Instance, member: Member) -> None:
    async with here.store.transaction() as tx:
        await leaving.delete(tx, await accounts.by_actor(tx, member.actor.id))


async def left(here: Instance, member: Member) -> list[int]:
    return [await here.value(query, member.actor.id) for query in LEFT_OF]


async def proven(here: Instance, there: Peer, kind: str) -> dict[str, Any]:
    """The latest activity of this type that came, after its signature was checked against the sender's stored key."""
    came: Received = [one for one in there.received if one.body["type"] == kind][-1]
    request = Request.received("POST", came.path, came.headers.items(), body=wire.dump(came.body), scheme="http")
    claim = signatures.claimed(request, hosts={there.host}, now=now())
    assert claim.key_id == f"{came.body['actor']}#main-key"
    public = await here.value("SELECT public FROM identity.keys WHERE id = $1", claim.key_id)
    assert signatures.verify(claim, request, keys.public_key(public))
    return came.body


async def a_life(here: Instance, there: Peer) -> tuple[Member, Member, str, str]:
    """Ana, who did something of everything; Ben, who followed her; her public post and one for followers."""
    ana, ben = await here.member("ana"), await here.member("ben")
    alice = there.actor("alice")
    await follows_in(here, there, alice, ana)
    await follows_out(here, there, ana, alice)
    await ben.post(f"/api/v1/accounts/{ana.actor.id}/follow")
    await ana.post(f"/api/v1/accounts/{ben.actor.id}/follow")
    bens = await ben.post("/api/v1/statuses", status="Bread, @ana")
    for act in ("reblog", "favourite", "bookmark"):
        await ana.post(f"/api/v1/statuses/{bens['id']}/{act}")
    public = await ana.post("/api/v1/statuses", status="Here I am")
    private = await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    await here.settled()
    return ana, ben, public["uri"], private["uri"]


async def test_who_leaves_is_gone_here_and_others_hear_of_it(here: Instance, there: Peer) -> None:
    ana, ben, public, private = await a_life(here, there)
    await leaves(here, ana)
    assert (await ana.ask("GET", "/api/v1/timelines/home")).status_code == 401
    await received(there, "Delete", object=ana.actor.uri)
    await here.settled()
    delete = await proven(here, there, "Delete")
    assert delete["actor"] == delete["object"] == ana.actor.uri
    assert delete["to"] == ["https://www.w3.org/ns/activitystreams#Public"]
    assert await left(here, ana) == [0] * len(LEFT_OF)
    me = await ben.get("/api/v1/accounts/verify_credentials")
    assert (me["followers_count"], me["following_count"]) == (0, 0)
    (status,) = await ben.get("/api/v1/timelines/home")
    assert (status["favourites_count"], status["reblogs_count"]) == (0, 0)
    for uri, former in ((ana.actor.uri, "Person"), (ana.actor.url, "Person"), (public, "Note"), (private, "Note")):
        answer = await here.client.get(uri, headers={"Accept": ACTIVITY})
        assert answer.status_code == 410
        assert (answer.json()["type"], answer.json()["formerType"]) == ("Tombstone", former)
    assert (await here.client.get(f"{ana.actor.uri}/outbox")).status_code == 410
    resource = f"acct:ana@{here.store.settings.account_domain}"
    assert (await here.client.get("/.well-known/webfinger", params={"resource": resource})).status_code == 410
    assert (await here.client.get(f"/api/v1/accounts/{ana.actor.id}")).status_code == 404
    page = await here.client.get("/@ana", headers={"Accept": "text/html"})
    assert page.status_code == 410


async def test_the_name_of_who_left_stays_taken_and_nothing_says_who_it_was(here: Instance, there: Peer) -> None:
    ana, _, _, _ = await a_life(here, there)
    await leaves(here, ana)
    await here.settled()
    sent = {"username": "ANA", "email": "new@example.org", "password": "a good password", "agreement": True}
    program = await here.client.post(
        "/api/v1/apps", json={"client_name": "x", "redirect_uris": "https://x.example/", "scopes": "write"}
    )
    granted = await here.client.post(
        "/oauth/token",
        json={
            "grant_type": "client_credentials",
            "scope": "write",
            "client_id": program.json()["client_id"],
            "client_secret": program.json()["client_secret"],
        },
    )
    bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    answer = await here.client.post("/api/v1/accounts", json=sent, headers=bearer)
    assert answer.status_code == 422
    assert list(answer.json()["details"]) == ["username"]
    async with here.store.reading() as tx:
        assert await accounts.by_login(tx, "ana") is None
        assert await accounts.by_login(tx, "ana@example.org") is None
        actor = await actors.by_id(tx, ana.actor.id)
    assert (actor.display_name, actor.summary, list(actor.fields)) == ("", "", [])


async def test_others_hear_of_it_when_they_are_back_and_of_nothing_older(here: Instance, there: Peer) -> None:
    ana, _, _, _ = await a_life(here, there)

    async def away(_: Received) -> web.Response | None:
        return web.Response(status=503)

    there.decide = away
    await ana.post("/api/v1/statuses", status="Not sent in time")
    await received(there, "Create", count=3)
    await here.settled(deliveries=False)
    await leaves(here, ana)
    await here.settled(deliveries=False)
    assert await left(here, ana) == [0] * len(LEFT_OF)
    there.decide = None
    before = len(there.received)
    await here.fetch("UPDATE federation.lanes SET next_at = now()")
    await here.fetch("UPDATE federation.deliveries SET next_at = now()")
    await received(there, "Delete", object=ana.actor.uri, count=1)
    await here.settled()
    assert (await proven(here, there, "Delete"))["actor"] == ana.actor.uri
    assert {one.body["type"] for one in there.received[before:]} == {"Delete"}


async def test_what_comes_for_who_left_has_no_effect(here: Instance, there: Peer) -> None:
    ana, ben, public, _ = await a_life(here, there)
    await leaves(here, ana)
    await here.settled()
    bob = there.actor("bob")
    await accepted(here, there, there.activity("Follow", bob, ana.actor.uri))
    await accepted(here, there, there.activity("Like", bob, public))
    await accepted(here, there, there.activity("Create", bob, there.note(bob, inReplyTo=public, cc=[ana.actor.uri])))
    assert await left(here, ana) == [0] * len(LEFT_OF)
    assert (await ben.ask("POST", f"/api/v1/accounts/{ana.actor.id}/follow")).status_code == 404


async def test_who_moves_takes_followers_along(here: Instance, there: Peer) -> None:
    ana, ben, _, _ = await a_life(here, there)
    cleo = await here.member("cleo")
    await cleo.post(f"/api/v1/accounts/{ana.actor.id}/follow")
    anas_new = there.actor("ana_there")
    known = await met(here, anas_new)
    await cleo.post(f"/api/v1/accounts/{known.id}/block")
    await here.settled()
    there.documents["/users/ana_there"]["alsoKnownAs"] = [ana.actor.uri]  # said there only after we met
    handle = f"@ana_there@{there.host}"
    assert await looking_up.actor_now(here.net, here.store, handle) == known.id
    async with here.store.reading() as tx:
        target = await actors.by_id(tx, known.id)
    async with here.store.transaction() as tx:
        await moving.move(tx, await actors.by_id(tx, ana.actor.id), target)
    await here.settled()
    follow = (await received(there, "Follow", object=anas_new))[-1]
    assert follow["actor"] == ben.actor.uri
    move = await proven(here, there, "Move")
    assert (move["actor"], move["object"], move["target"]) == (ana.actor.uri, ana.actor.uri, anas_new)
    assert [one.body["type"] for one in there.received if one.body["actor"] == ana.actor.uri][-2:] == ["Update", "Move"]
    shown = (await here.client.get(f"/api/v1/accounts/{ana.actor.id}")).json()
    for one in (
        shown,
        await ana.get("/api/v1/accounts/verify_credentials"),
        await ben.get("/api/v1/accounts/lookup", acct="ana"),
    ):
        assert one["moved"]["uri"] == anas_new
        assert "moved" not in one["moved"]
    assert shown["followers_count"] == 2, "Alice, who is told, and Cleo, who blocks the new account"
    document = (await here.client.get(ana.actor.uri, headers={"Accept": ACTIVITY})).json()
    assert document["movedTo"] == anas_new
    page = await here.client.get("/@ana", headers={"Accept": "text/html"})
    assert f'has moved to <a href="{target.url}"' in page.text
    assert handle in page.text
    there.documents["/users/ana_there"] = 503
    assert await looking_up.actor_now(here.net, here.store, handle) is None
    assert await looking_up.actor_now(here.net, here.store, "@ben") == ben.actor.id
    assert (await ben.ask("POST", f"/api/v1/accounts/{ana.actor.id}/follow")).status_code == 403
