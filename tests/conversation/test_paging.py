"""Walking a list any way, by `max_id`, `min_id` or `since_id`, meets each entry exactly once."""

from collections.abc import Awaitable, Callable, Sequence

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from phyle.conversation import follows, notifications, reactions, relations, timelines, views
from phyle.conversation.paging import HIGHEST, MOST, Page, page
from phyle.identity.actors import Actor
from phyle.store.sql import Query
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, says, sends

Look = Callable[[Page], Awaitable[Sequence[int]]]

MANY = 23


def test_a_page_is_brought_into_bounds() -> None:
    assert page().limit == 20
    assert page(limit=1_000).limit == MOST
    assert page(limit=-5).limit == 1
    assert page(limit=60, most=80).limit == 60
    assert page(max_id=2**80).below == HIGHEST
    assert page(min_id=-(2**80)).above == -1
    assert (page().below, page().above, page(since_id=7).above) == (HIGHEST, -1, 7)
    assert page(since_id=7, min_id=9).above == 9


def test_only_min_id_looks_upward() -> None:
    query = Query("SELECT id FROM t ORDER BY id DESC LIMIT 1")
    assert page(since_id=1).way(query) is query
    assert page(min_id=1).way(query) == "SELECT id FROM t ORDER BY id ASC LIMIT 1"
    assert page(min_id=1).ordered([1, 2, 3]) == [3, 2, 1]
    assert page(max_id=9).ordered([3, 2, 1]) == [3, 2, 1]


async def lists(tx: Tx) -> dict[str, Look]:
    """Every list that is paged, each with MANY entries, as a function from a page to keys."""
    ana, far = await member(tx, "ana"), await elsewhere(tx, "far")
    crowd = [await elsewhere(tx, f"crowd{number}") for number in range(MANY)]
    first = await says(tx, ana, "first", visibility="unlisted")
    for number, who in enumerate(crowd):
        await follows.ask(tx, who, ana, f"https://far.example/f/{number}")
        await follows.follow(tx, ana, who)
        await follows.accept(tx, who, ana)
        await reactions.favourite(tx, who, first.id)
        await reactions.boost(tx, who, first.id, uri=f"https://far.example/b/{number}")
        post = await sends(tx, who, tags=["tag"], mentioned=[ana])
        await reactions.bookmark(tx, ana.id, post.id)
        await reactions.favourite(tx, ana, post.id)
    for who in crowd:
        await relations.mute(tx, ana, who)
    await notifications.clear(tx, ana.id)
    muted = list(await relations.mutes(tx, ana.id, Page(limit=MANY)))
    for who in crowd:
        await relations.unmute(tx, ana, who)
    assert len(muted) == MANY
    bea, cem = await member(tx, "bea", locked=True), await member(tx, "cem")
    for number, who in enumerate(crowd):
        await follows.ask(tx, who, bea, f"https://far.example/g/{number}")
        await relations.block(tx, cem, who)
        await relations.mute(tx, cem, who)
        await sends(tx, far)
    return _looks(tx, ana, bea, cem, far, first.id)


def _looks(tx: Tx, ana: Actor, bea: Actor, cem: Actor, far: Actor, first: int) -> dict[str, Look]:
    async def home(page: Page) -> list[int]:
        return [view.post.id for view in await views.home(tx, ana.id, page)]

    async def requested(page: Page) -> list[int]:
        return [one.id for one in await notifications.listing(tx, bea.id, page)]

    async def muted(page: Page) -> list[int]:
        return [one.key for one in await relations.mutes(tx, cem.id, page)]

    def keys(look: Callable[[Page], Awaitable[Sequence[tuple[int, int]]]]) -> Look:
        async def found(page: Page) -> list[int]:
            return [entry[0] for entry in await look(page)]

        return found

    return {
        "home": home,
        "notifications": requested,
        "mutes": muted,
        "public": lambda page: timelines.public(tx, None, page),
        "remote": lambda page: timelines.public(tx, ana.id, page, remote=True),
        "tag": lambda page: timelines.tag(tx, None, page, ["tag", "other"]),
        "account": lambda page: timelines.account(tx, None, far.id, page),
        "favourited by": keys(lambda page: reactions.favourited_by(tx, None, first, page)),
        "boosted by": keys(lambda page: reactions.boosted_by(tx, None, first, page)),
        "favourites": keys(lambda page: reactions.favourites(tx, ana.id, page)),
        "bookmarks": keys(lambda page: reactions.bookmarks(tx, ana.id, page)),
        "followers": keys(lambda page: follows.followers(tx, None, ana.id, page)),
        "following": keys(lambda page: follows.following(tx, None, ana.id, page)),
        "requests": keys(lambda page: follows.requests(tx, bea.id, page)),
        "blocks": keys(lambda page: relations.blocks(tx, cem.id, page)),
    }


async def _down(look: Look, limit: int) -> list[int]:
    seen: list[int] = []
    while found := await look(Page(limit=limit, max_id=seen[-1] if seen else None)):
        seen += found
    return seen


async def _up(look: Look, limit: int) -> list[int]:
    seen: list[int] = []
    while found := await look(Page(limit=limit, min_id=seen[0] if seen else 0)):
        seen = [*found, *seen]
    return seen


async def test_every_list_is_walked_the_same_in_every_way(tx: Tx) -> None:
    for name, look in (await lists(tx)).items():
        whole = await _down(look, 40)
        assert len(whole) >= MANY, name
        assert whole == sorted(set(whole), reverse=True), name
        for limit in (1, 5, 22, 23):
            if limit > 1 or name in ("home", "tag", "boosted by"):
                assert await _down(look, limit) == whole, name
                assert await _up(look, limit) == whole, name
        middle = whole[len(whole) // 2]
        above = whole[: len(whole) // 2]
        assert list(await look(Page(limit=3, since_id=middle))) == above[:3], name
        assert list(await look(Page(limit=3, min_id=middle))) == above[-3:], name
        assert list(await look(Page(limit=40, max_id=whole[0], min_id=middle))) == above[1:], name


steps = st.lists(st.tuples(st.sampled_from(["max", "min", "since"]), st.integers(1, 9)), max_size=8)


@pytest.mark.parametrize("name", ["home", "favourites"])
async def test_any_step_from_anywhere_shows_the_neighbours(tx: Tx, name: str) -> None:
    look = (await lists(tx))[name]
    whole = await _down(look, 40)
    runs: list[tuple[int, list[tuple[str, int]]]] = []

    @hypothesis_settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(start=st.integers(0, len(whole) - 1), ways=steps)
    def collect(start: int, ways: list[tuple[str, int]]) -> None:
        runs.append((start, ways))

    collect()
    for start, ways in runs:
        place = start
        for way, limit in ways:
            here = whole[place]
            if way == "max":
                found = await look(Page(limit=limit, max_id=here))
                assert list(found) == whole[place + 1 : place + 1 + limit]
                place = min(place + limit, len(whole) - 1)
            elif way == "min":
                found = await look(Page(limit=limit, min_id=here))
                assert list(found) == whole[max(place - limit, 0) : place]
                place = max(place - limit, 0)
            else:
                found = await look(Page(limit=limit, since_id=here))
                assert list(found) == whole[:place][:limit]
