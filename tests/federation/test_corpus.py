"""Captured documents of other software, in the folder named by PHYLE_DOCUMENTS: all are read, the invalid refused."""

import os
from pathlib import Path
from typing import Any

import pytest

from phyle.errors import Malformed
from phyle.federation import reading, wire

FOLDER = Path(os.environ.get("PHYLE_DOCUMENTS", ""))
GIVEN = bool(os.environ.get("PHYLE_DOCUMENTS"))
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".json", ".jsonld")) if GIVEN else []

pytestmark = pytest.mark.skipif(not GIVEN, reason="PHYLE_DOCUMENTS names no folder of captured documents")

# Named invalid, yet read: the suite's own simple0011 and simple0012 are valid with a language map under `name`.
TOLERATED = {"namemap-as-name"}
# Not named invalid, yet refused: a raw control character stands in a text, which RFC 8259 §7 forbids.
NO_JSON = {"vocabulary-ex196-jsonld"}
REASONS = {
    "array-at-top": "an array",
    "bad-character-set": "not UTF-8",
    "collection-with-non-page-first": "`first`",
    "content-map-with-invalid-language-tag": "`contentMap`.*de-419-DE",
    "name-as-namemap": "`nameMap`",
    "number-as-actor": "`actor`",
    "number-as-content": "`content`",
    "number-as-context": "`@context`",
    "number-as-id": "`id`",
    "number-as-name": "`name`",
    "number-as-object": "`object`",
    "number-as-type": "`type`",
    "number-at-top": "a number",
    "ordered-collection-with-items": "`items`",
    "ordered-collection-with-non-page-first": "`first`",
    "other-context": "`@context`",
    "relative-uri-for-url": "`url`",
    "string-at-top": "a string",
    "unordered-collection-with-ordered-items": "`orderedItems`",
}


def value(path: str | Path) -> Any:
    return reading.read(wire.parse((FOLDER / path).read_bytes()))


def is_invalid(path: Path) -> bool:
    return (path.parent.name == "fail" and path.stem not in TOLERATED) or path.stem in NO_JSON


@pytest.mark.parametrize("path", [path for path in FILES if not is_invalid(path)], ids=lambda path: path.stem)
def test_every_document_is_read(path: Path) -> None:
    document = wire.parse(path.read_bytes())
    reading.check(document)
    read = reading.read(document)
    if isinstance(read, reading.Activity):
        assert read.raw == {name: said for name, said in document.items() if name not in ("bto", "bcc")}


@pytest.mark.parametrize("path", [path for path in FILES if is_invalid(path)], ids=lambda path: path.stem)
def test_every_invalid_document_is_refused_with_a_reason(path: Path) -> None:
    with pytest.raises(Malformed, match=REASONS.get(path.stem, "not JSON")):
        value(path)


def test_the_folder_is_not_empty() -> None:
    assert len(FILES) > 300


@pytest.mark.parametrize(
    ("path", "kind", "name", "display_name", "host"),
    [
        ("mastodon/objects/person.json", "Person", "mastodon", "Mastodon", "masto.qa.urbanwildlife.biz"),
        ("pleroma/objects/person.json", "Person", "lanodan", "Haelwenn /элвэн/ :bzh:", "queer.hacktivis.me"),
        ("lemmy/objects/person.json", "Person", "picard", "Jean-Luc Picard", "enterprise.lemmy.ml"),
        ("lemmy/objects/group.json", "Group", "tenforward", "Ten Forward", "enterprise.lemmy.ml"),
        ("lemmy/objects/instance.json", "Application", "enterprise.lemmy.ml", "Enterprise", "enterprise.lemmy.ml"),
        ("peertube/objects/person.json", "Person", "thelinuxexperiment", "The Linux Experiment", "tilvids.com"),
        ("peertube/objects/group.json", "Group", "thelinuxexperiment_channel", "The Linux Experiment", "tilvids.com"),
        ("nodebb/objects/person.json", "Person", "julian", "julian", "bb.devnull.land"),
        ("nodebb/objects/group.json", "Group", "general", "General Discussion", "bb.devnull.land"),
        ("discourse/objects/person.json", "Person", "angus", "Angus McLeod", "socialhub.activitypub.rocks"),
        ("wordpress/objects/person.json", "Person", "matthias", "Matthias Pfefferle", "pfefferle.org"),
        ("wordpress/objects/group.json", "Group", "dbzer0.com", "A Division by Zer0", "dbzer0.com"),
        ("forgefed/46-repository.json", "Repository", None, None, None),
    ],
)
def test_actors(path: str, kind: str, name: str | None, display_name: str | None, host: str | None) -> None:
    actor = value(path)
    assert isinstance(actor, reading.RemoteActor)
    assert actor.kind == kind
    if host is not None:
        assert (actor.preferred_name, actor.display_name) == (name, display_name)
        assert actor.inbox.startswith(f"https://{host}/")
        assert actor.shared_inbox is None or actor.shared_inbox.startswith(f"https://{host}/")
        assert [key.owner for key in actor.keys] == [actor.uri]
        assert "BEGIN PUBLIC KEY" in str(actor.keys[0].pem)


def test_details_of_actors() -> None:
    pleroma = value("pleroma/objects/person.json")
    assert [emoji["shortcode"] for emoji in pleroma.emojis] == ["anarchy", "bzh", "gentoo"]
    assert value("peertube/objects/group.json").avatar_url.endswith("13b0214b-edc0-4c5b-a04d-be648a3a370a.jpg")
    wordpress = value("wordpress/objects/person.json")
    assert [field["name"] for field in wordpress.fields] == ["Blog", "Profile"]
    assert wordpress.indexable
    assert value("discourse/objects/person.json").shared_inbox == "https://socialhub.activitypub.rocks/ap/users/inbox"
    assert "https://dbzer0.com/" in value("wordpress/objects/group.json").also_known_as


@pytest.mark.parametrize(
    ("path", "author", "visibility", "extract"),
    [
        ("mastodon/objects/note_1.json", "https://mastodon.madrid/users/felix", "unlisted", "thinkpad"),
        ("mastodon/objects/note_2.json", "https://floss.social/users/kde", "public", "funding 💶"),
        ("mastodon/activities/private_message.json", "https://mastodon.world/users/nutomic", "direct", "444"),
        ("pleroma/objects/note.json", "https://queer.hacktivis.me/users/lanodan", "unlisted", "Have what?"),
        ("pleroma/objects/chat_message.json", "https://queer.hacktivis.me/users/lanodan", "direct", "Hi!"),
        ("lemmy/objects/page.json", "https://enterprise.lemmy.ml/u/picard", "public", "/c/tenforward community"),
        ("lemmy/objects/private_message.json", "https://enterprise.lemmy.ml/u/picard", "direct", "Hello hello"),
        ("peertube/objects/video.json", "https://tilvids.com/accounts/thelinuxexperiment", "public", "squarespace"),
        ("peertube/objects/note.json", "https://video.antopie.org/accounts/yoge6785555", "public", "idk"),
        (
            "mobilizon/objects/event.json",
            "https://rendezvous.nomagic.uk/@devon_caledonian_society",
            "public",
            "posh ceilidh",
        ),
        ("nodebb/objects/page.json", "https://bb.devnull.land/uid/1", "public", "Welcome to your brand new"),
        (
            "discourse/objects/page.json",
            "https://socialhub.activitypub.rocks/ap/actor/495843076e9e469fbd35ccf467ae9fb1",
            "direct",
            "Last Meeting",
        ),
        ("wordpress/objects/note.json", "https://pfefferle.org/author/pfefferle/", "public", "Hello from WordPress"),
    ],
)
def test_posts(path: str, author: str, visibility: str, extract: str) -> None:
    post = value(path)
    assert isinstance(post, reading.RemotePost)
    assert post.author == author
    assert post.visibility(None) == visibility
    assert extract in post.content
    assert post.published is not None


def test_details_of_posts() -> None:
    kde = value("mastodon/objects/note_2.json")
    assert kde.attachments[0].description.endswith("gold coins. Donate!")
    assert (kde.attachments[0].width, kde.attachments[0].kind) == (1500, "image")
    assert kde.mentions == (("https://lemmy.kde.social/c/kde", "@kde@lemmy.kde.social"),)
    video = value("peertube/objects/video.json")
    assert (video.name[:4], video.language, video.type) == ("Mesa", "en", "Video")
    assert video.url == "https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1"
    assert [(each.kind, each.height) for each in video.attachments] == [("video", 1080)]
    event = value("mobilizon/objects/event.json")
    assert event.hashtags == ("Dance", "Caledonian", "lesson".capitalize())
    page = value("lemmy/objects/page_image_and_link.json")
    assert [(each.kind, each.url[-4:]) for each in page.attachments] == [("image", ".png"), ("unknown", "icle")]
    assert value("nodebb/objects/page.json").source.startswith("### Welcome")
    assert value("wordpress/objects/note.json").uri == "https://pfefferle.org/?c=148"


def test_activities() -> None:
    flag = value("mastodon/activities/flag.json")
    assert len(flag.object_ids) == 3
    assert flag.object is None
    undo = value("mastodon/activities/undo_follow.json")
    assert undo.inner.type == "Follow"
    assert undo.inner.object_id == "https://ds9.lemmy.ml/c/testcom"
    delete = value("mastodon/activities/delete.json")
    assert (delete.object_type, delete.object_id[-18:]) == ("Tombstone", "107773559874184870")
    announce = value("lemmy/activities/community/announce_create_page.json")
    assert (announce.object_type, announce.inner.type) == ("Create", "Create")
    grant = value("forgefed/18-grant.json")
    assert (grant.type, grant.object) == ("Grant", "maintain")


def test_collections() -> None:
    featured = value("mastodon/collections/featured.json")
    assert featured.item_ids == ("https://mastodon.social/users/LemmyDev/statuses/104246642906910728",)
    assert value("lemmy/collections/group_moderators.json").items == ("https://enterprise.lemmy.ml/u/picard",)
    assert value("lemmy/collections/group_followers.json").total == 3
