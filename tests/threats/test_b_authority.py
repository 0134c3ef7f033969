"""Threats of class B: claiming another's name, host, post or follow. The rules, without a wire."""

from dataclasses import replace

import pytest

from phyle.errors import Malformed, Refused, Unproven
from phyle.federation import authority, reading, urls
from phyle.federation.vocabulary import PUBLIC

ALICE = "https://good.example/users/alice"
BOB = "https://good.example/users/bob"
MALLORY = "https://evil.example/users/mallory"
POST = "https://good.example/notes/1"


def activity(kind: str, actor: str | None, thing: object, **more: object) -> reading.Activity:
    return reading.read_activity({"type": kind, "actor": actor, "object": thing, **more})


def post(author: str = ALICE, uri: str = POST, **more: object) -> reading.RemotePost:
    return reading.read_post({"id": uri, "type": "Note", "attributedTo": author, "to": [PUBLIC], **more})


def actor(uri: str, **more: object) -> reading.RemoteActor:
    return reading.read_actor({"id": uri, "type": "Person", "preferredUsername": "x", "inbox": f"{uri}/inbox", **more})


@pytest.mark.threat("A7")
@pytest.mark.threat("B11")
def test_the_signer_is_exactly_the_actor() -> None:
    like = activity("Like", ALICE, POST)
    authority.actor_matches(ALICE, like)
    authority.actor_matches("https://GOOD.example:443/users/alice", like)
    for signer in (BOB, MALLORY, ALICE + "/", ALICE + "#x", "https://good.example/users/ALICE", ""):
        with pytest.raises(Unproven):
            authority.actor_matches(signer, like)
    with pytest.raises(Unproven, match="single"):
        authority.actor_matches(ALICE, activity("Like", None, POST))


def test_everyone_publishes_their_own_posts() -> None:
    authority.may_create(activity("Create", ALICE, POST), post())
    for sender in (BOB, MALLORY, None):
        with pytest.raises(Refused):
            authority.may_create(activity("Create", sender, POST), post())


@pytest.mark.threat("B9")
def test_a_post_on_another_host_than_its_author_is_refused() -> None:
    with pytest.raises(Refused, match="another host"):
        post(ALICE, "https://evil.example/notes/1")
    smuggled = replace(post(MALLORY, "https://evil.example/notes/1"), uri=POST)
    with pytest.raises(Refused, match="another host"):
        authority.may_create(activity("Create", MALLORY, POST), smuggled)


@pytest.mark.threat("B5")
def test_an_edit_changes_neither_the_author_nor_the_place_in_the_thread() -> None:
    parent = "https://good.example/notes/0"
    authority.may_update(ALICE, parent, ALICE, post(inReplyTo=parent))
    authority.may_update(ALICE, None, ALICE, post())
    authority.may_update(ALICE, parent, ALICE, post())  # the parent was deleted: the place is kept as stored
    with pytest.raises(Refused, match="author"):
        authority.may_update(ALICE, None, BOB, post(BOB))
    with pytest.raises(Refused, match="attributedTo"):
        authority.may_update(ALICE, None, ALICE, post(BOB))
    for stored in (None, parent):
        with pytest.raises(Refused, match="inReplyTo"):
            authority.may_update(ALICE, stored, ALICE, post(inReplyTo="https://good.example/notes/9"))


@pytest.mark.threat("B6")
def test_nobody_edits_or_deletes_on_another_host() -> None:
    with pytest.raises(Refused, match="another host"):
        authority.may_update(ALICE, None, MALLORY, post())
    with pytest.raises(Refused):
        authority.may_update_actor(MALLORY, ALICE)
    with pytest.raises(Refused):
        authority.may_delete(ALICE, MALLORY)
    with pytest.raises(Refused):
        authority.may_delete(ALICE, BOB)
    with pytest.raises(Refused, match="another host"):
        authority.may_forget(MALLORY, POST)
    authority.may_update_actor(ALICE, ALICE)
    authority.may_delete(ALICE, ALICE)
    authority.may_forget(ALICE, POST)


@pytest.mark.threat("B8")
@pytest.mark.threat("B12")
@pytest.mark.parametrize(
    ("sender", "embedded", "trusted"),
    [
        (ALICE, {"id": POST, "attributedTo": ALICE}, True),
        (ALICE, {"id": POST, "attributedTo": [{"type": "Person", "id": ALICE}]}, True),
        (ALICE, {"id": POST, "attributedTo": BOB}, False),
        (ALICE, {"id": POST}, False),
        (ALICE, {"attributedTo": ALICE}, False),
        (MALLORY, {"id": POST, "attributedTo": ALICE}, False),
        (MALLORY, {"id": POST, "attributedTo": MALLORY}, False),
        (ALICE, {"id": "https://evil.example/1", "attributedTo": ALICE}, False),
    ],
)
def test_only_the_actors_own_work_counts_as_embedded(sender: str, embedded: dict[str, object], trusted: bool) -> None:
    announce = activity("Announce", sender, {"type": "Note", **embedded})
    assert authority.embedded_is_trusted(announce, {"type": "Note", **embedded}) is trusted


def test_the_id_of_an_activity_is_its_actors() -> None:
    assert authority.owns_id(activity("Like", ALICE, POST, id="https://good.example/1"))
    assert authority.owns_id(activity("Like", ALICE, POST))
    assert not authority.owns_id(activity("Like", ALICE, POST, id="https://evil.example/1"))
    assert not authority.owns_id(activity("Like", None, POST, id="https://evil.example/1"))


@pytest.mark.threat("B13")
def test_only_who_did_it_undoes_it() -> None:
    authority.may_undo(ALICE, ALICE)
    with pytest.raises(Refused):
        authority.may_undo(ALICE, BOB)


@pytest.mark.threat("B13")
def test_only_who_is_followed_answers() -> None:
    authority.may_answer(MALLORY, MALLORY)
    for other in (ALICE, "https://evil.example/users/mallory2"):
        with pytest.raises(Refused, match="followed"):
            authority.may_answer(MALLORY, other)


@pytest.mark.threat("B13")
def test_a_move_counts_only_if_both_sides_say_so() -> None:
    new = "https://other.example/users/alice"
    authority.may_move(activity("Move", ALICE, ALICE, target=new))
    for moved in (
        activity("Move", MALLORY, ALICE, target=new),
        activity("Move", ALICE, ALICE),
        activity("Move", ALICE, ALICE, target=ALICE),
        activity("Move", ALICE, [ALICE, BOB], target=new),
    ):
        with pytest.raises(Refused):
            authority.may_move(moved)
    authority.move_confirmed(ALICE, [BOB, "not an address", "https://GOOD.example/users/alice"])
    for aliases in ([], [BOB], [ALICE + "2"]):
        with pytest.raises(Refused, match="alsoKnownAs"):
            authority.move_confirmed(ALICE, aliases)


@pytest.mark.threat("B15")
@pytest.mark.parametrize("name", ["exa/mple.com", "exa／mple.com", "exa%2fmple.com", "exa\\mple.com", "exa mple.com"])
def test_a_slash_in_a_domain_never_makes_another_domain(name: str) -> None:
    with pytest.raises(Malformed):
        urls.normal_host(name)
    assert not urls.same_origin(f"https://{name}/", "https://example.com/")


@pytest.mark.threat("B16")
@pytest.mark.parametrize(
    "other",
    [
        "https://good.example@evil.example/",
        "https://good.example:8443/",
        "https://good.example.evil.example/",
        "https://evil.example/#@good.example/",
        "https://evil.example/?good.example",
        "https://evil.example\\@good.example/",
        "https://good.ex%61mple/",
        "http://good.example/",
        "https://good.example:443x/",
    ],
)
def test_what_only_looks_like_a_host_is_another(other: str) -> None:
    assert not urls.same_origin("https://good.example/", other)


@pytest.mark.threat("B16")
@pytest.mark.parametrize("same", ["https://good.example.", "HTTPS://GOOD.EXAMPLE:443/x#y", "https://good.example/%7Ea"])
def test_one_host_in_many_spellings_is_one(same: str) -> None:
    assert urls.same_origin("https://good.example/", same)


@pytest.mark.threat("B18")
@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "//evil.example/", "file:///x"]
)
def test_dangerous_links_are_dropped(link: str) -> None:
    pictures = [{"type": "Image", "url": link}, {"type": "Document", "url": {"type": "Link", "href": link}}]
    emoji = {"type": "Emoji", "name": ":a:", "icon": {"url": link}}
    read = post(url=link, attachment=[*pictures, {"type": "Link", "href": link}], tag=[emoji], quoteUrl=link)
    assert (read.url, read.attachments, read.emojis, read.quote) == (None, (), (), None)
    drawn = actor(ALICE, url=[link], icon={"url": link}, image=[link])
    assert (drawn.url, drawn.avatar_url, drawn.header_url) == (None, None, None)
