"""Follow, ask, accept, reject, leave; and the homes that follow from it."""

import pytest

from phyle.conversation import follows, notifications, relations, views
from phyle.conversation.paging import Page
from phyle.errors import Missing, Refused, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, says, sends, sql


async def counts(tx: Tx, *people: Actor) -> list[tuple[int, int]]:
    now = [await actors.by_id(tx, who.id) for who in people]
    return [(who.followers_count, who.following_count) for who in now]


async def told(tx: Tx, who: Actor) -> list[tuple[str, int]]:
    return [(one.kind, one.actor) for one in await notifications.listing(tx, who.id, Page())]


async def home(tx: Tx, who: Actor) -> list[int]:
    return [view.post.id for view in await views.home(tx, who.id, Page())]


async def test_an_open_account_is_followed_at_once(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, bea)
    between = await follows.follow(tx, ana, bea, notify=True, languages=["en"])
    assert (between.following, between.requested, between.notifying, between.languages) == (True, False, True, ["en"])
    assert between.showing_reblogs
    assert await counts(tx, ana, bea) == [(0, 1), (1, 0)]
    assert await told(tx, bea) == [("follow", ana.id)]
    assert await home(tx, ana) == [post.id]
    assert (await follows.relationship(tx, bea.id, ana.id)).followed_by


async def test_following_again_changes_only_what_is_said(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, ana, bea, notify=True)
    between = await follows.follow(tx, ana, bea, boosts=False)
    assert (between.showing_reblogs, between.notifying) == (False, True)
    assert await counts(tx, ana, bea) == [(0, 1), (1, 0)]


async def test_a_locked_account_is_asked(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea", locked=True)
    between = await follows.follow(tx, ana, bea)
    assert (between.following, between.requested) == (False, True)
    assert await told(tx, bea) == [("follow_request", ana.id)]
    assert [entry.id for entry in await follows.requests(tx, bea.id, Page())] == [ana.id]
    assert await counts(tx, ana, bea) == [(0, 0), (0, 0)]
    post = await says(tx, bea, visibility="followers")
    assert await follows.accept(tx, bea, ana)
    assert await home(tx, ana) == [post.id]
    assert await told(tx, bea) == [("follow", ana.id)]
    assert await counts(tx, ana, bea) == [(0, 1), (1, 0)]
    assert not await follows.accept(tx, bea, ana)
    assert await counts(tx, ana, bea) == [(0, 1), (1, 0)]


async def test_a_question_can_be_rejected_and_asked_again(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea", locked=True)
    await follows.follow(tx, ana, bea)
    assert await follows.reject(tx, bea, ana)
    assert not await follows.reject(tx, bea, ana)
    assert await told(tx, bea) == []
    assert (await follows.follow(tx, ana, bea)).requested
    assert not (await follows.unfollow(tx, ana, bea)).requested


@pytest.mark.threat("E1")
async def test_elsewhere_is_followed_only_when_accepted(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    assert (await follows.follow(tx, ana, far)).requested
    post = await sends(tx, far, visibility="followers")
    assert await home(tx, ana) == []
    assert await views.of_ids(tx, ana.id, [post.id]) == []
    assert await follows.accept(tx, far, ana)
    assert await home(tx, ana) == [post.id]
    assert len(await views.of_ids(tx, ana.id, [post.id])) == 1


@pytest.mark.threat("B13")
async def test_accepting_what_was_never_asked_changes_nothing(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    assert not await follows.accept(tx, far, ana)
    assert not await follows.reject(tx, far, ana)
    assert not (await follows.relationship(tx, ana.id, far.id)).following


async def test_somebody_elsewhere_asks(tx: Tx) -> None:
    ana, bea, far = await member(tx, "ana"), await member(tx, "bea", locked=True), await elsewhere(tx, "far")
    await follows.ask(tx, far, ana, "https://far.example/f/1")
    await follows.ask(tx, far, bea, "https://far.example/f/2")
    assert await told(tx, ana) == [("follow", far.id)]
    assert await told(tx, bea) == [("follow_request", far.id)]
    await follows.ask(tx, far, ana, "https://far.example/f/3")
    assert await follows.find(tx, "https://far.example/f/3") == (far.id, ana.id)
    assert await follows.find(tx, "https://far.example/f/1") is None
    assert await counts(tx, ana) == [(1, 0)]
    await follows.unfollow(tx, far, ana)
    assert await counts(tx, ana) == [(0, 0)]
    assert await told(tx, ana) == []


async def test_who_is_blocked_is_not_let_in(tx: Tx) -> None:
    ana, bea, far = await member(tx, "ana"), await member(tx, "bea"), await elsewhere(tx, "far")
    await relations.block(tx, ana, far)
    await relations.block(tx, ana, bea)
    await follows.ask(tx, far, ana, "https://far.example/f/1")
    assert not (await follows.relationship(tx, ana.id, far.id)).followed_by
    for one, other in ((bea, ana), (ana, bea), (ana, far)):
        with pytest.raises(Refused):
            await follows.follow(tx, one, other)


async def test_oneself_the_gone_and_the_moved_are_not_followed(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    with pytest.raises(Refused):
        await follows.follow(tx, ana, ana)
    with pytest.raises(Unprocessable):
        await follows.follow(tx, ana, bea, languages=["x" * 36])
    await sql(tx, "UPDATE identity.actors SET moved_to = 'https://far.example/b' WHERE id = $1", bea.id)
    with pytest.raises(Refused):
        await follows.follow(tx, ana, await actors.by_id(tx, bea.id))
    await sql(tx, "UPDATE identity.actors SET suspended_at = now() WHERE id = $1", bea.id)
    gone = await actors.by_id(tx, bea.id)
    with pytest.raises(Missing):
        await follows.follow(tx, ana, gone)
    with pytest.raises(Missing):
        await follows.ask(tx, await elsewhere(tx, "far"), gone, "https://far.example/f/1")


async def test_leaving_empties_home_and_takes_back_what_was_told(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, ana, bea)
    await says(tx, bea)
    await follows.unfollow(tx, ana, bea)
    assert await home(tx, ana) == []
    assert await counts(tx, ana, bea) == [(0, 0), (0, 0)]
    assert await told(tx, bea) == []


async def test_a_follower_is_removed(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, ana, bea)
    assert not (await follows.remove_follower(tx, bea, ana)).followed_by
    assert await counts(tx, ana, bea) == [(0, 0), (0, 0)]


async def test_lists_of_followers_hide_who_is_gone(tx: Tx) -> None:
    ana, bea, cem = await member(tx, "ana"), await member(tx, "bea"), await member(tx, "cem")
    await follows.follow(tx, ana, cem)
    await follows.follow(tx, bea, cem)
    assert [entry.id for entry in await follows.followers(tx, None, cem.id, Page())] == [bea.id, ana.id]
    assert [entry.id for entry in await follows.following(tx, None, ana.id, Page())] == [cem.id]
    assert await follows.followers_here(tx, cem.id) == [ana.id, bea.id]
    await sql(tx, "UPDATE identity.actors SET suspended_at = now() WHERE id = $1", bea.id)
    assert [entry.id for entry in await follows.followers(tx, None, cem.id, Page())] == [ana.id]


async def test_relationships_keep_the_order_that_was_asked_for(tx: Tx) -> None:
    ana, bea, cem = await member(tx, "ana"), await member(tx, "bea"), await member(tx, "cem")
    await relations.note(tx, ana.id, bea.id, "met in Lyon")
    found = await follows.relationships(tx, ana.id, [cem.id, 7, bea.id, cem.id])
    assert [(one.id, one.note) for one in found] == [(cem.id, ""), (bea.id, "met in Lyon")]
