"""Groups between an instance and another server: ours with both announces, and communities elsewhere as Lemmy sends."""

from typing import Any

import pytest

from phyle.conversation import follows, groups, posts, publishing
from phyle.conversation.publishing import Draft
from phyle.identity import accounts, leaving
from phyle.identity.actors import Actor
from tests.between import accepted, contents, follows_in, follows_out, met, received, unkept
from tests.instance import Instance, Member
from tests.peer import ACTIVITY, PUBLIC, Peer, peer
from tests.servers import eventually


async def group(here: Instance, name: str = "agora", **more: Any) -> Member:
    """A group of the instance. Nobody speaks to it through the client API."""
    rsa, ed25519 = await accounts.new_keys()
    async with here.store.transaction() as tx:
        actor = await groups.create(tx, name, rsa=rsa, ed25519=ed25519, **more)
    return Member(instance=here, actor=actor, token="")


async def document(here: Instance, address: str) -> Any:
    answer = await here.client.get(address, headers={"Accept": ACTIVITY})
    assert answer.status_code == 200, answer.text
    return answer.json()


def mention(actor: Actor) -> dict[str, Any]:
    return {"type": "Mention", "href": actor.uri, "name": f"@{actor.name}"}


def wrapped(there: Peer, kind: str) -> list[dict[str, Any]]:
    """The activities of this type that came within an Announce."""
    carried = [body["object"] for body in there.of_type("Announce") if isinstance(body["object"], dict)]
    return [activity for activity in carried if activity["type"] == kind]


def bare(there: Peer) -> list[str]:
    return [body["object"] for body in there.of_type("Announce") if isinstance(body["object"], str)]


async def test_the_document_of_a_group(here: Instance) -> None:
    agora, ana = await group(here, note="Where we meet"), await here.member("ana")
    async with here.store.transaction() as tx:
        await groups.settle(tx, agora.actor, moderators=[ana.actor.id], properties={"phyle:ledger": "x", "id": "y"})
    shown = await document(here, agora.actor.uri)
    assert (shown["type"], shown["preferredUsername"], shown["summary"]) == ("Group", "agora", "<p>Where we meet</p>")
    assert (shown["id"], shown["phyle:ledger"]) == (agora.actor.uri, "x")
    assert (shown["postingRestrictedToMods"], shown["manuallyApprovesFollowers"]) == (False, False)
    assert shown["endpoints"]["sharedInbox"] == here.inbox
    assert shown["@context"][-1]["phyle"] == "urn:phyle:v1#"
    moderators = await document(here, shown["attributedTo"])
    assert (moderators["type"], moderators["orderedItems"]) == ("OrderedCollection", [ana.actor.uri])
    for collection in ("featured", "outbox", "followers"):
        assert (await document(here, shown[collection]))["type"] == "OrderedCollection"
    resource = f"acct:agora@{here.origin.partition('://')[2]}"
    found = (await here.client.get("/.well-known/webfinger", params={"resource": resource})).json()
    assert any(link.get("href") == agora.actor.uri for link in found["links"])
    account = await ana.get("/api/v1/accounts/lookup", acct="agora")
    assert (account["group"], account["bot"], account["locked"]) == (True, False, False)
    assert (await here.client.get(f"{ana.actor.uri}/moderators", headers={"Accept": ACTIVITY})).status_code == 404


async def test_what_a_member_writes_in_a_group_goes_out_twice(here: Instance, there: Peer) -> None:
    agora, ana, bob = await group(here), await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, agora)
    post = await ana.post("/api/v1/statuses", status="@agora Bread?")
    await here.settled()
    assert bare(there) == [post["uri"]]
    (create,) = wrapped(there, "Create")
    note = create["object"]
    assert (create["actor"], note["id"], note["audience"]) == (ana.actor.uri, post["uri"], agora.actor.uri)
    assert [tag["href"] for tag in note["tag"] if tag["type"] == "Mention"] == [agora.actor.uri]
    (announce,) = [body for body in there.of_type("Announce") if isinstance(body["object"], dict)]
    assert (announce["actor"], announce["to"], announce["audience"]) == (agora.actor.uri, [PUBLIC], agora.actor.uri)
    assert announce["cc"] == [agora.actor.followers]

    await ana.ask("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Rolls?"})
    await ana.post(f"/api/v1/statuses/{post['id']}/favourite")
    await ana.post(f"/api/v1/statuses/{post['id']}/unfavourite")
    answer = await ana.post("/api/v1/statuses", status="Or soup", in_reply_to_id=post["id"])
    await here.settled()
    assert [update["object"]["content"] for update in wrapped(there, "Update")] == ["<p>Rolls?</p>"]
    assert [update["object"]["content"] for update in there.of_type("Update")] == ["<p>Rolls?</p>"]
    assert [like["object"] for like in wrapped(there, "Like")] == [post["uri"]]
    assert [undo["object"]["type"] for undo in wrapped(there, "Undo")] == ["Like"]
    assert [create["object"]["id"] for create in wrapped(there, "Create")] == [post["uri"], answer["uri"]]
    assert bare(there) == [post["uri"]], "answers are not boosted"
    (kept,) = [body["id"] for body in there.of_type("Announce") if answer["uri"] in str(body["object"])]
    assert (await document(here, kept))["object"]["object"]["id"] == answer["uri"]
    await ana.ask("DELETE", f"/api/v1/statuses/{answer['id']}")
    await here.settled()
    assert [delete["object"]["id"] for delete in there.of_type("Delete")] == [answer["uri"]]
    gone = await here.client.get(kept, headers={"Accept": ACTIVITY})
    assert gone.status_code == 404, "what was passed on does not outlive what it was about"
    assert [delete["object"]["id"] for delete in wrapped(there, "Delete")] == [answer["uri"]]
    outbox = await document(here, f"{agora.actor.uri}/outbox?page=true")
    assert [(item["type"], item["object"]) for item in outbox["orderedItems"]] == [("Announce", post["uri"])]


async def test_who_follows_a_group_hears_that_somebody_left_who_wrote_there(here: Instance, there: Peer) -> None:
    agora, ana, bob = await group(here), await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, agora)
    await ana.post("/api/v1/statuses", status="@agora Bread?")
    await here.settled()
    async with here.store.transaction() as tx:
        await leaving.delete(tx, await accounts.by_actor(tx, ana.actor.id))
    (delete,) = await received(there, "Delete")
    assert delete["object"] == ana.actor.uri


async def test_what_people_elsewhere_write_in_a_group_is_passed_on_as_they_said_it(here: Instance, there: Peer) -> None:
    agora, ana = await group(here), await here.member("ana")
    bob, carol = there.actor("bob"), there.actor("carol")
    await follows_in(here, there, carol, agora)
    await ana.post(f"/api/v1/accounts/{agora.actor.id}/follow")
    note = there.note(bob, "<p>@agora Bread?</p>", tag=[mention(agora.actor)], cc=[agora.actor.uri])
    create = there.activity("Create", bob, note, to=[PUBLIC], cc=[agora.actor.uri])
    await accepted(here, there, create)
    await here.settled()
    assert bare(there) == [note["id"]]
    said = {name: value for name, value in create.items() if name != "@context"}
    assert wrapped(there, "Create") == [said]
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert (seen["account"]["acct"], seen["account"]["group"]) == ("agora", True)
    assert seen["reblog"]["uri"] == note["id"]

    reply = there.note(carol, "<p>Soup</p>", inReplyTo=note["id"])
    for activity in (
        there.activity("Create", carol, reply),
        there.activity("Like", carol, note["id"]),
        there.activity("Dislike", bob, reply["id"]),
        there.activity("Update", bob, {**note, "content": "<p>Rolls?</p>", "updated": "2030-01-01T00:00:00Z"}),
        there.activity("Delete", carol, {"id": reply["id"], "type": "Tombstone"}),
    ):
        await accepted(here, there, activity)
        await here.settled()
        found = wrapped(there, activity["type"])[-1]
        assert found == {name: value for name, value in activity.items() if name != "@context"}
    assert bare(there) == [note["id"]]


async def test_people_of_lemmy_write_in_a_group(here: Instance, there: Peer) -> None:
    agora, basil = await group(here), there.actor("basil")
    await follows_in(here, there, basil, agora)
    post = page(there, basil, agora.actor.uri, "<p>In late winter.</p>")
    create = there.activity("Create", basil, post, to=[PUBLIC], cc=[agora.actor.uri], audience=agora.actor.uri)
    comment = there.note(basil, "<p>And never in frost.</p>", inReplyTo=post["id"], to=[PUBLIC], cc=[agora.actor.uri])
    answer = there.activity("Create", basil, comment, to=[PUBLIC], cc=[agora.actor.uri], audience=agora.actor.uri)
    for activity in (create, answer):
        await accepted(here, there, activity)
    await here.settled()
    assert bare(there) == [post["id"]]
    assert [carried["id"] for carried in wrapped(there, "Create")] == [create["id"], answer["id"]]
    shown = (await here.client.get("/@agora", headers={"Accept": "text/html"})).text
    assert "In late winter." in shown
    assert "A title" in shown


async def test_whoever_is_kept_out_is_not_passed_on(here: Instance, there: Peer) -> None:
    circle, bob, carol = await group(here, "circle", posting="followers"), there.actor("bob"), there.actor("carol")
    await follows_in(here, there, carol, circle)
    note = there.note(bob, tag=[mention(circle.actor)], cc=[circle.actor.uri])
    await accepted(here, there, there.activity("Create", bob, note))
    direct = there.note(carol, "<p>Psst</p>", to=[circle.actor.uri], cc=[], tag=[mention(circle.actor)])
    await accepted(here, there, there.activity("Create", carol, direct))
    await here.settled()
    assert there.of_type("Announce") == []
    assert sorted(await contents(here)) == ["Hello", "Psst"]


async def test_an_edit_does_not_bring_a_post_into_a_group(here: Instance, there: Peer) -> None:
    agora, ana, bob = await group(here, posting="nobody"), await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, agora)
    await follows_out(here, there, ana, bob)
    note = there.note(bob, audience=agora.actor.uri)
    await accepted(here, there, there.activity("Create", bob, note))
    changed = {**note, "content": "<p>New</p>", "updated": "2030-01-01T00:00:00Z"}
    await accepted(here, there, there.activity("Update", bob, changed))
    await here.settled()
    assert there.of_type("Announce") == []


async def test_a_group_speaks_with_what_only_phyles_read(here: Instance, there: Peer) -> None:
    agora, bob = await group(here), there.actor("bob")
    await follows_in(here, there, bob, agora)
    async with here.store.transaction() as tx:
        extension = {"phyle:proposal": {"id": "p"}, "phyle:note": 1}
        post = await publishing.publish_as(tx, agora.actor, Draft(text="Text", title="Bread", extension=extension))
    await here.settled()
    create = next(body for body in there.of_type("Create") if body["actor"] == agora.actor.uri)
    assert (create["object"]["name"], create["object"]["phyle:proposal"]) == ("Bread", {"id": "p"})
    assert create["object"]["audience"] == agora.actor.uri
    assert wrapped(there, "Create")[0]["object"] == create["object"]
    assert bare(there) == []
    assert (await document(here, post.uri))["phyle:proposal"] == {"id": "p"}
    async with here.store.transaction() as tx:
        await publishing.extend(tx, agora.actor, post, {"phyle:proposal": {"id": "p", "state": "passed"}})
    (update,) = await received(there, "Update")
    assert update["object"]["phyle:proposal"] == {"id": "p", "state": "passed"}


async def test_who_asks_to_follow_a_kept_group_waits_for_its_keeper(here: Instance, there: Peer) -> None:
    unkept(here)
    members, bob = await group(here, "members", asked=True), there.actor("bob")
    follow = there.activity("Follow", bob, members.actor.uri)
    await accepted(here, there, follow)
    await here.settled()
    assert there.of_type("Accept") == []
    (kept,) = await here.fetch("SELECT kept, body FROM federation.evidence")
    assert kept["kept"]
    assert follow["id"].encode() in kept["body"]
    who = await met(here, bob)
    async with here.store.transaction() as tx:
        assert await follows.accept(tx, members.actor, who)
    (accept,) = await received(there, "Accept")
    assert (accept["actor"], accept["object"]["id"]) == (members.actor.uri, follow["id"])
    await accepted(here, there, there.activity("Undo", bob, follow))
    async with here.store.reading() as tx:
        assert not (await follows.relationship(tx, who.id, members.actor.id)).following


# Communities elsewhere


def community(there: Peer, name: str = "bees") -> str:
    """A community in the shape of Lemmy's."""
    uri = there.actor(name, type="Group", postingRestrictedToMods=False)
    there.documents[f"/users/{name}"]["attributedTo"] = f"{uri}/moderators"
    return uri


def page(there: Peer, author: str, group: str, content: str = "<p>Hello</p>", **more: Any) -> dict[str, Any]:
    return there.note(
        author,
        content,
        **{"type": "Page", "name": "A title", "to": [group, PUBLIC], "cc": [], "audience": group, **more},
    )


def announce(there: Peer, group: str, activity: dict[str, Any]) -> dict[str, Any]:
    carried = {name: value for name, value in activity.items() if name != "@context"}
    return there.activity("Announce", group, carried, to=[PUBLIC], cc=[f"{group}/followers"])


async def shared_at_home(member: Member) -> list[Any]:
    return [status for status in await member.get("/api/v1/timelines/home") if status["reblog"]]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["author at the group's server", "author elsewhere"])
async def test_a_community_that_a_member_follows(here: Instance, there: Peer, elsewhere: bool) -> None:
    async with peer() as third:
        home = third if elsewhere else there
        bees, basil, ana = community(there), home.actor("basil"), await here.member("ana")
        await follows_out(here, there, ana, bees)
        post = page(home, basil, bees)
        forged = {**post, "content": "<p>Forged</p>"} if elsewhere else post
        await accepted(here, there, announce(there, bees, home.activity("Create", basil, forged)))
        await here.settled(deliveries=False)
        (seen,) = await ana.get("/api/v1/timelines/home")
        assert (seen["account"]["acct"], seen["account"]["group"]) == (f"bees@{there.host}", True)
        assert seen["reblog"]["content"] == "<p><strong>A title</strong></p><p>Hello</p>"
        assert seen["reblog"]["account"]["acct"] == f"basil@{home.host}"

        comment = there.note(there.actor("cy"), "<p>Yes</p>", inReplyTo=post["id"], to=[PUBLIC], audience=bees)
        await accepted(here, there, announce(there, bees, there.activity("Create", comment["attributedTo"], comment)))
        assert len(await ana.get("/api/v1/timelines/home")) == 1, "answers are below, not at home"
        shown = await ana.get(f"/api/v1/statuses/{seen['reblog']['id']}/context")
        assert [below["content"] for below in shown["descendants"]] == ["<p>Yes</p>"]

        await ana.post("/api/v1/statuses", status="Thanks", in_reply_to_id=seen["reblog"]["id"])
        create = next(body for body in await received(there, "Create") if body["actor"] == ana.actor.uri)
        assert (create["object"]["audience"], bees in create["cc"]) == (bees, True)

        changed = {**post, "content": "<p>Changed</p>", "updated": "2030-01-01T00:00:00Z"}
        home.documents[post["id"].removeprefix(home.origin)] = changed
        carried = {**changed, "content": "x"} if elsewhere else changed
        await accepted(here, there, announce(there, bees, home.activity("Update", basil, carried)))
        await here.settled(deliveries=False)
        (seen,) = await shared_at_home(ana)
        assert seen["reblog"]["content"].endswith("<p>Changed</p>")

        await accepted(here, there, announce(there, bees, home.activity("Delete", basil, post["id"])))
        assert len(await shared_at_home(ana)) == int(elsewhere), "its word counts on its own server only"


async def test_a_community_that_nobody_follows_and_a_person_who_passes_on(here: Instance, there: Peer) -> None:
    bees, basil, ana, bob = community(there), there.actor("basil"), await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    for announcer in (bees, bob):
        await accepted(
            here, there, announce(there, announcer, there.activity("Create", basil, page(there, basil, bees)))
        )
    assert await contents(here) == []
    assert await ana.get("/api/v1/timelines/home") == []


async def test_likes_that_are_passed_on_are_not_kept(here: Instance, there: Peer) -> None:
    bees, basil, ana = community(there), there.actor("basil"), await here.member("ana")
    await follows_out(here, there, ana, bees)
    post = await ana.post("/api/v1/statuses", status=f"@bees@{there.host} Hello")
    await accepted(here, there, announce(there, bees, there.activity("Like", basil, post["uri"])))
    assert (await ana.get(f"/api/v1/statuses/{post['id']}"))["favourites_count"] == 0
    assert not await here.value("SELECT count(*) FROM federation.unknown_activities")


async def test_a_member_writes_in_a_community(here: Instance, there: Peer) -> None:
    bees, ana = community(there), await here.member("ana")
    await follows_out(here, there, ana, bees)
    post = await ana.post("/api/v1/statuses", status=f"@bees@{there.host} Which hive?")
    (create,) = await received(there, "Create")
    assert (create["object"]["audience"], bees in create["object"]["cc"]) == (bees, True)
    back = {name: value for name, value in create.items() if name != "@context"}
    await accepted(here, there, announce(there, bees, back))
    await accepted(here, there, there.activity("Announce", bees, post["uri"], to=[PUBLIC]))

    async def shared() -> bool:
        return bool((await ana.get(f"/api/v1/statuses/{post['id']}"))["reblogs_count"] == 1)

    await eventually(shared)
    async with here.store.reading() as tx:
        found = await posts.by_id(tx, int(post["id"]))
    assert found is not None
    assert found.boosts_count == 1, "both announces are one boost"
