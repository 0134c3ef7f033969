"""The same acts at the same moment, each in a transaction of its own: once is once, and nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from phyle.conversation import follows, posts, publishing, reactions, relations
from phyle.identity import actors
from phyle.store.transaction import Store, Tx
from tests.people import elsewhere, member, says, sends, sql

SIDES = 6


async def together(store: Store, *acts: Callable[[Tx], Awaitable[object]]) -> list[object]:
    """Each act in its own transaction, all at once; what they gave."""

    async def one(act: Callable[[Tx], Awaitable[object]]) -> object:
        async with store.transaction() as tx:
            return await act(tx)

    return await asyncio.wait_for(asyncio.gather(*(one(act) for act in acts)), 30)


async def test_one_key_sent_many_times_is_one_post(store: Store) -> None:
    async with store.transaction() as tx:
        ana = await member(tx, "ana")
    made = await together(store, *[lambda tx: says(tx, ana, idempotency_key="k")] * SIDES)
    assert len({post.id for post in made if isinstance(post, posts.Post)}) == 1
    async with store.reading() as tx:
        assert len(await sql(tx, "SELECT FROM conversation.posts")) == 1
        assert (await actors.by_id(tx, ana.id)).posts_count == 1


async def test_likes_boosts_and_follows_are_counted_once(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bea = await member(tx, "ana"), await member(tx, "bea")
        post = await says(tx, ana)
    acts = [
        lambda tx: reactions.favourite(tx, bea, post.id),
        lambda tx: reactions.boost(tx, bea, post.id),
        lambda tx: follows.follow(tx, bea, ana),
    ]
    await together(store, *acts * SIDES)
    async with store.reading() as tx:
        stored = await posts.by_id(tx, post.id)
        assert stored is not None
        assert (stored.favourites_count, stored.boosts_count) == (1, 1)
        one, other = await actors.by_id(tx, ana.id), await actors.by_id(tx, bea.id)
        assert (one.followers_count, other.following_count, other.posts_count) == (1, 1, 1)
        assert len(await sql(tx, "SELECT FROM conversation.notifications WHERE member = $1", ana.id)) == 3


async def test_people_who_act_on_each_other_do_not_wait_for_ever(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bea = await member(tx, "ana"), await member(tx, "bea")
        mine, theirs = await says(tx, ana), await says(tx, bea)
    acts = []
    for _ in range(SIDES):
        acts += [
            lambda tx: follows.follow(tx, ana, bea),
            lambda tx: follows.follow(tx, bea, ana),
            lambda tx: says(tx, ana, "@bea", reply_to=theirs.id),
            lambda tx: says(tx, bea, "@ana", reply_to=mine.id),
            lambda tx: reactions.boost(tx, ana, theirs.id),
            lambda tx: reactions.boost(tx, bea, mine.id),
            lambda tx: reactions.unboost(tx, ana, theirs.id),
            lambda tx: follows.unfollow(tx, bea, ana),
        ]
    await together(store, *acts)
    await together(store, lambda tx: relations.block(tx, ana, bea), lambda tx: relations.block(tx, bea, ana))
    async with store.reading() as tx:
        found = [await actors.by_id(tx, who.id) for who in (ana, bea)]
        assert [(who.followers_count, who.following_count) for who in found] == [(0, 0), (0, 0)]
        stored = await posts.by_id(tx, mine.id)
        assert stored is not None
        assert stored.replies_count == SIDES


async def test_a_post_that_is_deleted_while_people_like_it_is_gone(store: Store) -> None:
    async with store.transaction() as tx:
        ana = await member(tx, "ana")
        crowd = [await elsewhere(tx, f"crowd{number}") for number in range(SIDES)]
        post = await says(tx, ana)

    async def like(tx: Tx, number: int) -> None:
        if await posts.by_id(tx, post.id):
            await sends(tx, crowd[number], reply_to_uri=post.uri)

    async def delete(tx: Tx) -> None:
        await publishing.delete(tx, ana, post)

    await together(store, *[lambda tx, number=number: like(tx, number) for number in range(SIDES)], delete)
    async with store.reading() as tx:
        assert await posts.by_id(tx, post.id) is None
