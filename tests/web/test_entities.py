"""Values of the law as clients see them."""

from datetime import UTC, datetime
from typing import Any

from phyle.conversation.posts import Post
from phyle.conversation.views import View
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.web.client.entities import account
from phyle.web.client.status_entities import status

ORIGIN = "https://coop.org"
THEN = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)


def actor(**changes: Any) -> Actor:
    uri = "https://far.example/users/tom"
    given: dict[str, Any] = {
        "id": 7,
        "uri": uri,
        "kind": "Person",
        "name": "tom",
        "host": "far.example",
        "local": False,
        "display_name": "Tom",
        "summary": "<p>words</p>",
        "note": "",
        "url": uri,
        "inbox": f"{uri}/inbox",
        "shared_inbox": None,
        "outbox": None,
        "followers": None,
        "following": None,
        "featured": None,
        "avatar_url": "https://far.example/tom.png",
        "header_url": None,
        "fields": [{"name": "a", "value": "<b>b</b>", "verified_at": None}],
        "emojis": [{"shortcode": "leaf", "url": "https://far.example/leaf.png"}],
        "locked": False,
        "discoverable": True,
        "indexable": True,
        "also_known_as": [],
        "moved_to": None,
        "created_at": THEN,
        "fetched_at": THEN,
        "suspended_at": None,
        "deleted_at": None,
        "followers_count": 1,
        "following_count": 2,
        "posts_count": 3,
        "last_post_at": THEN,
    }
    return Actor(**(given | changes))


def post(number: int = 100, **changes: Any) -> Post:
    given: dict[str, Any] = dict.fromkeys(Post._fields)
    given |= {"id": number, "uri": f"{ORIGIN}/objects/{number}", "author": 7, "local": False, "kind": "Note"}
    given |= {
        "thread": number,
        "visibility": "followers",
        "sensitive": False,
        "title": "",
        "spoiler": "",
        "content": "",
    }
    given |= {"mentions": [], "tags": ["été"], "emojis": [], "attachments": [], "published_at": THEN}
    given |= {"replies_count": 0, "boosts_count": 0, "favourites_count": 0}
    return Post(**(given | changes))


def view(shown: Post, boosted: Post | None = None) -> View:
    return View(shown, boosted, actor(), actor(id=8) if boosted else None, True, False, True, False)


def test_somebody_from_elsewhere() -> None:
    shown = account(actor(), ORIGIN)
    assert (shown["acct"], shown["avatar"], shown["header"]) == (
        "tom@far.example",
        "https://far.example/tom.png",
        f"{ORIGIN}/static/header.png",
    )
    assert (shown["created_at"], shown["last_status_at"]) == ("2026-01-02T00:00:00.000Z", "2026-01-02")
    assert shown["emojis"][0]["static_url"] == "https://far.example/leaf.png"
    assert [account(actor(kind=kind), ORIGIN)["bot"] for kind in ("Person", "Service", "Group")] == [False, True, False]


def test_somebody_who_is_gone_shows_nothing_of_themselves() -> None:
    shown = account(actor(suspended_at=THEN), ORIGIN)
    assert (shown["display_name"], shown["note"], shown["fields"], shown["emojis"]) == ("", "", [], [])
    assert (shown["avatar"], shown["suspended"]) == (f"{ORIGIN}/static/avatar.png", True)


def test_a_post_as_its_viewer_and_as_anyone_sees_it() -> None:
    mine = status(view(post()), ActorId(7), ORIGIN)
    assert (mine["visibility"], mine["created_at"], mine["url"]) == (
        "private",
        "2026-01-02T03:04:05.678Z",
        f"{ORIGIN}/objects/100",
    )
    assert (mine["favourited"], mine["bookmarked"], mine["pinned"]) == (True, True, False)
    assert not {"favourited", "muted", "filtered", "pinned"} & status(view(post()), None, ORIGIN).keys()


def test_a_boost_carries_what_it_boosts() -> None:
    boosted = post(100, content="<p>hello</p>", visibility="public")
    shown = status(view(post(101, kind="Announce", boost_of=100, visibility="unlisted"), boosted), None, ORIGIN)
    assert (shown["id"], shown["visibility"], shown["account"]["id"]) == ("101", "unlisted", "7")
    assert (shown["reblog"]["id"], shown["reblog"]["visibility"], shown["reblog"]["account"]["id"]) == (
        "100",
        "public",
        "8",
    )
    assert shown["content"] == shown["reblog"]["content"] == "<p>hello</p>"
    assert shown["reblog"]["reblog"] is None


def test_attachments_have_ids_of_their_own_within_a_post() -> None:
    picture = {"type": "image", "url": "https://far.example/1.png", "description": "a leaf", "meta": {}}
    shown = status(view(post(attachments=[picture, picture])), None, ORIGIN)["media_attachments"]
    assert [each["id"] for each in shown] == ["100", "101"]
    assert {each["url"] for each in shown} == {each["remote_url"] for each in shown} == {"https://far.example/1.png"}


def test_a_poll_ends() -> None:
    given = {"options": [{"title": "a", "votes_count": 2}, {"title": "b", "votes_count": 1}], "multiple": False}
    for ends, closed, expired in (
        (None, False, False),
        (None, True, True),
        ("2020-01-01T00:00:00.000Z", False, True),
        ("2100-01-01T00:00:00.000Z", False, False),
        ("nonsense", False, False),
    ):
        poll = status(view(post(poll={**given, "expires_at": ends, "closed": closed})), ActorId(9), ORIGIN)["poll"]
        assert (poll["expired"], poll["votes_count"], poll["voted"]) == (expired, 3, False)
