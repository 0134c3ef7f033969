"""What comes into a home, what leaves it, and what it costs to read it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from phyle.clock import now
from phyle.conversation import follows, notifications, reactions, timelines, views
from phyle.conversation.paging import Page
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, says, sends, sql


async def home(tx: Tx, who: Actor, page: Page | None = None) -> list[int]:
    return [view.post.id for view in await views.home(tx, who.id, page or Page())]


async def friends(tx: Tx, follower: Actor, *followed: Actor, **wishes: Any) -> None:
    for who in followed:
        await follows.follow(tx, follower, who, **wishes)
        await follows.accept(tx, who, follower)


async def spread(tx: Tx, *made: Any) -> None:
    for post in made:
        await timelines.spread(tx, post)


async def test_an_answer_comes_to_those_who_follow_both(tx: Tx) -> None:
    ana, bea, cem, dan = [await member(tx, name) for name in ("ana", "bea", "cem", "dan")]
    await friends(tx, ana, bea, cem)
    await friends(tx, dan, bea)
    first = await says(tx, cem)
    answer, own = await says(tx, bea, reply_to=first.id), await says(tx, bea)
    more = await says(tx, bea, reply_to=own.id)
    to_dan = await says(tx, bea, reply_to=(await says(tx, dan)).id)
    await spread(tx, first, answer, own, more, to_dan)
    assert await home(tx, ana) == [more.id, own.id, answer.id, first.id]
    assert [post for post in await home(tx, dan) if post in (answer.id, to_dan.id, own.id, more.id)] == [
        to_dan.id,
        more.id,
        own.id,
    ]


async def test_an_answer_to_something_unknown_stays_out(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    await friends(tx, ana, far)
    await sends(tx, far, reply_to_uri="https://nowhere.example/1")
    assert await home(tx, ana) == []


async def test_a_second_boost_of_the_same_post_stays_out(tx: Tx) -> None:
    ana, bea, cem, dan = [await member(tx, name) for name in ("ana", "bea", "cem", "dan")]
    await friends(tx, ana, bea, cem)
    post = await says(tx, dan)
    first, second = await reactions.boost(tx, bea, post.id), await reactions.boost(tx, cem, post.id)
    await spread(tx, first, second)
    assert await home(tx, ana) == [first.id]
    own = await says(tx, bea)
    await spread(tx, own, await reactions.boost(tx, cem, own.id))
    assert await home(tx, ana) == [own.id, first.id]


async def test_boosts_only_for_those_who_want_them(tx: Tx) -> None:
    ana, bea, cem = [await member(tx, name) for name in ("ana", "bea", "cem")]
    await friends(tx, ana, bea, boosts=False)
    await spread(tx, await reactions.boost(tx, bea, (await says(tx, cem)).id))
    assert await home(tx, ana) == []


async def test_only_the_languages_that_were_asked_for(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await friends(tx, ana, bea, languages=["eu"])
    made = [await says(tx, bea, language=language) for language in ("eu", "en", None)]
    await spread(tx, *made)
    assert await home(tx, ana) == [made[2].id, made[0].id]


async def test_who_asked_for_each_post_is_told(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await friends(tx, ana, bea, notify=True)
    post, direct = await says(tx, bea), await says(tx, bea, visibility="direct")
    await spread(tx, post, post, direct, await says(tx, bea, reply_to=post.id))
    assert [(one.kind, one.post) for one in await notifications.listing(tx, ana.id, Page())] == [("status", post.id)]


async def test_the_job_spreads_what_is_still_there(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await friends(tx, ana, bea)
    post = await says(tx, bea)
    await timelines.spread_job(tx, {"post": post.id})
    await timelines.spread_job(tx, {"post": 7})
    assert await home(tx, ana) == [post.id]


async def test_homes_are_trimmed_and_those_of_the_absent_dropped_and_filled_again(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await friends(tx, ana, bea)
    made = [await says(tx, bea) for _ in range(5)]
    await spread(tx, *made)
    await sql(tx, "INSERT INTO conversation.home SELECT $1, g, $2 FROM generate_series(1, 900) g", ana.id, bea.id)
    await timelines.trim(tx, {})
    kept = await sql(tx, "SELECT post FROM conversation.home WHERE member = $1 ORDER BY post", ana.id)
    assert (len(kept), kept[0][0], kept[-1][0]) == (800, 106, made[-1].id)
    await sql(tx, "UPDATE identity.accounts SET seen_on = current_date - 31 WHERE actor = $1", ana.id)
    await timelines.trim(tx, {})
    assert await sql(tx, "SELECT FROM conversation.home WHERE member = $1", ana.id) == []
    await spread(tx, await says(tx, bea))
    assert await sql(tx, "SELECT FROM conversation.home WHERE member = $1", ana.id) == []
    await timelines.returned_job(tx, {"actor": ana.id})
    assert len(await home(tx, ana)) == 6


async def test_beyond_its_end_home_goes_on(tx: Tx) -> None:
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    long_ago = now() - timedelta(days=9)
    old = [await sends(tx, far, published_at=long_ago + timedelta(hours=hour)) for hour in range(60)]
    await friends(tx, ana, far)
    new = await sends(tx, far)
    seen, page = [], Page(limit=7)
    while found := await home(tx, ana, page):
        seen += found
        page = Page(limit=7, max_id=found[-1])
    assert seen == [new.id, *reversed([post.id for post in old])]


async def test_an_author_who_is_gone_leaves_every_home(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    await friends(tx, ana, bea)
    await spread(tx, await says(tx, bea))
    await timelines.withdraw_author(tx, bea.id)
    assert await home(tx, ana) == []


class Counted:
    """A connection that counts what it is asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.asked = 0

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        self.asked += 1
        return await self._connection.fetch(query, *args)  # type: ignore[no-any-return]


async def test_reading_home_takes_two_queries(tx: Tx) -> None:
    ana, bea, cem = [await member(tx, name) for name in ("ana", "bea", "cem")]
    await friends(tx, ana, bea, cem)
    made = [await says(tx, bea) for _ in range(15)]
    await spread(tx, *made, *[await reactions.boost(tx, cem, (await says(tx, cem)).id) for _ in range(15)])
    counted = Counted(tx._connection)
    assert len(await views.home(Tx(tx.store, counted), ana.id, Page())) == 20
    assert counted.asked == 2
    await views.of_id(Tx(tx.store, counted), ana.id, made[0].id)
    assert counted.asked == 4


async def test_what_members_write_and_boost_is_spread_by_a_job(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana)
    boost = await reactions.boost(tx, bea, post.id)
    queued = await sql(tx, "SELECT body FROM store.jobs WHERE name = 'conversation.spread' ORDER BY id")
    assert [row["body"]["post"] for row in queued] == [post.id, boost.id]
