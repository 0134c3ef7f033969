"""Posts between an instance and another server, in and out: Create, Update, Delete, in whatever order they come."""

from datetime import timedelta
from typing import Any

from phyle.clock import now
from tests.between import accepted, contents, follows_in, follows_out, met, received
from tests.instance import Instance, Member
from tests.peer import PUBLIC, Peer
from tests.servers import eventually


async def at_home(member: Member) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await member.get("/api/v1/timelines/home")
    return found


async def test_a_post_from_elsewhere_appears_changes_and_goes(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    hour = timedelta(hours=1)
    bees = [{"type": "Hashtag", "name": "#Bees"}]
    note = there.note(bob, "<p>First</p><script>no</script>", summary="Careful", tag=bees)
    note["published"] = (now() - hour).isoformat()
    await accepted(here, there, there.activity("Create", bob, note))
    (seen,) = await at_home(ana)
    assert (seen["content"], seen["spoiler_text"], seen["visibility"]) == ("<p>First</p>", "Careful", "public")
    assert (seen["account"]["acct"], seen["tags"][0]["name"].lower()) == (f"bob@{there.host}", "bees")

    for ago, text in ((hour / 4, "Third"), (hour / 2, "Second")):
        changed = {**note, "content": f"<p>{text}</p>", "updated": (now() - ago).isoformat()}
        await accepted(here, there, there.activity("Update", bob, changed))
    assert await contents(here) == ["Third"], "an older edit that comes later changes nothing"

    tombstone = {"id": note["id"], "type": "Tombstone"}
    await accepted(here, there, there.activity("Delete", bob, tombstone))
    assert await at_home(ana) == []
    assert await contents(here) == []
    await accepted(here, there, there.activity("Create", bob, note))
    await accepted(here, there, there.activity("Announce", there.actor("carol"), note["id"], to=[PUBLIC]))
    assert await contents(here) == [], "what was deleted stays so"


async def test_an_edit_that_no_longer_names_its_parent(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    note = there.note(bob, "<p>First</p>", inReplyTo=f"{there.origin}/deleted")
    await accepted(here, there, there.activity("Create", bob, note))
    changed = {**note, "content": "<p>Second</p>", "updated": "2030-01-01T00:00:00Z", "inReplyTo": None}
    await accepted(here, there, there.activity("Update", bob, changed))
    assert await contents(here) == ["Second"]
    assert await here.value("SELECT reply_to_uri FROM conversation.posts") == f"{there.origin}/deleted"


async def test_a_delete_that_comes_before_its_create(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    note = there.note(bob)
    await accepted(here, there, there.activity("Delete", bob, note["id"]))
    await accepted(here, there, there.activity("Create", bob, note))
    assert await contents(here) == []


async def test_a_create_that_names_its_post_by_id(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    await accepted(here, there, there.activity("Create", bob, there.note(bob)["id"]))
    assert await contents(here) == ["Hello"]


async def test_a_strangers_post_is_kept_only_if_it_concerns_somebody(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await accepted(here, there, there.activity("Create", bob, there.note(bob, "<p>To nobody</p>")))
    tag = [{"type": "Mention", "href": ana.actor.uri, "name": "@ana"}]
    direct = there.note(bob, "<p>To ana</p>", tag=tag, to=[ana.actor.uri], cc=[])
    await accepted(here, there, there.activity("Create", bob, direct))
    assert await contents(here) == ["To ana"]
    (told,) = await ana.get("/api/v1/notifications")
    assert (told["type"], told["status"]["visibility"]) == ("mention", "direct")


async def test_a_thread_across_servers(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await met(here, bob)
    post = await ana.post("/api/v1/statuses", status="Question")
    reply = there.note(bob, "<p>Answer</p>", inReplyTo=post["uri"])
    await accepted(here, there, there.activity("Create", bob, reply))
    (answer,) = (await ana.get(f"/api/v1/statuses/{post['id']}/context"))["descendants"]
    assert answer["in_reply_to_id"] == post["id"]
    await ana.post("/api/v1/statuses", status=f"@bob@{there.host} Thanks", in_reply_to_id=answer["id"])
    (create,) = await received(there, "Create")
    assert create["object"]["inReplyTo"] == reply["id"]
    assert create["object"]["tag"][0]["href"] == bob
    assert bob in create["cc"]


async def test_a_members_post_its_edit_and_its_end(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    post = await ana.post("/api/v1/statuses", status="First", spoiler_text="Careful")
    (create,) = await received(there, "Create")
    assert (create["object"]["summary"], create["object"]["content"]) == ("Careful", "<p>First</p>")
    assert create["to"] == [PUBLIC]
    await ana.ask("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Second"})
    (update,) = await received(there, "Update")
    assert (update["object"]["id"], update["object"]["content"]) == (post["uri"], "<p>Second</p>")
    assert update["object"]["updated"] > update["object"]["published"]
    await ana.ask("DELETE", f"/api/v1/statuses/{post['id']}")
    (delete,) = await received(there, "Delete")
    assert delete["object"] == {"id": post["uri"], "type": "Tombstone"}
    assert [body["type"] for body in there.of_type("Create") + there.of_type("Delete")] == ["Create", "Delete"]


async def test_what_boosted_or_liked_a_post_hears_of_its_edit(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="First")
    await accepted(here, there, there.activity("Like", bob, post["uri"]))
    await ana.ask("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Second"})
    await received(there, "Update")


async def test_one_server_hears_of_a_post_once(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    for name in ("bob", "carol", "dan"):
        await accepted(here, there, there.activity("Follow", there.actor(name), ana.actor.uri))
    await received(there, "Accept", count=3)
    await ana.post("/api/v1/statuses", status=f"@bob@{there.host} Hello")
    await received(there, "Create")
    await here.settled()
    assert len(there.of_type("Create")) == 1
    assert [one.path for one in there.received if one.body["type"] == "Create"] == ["/inbox"]


async def test_a_parent_whose_server_is_away_comes_later(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    parent = there.note(bob, "<p>Parent</p>")
    path = parent["id"].removeprefix(there.origin)
    document, there.documents[path] = there.documents[path], 503
    await accepted(here, there, there.activity("Create", bob, there.note(bob, "<p>Child</p>", inReplyTo=parent["id"])))

    async def put_off() -> bool:
        return bool(await here.value("SELECT count(*) FROM store.jobs WHERE run_at > now() AND claimed_by IS NULL"))

    await eventually(put_off)
    there.documents[path] = document
    await here.fetch("UPDATE store.jobs SET run_at = now()")
    here.store.wakes.wake("network_jobs")
    await here.settled()
    assert sorted(await contents(here)) == ["Child", "Parent"]
    number = await here.value("SELECT id FROM conversation.posts WHERE content = '<p>Child</p>'")
    context = await ana.get(f"/api/v1/statuses/{number}/context")
    assert [above["content"] for above in context["ancestors"]] == ["<p>Parent</p>"]
