"""Posts from elsewhere: received once, in any order, revised only by newer words of the same author."""

from dataclasses import replace
from datetime import timedelta

import pytest

from phyle.clock import now
from phyle.conversation import follows, notifications, posts, receiving, views
from phyle.conversation.paging import Page
from phyle.conversation.receiving import RemoteDraft
from phyle.errors import Refused, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import lowest_at
from phyle.store.transaction import Tx
from tests.people import again, elsewhere, member, says, sends, sql


def draft(author: Actor, **values: object) -> RemoteDraft:
    given = {
        "uri": f"{author.uri}/posts/1",
        "kind": "Note",
        "published_at": now() - timedelta(minutes=5),
        "visibility": "public",
        "content": "<p>one</p>",
        **values,
    }
    return RemoteDraft(author=author, **given)  # type: ignore[arg-type]


async def follower_of(tx: Tx, author: Actor) -> Actor:
    ana = await member(tx, "ana")
    await follows.follow(tx, ana, author)
    await follows.accept(tx, author, ana)
    return ana


@pytest.mark.threat("A13")
async def test_a_second_copy_does_nothing(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    assert await receiving.receive(tx, draft(far)) is not None
    assert await receiving.receive(tx, draft(far, content="<p>two</p>")) is None
    assert (await actors.by_id(tx, far.id)).posts_count == 1


async def test_what_arrives_is_at_home_at_once(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    ana = await follower_of(tx, far)
    post = await sends(tx, far)
    assert [view.post for view in await views.home(tx, ana.id, Page())] == [post]


async def test_an_old_post_sorts_by_its_date_and_comes_into_no_home(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    ana = await follower_of(tx, far)
    when = (now() - timedelta(days=2)).replace(microsecond=0)
    made = [await sends(tx, far, published_at=when) for _ in range(200)]
    assert len({post.id for post in made}) == 200
    assert all(lowest_at(when) <= post.id < lowest_at(when + timedelta(seconds=1)) for post in made)
    assert await views.home(tx, ana.id, Page()) == []
    assert await receiving.receive(tx, draft(far, uri=made[0].uri, published_at=when)) is None


async def test_a_post_from_the_future_is_of_now(tx: Tx) -> None:
    post = await sends(tx, await elsewhere(tx, "far"), published_at=now() + timedelta(days=400))
    assert post.published_at <= now()


async def test_answers_before_what_they_answer_are_linked_when_it_comes(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    deepest = await sends(tx, far, 3, reply_to_uri=f"{far.uri}/posts/2")
    middle = await sends(tx, far, 2, reply_to_uri=f"{far.uri}/posts/1")
    first = await sends(tx, far, 1)
    middle, deepest = await again(tx, middle), await again(tx, deepest)
    assert (middle.reply_to, middle.reply_to_author, middle.thread) == (first.id, far.id, first.id)
    assert (deepest.reply_to, deepest.thread) == (middle.id, first.id)
    assert ((await again(tx, first)).replies_count, middle.replies_count) == (1, 1)
    assert await posts.thread(tx, None, middle) == ([first.id], [deepest.id])


@pytest.mark.threat("D18")
async def test_a_circle_of_answers_ends(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    one = await sends(tx, far, 1, reply_to_uri=f"{far.uri}/posts/2")
    two = await sends(tx, far, 2, reply_to_uri=f"{far.uri}/posts/1")
    itself = await sends(tx, far, 3, reply_to_uri=f"{far.uri}/posts/3")
    assert await posts.thread(tx, None, await again(tx, one)) == ([two.id], [])
    assert await posts.thread(tx, None, await again(tx, itself)) == ([], [])


@pytest.mark.threat("D18")
async def test_a_deep_thread_is_shown_in_part(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    made = [await sends(tx, far, 0)]
    for number in range(1, 160):
        made.append(await sends(tx, far, number, reply_to_uri=made[-1].uri))
    above, below = await posts.thread(tx, None, made[-1])
    assert (len(above), below) == (99, [])
    above, below = await posts.thread(tx, None, made[0])
    assert (above, len(below)) == ([], 50)


async def test_only_newer_words_count(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    post = await receiving.receive(tx, draft(far))
    assert post is not None
    newer = draft(far, content="<p>two</p>", updated_at=now() - timedelta(minutes=1))
    changed = await receiving.revise(tx, post, newer)
    assert changed is not None
    assert (changed.content, changed.edited_at) == ("<p>two</p>", newer.updated_at)
    stale = draft(far, content="<p>old</p>", updated_at=now() - timedelta(minutes=2))
    for late in (stale, newer, draft(far, content="<p>undated</p>")):
        assert await receiving.revise(tx, changed, late) is None
    assert (await again(tx, post)).content == "<p>two</p>"
    assert [edit.content for edit in await posts.history(tx, changed)] == ["<p>one</p>", "<p>two</p>"]


async def test_edits_within_the_second_of_the_post_count_and_are_kept_apart(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    second = now().replace(microsecond=0) - timedelta(minutes=1)
    post = await receiving.receive(tx, draft(far, published_at=second))
    assert post is not None
    for words in ("<p>two</p>", "<p>three</p>"):
        changed = await receiving.revise(tx, post, draft(far, content=words, updated_at=second))
        assert changed is not None
        assert changed.content == words
    assert [edit.content for edit in await posts.history(tx, post)] == ["<p>one</p>", "<p>three</p>"]


@pytest.mark.threat("C10")
async def test_of_very_many_edits_the_latest_are_shown(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    post = await receiving.receive(tx, draft(far))
    assert post is not None
    for number in range(posts.MOST_EDITS + 5):
        later = now() + timedelta(milliseconds=1)
        assert await receiving.revise(tx, post, draft(far, content=f"<p>{number}</p>", updated_at=later))
    shown = [edit.content for edit in await posts.history(tx, post)]
    assert shown == [f"<p>{number}</p>" for number in range(5, posts.MOST_EDITS + 5)]


@pytest.mark.threat("B5")
async def test_author_and_what_is_answered_never_change(tx: Tx) -> None:
    far, evil, ana = await elsewhere(tx, "far"), await elsewhere(tx, "evil", "evil.example"), await member(tx, "ana")
    post = await sends(tx, far, 1)
    own = await says(tx, ana)
    later = now() + timedelta(seconds=1)
    for target, wrong in (
        (post, draft(evil, updated_at=later)),
        (post, draft(far, updated_at=later, reply_to_uri="https://far.example/other")),
        (own, draft(far, uri=own.uri, updated_at=later)),
        (own, draft(ana, uri=own.uri, updated_at=later)),
    ):
        with pytest.raises(Refused):
            await receiving.revise(tx, target, wrong)
    assert (await again(tx, post)).content == "<p>Hello</p>"


async def test_the_tally_of_a_poll_is_taken_without_a_date(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    post = await receiving.receive(tx, draft(far, kind="Question", poll={"votes_count": 1}))
    assert post is not None
    changed = await receiving.revise(tx, post, draft(far, kind="Question", poll={"votes_count": 2}))
    assert changed is not None
    assert (changed.poll, changed.edited_at) == ({"votes_count": 2}, None)


@pytest.mark.threat("F19")
async def test_what_is_longer_than_a_column_is_refused_with_a_sentence(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    for wrong in (
        {"uri": "https://far.example/" + "x" * 2_100},
        {"content": "x" * 1_048_577},
        {"spoiler": "x" * 10_001},
        {"title": "x" * 2_001},
        {"kind": "x" * 41},
        {"kind": "Announce"},
        {"visibility": "circle"},
    ):
        with pytest.raises(Unprocessable):
            await receiving.receive(tx, draft(far, **wrong))


@pytest.mark.threat("E4")
async def test_nothing_comes_from_who_is_suspended(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    post = await sends(tx, far, 1)
    await sql(tx, "UPDATE identity.actors SET suspended_at = now() WHERE id = $1", far.id)
    gone = await actors.by_id(tx, far.id)
    assert await receiving.receive(tx, draft(gone, uri=f"{far.uri}/posts/2")) is None
    assert await receiving.revise(tx, post, draft(gone, updated_at=now() + timedelta(minutes=1))) is None


async def test_those_whom_it_names_are_told_and_those_it_addresses_only_see_it(tx: Tx) -> None:
    far, ana, bea = await elsewhere(tx, "far"), await member(tx, "ana"), await member(tx, "bea")
    post = await sends(tx, far, visibility="direct", mentioned=[ana], silent=[bea, ana])
    assert [one.kind for one in await notifications.listing(tx, ana.id, Page())] == ["mention"]
    assert await notifications.listing(tx, bea.id, Page()) == []
    for member_id in (ana.id, bea.id):
        assert (await posts.get(tx, member_id, post.id)).id == post.id


async def test_whom_an_edit_no_longer_names_still_sees_it(tx: Tx) -> None:
    far, ana = await elsewhere(tx, "far"), await member(tx, "ana")
    first = draft(far, visibility="direct", mentioned=[ana])
    post = await receiving.receive(tx, first)
    assert post is not None
    await receiving.revise(tx, post, replace(first, mentioned=[], updated_at=now()))
    assert (await posts.get(tx, ana.id, post.id)).mentions == []


async def test_what_is_removed_is_gone(tx: Tx) -> None:
    far = await elsewhere(tx, "far")
    ana = await follower_of(tx, far)
    post = await sends(tx, far)
    await receiving.remove(tx, post)
    assert await views.home(tx, ana.id, Page()) == []
    assert (await actors.by_id(tx, far.id)).posts_count == 0
