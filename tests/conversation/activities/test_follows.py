"""Follows between an instance and another server, in and out."""

from typing import Any

import pytest

from tests.between import accepted, follows_in, follows_out, met, received
from tests.instance import Instance, Member
from tests.peer import Peer


async def counts(member: Member) -> tuple[int, int]:
    me = await member.get("/api/v1/accounts/verify_credentials")
    return me["followers_count"], me["following_count"]


async def relation(member: Member, actor: int) -> dict[str, Any]:
    found: dict[str, Any] = (await member.get("/api/v1/accounts/relationships", id=str(actor)))[0]
    return found


async def test_somebody_elsewhere_follows_a_member(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_in(here, there, bob, ana)
    (accept,) = there.of_type("Accept")
    assert accept["actor"] == ana.actor.uri
    assert (accept["object"]["id"], accept["object"]["actor"], accept["object"]["object"]) == (
        follow["id"],
        bob,
        ana.actor.uri,
    )
    assert await counts(ana) == (1, 0)
    assert (await ana.get("/api/v1/notifications"))[0]["type"] == "follow"


async def test_a_post_reaches_the_follower(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    await ana.post("/api/v1/statuses", status="Hello #world", visibility="public")
    (create,) = await received(there, "Create")
    assert create["object"]["type"] == "Note"
    assert create["object"]["attributedTo"] == ana.actor.uri
    assert "Hello" in create["object"]["content"]
    assert create["object"]["tag"][0]["name"] == "#world"


@pytest.mark.parametrize("same", [True, False])
async def test_a_follow_that_comes_again_is_accepted_again(here: Instance, there: Peer, same: bool) -> None:
    """The first answer may be lost; and some servers give all Follows between two the same id."""
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_in(here, there, bob, ana)
    again = follow if same else there.activity("Follow", bob, ana.actor.uri)
    await here.fetch("UPDATE federation.seen SET seen_at = now() - interval '1 hour'")
    await accepted(here, there, again)
    answers = await received(there, "Accept", count=2)
    assert answers[1]["object"]["id"] == again["id"]
    assert await counts(ana) == (1, 0)


@pytest.mark.parametrize("naming", ["whole", "by id", "without id"])
async def test_an_undo_ends_it_and_the_next_follow_begins_anew(here: Instance, there: Peer, naming: str) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_in(here, there, bob, ana)
    bare = {name: value for name, value in follow.items() if name not in ("id", "@context")}
    inner = {"whole": follow, "by id": follow["id"], "without id": bare}[naming]
    undo = there.activity("Undo", bob, inner)
    await accepted(here, there, undo)
    assert await counts(ana) == (0, 0)
    await here.fetch("UPDATE federation.seen SET seen_at = now() - interval '1 hour'")
    await accepted(here, there, follow)
    assert await counts(ana) == (1, 0)
    await accepted(here, there, undo)
    assert await counts(ana) == ((0, 0) if naming != "by id" else (1, 0)), "named by id alone it is known as seen"


async def test_an_undo_that_comes_before_its_follow(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = there.activity("Follow", bob, ana.actor.uri)
    await accepted(here, there, there.activity("Undo", bob, follow))
    await accepted(here, there, follow)
    assert await counts(ana) == (0, 0)
    await accepted(here, there, there.activity("Follow", bob, ana.actor.uri))
    assert await counts(ana) == (1, 0)


@pytest.mark.parametrize("answer", ["authorize", "reject"])
async def test_a_locked_member_decides(here: Instance, there: Peer, answer: str) -> None:
    ana, bob = await here.member("ana", locked=True), there.actor("bob")
    follow = there.activity("Follow", bob, ana.actor.uri)
    await accepted(here, there, follow)
    assert await counts(ana) == (0, 0)
    (request,) = await ana.get("/api/v1/follow_requests")
    assert request["acct"] == f"bob@{there.host}"
    assert there.received == []
    await ana.post(f"/api/v1/follow_requests/{request['id']}/{answer}")
    kind = "Accept" if answer == "authorize" else "Reject"
    (sent,) = await received(there, kind)
    assert sent["object"]["id"] == follow["id"]
    assert await counts(ana) == (int(kind == "Accept"), 0)


async def test_a_member_removes_a_follower(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_in(here, there, bob, ana)
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/remove_from_followers")
    (reject,) = await received(there, "Reject")
    assert reject["object"]["id"] == follow["id"]
    assert await counts(ana) == (0, 0)


@pytest.mark.parametrize("naming", ["whole", "by id", "without id", "only id and type"])
async def test_a_member_follows_somebody_elsewhere(here: Instance, there: Peer, naming: str) -> None:
    ana, bob = await here.member("ana"), there.actor("bob", locked=True)
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/follow")
    (follow,) = await received(there, "Follow")
    assert (follow["actor"], follow["object"]) == (ana.actor.uri, bob)
    assert (await relation(ana, actor.id))["requested"]
    inner: dict[str, Any] = {
        "whole": follow,
        "by id": follow["id"],
        "without id": {name: value for name, value in follow.items() if name != "id"},
        "only id and type": {"id": follow["id"], "type": "Follow"},
    }
    await accepted(here, there, there.activity("Accept", bob, inner[naming]))
    assert (await relation(ana, actor.id))["following"]
    assert await counts(ana) == (0, 1)


async def test_a_follow_that_is_rejected_or_ended_by_the_followed(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob", locked=True)
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/follow")
    (follow,) = await received(there, "Follow")
    await accepted(here, there, there.activity("Reject", bob, follow))
    assert not (await relation(ana, actor.id))["requested"]
    again = await follows_out(here, there, ana, bob)
    assert again["id"] != follow["id"]
    assert await counts(ana) == (0, 1)
    await accepted(here, there, there.activity("Reject", bob, again["id"]))
    assert await counts(ana) == (0, 0)


async def test_a_member_unfollows(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    follow = await follows_out(here, there, ana, bob)
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/unfollow")
    (undo,) = await received(there, "Undo")
    assert undo["object"]["id"] == follow["id"]
    assert (undo["object"]["type"], undo["object"]["object"]) == ("Follow", bob)
    await accepted(here, there, there.activity("Accept", bob, follow))
    assert await counts(ana) == (0, 0), "an answer that comes too late begins nothing"
