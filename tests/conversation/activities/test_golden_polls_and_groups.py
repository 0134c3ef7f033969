"""Votes and what communities pass on, in the shapes in which other software sends them."""

from pathlib import Path

import pytest

from phyle.app import DISPATCHER, INBOUND
from phyle.conversation.activities import communities, polls
from phyle.federation import wire
from phyle.federation.reading import Activity, read_activity, read_post

DOCUMENTS = Path(__file__).parents[2] / "documents"
ORCHARD = "https://orchard.example"


def activity(name: str) -> Activity:
    return read_activity(wire.parse((DOCUMENTS / f"{name}.json").read_bytes()))


@pytest.mark.parametrize("name", ["mastodon/create_vote", "misskey/create_vote"])
def test_a_vote_is_known_by_its_shape_and_its_request_is_kept(name: str) -> None:
    vote = activity(name)
    assert polls.is_vote(vote)
    assert DISPATCHER.asks(vote)
    assert isinstance(vote.object, dict)
    remote = read_post(vote.object)
    assert (remote.name, remote.content, remote.in_reply_to) == (
        "Honey",
        "",
        "https://dale.example/users/odo/statuses/9",
    )


def test_gotosocial_sends_all_choices_in_one_activity() -> None:
    vote = activity("gotosocial/create_vote")
    assert polls.is_vote(vote)
    assert DISPATCHER.asks(vote)


@pytest.mark.parametrize(
    "name",
    [
        "mastodon/create_reply",
        "mastodon/create_question",
        "mastodon/update_question",
        "mastodon/delete",
        "lemmy/create_comment",
        "lemmy/create_page",
        "lemmy/announce_create",
    ],
)
def test_what_is_no_vote(name: str) -> None:
    assert not polls.is_vote(activity(name))
    assert not DISPATCHER.asks(activity(name))


@pytest.mark.parametrize(
    ("name", "asks"), [("mastodon/follow", True), ("mastodon/undo_follow", True), ("mastodon/undo_like", False)]
)
def test_the_request_of_a_follow_is_kept_until_it_is_known_whom_it_is_about(name: str, asks: bool) -> None:
    assert DISPATCHER.asks(activity(name)) is asks


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("announce_create", [f"{ORCHARD}/u/basil"]),
        ("announce_create_comment", [f"{ORCHARD}/u/basil"]),
        ("announce_update", [f"{ORCHARD}/u/basil"]),
        ("announce_delete", []),
        ("announce_like", []),
        ("announce_undo_like", []),
    ],
)
def test_what_a_community_passes_on_has_its_handler(name: str, needed: list[str]) -> None:
    announce = activity(f"lemmy/{name}")
    assert announce.inner is not None
    handler = INBOUND[("Announce", announce.inner.type or "")]
    assert list(handler.needs(announce, {})) == needed, "what lies on its own server need not be fetched"


def test_what_lies_elsewhere_is_fetched_and_then_its_author() -> None:
    announce = activity("lemmy/announce_create")
    assert isinstance(announce.object, dict)
    page = {**announce.object["object"], "id": "https://far.example/1", "attributedTo": "https://far.example/u"}
    moved = read_activity({**announce.raw, "object": {**announce.object, "object": page}})
    assert communities.needs(moved, {}) == ["https://far.example/1"], "a copy from elsewhere counts for nothing"
    assert communities.needs(moved, {"https://far.example/1": page}) == ["https://far.example/u"]
    assert communities.needs(moved, {"https://far.example/1": None}) == ["https://far.example/1"]
