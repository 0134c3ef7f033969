"""Favourite, boost, bookmark, and the undoing of it."""

import asyncio
from datetime import timedelta

import pytest

from phyle.clock import now
from phyle.conversation import follows, notifications, reactions, relations, timelines, views
from phyle.conversation.paging import Page
from phyle.errors import Missing, Refused, Unprocessable
from phyle.identity import actors
from phyle.ids import made_at
from phyle.store.transaction import Tx
from tests.people import again, elsewhere, member, says, sends


async def kinds(tx: Tx, member_id: int) -> list[str]:
    return [one.kind for one in await notifications.listing(tx, member_id, Page())]  # type: ignore[arg-type]


async def test_a_post_is_liked_once_and_no_more(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    for _ in range(2):
        await reactions.favourite(tx, bea, post.id)
    assert (await again(tx, post)).favourites_count == 1
    assert await kinds(tx, ana.id) == ["favourite"]
    assert [entry.id for entry in await reactions.favourited_by(tx, None, post.id, Page())] == [bea.id]
    assert [entry.id for entry in await reactions.favourites(tx, bea.id, Page())] == [post.id]
    assert (await views.of_id(tx, bea.id, post.id)).favourited
    for _ in range(2):
        await reactions.unfavourite(tx, bea, post.id)
    assert (await again(tx, post)).favourites_count == 0
    assert await kinds(tx, ana.id) == []


async def test_liking_ones_own_is_told_to_nobody(tx: Tx) -> None:
    ana = await member(tx, "ana")
    await reactions.favourite(tx, ana, (await says(tx, ana)).id)
    assert await kinds(tx, ana.id) == []


async def test_a_like_from_elsewhere_is_found_by_its_own_id_and_its_own_actor(tx: Tx) -> None:
    ana, far, evil = await member(tx, "ana"), await elsewhere(tx, "far"), await elsewhere(tx, "evil")
    post = await says(tx, ana)
    await reactions.favourite(tx, far, post.id, uri="https://far.example/like/1")
    assert await reactions.find_favourite(tx, far.id, "https://far.example/like/1") == post.id
    assert await reactions.find_favourite(tx, evil.id, "https://far.example/like/1") is None
    with pytest.raises(Unprocessable):
        await reactions.favourite(tx, evil, post.id, uri="https://far.example/" + "x" * 2_048)


async def test_a_boost_is_a_post_of_its_own(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    boost = await reactions.boost(tx, bea, post.id)
    assert (boost.kind, boost.boost_of, boost.visibility) == ("Announce", post.id, "public")
    assert boost.uri == f"http://localhost:8080/activities/{boost.id}"
    assert (await reactions.boost(tx, bea, post.id)).id == boost.id
    assert (await again(tx, post)).boosts_count == 1
    assert (await actors.by_id(tx, bea.id)).posts_count == 1
    assert await kinds(tx, ana.id) == ["reblog"]
    shown = (await views.home(tx, bea.id, Page()))[0]
    assert (shown.post.id, shown.boosted and shown.boosted.id, shown.reblogged) == (boost.id, post.id, True)
    assert [entry.id for entry in await reactions.boosted_by(tx, None, post.id, Page())] == [bea.id]
    assert await timelines.account(tx, None, bea.id, Page()) == [boost.id]
    assert await timelines.account(tx, None, bea.id, Page(), exclude_reblogs=True) == []
    assert await timelines.public(tx, None, Page()) == [post.id]


async def test_what_is_done_with_a_boost_is_done_with_what_it_boosts(tx: Tx) -> None:
    ana, bea, cem = await member(tx, "ana"), await member(tx, "bea"), await member(tx, "cem")
    post = await says(tx, ana)
    boost = await reactions.boost(tx, bea, post.id)
    assert (await reactions.favourite(tx, cem, boost.id)).id == post.id
    assert (await reactions.boost(tx, cem, boost.id)).boost_of == post.id
    await reactions.bookmark(tx, cem.id, boost.id)
    view = await views.of_id(tx, cem.id, boost.id)
    assert (view.favourited, view.reblogged, view.bookmarked) == (True, True, True)
    assert (await says(tx, cem, "@bea", reply_to=boost.id)).reply_to == post.id


async def test_a_boost_is_taken_back(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    boost = await reactions.boost(tx, bea, post.id)
    for _ in range(2):
        assert (await reactions.unboost(tx, bea, post.id)).id == post.id
    assert (await again(tx, post)).boosts_count == 0
    assert (await actors.by_id(tx, bea.id)).posts_count == 0
    assert await kinds(tx, ana.id) == []
    assert await views.home(tx, bea.id, Page()) == []
    with pytest.raises(Missing):
        await views.of_id(tx, bea.id, boost.id)


async def test_followers_only_posts_are_boosted_by_their_author_for_the_same_followers(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, bea, ana)
    closed, direct = await says(tx, ana, visibility="followers"), await says(tx, ana, "@bea", visibility="direct")
    assert (await reactions.boost(tx, ana, closed.id, visibility="public")).visibility == "followers"
    for who, post in ((bea, closed), (bea, direct), (ana, direct)):
        with pytest.raises(Refused):
            await reactions.boost(tx, who, post.id)
    with pytest.raises(Unprocessable):
        await reactions.boost(tx, ana, (await says(tx, ana)).id, visibility="direct")


async def test_a_boost_from_elsewhere_comes_home_once_and_not_when_it_is_old(tx: Tx) -> None:
    ana, far, post = await member(tx, "ana"), await elsewhere(tx, "far"), None
    await follows.follow(tx, ana, far)
    await follows.accept(tx, far, ana)
    author = await elsewhere(tx, "author", "other.example")
    post, older = await sends(tx, author), await sends(tx, author)
    boost = await reactions.boost(tx, far, post.id, uri="https://far.example/b/1", published_at=now())
    again_ = await reactions.boost(tx, far, post.id, uri="https://far.example/b/2", published_at=now())
    assert again_.id == boost.id
    await reactions.boost(tx, far, older.id, uri="https://far.example/b/3", published_at=now() - timedelta(days=2))
    assert [view.post.id for view in await views.home(tx, ana.id, Page())] == [boost.id]


async def test_old_boosts_of_one_second_are_all_kept(tx: Tx) -> None:
    far, author = await elsewhere(tx, "far"), await elsewhere(tx, "author", "other.example")
    second = now().replace(microsecond=0) - timedelta(days=2)
    made = []
    for number in range(20):  # each in another millisecond, as they arrive
        post = await sends(tx, author)
        uri = f"https://far.example/b/{number}"
        made.append(await reactions.boost(tx, far, post.id, uri=uri, published_at=second))
        await asyncio.sleep(0.002)
    assert len({boost.id for boost in made}) == 20
    assert {made_at(boost.id).replace(microsecond=0) for boost in made} == {second}


async def test_bookmarks_are_kept_and_dropped(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    for _ in range(2):
        await reactions.bookmark(tx, bea.id, post.id)
    assert [entry.id for entry in await reactions.bookmarks(tx, bea.id, Page())] == [post.id]
    assert (await views.of_id(tx, bea.id, post.id)).bookmarked
    await reactions.unbookmark(tx, bea.id, post.id)
    assert await reactions.bookmarks(tx, bea.id, Page()) == []


async def test_what_was_done_can_be_undone_when_one_no_longer_sees_it(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    await reactions.favourite(tx, bea, post.id)
    await reactions.boost(tx, bea, post.id)
    await relations.block(tx, ana, bea)
    await reactions.unfavourite(tx, bea, post.id)
    await reactions.unboost(tx, bea, post.id)
    now_ = await again(tx, post)
    assert (now_.favourites_count, now_.boosts_count) == (0, 0)
    for undo in (reactions.unfavourite, reactions.unboost):
        with pytest.raises(Missing):
            await undo(tx, bea, 7)
