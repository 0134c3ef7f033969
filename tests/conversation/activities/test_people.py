"""Profiles, departures, moves, blocks and reports between an instance and another server, in and out."""

from typing import Any

import pytest

from phyle.conversation import moving
from tests.between import accepted, contents, follows_in, follows_out, met, received
from tests.instance import Instance
from tests.peer import PUBLIC, Peer


async def test_a_profile_changes_elsewhere(here: Instance, there: Peer) -> None:
    bob = there.actor("bob", summary="Cook")
    actor = await met(here, bob)
    assert actor.summary == "Cook"
    document: dict[str, Any] = {**there.documents["/users/bob"], "name": "Robert", "summary": "<p>Baker</p><script/>"}
    await accepted(here, there, there.activity("Update", bob, document, to=[PUBLIC]))
    row = (await here.fetch("SELECT display_name, summary, inbox FROM identity.actors WHERE uri = $1", bob))[0]
    assert tuple(row) == ("Robert", "<p>Baker</p>", f"{bob}/inbox")


async def test_a_member_changes_their_profile(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    answer = await ana.ask("PATCH", "/api/v1/accounts/update_credentials", data={"display_name": "Ana B"})
    assert answer.status_code == 200
    (update,) = await received(there, "Update")
    assert (update["object"]["id"], update["object"]["name"]) == (ana.actor.uri, "Ana B")
    assert update["object"]["publicKey"]["owner"] == ana.actor.uri


async def test_somebody_elsewhere_deletes_themselves(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    await follows_in(here, there, bob, ana)
    post = await ana.post("/api/v1/statuses", status="Hello")
    await accepted(here, there, there.activity("Like", bob, post["uri"]))
    await accepted(here, there, there.activity("Announce", bob, post["uri"], to=[PUBLIC]))
    await accepted(here, there, there.activity("Create", bob, there.note(bob, "<p>Bye</p>")))
    await accepted(here, there, there.activity("Delete", bob, bob, to=[PUBLIC]))
    assert await contents(here) == ["Hello"]
    me = await ana.get("/api/v1/accounts/verify_credentials")
    assert (me["followers_count"], me["following_count"]) == (0, 0)
    seen = await ana.get(f"/api/v1/statuses/{post['id']}")
    assert (seen["favourites_count"], seen["reblogs_count"]) == (0, 0)
    await there.send(here.inbox, there.activity("Create", bob, there.note(bob, "<p>Back</p>")))
    await here.settled()
    assert len(await contents(here)) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_followers_go_along_with_who_moves(here: Instance, there: Peer, known: bool) -> None:
    """Also if the new account is known from before it named the old one."""
    ana, old, new = await here.member("ana"), there.actor("old"), there.actor("new")
    await follows_out(here, there, ana, old)
    if known:
        await met(here, new)
    there.documents["/users/new"]["alsoKnownAs"] = [old]
    await accepted(here, there, there.activity("Move", old, old, target=new))
    assert len(await received(there, "Follow", object=new)) == 1
    (undo,) = await received(there, "Undo")
    assert undo["object"]["object"] == old
    assert await here.value("SELECT moved_to FROM identity.actors WHERE uri = $1", old) == new


async def test_somebody_moves_here(here: Instance, there: Peer) -> None:
    ana, ben, old = await here.member("ana"), await here.member("ben"), there.actor("old")
    await follows_out(here, there, ben, old)
    move = there.activity("Move", old, old, target=ana.actor.uri)
    await accepted(here, there, move)
    assert await here.value("SELECT moved_to FROM identity.actors WHERE uri = $1", old) is None
    async with here.store.transaction() as tx:
        await moving.set_aliases(tx, ana.actor, [old])
    await accepted(here, there, there.activity("Move", old, old, target=ana.actor.uri))
    assert await here.value("SELECT moved_to FROM identity.actors WHERE uri = $1", old) == ana.actor.uri
    me = await ben.get("/api/v1/accounts/relationships", id=str(ana.actor.id))
    assert me[0]["following"]


async def test_a_member_moves_away(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    new = await met(here, there.actor("ana", alsoKnownAs=[ana.actor.uri]))
    async with here.store.transaction() as tx:
        await moving.move(tx, ana.actor, new)
    (move,) = await received(there, "Move")
    assert (move["actor"], move["object"], move["target"]) == (ana.actor.uri, ana.actor.uri, new.uri)
    document = (await here.client.get(ana.actor.uri, headers={"Accept": "application/activity+json"})).json()
    assert document["movedTo"] == new.uri


@pytest.mark.parametrize("naming", ["whole", "by id"])
async def test_somebody_elsewhere_blocks_a_member(here: Instance, there: Peer, naming: str) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    await follows_out(here, there, ana, bob)
    block = there.activity("Block", bob, ana.actor.uri)
    await accepted(here, there, block)
    actor = await met(here, bob)
    relation = (await ana.get("/api/v1/accounts/relationships", id=str(actor.id)))[0]
    assert (relation["following"], relation["followed_by"], relation["blocked_by"]) == (False, False, True)
    assert (await ana.ask("POST", f"/api/v1/accounts/{actor.id}/follow")).status_code == 403
    await accepted(here, there, there.activity("Undo", bob, block if naming == "whole" else block["id"]))
    relation = (await ana.get("/api/v1/accounts/relationships", id=str(actor.id)))[0]
    assert not relation["blocked_by"]


async def test_a_member_blocks_somebody_elsewhere(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_in(here, there, bob, ana)
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/block")
    (block,) = await received(there, "Block")
    (reject,) = await received(there, "Reject")
    assert (block["object"], reject["object"]["id"]) == (bob, follow["id"])
    await accepted(here, there, there.activity("Follow", bob, ana.actor.uri))
    assert len(await received(there, "Reject", count=2)) == 2
    await ana.post(f"/api/v1/accounts/{actor.id}/unblock")
    (undo,) = await received(there, "Undo")
    assert undo["object"]["id"] == block["id"]


async def test_a_report_from_elsewhere(here: Instance, there: Peer) -> None:
    ana, service = await here.member("ana"), there.actor("instance")
    post = await ana.post("/api/v1/statuses", status="Hello")
    flag = there.activity("Flag", service, [ana.actor.uri, post["uri"], "https://x.example/1"], content="Rude")
    await accepted(here, there, flag)
    await accepted(here, there, {**there.activity("Flag", service, post["uri"]), "content": "Again"})
    rows = await here.fetch("SELECT comment, posts, subject FROM conversation.reports ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("Rude", [post["uri"]], ana.actor.id),
        ("Again", [post["uri"]], ana.actor.id),
    ]


async def test_a_members_report_is_forwarded_without_their_name(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    actor = await met(here, bob)
    await ana.post("/api/v1/reports", account_id=str(actor.id), comment="Rude", forward=True)
    (flag,) = await received(there, "Flag")
    assert (flag["object"], flag["content"]) == ([bob], "Rude")
    assert flag["actor"] != ana.actor.uri
    assert ana.actor.uri not in str(flag)
    await ana.post("/api/v1/reports", account_id=str(actor.id), comment="Only for us")
    await here.settled()
    assert len(there.of_type("Flag")) == 1


async def test_whom_somebody_looks_for_is_asked_about_again_after_a_day(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob", name="Bob")
    await met(here, bob)
    await here.settled()
    document = there.documents["/users/bob"]

    async def shown(words: str) -> list[str]:
        found = await ana.get("/api/v2/search", q=words, resolve="true", type="accounts")
        return [each["display_name"] for each in found["accounts"]]

    document["name"] = "Robert"
    asked = len(there.asked)
    assert await shown(f"@bob@{there.host}") == ["Bob"]
    assert len(there.asked) == asked
    for words, name in ((f"@bob@{there.host}", "Rob"), (bob, "Robin")):
        await here.fetch("UPDATE identity.actors SET fetched_at = now() - interval '2 days' WHERE uri = $1", bob)
        document["name"] = name
        assert await shown(words) == [name]
    await here.fetch("UPDATE identity.actors SET fetched_at = now() - interval '2 days' WHERE uri = $1", bob)
    there.documents["/users/bob"] = 503
    assert await shown(bob) == ["Robin"]
