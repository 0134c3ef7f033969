"""Blocks, mutes, muted threads and notes."""

from datetime import timedelta

import pytest

from phyle.conversation import follows, notifications, reactions, relations, timelines, views
from phyle.conversation.paging import Page
from phyle.errors import Refused, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, says, sends, sql


async def home(tx: Tx, who: Actor) -> list[int]:
    return [view.post.id for view in await views.home(tx, who.id, Page())]


async def told(tx: Tx, who: Actor) -> list[str]:
    return [one.kind for one in await notifications.listing(tx, who.id, Page())]


async def test_a_block_parts_two_people_in_both_directions(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, ana, bea)
    await follows.follow(tx, bea, ana)
    mine, theirs = await says(tx, ana, "@bea"), await says(tx, bea, "@ana")
    await timelines.spread(tx, mine)
    await timelines.spread(tx, theirs)
    between = await relations.block(tx, ana, bea)
    assert (between.blocking, between.following, between.followed_by) == (True, False, False)
    assert (await follows.relationship(tx, bea.id, ana.id)).blocked_by
    assert [await home(tx, who) for who in (ana, bea)] == [[mine.id], [theirs.id]]
    assert [await told(tx, who) for who in (ana, bea)] == [[], []]
    counted = [await actors.by_id(tx, who.id) for who in (ana, bea)]
    assert [(who.followers_count, who.following_count) for who in counted] == [(0, 0), (0, 0)]
    await says(tx, bea, "@ana again")
    assert await told(tx, ana) == []
    assert [entry.id for entry in await relations.blocks(tx, ana.id, Page())] == [bea.id]
    assert not (await relations.unblock(tx, ana, bea)).blocking


async def test_boosts_of_who_is_blocked_leave_home_too(tx: Tx) -> None:
    ana, bea, cem = await member(tx, "ana"), await member(tx, "bea"), await member(tx, "cem")
    await follows.follow(tx, ana, cem)
    boost = await reactions.boost(tx, cem, (await says(tx, bea)).id)
    await timelines.spread(tx, boost)
    assert await home(tx, ana) == [boost.id]
    await relations.block(tx, bea, ana)
    assert await home(tx, ana) == []
    await timelines.spread(tx, boost)
    assert await home(tx, ana) == []


async def test_a_block_from_elsewhere_is_found_by_its_id_and_actor(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    await relations.block(tx, far, ana, uri="https://far.example/block/1")
    assert await relations.find_block(tx, far.id, "https://far.example/block/1") == ana.id
    assert await relations.find_block(tx, ana.id, "https://far.example/block/1") is None
    await relations.unblock(tx, far, ana)
    assert not (await follows.relationship(tx, ana.id, far.id)).blocked_by


async def test_nobody_keeps_away_from_themselves(tx: Tx) -> None:
    ana = await member(tx, "ana")
    for act in (relations.block, relations.mute):
        with pytest.raises(Refused):
            await act(tx, ana, ana)


async def test_a_mute_hides_from_lists_but_not_from_looking(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await follows.follow(tx, ana, bea)
    post = await says(tx, bea, "@ana #tag")
    await timelines.spread(tx, post)
    between = await relations.mute(tx, ana, bea)
    assert (between.muting, between.muting_notifications, between.following) == (True, True, True)
    assert await home(tx, ana) == []
    assert await told(tx, ana) == []
    assert await timelines.public(tx, ana.id, Page()) == []
    assert await timelines.tag(tx, ana.id, Page(), ["tag"]) == []
    assert (await views.of_id(tx, ana.id, post.id)).post.id == post.id
    assert await timelines.account(tx, ana.id, bea.id, Page()) == [post.id]
    await timelines.spread(tx, post)
    await timelines.refill(tx, ana.id)
    assert await home(tx, ana) == []
    assert [one.id for one in await relations.mutes(tx, ana.id, Page())] == [bea.id]
    assert not (await relations.unmute(tx, ana, bea)).muting
    assert await home(tx, ana) == [post.id]


async def test_a_mute_can_let_notifications_through_and_end(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await relations.mute(tx, ana, bea, notifications=False, duration=timedelta(hours=1))
    post = await says(tx, bea, "@ana")
    assert await told(tx, ana) == ["mention"]
    assert await timelines.public(tx, ana.id, Page()) == []
    assert (await relations.mutes(tx, ana.id, Page()))[0].expires_at is not None
    await sql(tx, "UPDATE conversation.mutes SET expires_at = now() - interval '1 second'")
    assert await timelines.public(tx, ana.id, Page()) == [post.id]
    assert not (await follows.relationship(tx, ana.id, bea.id)).muting
    await relations.forget_mutes(tx, {})
    assert await sql(tx, "SELECT FROM conversation.mutes") == []


async def test_a_muted_thread_is_silent(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    await relations.mute_thread(tx, ana.id, post.id)
    answer = await says(tx, bea, "@ana", reply_to=post.id)
    assert await told(tx, ana) == []
    assert (await views.of_id(tx, ana.id, answer.id)).muted
    await relations.unmute_thread(tx, ana.id, answer.id)
    await says(tx, bea, "@ana", reply_to=answer.id)
    assert await told(tx, ana) == ["mention"]


@pytest.mark.threat("F19")
async def test_a_note_is_private_and_has_a_limit(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    assert (await relations.note(tx, ana.id, far.id, "hm")).note == "hm"
    assert (await relations.note(tx, ana.id, far.id, "")).note == ""
    with pytest.raises(Unprocessable):
        await relations.note(tx, ana.id, far.id, "x" * 2_001)
    await sends(tx, far)
    assert (await follows.relationship(tx, far.id, ana.id)).note == ""
