"""Attacks on origin and authority with real documents: one server is good, one is evil, and we stand between them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from phyle.errors import Refusal
from phyle.federation import fetch, people
from phyle.federation.net import Net
from tests.between import accepted, contents, follows_in, follows_out, met, received
from tests.instance import Instance
from tests.peer import ACTIVITY, PUBLIC, Peer, peer


@pytest.fixture
async def good() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


@pytest.fixture
async def evil() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


async def visibilities(here: Instance) -> list[str]:
    return [row["visibility"] for row in await here.fetch("SELECT visibility FROM conversation.posts")]


@pytest.mark.threat("B1")
async def test_a_document_that_says_its_id_lies_elsewhere(here: Instance, good: Peer, evil: Peer) -> None:
    alice, mallory = good.actor("alice"), evil.actor("mallory")
    genuine = good.note(alice, "<p>Genuine</p>")
    evil.documents["/copy"] = {**genuine, "content": "<p>Forged</p>"}
    await accepted(here, evil, evil.activity("Announce", mallory, f"{evil.origin}/copy", to=[PUBLIC]))
    assert "Forged" not in await contents(here)

    evil.documents["/actor"] = {**good.documents["/users/alice"], "inbox": f"{evil.origin}/inbox"}
    found = await people.fetch_actor(here.net, here.store, f"{evil.origin}/actor")
    assert (found.uri, found.inbox) == (alice, f"{alice}/inbox")


@pytest.mark.threat("B4")
async def test_a_create_cannot_widen_the_audience_of_what_is_here(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice"), evil.actor("mallory")
    neighbour = good.actor("neighbour")
    await follows_out(here, good, ana, alice)
    private = good.note(alice, "<p>Among us</p>", to=[f"{alice}/followers"], cc=[])
    await accepted(here, good, good.activity("Create", alice, private))
    wide: dict[str, Any] = {**private, "to": [PUBLIC], "cc": [ana.actor.uri]}
    await accepted(here, evil, evil.activity("Create", mallory, {**wide, "attributedTo": mallory}))
    await accepted(here, evil, evil.activity("Create", mallory, wide))
    await accepted(here, good, good.activity("Create", neighbour, {**wide, "attributedTo": neighbour}))
    await accepted(here, good, good.activity("Create", neighbour, wide))
    assert await visibilities(here) == ["followers"]
    assert await here.value("SELECT a.uri FROM conversation.posts p JOIN identity.actors a ON a.id = p.author") == alice


@pytest.mark.threat("B5")
async def test_an_update_by_another_author(here: Instance, good: Peer) -> None:
    ana, alice, neighbour = await here.member("ana"), good.actor("alice"), good.actor("neighbour")
    await follows_out(here, good, ana, alice)
    note = good.note(alice, "<p>Mine</p>")
    await accepted(here, good, good.activity("Create", alice, note))
    forged = {**note, "content": "<p>Forged</p>", "updated": "2999-01-01T00:00:00Z"}
    await accepted(here, good, good.activity("Update", neighbour, forged))
    await accepted(here, good, good.activity("Update", neighbour, {**forged, "attributedTo": neighbour}))
    assert await contents(here) == ["Mine"]
    moved = {**forged, "inReplyTo": good.note(alice)["id"]}
    await accepted(here, good, good.activity("Update", alice, moved))
    assert await contents(here) == ["Mine"]
    await accepted(here, good, good.activity("Delete", neighbour, note["id"]))
    assert await contents(here) == ["Mine"]


@pytest.mark.threat("B6")
async def test_an_update_of_what_lies_on_another_host(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice"), evil.actor("mallory")
    await follows_out(here, good, ana, alice)
    note = good.note(alice, "<p>Mine</p>")
    await accepted(here, good, good.activity("Create", alice, note))
    forged = {**note, "content": "<p>Forged</p>", "updated": "2999-01-01T00:00:00Z"}
    for thing in (forged, {**forged, "attributedTo": mallory}, good.documents["/users/alice"]):
        answer = await evil.send(here.inbox, evil.activity("Update", mallory, thing))
        assert answer.status_code == 403
    await accepted(here, evil, evil.activity("Delete", mallory, note["id"]))
    await accepted(here, evil, evil.activity("Delete", mallory, alice))
    assert await contents(here) == ["Mine"]
    assert await here.value("SELECT deleted_at FROM identity.actors WHERE uri = $1", alice) is None


@pytest.mark.threat("B8")
@pytest.mark.threat("B12")
async def test_only_what_its_own_server_says_of_a_foreign_thing_counts(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice"), evil.actor("mallory")
    await follows_out(here, evil, ana, mallory)
    genuine = good.note(alice, "<p>Genuine</p>")
    forged = {**genuine, "content": "<p>Forged</p>"}
    create = good.activity("Create", alice, genuine)
    good.documents[create["id"].removeprefix(good.origin)] = create
    await accepted(here, evil, evil.activity("Create", mallory, forged))
    await accepted(here, evil, evil.activity("Announce", mallory, {**create, "object": forged}, to=[PUBLIC]))
    assert await contents(here) == []
    await accepted(here, evil, evil.activity("Announce", mallory, forged, to=[PUBLIC]))
    assert await contents(here) == ["Genuine"]
    assert await here.value("SELECT count(*) FROM conversation.posts WHERE kind = 'Announce'") == 1


@pytest.mark.threat("B9")
async def test_a_post_in_the_name_of_somebody_elsewhere(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice"), evil.actor("mallory")
    await follows_out(here, good, ana, alice)
    await follows_out(here, evil, ana, mallory)
    note = evil.note(alice, "<p>Forged</p>", cc=[ana.actor.uri])
    await accepted(here, evil, evil.activity("Create", mallory, note))
    await accepted(here, evil, evil.activity("Announce", mallory, note["id"], to=[PUBLIC]))
    assert await contents(here) == []


@pytest.mark.threat("B13")
async def test_taking_back_what_somebody_else_did(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice"), evil.actor("mallory")
    neighbour = good.actor("neighbour")
    follow = await follows_in(here, good, alice, ana)
    post = await ana.post("/api/v1/statuses", status="Hello")
    like = good.activity("Like", alice, post["uri"])
    boost = good.activity("Announce", alice, post["uri"], to=[PUBLIC])
    for activity in (like, boost):
        await accepted(here, good, activity)
    for mine in (follow, like, boost):
        for server, thief in ((evil, mallory), (good, neighbour)):
            await accepted(here, server, server.activity("Undo", thief, mine))
            await accepted(here, server, server.activity("Undo", thief, mine["id"]))
            await accepted(here, server, server.activity("Undo", thief, {**mine, "actor": thief}))
    seen = await ana.get(f"/api/v1/statuses/{post['id']}")
    assert (seen["favourites_count"], seen["reblogs_count"]) == (1, 1)
    assert (await ana.get("/api/v1/accounts/verify_credentials"))["followers_count"] == 1


@pytest.mark.threat("B13")
@pytest.mark.threat("E1")
async def test_the_answer_to_a_follow_that_was_never_sent(here: Instance, good: Peer, evil: Peer) -> None:
    ana, alice, mallory = await here.member("ana"), good.actor("alice", locked=True), evil.actor("mallory")
    claimed = {"id": f"{here.origin}/activities/1", "type": "Follow", "actor": ana.actor.uri, "object": mallory}
    await accepted(here, evil, evil.activity("Accept", mallory, claimed))
    assert await here.value("SELECT count(*) FROM conversation.follows") == 0

    actor = await met(here, alice)
    await ana.post(f"/api/v1/accounts/{actor.id}/follow")
    (follow,) = await received(good, "Follow")
    for answer in ("Accept", "Reject"):
        await accepted(here, evil, evil.activity(answer, mallory, follow))
        await accepted(here, evil, evil.activity(answer, mallory, follow["id"]))
    assert await here.value("SELECT state FROM conversation.follows") == "asked"


@pytest.mark.threat("B13")
async def test_a_move_that_the_new_account_does_not_confirm(here: Instance, good: Peer, evil: Peer) -> None:
    ana, mallory, alice = await here.member("ana"), evil.actor("mallory"), good.actor("alice")
    await follows_out(here, evil, ana, mallory)
    await accepted(here, evil, evil.activity("Move", mallory, mallory, target=alice))
    await accepted(here, evil, evil.activity("Move", mallory, alice, target=mallory))
    assert good.of_type("Follow") == []
    assert await here.value("SELECT count(*) FROM identity.actors WHERE moved_to IS NOT NULL") == 0


@pytest.mark.threat("B13")
async def test_adding_to_somebody_elses_collection(here: Instance, good: Peer, evil: Peer) -> None:
    alice, mallory = good.actor("alice", featured=f"{good.origin}/users/alice/featured"), evil.actor("mallory")
    await met(here, alice)
    note = evil.note(mallory)
    add = evil.activity("Add", mallory, note["id"], target=f"{alice}/featured")
    await accepted(here, evil, add)
    assert await contents(here) == []
    assert await here.value("SELECT count(*) FROM commons.versions") == 0, "an Add is of a version, or of nothing"


@pytest.mark.threat("B14")
async def test_a_name_at_a_host_that_does_not_know_of_it(here: Instance, good: Peer, evil: Peer) -> None:
    alice = good.actor("alice")
    liar = evil.actor("alice")
    finger = f"/.well-known/webfinger?resource=acct:alice@{evil.host}"
    evil.documents[finger] = {
        "subject": f"acct:alice@{good.host}",
        "links": [{"rel": "self", "type": ACTIVITY, "href": liar}],
    }
    await met(here, liar)
    await here.settled()
    assert finger in evil.asked
    async with here.store.reading() as tx:
        assert await people.actors.by_name(tx, "alice", good.host) is None
    found = await people.resolve(here.net, here.store, "alice", good.host)
    assert found.uri == alice
    with pytest.raises(Refusal):
        await people.resolve(here.net, here.store, "ALICE2", evil.host)


@pytest.mark.threat("B20")
async def test_a_collection_that_leads_elsewhere(here: Instance, good: Peer, evil: Peer) -> None:
    good.documents["/list"] = {
        "id": f"{good.origin}/list",
        "type": "OrderedCollectionPage",
        "orderedItems": ["https://a.example/1"],
        "next": f"{evil.origin}/more",
    }
    evil.documents["/more"] = {"id": f"{evil.origin}/more", "type": "OrderedCollectionPage", "orderedItems": ["no"]}
    items = await fetch.pages(
        here.net, f"{good.origin}/list", signer=None, local_origin=here.origin, limit_items=10, limit_pages=10
    )
    assert items == ("https://a.example/1",)
    assert evil.asked == []


@pytest.mark.threat("B21")
async def test_we_never_ask_ourselves(here: Instance, good: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, alice = await here.member("ana"), good.actor("alice")
    await follows_out(here, good, ana, alice)
    asked: list[str] = []
    get = Net._get_once

    async def watched(self: Net, url: str, *args: Any) -> Any:
        asked.append(url)
        return await get(self, url, *args)

    monkeypatch.setattr(Net, "_get_once", watched)
    nowhere = f"{here.origin}/objects/1"
    for kind in ("Create", "Like", "Announce", "Update", "Delete"):
        await good.send(here.inbox, good.activity(kind, alice, nowhere, to=[PUBLIC]))
    ours = {"id": nowhere, "type": "Note", "attributedTo": alice, "content": "Forged", "to": [PUBLIC]}
    await accepted(here, good, good.activity("Create", alice, ours))
    ours["attributedTo"] = ana.actor.uri
    await accepted(here, good, good.activity("Create", alice, ours))
    await accepted(here, good, good.activity("Create", alice, good.note(alice, "<p>Re</p>", inReplyTo=nowhere)))
    await accepted(here, good, good.activity("Move", alice, alice, target=f"{here.origin}/actors/1"))
    assert await contents(here) == ["Re"]
    assert [url for url in asked if url.startswith(here.origin)] == []
