"""Likes and boosts between an instance and another server, in and out."""

from typing import Any

import pytest

from tests.between import accepted, contents, follows_in, follows_out, received
from tests.instance import Instance, Member
from tests.peer import PUBLIC, Peer


async def tally(member: Member, post: str) -> tuple[int, int]:
    seen = await member.get(f"/api/v1/statuses/{post}")
    return seen["favourites_count"], seen["reblogs_count"]


def named(activity: dict[str, Any], naming: str) -> Any:
    """As the object of an Undo: whole, by its id, or without an id."""
    if naming == "by id":
        return activity["id"]
    return {key: value for key, value in activity.items() if naming == "whole" or key not in ("id", "@context")}


@pytest.mark.parametrize("naming", ["whole", "by id", "without id"])
async def test_somebody_elsewhere_likes_and_boosts(here: Instance, there: Peer, naming: str) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="Hello")
    like = there.activity("Like", bob, post["uri"])
    boost = there.activity("Announce", bob, post["uri"], to=[PUBLIC])
    for activity in (like, boost, {**like, "id": f"{like['id']}/2"}):
        await accepted(here, there, activity)
    assert await tally(ana, post["id"]) == (1, 1)
    assert {told["type"] for told in await ana.get("/api/v1/notifications")} == {"favourite", "reblog"}
    await accepted(here, there, there.activity("Undo", bob, named(boost, naming)))
    assert await tally(ana, post["id"]) == (1, 0)
    await accepted(here, there, there.activity("Undo", bob, named(like, naming)))
    assert await tally(ana, post["id"]) == (0, 0)
    assert await ana.get("/api/v1/notifications") == []


async def test_an_undo_that_comes_first(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="Hello")
    like = there.activity("Like", bob, post["uri"])
    boost = there.activity("Announce", bob, post["uri"], to=[PUBLIC])
    for activity in (like, boost):
        await accepted(here, there, there.activity("Undo", bob, activity))
        await accepted(here, there, activity)
    assert await tally(ana, post["id"]) == (0, 0)


async def test_a_boost_of_what_is_not_here_yet(here: Instance, there: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_out(here, there, ana, bob)
    note = there.note(carol, "<p>From carol</p>")
    boost = there.activity("Announce", bob, note["id"], to=[PUBLIC], cc=[f"{bob}/followers"])
    await accepted(here, there, boost)
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert (seen["account"]["username"], seen["reblog"]["account"]["username"]) == ("bob", "carol")
    await accepted(here, there, there.activity("Delete", bob, boost["id"]))
    assert await ana.get("/api/v1/timelines/home") == []
    assert await contents(here) == ["From carol"]


async def test_a_boost_of_what_is_not_for_everyone(here: Instance, there: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_out(here, there, ana, bob)
    note = there.note(carol, to=[f"{carol}/followers"], cc=[])
    await accepted(here, there, there.activity("Announce", bob, note["id"], to=[PUBLIC]))
    assert await contents(here) == []


async def test_nobody_likes_or_boosts_what_they_may_not_see(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    for kind in ("Like", "Announce"):
        await accepted(here, there, there.activity(kind, bob, post["uri"], to=[PUBLIC]))
    assert await tally(ana, post["id"]) == (0, 0)


async def test_a_member_likes_and_boosts(here: Instance, there: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_out(here, there, ana, bob)
    await follows_in(here, there, carol, ana)
    note = there.note(bob)
    await accepted(here, there, there.activity("Create", bob, note))
    number = (await ana.get("/api/v1/timelines/home"))[0]["id"]
    for deed, kind, undoing in (("favourite", "Like", "unfavourite"), ("reblog", "Announce", "unreblog")):
        await ana.post(f"/api/v1/statuses/{number}/{deed}")
        (activity,) = await received(there, kind)
        assert (activity["actor"], activity["object"]) == (ana.actor.uri, note["id"])
        assert bob in activity["to"] + activity.get("cc", [])
        await ana.post(f"/api/v1/statuses/{number}/{undoing}")
        undo = next(body for body in await received(there, "Undo") if body["object"]["type"] == kind)
        assert undo["object"]["id"] == activity["id"]
        there.received.clear()
