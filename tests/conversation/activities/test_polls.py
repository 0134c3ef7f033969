"""Polls between an instance and another server, in the shapes of Mastodon: votes in and out, numbers, the close."""

import itertools
from typing import Any

from phyle.clock import now
from phyle.conversation import polls
from phyle.federation import evidence
from phyle.federation.claims import Request
from phyle.federation.signatures import claimed, verify
from phyle.identity import keys
from tests.between import accepted, contents, follows_in, follows_out, met, received, unkept
from tests.instance import Instance, Member
from tests.peer import PUBLIC, Peer
from tests.servers import eventually

_numbers = itertools.count(1)


def vote(there: Peer, voter: str, poll: Any, name: str) -> dict[str, Any]:
    """As Mastodon sends it: the Note has an id that cannot be fetched, a name and no content."""
    uri = f"{voter}#votes/{next(_numbers)}"
    to = poll["account"]["uri"] if "account" in poll else poll["attributedTo"]
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": voter,
        "to": to,
        "object": {
            "id": uri,
            "type": "Note",
            "name": name,
            "attributedTo": voter,
            "to": to,
            "inReplyTo": poll["uri"] if "uri" in poll else poll["id"],
        },
    }


async def asks(member: Member, **more: Any) -> Any:
    poll = {"options": ["Bread", "Soup"], "expires_in": 3600, **more}
    return await member.post("/api/v1/statuses", status="Lunch?", poll=poll)


async def stands(member: Member, post: Any) -> tuple[list[int | None], int]:
    poll = await member.get(f"/api/v1/polls/{post['id']}")
    return [option["votes_count"] for option in poll["options"]], poll["voters_count"]


async def soon(here: Instance) -> None:
    """What is told after a while is told now."""
    await here.fetch("UPDATE store.jobs SET run_at = now() WHERE name = 'conversation.tell_counted'")
    here.store.wakes.wake("jobs")
    await here.settled()


async def closes(here: Instance) -> None:
    await here.fetch("UPDATE conversation.polls SET ends_at = now() - interval '1 second'")
    async with here.store.transaction() as tx:
        await polls.close_over(tx, {})
    await here.settled()


async def test_people_elsewhere_vote_and_hear_how_it_stands(here: Instance, there: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_in(here, there, bob, ana)
    post = await asks(ana)
    (create,) = await received(there, "Create")
    question = create["object"]
    assert (question["type"], question["votersCount"], "closed" in question) == ("Question", 0, False)
    assert question["oneOf"] == [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}} for name in ("Bread", "Soup")
    ]
    assert question["endTime"] == post["poll"]["expires_at"]

    inbox = f"{ana.actor.uri}/inbox"
    for voter, name in ((bob, "Soup"), (bob, "Bread"), (carol, "Soup"), (carol, "Pizza")):
        assert (await there.send(inbox, vote(there, voter, post, name))).status_code == 202
        await here.settled(deliveries=False)
    assert await stands(ana, post) == ([0, 2], 2), "the first vote counts, and only for what is offered"
    assert await contents(here) == ["Lunch?"], "a vote is no answer"
    shown = await ana.get(f"/api/v1/statuses/{post['id']}")
    assert (shown["replies_count"], await ana.get("/api/v1/notifications", **{"types[]": "mention"})) == (0, [])
    assert not await here.value("SELECT count(*) FROM federation.evidence"), "nobody has to show how they voted"

    await soon(here)
    (update,) = there.of_type("Update")
    assert [option["replies"]["totalItems"] for option in update["object"]["oneOf"]] == [0, 2]
    assert (update["object"]["votersCount"], "updated" in update["object"]) == (2, False)
    await closes(here)
    closing = there.of_type("Update")[-1]["object"]
    assert closing["closed"] == closing["endTime"]
    await accepted(here, there, vote(there, there.actor("dan"), post, "Bread"))
    assert await stands(ana, post) == ([0, 2], 2)
    (told,) = await ana.get("/api/v1/notifications", **{"types[]": "poll"})
    assert told["status"]["poll"]["expired"]


async def test_hidden_totals_are_nothing_until_the_close(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    post = await asks(ana, hide_totals=True, multiple=True)
    for name in ("Soup", "Bread"):
        await accepted(here, there, vote(there, bob, post, name))
    assert await stands(ana, post) == ([None, None], 1)
    await soon(here)
    (update,) = there.of_type("Update")
    assert [option["replies"]["totalItems"] for option in update["object"]["anyOf"]] == [0, 0]
    assert update["object"]["votersCount"] == 1
    await closes(here)
    question = there.of_type("Update")[-1]["object"]
    assert [option["replies"]["totalItems"] for option in question["anyOf"]] == [1, 1]
    assert await stands(ana, post) == ([1, 1], 1)


async def test_several_choices_in_one_activity(here: Instance, there: Peer) -> None:
    """As GoToSocial sends them."""
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await asks(ana, multiple=True)
    unkept(here)
    await here.fetch("UPDATE conversation.polls SET ballot = true")
    sent = vote(there, bob, post, "Soup")
    await accepted(here, there, {**sent, "object": [sent["object"], vote(there, bob, post, "Bread")["object"]]})
    async with here.store.transaction() as tx:
        (kept,) = await polls.kept_votes(tx, int(post["id"]))
        assert kept.choices == [0, 1]
        assert kept.evidence is not None
        assert b"Bread" in (await evidence.take(tx, kept.evidence)).body
    strange = there.note(there.actor("eve"), "<p>Not a vote</p>", inReplyTo=post["uri"])
    mixed = vote(there, there.actor("eve"), post, "Soup")
    await accepted(here, there, {**mixed, "object": [mixed["object"], strange]})
    assert (await stands(ana, post))[1] == 1


async def test_who_may_not_see_a_poll_does_not_vote_in_it(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await met(here, bob)
    poll = {"options": ["Bread", "Soup"], "expires_in": 3600}
    post = await ana.post("/api/v1/statuses", status="Among us?", poll=poll, visibility="private")
    await accepted(here, there, vote(there, bob, post, "Soup"))
    assert await stands(ana, post) == ([0, 0], 0)
    assert await contents(here) == ["Among us?"]


async def test_what_has_a_name_and_answers_no_poll_is_a_post(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="No poll")
    note = there.note(bob, "", name="Titled", inReplyTo=post["uri"])
    await accepted(here, there, there.activity("Create", bob, note))
    assert await contents(here) == ["No poll", ""]


async def test_somebody_else_cannot_vote_in_a_strangers_name(here: Instance, there: Peer) -> None:
    ana, bob, eve = await here.member("ana"), there.actor("bob"), there.actor("eve")
    post = await asks(ana)
    forged = vote(there, bob, post, "Soup")
    refused = await there.send(here.inbox, forged, signer=there.signer(eve))
    assert refused.status_code == 401
    spoken = {**vote(there, eve, post, "Soup"), "object": vote(there, bob, post, "Soup")["object"]}
    await accepted(here, there, spoken)
    assert await stands(ana, post) == ([0, 0], 0)


async def test_a_ballot_keeps_the_request_that_proves_the_vote(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await asks(ana)
    unkept(here)
    await here.fetch("UPDATE conversation.polls SET ballot = true, hidden = true")
    sent = vote(there, bob, post, "Soup")
    before = now()
    await accepted(here, there, sent)
    async with here.store.transaction() as tx:
        assert not await evidence.waiting(tx, before)
        assert await evidence.waiting(tx, now())
        (kept,) = await polls.kept_votes(tx, int(post["id"]))
        assert kept.evidence is not None
        shown = await evidence.take(tx, kept.evidence)
        assert not await evidence.waiting(tx, now())
    assert (kept.choices, kept.received_at) == ([1], shown.received_at)
    request = Request(
        method=shown.method, target=shown.target, headers=shown.headers, body=shown.body, scheme=shown.scheme
    )
    claim = claimed(request, hosts=[here.origin.partition("://")[2]], now=now())
    pem = there.documents[bob.removeprefix(there.origin)]["publicKey"]["publicKeyPem"]
    assert verify(claim, request, keys.public_key(pem)), "anyone who knows the key can verify it again"
    await accepted(here, there, sent)
    async with here.store.transaction() as tx:
        assert len(await polls.kept_votes(tx, int(post["id"]))) == 1
        assert not await evidence.waiting(tx, now())


async def test_members_vote_in_a_poll_elsewhere(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 2}} for name in "ABC"]
    note = there.note(
        bob, "<p>Which?</p>", type="Question", anyOf=options, endTime="2100-01-01T00:00:00Z", votersCount=2
    )
    await accepted(here, there, there.activity("Create", bob, note))
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert (seen["poll"]["voted"], seen["poll"]["own_votes"]) == (False, [])
    voted = await ana.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[0, 2])
    assert (voted["voted"], voted["own_votes"], voted["voters_count"]) == (True, [0, 2], 3)
    assert [option["votes_count"] for option in voted["options"]] == [3, 2, 3]
    sent = [body for body in await received(there, "Create", count=2) if body["actor"] == ana.actor.uri]
    assert [body["object"]["name"] for body in sent] == ["A", "C"]
    for body in sent:
        assert body["to"] == body["object"]["to"] == [bob]
        assert "content" not in body["object"]
        assert "cc" not in body
        assert body["object"]["inReplyTo"] == note["id"]
    assert {one.path for one in there.received if one.body["type"] == "Create"} == {"/users/bob/inbox"}
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert seen["poll"]["own_votes"] == [0, 2]

    for option in options:
        option["replies"] = {"type": "Collection", "totalItems": 9}
    changed = {**note, "anyOf": options, "votersCount": 9}
    await accepted(here, there, there.activity("Update", bob, changed, to=[PUBLIC]))
    poll = await ana.get(f"/api/v1/polls/{seen['poll']['id']}")
    assert ([option["votes_count"] for option in poll["options"]], poll["voters_count"]) == ([9, 9, 9], 9)
    assert poll["own_votes"] == [0, 2]


async def test_numbers_that_come_after_an_edit(here: Instance, there: Peer) -> None:
    """Mastodon names the time of the last edit in every later Update."""
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)

    def options(votes: int) -> list[dict[str, Any]]:
        return [{"type": "Note", "name": name, "replies": {"totalItems": votes}} for name in "AB"]

    note = there.note(bob, "<p>Which?</p>", type="Question", oneOf=options(0), endTime="2100-01-01T00:00:00Z")
    await accepted(here, there, there.activity("Create", bob, note))
    edited = {**note, "content": "<p>Which one?</p>", "updated": now().isoformat(), "oneOf": options(1)}
    await accepted(here, there, there.activity("Update", bob, edited))
    await accepted(here, there, there.activity("Update", bob, {**edited, "oneOf": options(5)}))
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert (seen["content"], seen["poll"]["votes_count"]) == ("<p>Which one?</p>", 10)
    other = {**edited, "updated": now().isoformat(), "oneOf": [*options(0), {"type": "Note", "name": "C"}]}
    await ana.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[1])
    await accepted(here, there, there.activity("Update", bob, other))
    (seen,) = await ana.get("/api/v1/timelines/home")
    assert (len(seen["poll"]["options"]), seen["poll"]["voted"]) == (3, False), "what is asked now is something else"


async def test_a_request_that_nobody_wants_is_forgotten(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    await accepted(here, there, there.activity("Undo", bob, there.activity("Follow", bob, ana.actor.uri)))

    async def forgotten() -> bool:
        return not await here.value("SELECT count(*) FROM federation.evidence")

    await eventually(forgotten)
