"""Writing posts through the API, and what becomes of them."""

from typing import Any

import pytest

from phyle.errors import Unreachable
from tests.newcomers import newcomer
from tests.serving import Person, Server, Start


async def test_a_post_is_what_was_asked_for(ana: Person) -> None:
    post = await ana.says("Hello #Garden", spoiler_text="plants", visibility="private", language="en")
    assert (post["visibility"], post["spoiler_text"], post["sensitive"], post["language"]) == (
        "private",
        "plants",
        True,
        "en",
    )
    assert [tag["name"].lower() for tag in post["tags"]] == ["garden"]
    assert post["account"]["id"] == ana.id
    assert post["url"].endswith(f"/@ana/{post['id']}")
    assert await ana.get(f"/api/v1/statuses/{post['id']}/source") == {
        "id": post["id"],
        "text": "Hello #Garden",
        "spoiler_text": "plants",
    }


async def test_a_warning_without_text_is_the_text(ana: Person) -> None:
    post = await ana.post("/api/v1/statuses", data={"spoiler_text": "only this"})
    assert ("only this" in post["content"], post["spoiler_text"]) == (True, "")


async def test_how_one_usually_posts_is_kept(ana: Person) -> None:
    source = {"privacy": "unlisted", "sensitive": True, "language": "de"}
    await ana.patch("/api/v1/accounts/update_credentials", json={"source": source})
    post = await ana.says("x")
    assert (post["visibility"], post["sensitive"], post["language"]) == ("unlisted", True, "de")
    said = await ana.get("/api/v1/preferences")
    assert said["posting:default:visibility"] == "unlisted"
    other = await ana.says("x", visibility="public", sensitive=False, language="en")
    assert (other["visibility"], other["sensitive"], other["language"]) == ("public", False, "en")


@pytest.mark.parametrize(
    "sent",
    [
        {"status": "x", "media_ids": ["1"]},
        {"status": "x", "poll": {"options": ["a", "b"], "expires_in": 3}},
        {"status": "x", "poll": {"options": ["a"], "expires_in": 300}},
        {"status": "x", "scheduled_at": "2030-01-01T00:00:00Z"},
        {"status": "x", "visibility": "everyone"},
        {"status": "  "},
    ],
)
async def test_what_is_not_offered_is_said_and_nothing_is_written(ana: Person, sent: dict[str, Any]) -> None:
    assert (await ana.post("/api/v1/statuses", 422, json=sent))["error"]
    assert (await ana.get("/api/v1/accounts/verify_credentials"))["statuses_count"] == 0


async def test_an_edit_changes_what_was_sent_only(ana: Person) -> None:
    post = await ana.says("first", spoiler_text="cw", language="en")
    edited = await ana.put(f"/api/v1/statuses/{post['id']}", data={"status": "second"})
    assert ("second" in edited["content"], edited["spoiler_text"], edited["language"]) == (True, "cw", "en")
    assert edited["edited_at"] is not None
    history = await ana.get(f"/api/v1/statuses/{post['id']}/history")
    assert ["first" in each["content"] for each in history] == [True, False]


async def test_a_deleted_post_comes_back_as_it_was_typed(ana: Person, ben: Person) -> None:
    post = await ana.says("Hello @ben")
    await ben.delete(f"/api/v1/statuses/{post['id']}", 404)
    gone = await ana.delete(f"/api/v1/statuses/{post['id']}")
    assert (gone["text"], gone["id"]) == ("Hello @ben", post["id"])
    await ana.get(f"/api/v1/statuses/{post['id']}", 404)
    assert await ben.get("/api/v1/notifications") == []


async def test_deleting_a_boost_takes_it_back(ana: Person, ben: Person) -> None:
    post = await ana.says("x")
    boost = await ben.post(f"/api/v1/statuses/{post['id']}/reblog")
    assert boost["reblog"]["id"] == post["id"]
    await ben.delete(f"/api/v1/statuses/{boost['id']}")
    assert (await ana.get(f"/api/v1/statuses/{post['id']}"))["reblogs_count"] == 0


async def test_doing_and_undoing(ana: Person, ben: Person) -> None:
    number = (await ana.says("x"))["id"]
    for act, undo, flag, count in (
        ("favourite", "unfavourite", "favourited", "favourites_count"),
        ("reblog", "unreblog", "reblogged", "reblogs_count"),
        ("bookmark", "unbookmark", "bookmarked", None),
        ("mute", "unmute", "muted", None),
    ):
        for _ in range(2):
            done = await ben.post(f"/api/v1/statuses/{number}/{act}")
            assert (done["reblog"] or done)[flag] is True
        shown = await ana.get(f"/api/v1/statuses/{number}")
        assert shown[flag] is False
        assert count is None or shown[count] == 1
        for _ in range(2):
            assert (await ben.post(f"/api/v1/statuses/{number}/{undo}"))[flag] is False
        assert count is None or (await ana.get(f"/api/v1/statuses/{number}"))[count] == 0


async def test_strangers_whom_a_post_names_are_asked_for_first(start: Start) -> None:
    asked: list[str] = []
    servers: list[Server] = []

    async def resolve(name: str) -> int | None:
        async with servers[0].store.transaction():  # which would fail inside the transaction of a request
            asked.append(name)
        if name.startswith("lost@"):
            raise Unreachable("That server does not answer.")
        return None

    server = await start(tables={"resolve_actor": resolve})
    servers.append(server)
    ana = await server.person("ana")
    await newcomer(server.store, "ben")
    post = await ana.says(f"@ben @ana@localhost:{server.port} @new@far.example @lost@far.example @new@far.example")
    assert sorted(asked) == ["lost@far.example", "new@far.example"]
    assert {mention["acct"] for mention in post["mentions"]} == {"ana", "ben"}
    asked.clear()
    await ana.put(f"/api/v1/statuses/{post['id']}", json={"status": "@other@far.example"})
    assert asked == ["other@far.example"]


async def test_what_one_may_not_see_is_not_there(ana: Person, ben: Person) -> None:
    number = (await ana.says("for my followers", visibility="private"))["id"]
    for path in ("", "/context", "/history", "/reblogged_by", "/favourited_by", "/card", "/source"):
        await ben.get(f"/api/v1/statuses/{number}{path}", 404)
    for act in ("favourite", "reblog", "bookmark", "mute"):
        await ben.post(f"/api/v1/statuses/{number}/{act}", 404)
    await ben.post("/api/v1/statuses", 404, json={"status": "x", "in_reply_to_id": number})
    assert await ben.get(f"/api/v1/statuses?id[]={number}") == []


async def test_a_thread_is_shown_around_each_of_its_posts(ana: Person, ben: Person) -> None:
    first = await ana.says("one")
    second = await ben.says("two", in_reply_to_id=first["id"])
    third = await ana.says("three", in_reply_to_id=second["id"])
    assert (second["in_reply_to_id"], second["in_reply_to_account_id"]) == (first["id"], ana.id)
    around = await ben.get(f"/api/v1/statuses/{second['id']}/context")
    assert [each["id"] for each in around["ancestors"]] == [first["id"]]
    assert [each["id"] for each in around["descendants"]] == [third["id"]]
