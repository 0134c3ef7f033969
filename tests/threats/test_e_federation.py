"""Who gets to see what, between servers: nothing goes where it does not belong, nor comes from where it must not."""

from collections.abc import AsyncIterator

import httpx
import pytest

from phyle.clock import now
from phyle.federation import peers, signatures
from tests.between import accepted, contents, follows_in, follows_out, met
from tests.instance import Instance, Member
from tests.peer import ACTIVITY, PUBLIC, Peer, peer

STYLES: tuple[signatures.Style, ...] = ("cavage", "rfc9421")


@pytest.fixture
async def other() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


async def look(
    url: str, there: Peer | None = None, actor: str = "", *, style: signatures.Style = "cavage", accept: str = ACTIVITY
) -> httpx.Response:
    """GET a document, signed by an actor there or by nobody."""
    headers = {"Accept": accept}
    if there is not None:
        signer = there.signer(actor)
        headers = signatures.sign(signer, method="GET", url=url, now=now(), style=style, headers=headers)
    async with httpx.AsyncClient(follow_redirects=accept != "text/html") as client:
        return await client.get(url, headers=headers)


async def suspend(here: Instance, uri: str) -> None:
    await here.fetch("UPDATE identity.actors SET suspended_at = now() WHERE uri = $1", uri)


async def sees(member: Member, uri: str) -> int:
    number = await member.instance.value("SELECT id FROM conversation.posts WHERE uri = $1", uri)
    return (await member.ask("GET", f"/api/v1/statuses/{number}")).status_code


@pytest.mark.threat("E1")
async def test_who_only_asked_to_follow_sees_nothing_private(here: Instance, there: Peer) -> None:
    ana, ben, alice = await here.member("ana"), await here.member("ben"), there.actor("alice", locked=True)
    actor = await met(here, alice)
    await ana.post(f"/api/v1/accounts/{actor.id}/follow")
    await follows_out(here, there, ben, alice)
    note = there.note(alice, "<p>Among us</p>", to=[f"{alice}/followers"], cc=[])
    await accepted(here, there, there.activity("Create", alice, note))
    assert (await sees(ana, note["id"]), await sees(ben, note["id"])) == (404, 200)
    assert await ana.get("/api/v1/timelines/home") == []
    assert len(await ben.get("/api/v1/timelines/home")) == 1
    relation = (await ana.get("/api/v1/accounts/relationships", id=str(actor.id)))[0]
    assert (relation["following"], relation["requested"]) == (False, True)


@pytest.mark.threat("E4")
async def test_boosts_of_a_suspended_account_are_dropped(here: Instance, there: Peer, other: Peer) -> None:
    ana, alice, bob = await here.member("ana"), there.actor("alice"), other.actor("bob")
    await follows_out(here, other, ana, bob)
    await follows_out(here, there, ana, alice)
    known, unknown = there.note(alice, "<p>Known</p>"), there.note(alice, "<p>Unknown</p>")
    await accepted(here, there, there.activity("Create", alice, known))
    await suspend(here, alice)
    for note in (known, unknown):
        await accepted(here, other, other.activity("Announce", bob, note["id"], to=[PUBLIC]))
    assert await here.value("SELECT count(*) FROM conversation.posts WHERE kind = 'Announce'") == 0
    assert await contents(here) == ["Known"]
    assert (await there.send(here.inbox, there.activity("Create", alice, there.note(alice)))).status_code in (202, 403)
    await here.settled(deliveries=False)
    assert await contents(here) == ["Known"]


@pytest.mark.threat("E4")
async def test_an_update_of_an_unknown_post_is_dropped(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    note = there.note(bob, updated=now().isoformat())
    await accepted(here, there, there.activity("Update", bob, note))
    assert await contents(here) == []


async def test_a_blocked_host_gets_nothing_and_gives_nothing(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), other.actor("carol")
    await follows_in(here, there, bob, ana)
    await follows_out(here, there, ana, bob)
    await follows_out(here, other, ana, carol)
    silent = there.actor("silent")
    await met(here, silent)
    await here.settled()
    async with here.store.transaction() as tx:
        await peers.block(tx, there.host, "spam")
    sent, asked = len(there.received), len(there.asked)
    await there.send(here.inbox, there.activity("Create", bob, there.note(bob)))
    for actor in (silent, there.actor("stranger")):
        assert (await there.send(here.inbox, there.activity("Like", actor, "urn:x"))).status_code == 403
    await accepted(here, other, other.activity("Announce", carol, there.note(bob)["id"], to=[PUBLIC]))
    reply = other.note(carol, "<p>Reply</p>", inReplyTo=there.note(bob)["id"])
    await accepted(here, other, other.activity("Create", carol, reply))
    await ana.post("/api/v1/statuses", status=f"@bob@{there.host} hello")
    await here.settled()
    stranger = there.actor("another")
    for words in (there.note(bob)["id"], stranger, f"@another@{there.host}"):
        found = await ana.get("/api/v2/search", q=words, resolve="true")
        assert found["accounts"] == found["statuses"] == []
    private = await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    assert (await look(private["uri"], there, stranger)).status_code == 404
    await here.settled()
    assert (len(there.received), len(there.asked)) == (sent, asked)
    other.documents["/copy"] = there.documents["/users/another"]
    other.documents["/other-copy"] = there.note(bob)
    for path in ("/copy", "/other-copy"):
        await ana.get("/api/v2/search", q=f"{other.origin}{path}", resolve="true")
        await accepted(here, other, other.activity("Announce", carol, f"{other.origin}{path}", to=[PUBLIC]))
    assert await here.value("SELECT count(*) FROM identity.actors WHERE uri = $1", stranger) == 0
    assert [text for text in await contents(here) if "Hello" in text] == []


async def test_a_block_hides_what_is_here_as_long_as_it_lasts(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    await accepted(here, there, there.activity("Create", bob, there.note(bob, "<p>Before the block</p>")))

    async def shown() -> list[bool]:
        timelines = [await ana.get(f"/api/v1/timelines/{name}") for name in ("home", "public")]
        return [any("Before the block" in status["content"] for status in timeline) for timeline in timelines]

    assert await shown() == [True, True]
    async with here.store.transaction() as tx:
        await peers.block(tx, there.host.partition(":")[0], "spam")
    assert await shown() == [False, False]
    async with here.store.transaction() as tx:
        await peers.block(tx, there.host, "a part of it, too")
        await peers.unblock(tx, there.host.partition(":")[0])
    assert await shown() == [False, False]
    async with here.store.transaction() as tx:
        await peers.unblock(tx, there.host)
    assert await shown() == [True, True]


@pytest.mark.parametrize("blocked", ["example.org", "pods.example.org"])
async def test_a_block_reaches_what_lies_below(here: Instance, blocked: str) -> None:
    """Subdomains and other ports of a blocked host are as cheap as new letters, and blocked with it."""
    hosts = {"pods.example.org", "a.pods.example.org", "a.pods.example.org:8443", "xpods.example.net", "org"}
    async with here.store.transaction() as tx:
        await peers.block(tx, blocked, "spam")
        assert await peers.not_blocked(tx, hosts) == {"xpods.example.net", "org"}
        assert await peers.is_blocked(tx, "a.pods.example.org:8443")
        assert not await peers.is_blocked(tx, "127.0.0.1:80")


@pytest.mark.threat("E8")
async def test_a_post_for_followers_goes_to_their_hosts_only(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), other.actor("carol")
    await follows_in(here, there, bob, ana)
    await follows_out(here, other, ana, carol)
    note = other.note(carol)
    await accepted(here, other, other.activity("Create", carol, note))
    number = await here.value("SELECT id FROM conversation.posts WHERE uri = $1", note["id"])
    for visibility in ("private", "direct"):
        await ana.post("/api/v1/statuses", status=visibility, visibility=visibility)
    reply = await ana.post("/api/v1/statuses", status="reply", visibility="private", in_reply_to_id=str(number))
    await here.settled()
    await ana.ask("PUT", f"/api/v1/statuses/{reply['id']}", json={"status": "edited"})
    await here.settled()
    assert len(there.of_type("Update")) == 1
    assert [body["object"]["content"] for body in there.of_type("Create")] == ["<p>private</p>", "<p>reply</p>"]
    assert other.of_type("Create") == other.of_type("Update") == []


@pytest.mark.threat("E8")
async def test_blind_copies_are_forgotten(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    blind = {"bto": [ana.actor.uri], "bcc": ["https://secret.example/"]}
    await accepted(here, there, {**there.activity("Sneeze", bob, {"type": "Note", **blind}), **blind})
    kept = await here.value("SELECT body::text FROM federation.unknown_activities WHERE kind = 'Sneeze'")
    assert "bto" not in kept
    assert "secret.example" not in kept


@pytest.mark.threat("E8")
@pytest.mark.parametrize("public", ["as:Public", "Public", PUBLIC])
async def test_every_name_of_the_public_is_the_public(here: Instance, there: Peer, public: str) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    for to, cc in (([public], []), ([], public)):
        note = there.note(bob, to=to, cc=cc)
        await accepted(here, there, there.activity("Create", bob, note))
    seen = [row["visibility"] for row in await here.fetch("SELECT visibility FROM conversation.posts ORDER BY id")]
    assert seen == ["public", "unlisted"]


@pytest.mark.threat("E3")
@pytest.mark.threat("E10")
async def test_a_post_for_followers_is_served_to_followers(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), other.actor("carol")
    await follows_in(here, there, bob, ana)
    post = await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    uri = post["uri"]
    assert (await look(uri)).status_code == 404
    for style in STYLES:
        answer = await look(uri, there, bob, style=style)
        assert answer.status_code == 200
        assert answer.json()["content"] == "<p>Among us</p>"
        assert "no-store" in answer.headers["Cache-Control"]
        assert (await look(uri, other, carol, style=style)).status_code == 404
    assert (await look(uri)).status_code == 404, "what one may see is not kept for all"
    assert (await look(uri, accept="text/html")).status_code == 404, "not even whose it is"
    assert (await look(uri.replace("/objects/", "/activities/"))).status_code == 404
    assert (await look(uri.replace("/objects/", "/activities/"), other, carol)).status_code == 404
    neighbour = there.actor("neighbour")
    assert (await look(uri, there, neighbour)).status_code == 404
    async with here.store.transaction() as tx:
        await peers.block(tx, there.host, "spam")
    assert (await look(uri, there, bob)).status_code == 404


@pytest.mark.threat("E10")
async def test_a_direct_post_is_served_to_whom_it_names(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), other.actor("carol")
    for uri in (bob, carol):
        await met(here, uri)
    post = await ana.post("/api/v1/statuses", status=f"@bob@{there.host} psst", visibility="direct")
    await here.settled()
    assert [body["object"]["to"] for body in there.of_type("Create")] == [[bob]]
    assert other.received == []
    assert (await look(post["uri"], there, bob)).status_code == 200
    assert (await look(post["uri"], other, carol)).status_code == 404
    assert (await look(post["uri"])).status_code == 404


async def test_what_is_deleted_is_gone(here: Instance) -> None:
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="Soon gone")
    edited = await ana.post("/api/v1/statuses", status="Soon gone, too")
    await ana.ask("PUT", f"/api/v1/statuses/{edited['id']}", json={"status": "Edited, and soon gone"})
    await here.settled()
    activities = [row["uri"] for row in await here.fetch("SELECT uri FROM federation.sent_activities")]
    assert len(activities) == 3
    for uri in (post["uri"], *activities):
        assert (await look(uri)).status_code == 200, uri
    for number in (post["id"], edited["id"]):
        assert (await ana.ask("DELETE", f"/api/v1/statuses/{number}")).status_code == 200
    await here.settled()
    answer = await look(post["uri"])
    assert answer.status_code == 410
    assert (answer.json()["type"], answer.json()["formerType"]) == ("Tombstone", "Note")
    for uri in activities:
        answer = await look(uri)
        assert answer.status_code in (404, 410), uri
        assert "gone" not in answer.text.lower().replace("is gone", "")


async def test_nothing_of_a_suspended_member_is_served(here: Instance) -> None:
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="Hello")
    await here.settled()
    await suspend(here, ana.actor.uri)
    for uri in (
        post["uri"],
        post["uri"].replace("/objects/", "/activities/"),
        ana.actor.uri,
        f"{ana.actor.uri}/outbox",
    ):
        assert (await look(uri)).status_code == 404, uri  # not 410: who is suspended may be back
    finger = f"{here.origin}/.well-known/webfinger?resource=acct:ana@{here.origin.partition('://')[2]}"
    assert (await look(finger)).status_code == 404


@pytest.mark.parametrize("accept", [ACTIVITY, 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'])
async def test_servers_get_documents_at_the_addresses_of_pages(here: Instance, accept: str) -> None:
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="Hello")
    for page, uri in ((ana.actor.url, ana.actor.uri), (post["url"], post["uri"])):
        answer = await look(page, accept=accept)
        assert answer.status_code == 200, page
        assert answer.headers["Content-Type"].startswith(ACTIVITY)
        assert answer.json()["id"] == uri
        assert "Accept" in answer.headers["Vary"]
