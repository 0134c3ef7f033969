"""Golden documents of our own making, in the shapes that each software sends."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from phyle.errors import Malformed, Refused
from phyle.federation import reading, vocabulary, wire

DOCUMENTS = Path(__file__).parents[1] / "documents"
IDA = "https://hill.example/users/ida"
TOM = "https://mill.example/actors/tom"


def document(name: str) -> wire.Document:
    return wire.parse((DOCUMENTS / f"{name}.json").read_bytes())


def read(name: str) -> Any:
    return reading.read(document(name))


def post(name: str) -> reading.RemotePost:
    return reading.read_post(document(name)["object"])


@pytest.mark.parametrize("path", sorted(DOCUMENTS.rglob("*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_golden_document_becomes_what_it_is(path: Path) -> None:
    value = reading.read(wire.parse(path.read_bytes()))
    assert not isinstance(value, reading.Unknown)
    assert isinstance(value, reading.RemoteActor) == (path.stem in ("actor", "group"))


def test_an_actor_of_mastodon() -> None:
    actor = read("mastodon/actor")
    assert (actor.uri, actor.kind, actor.preferred_name) == (IDA, "Person", "ida")
    assert actor.display_name == "Ida of the Hill :beet:"
    assert actor.url == "https://hill.example/@ida"
    assert (actor.inbox, actor.shared_inbox) == (f"{IDA}/inbox", "https://hill.example/inbox")
    assert (actor.locked, actor.discoverable, actor.indexable) == (True, True, False)
    assert actor.also_known_as == ("https://valley.example/users/ida",)
    assert actor.fields[1] == {"name": "Pronouns", "value": "she"}
    assert [emoji["shortcode"] for emoji in actor.emojis] == ["beet"]
    assert [(key.id, key.kind) for key in actor.keys] == [(f"{IDA}#main-key", "rsa"), (f"{IDA}#ed25519-key", "ed25519")]
    assert actor.published == datetime(2021, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "kind", "preferred", "display_name"),
    [
        ("lemmy/actor", "Person", "basil", "Basil"),
        ("lemmy/group", "Group", "pruning", "Pruning"),
        ("pleroma/actor", "Person", "nix", "nix :newt:"),
        ("peertube/actor", "Group", "otto_films", "Films of Otto"),
        ("mobilizon/actor", "Group", "gardeners", "The Gardeners"),
        ("gotosocial/actor", "Person", "wren", "Wren"),
        ("misskey/actor", "Person", "mio", ""),
        ("wordpress/actor", "Person", "clara", "Clara"),
        ("forgefed/actor", "Repository", "loom", "Loom"),
    ],
)
def test_actors(name: str, kind: str, preferred: str, display_name: str) -> None:
    actor = read(name)
    assert (actor.kind, actor.preferred_name, actor.display_name) == (kind, preferred, display_name)
    assert [key.owner for key in actor.keys] == [actor.uri]


def test_the_largest_picture_is_taken() -> None:
    assert read("peertube/actor").avatar_url == "https://barn.example/large.jpg"


def test_a_reply_of_mastodon() -> None:
    reply = post("mastodon/create_reply")
    assert reply.in_reply_to == "https://mill.example/notes/77"
    assert (reply.summary, reply.sensitive, reply.language) == ("insects, close", True, "en")
    assert reply.mentions == ((TOM, "@tom@mill.example"),)
    assert reply.hashtags == ("bees",)
    assert reply.emojis[0]["url"] == "https://hill.example/files/emoji/beet.png"
    picture, film = reply.attachments
    assert (picture.kind, picture.description, picture.focus) == ("image", "A bee on thyme", (0.25, -0.5))
    assert (film.kind, film.description, film.width) == ("video", None, 640)


@pytest.mark.parametrize(
    ("name", "visibility"),
    [
        ("mastodon/create_note", "public"),
        ("mastodon/create_reply", "unlisted"),
        ("mastodon/create_followers", "followers"),
        ("mastodon/create_direct", "direct"),
        ("pleroma/create_note", "public"),
        ("pleroma/chat_message", "direct"),
        ("gotosocial/create_note", "public"),
        ("lemmy/create_comment", "public"),
    ],
)
def test_visibility(name: str, visibility: str) -> None:
    assert post(name).visibility(f"{IDA}/followers") == visibility
    assert post(name).visibility("https://other.example/followers") in (visibility, "direct")


def test_a_post_without_addresses_takes_those_of_its_activity() -> None:
    note = document("mastodon/create_note")["object"]
    bare = reading.read_post({name: value for name, value in note.items() if name not in ("to", "cc")})
    assert bare.visibility(None) == "direct"
    assert bare.addressed([vocabulary.PUBLIC], []).visibility(None) == "public"
    assert reading.read_post(note).addressed([], []).visibility(None) == "public"


def test_polls() -> None:
    single = post("mastodon/create_question").poll
    assert single == reading.RemotePoll(
        options=(("Honey", 3), ("Wax", 1)),
        multiple=False,
        ends_at=datetime(2026, 2, 5, 9, 10, 11, tzinfo=UTC),
        closed_at=None,
        voters=4,
    )
    many = post("misskey/create_question").poll
    assert many is not None
    assert (many.multiple, many.options, many.voters) == (True, (("tea", 2), ("milk", 0)), None)
    assert many.closed_at == many.ends_at == datetime(2026, 7, 3, tzinfo=UTC)


def test_a_video_is_its_own_attachment_and_its_markdown_is_escaped() -> None:
    video = read("peertube/video")
    assert video.author == "https://barn.example/accounts/otto"
    assert (video.url, video.language, video.hashtags) == ("https://barn.example/w/v1", "fr", ("cow",))
    assert video.content == "<p>A **cow** &amp; a &lt;calf&gt;.</p><p>Nothing else.</p>"
    assert video.source.startswith("A **cow** & a <calf>.")
    assert [(each.url, each.height) for each in video.attachments] == [("https://barn.example/v1/720.mp4", 720)]


def test_a_poll_may_only_say_that_it_is_closed() -> None:
    question = document("mastodon/create_question")["object"]
    closed = reading.read_post({**question, "closed": True}).poll
    assert closed is not None
    assert closed.closed_at == closed.ends_at == datetime(2026, 2, 5, 9, 10, 11, tzinfo=UTC)
    assert reading.read_post({**question, "oneOf": []}).poll is None


@pytest.mark.parametrize("focus", [[2, 0], [0.5], [0, "0"], "0,0", [0, -1.01], None])
def test_a_focus_outside_the_picture_is_none(focus: object) -> None:
    note = document("mastodon/create_reply")["object"]
    note["attachment"][0]["focalPoint"] = focus
    assert reading.read_post(note).attachments[0].focus is None


def test_details_of_other_software() -> None:
    assert post("misskey/create_quote").quote == f"{IDA}/statuses/101"
    assert post("misskey/create_quote").source == "so true"
    assert post("pleroma/create_note").attachments[0].url == "https://pond.example/media/pond.png"
    assert post("pleroma/create_note").context == "https://pond.example/contexts/c1"
    assert post("gotosocial/create_note").language == "en-GB"
    assert post("mobilizon/create_event").name == "Seed exchange"
    assert post("lemmy/create_page").audience == ("https://orchard.example/c/pruning",)
    article = post("wordpress/create_article")
    assert (article.type, article.name, article.uri) == ("Article", "August", "https://almanac.example/?p=12")
    assert read("misskey/like_emoji").content == ":blobcat:"
    assert read("forgefed/push").type == "Push"


def test_activities_about_activities() -> None:
    undo = read("mastodon/undo_like")
    assert undo.inner == reading.Inner(
        id=f"{IDA}#likes/9", type="Like", actor=IDA, object_id="https://mill.example/notes/77"
    )
    nameless = read("pleroma/undo_follow").inner
    assert (nameless.id, nameless.type, nameless.object_id) == (None, "Follow", IDA)
    assert read("lemmy/announce_create").inner.type == "Create"
    assert read("mastodon/create_note").inner is None
    assert read("mastodon/like").inner is None


def test_deletes_and_flags() -> None:
    delete = read("mastodon/delete")
    assert (delete.object_id, delete.object_type) == (f"{IDA}/statuses/101", "Tombstone")
    assert read("mastodon/delete_actor").object_id == IDA
    assert read("wordpress/delete").object_id == "https://almanac.example/?p=12"
    flag = read("mastodon/flag")
    assert flag.object_ids == (TOM, "https://mill.example/notes/77", "https://mill.example/notes/78")
    assert (flag.object, flag.object_id, flag.content) == (None, None, "Sells honey that is none.")
    assert read("lemmy/flag").object_id == "https://orchard.example/post/8"
    assert read("mastodon/move").target == "https://valley.example/users/ida"


def test_blind_addresses_are_dropped() -> None:
    assert "bto" not in read("pleroma/create_note").raw
    hidden = document("mastodon/create_note")
    hidden["object"]["bcc"] = [TOM]
    assert "bcc" not in reading.read_activity(hidden).raw["object"]
    assert "bcc" in hidden["object"]


def test_collections() -> None:
    featured = read("mastodon/featured")
    assert (featured.ordered, featured.total) == (True, 2)
    assert featured.item_ids == (f"{IDA}/statuses/101", f"{IDA}/statuses/102")
    page = read("mastodon/followers_page")
    assert page.page
    assert page.next == f"{IDA}/followers?page=2"
    first = {"type": "CollectionPage", "items": ["https://a.example/"], "next": "https://evil.example/2"}
    embedded = reading.read_collection({"type": "Collection", "id": "https://a.example/c", "first": first})
    assert embedded.first_page is not None
    assert (embedded.first_page.items, embedded.first_page.next) == (("https://a.example/",), None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "`id`"),
        ({"inbox": None}, "`inbox`"),
        ({"inbox": "https://evil.example/inbox"}, "`inbox`"),
        ({"inbox": 7}, "`inbox`"),
        ({"preferredUsername": "ida@good.example"}, "`preferredUsername`"),
        ({"preferredUsername": "../ida"}, "`preferredUsername`"),
        ({"preferredUsername": 7}, "`preferredUsername`"),
        ({"name": ["Ida"]}, "`name`"),
        ({"manuallyApprovesFollowers": "perhaps"}, "`manuallyApprovesFollowers`"),
        ({"published": 7}, "`published`"),
        ({"alsoKnownAs": [7]}, "`alsoKnownAs`"),
    ],
)
def test_wrong_actors_are_refused_with_the_property(change: wire.Document, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        reading.read_actor({**document("mastodon/actor"), **change})


def test_addresses_and_keys_of_others_are_passed_over() -> None:
    evil = "https://evil.example/users/ida"
    written = document("mastodon/actor")
    keys = [
        {**written["publicKey"], "owner": evil},
        {**written["publicKey"], "id": f"{evil}#main-key"},
        {**written["publicKey"], "id": 7},
        "https://hill.example/key",
    ]
    change = {"outbox": f"{evil}/outbox", "endpoints": {"sharedInbox": f"{evil}/inbox"}, "publicKey": keys}
    actor = reading.read_actor({**written, **change, "assertionMethod": None})
    assert (actor.outbox, actor.shared_inbox, actor.keys) == (None, None, ())


@pytest.mark.parametrize(
    ("change", "refusal", "reason"),
    [
        ({"id": None}, Malformed, "`id`"),
        ({"type": "Person"}, Malformed, "`type`"),
        ({"attributedTo": None}, Malformed, "`attributedTo`"),
        ({"attributedTo": 7}, Malformed, "`attributedTo`"),
        ({"attributedTo": "https://good.example/ida"}, Refused, "`attributedTo`"),
        ({"content": 7}, Malformed, "`content`"),
        ({"sensitive": {}}, Malformed, "`sensitive`"),
        ({"inReplyTo": 7}, Malformed, "`inReplyTo`"),
        ({"to": {"a": 1}, "cc": [7]}, Malformed, "`cc`"),
        ({"updated": []}, Malformed, "`updated`"),
    ],
)
def test_wrong_posts_are_refused_with_the_property(change: wire.Document, refusal: type, reason: str) -> None:
    with pytest.raises(refusal, match=reason):
        reading.read_post({**document("mastodon/create_note")["object"], **change})
