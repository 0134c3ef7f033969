"""The law of polls: what may be asked, who may vote and how often, what is shown before and after the close."""

import asyncio
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest

from phyle.clock import api_time, now
from phyle.conversation import departures, polls, posts, publishing, relations, views
from phyle.conversation.polls import PollDraft
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.errors import Conflict, Missing, Refusal, Unprocessable
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.people import again, elsewhere, member, says, sends, sql


def asking(*options: str, minutes: int = 60, **more: Any) -> PollDraft:
    return PollDraft(options=options or ("Bread", "Soup", "Cake"), ends_at=now() + timedelta(minutes=minutes), **more)


async def asks(tx: Tx, author: Actor, **more: Any) -> Post:
    return await publishing.publish(tx, author, Draft(text="What is for lunch?", poll=asking(**more)))


async def shown(tx: Tx, post: Post) -> tuple[list[int | None], int, int]:
    """Votes of each option, all votes, voters."""
    poll = (await again(tx, post)).poll
    assert poll is not None
    return [option["votes_count"] for option in poll["options"]], poll["votes_count"], poll["voters_count"]


async def told(tx: Tx) -> set[tuple[str, str]]:
    rows = await sql(
        tx,
        """SELECT m.name, a.name AS actor FROM conversation.notifications n
        JOIN identity.actors m ON m.id = n.member JOIN identity.actors a ON a.id = n.actor WHERE n.kind = 'poll'""",
    )
    return {(row["name"], row["actor"]) for row in rows}


async def ends(tx: Tx, post: Post) -> None:
    """Its time is over."""
    await sql(tx, "UPDATE conversation.polls SET ends_at = now() - interval '1 second' WHERE post = $1", post.id)


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (asking("One"), "two to 4"),
        (asking(*"12345"), "two to 4"),
        (asking("Yes", "Yes "), "differ"),
        (asking("Yes", " "), "blank"),
        (asking("Yes", "N" * 51), "50 characters"),
        (asking(minutes=-1), "future"),
    ],
)
async def test_what_cannot_be_asked(tx: Tx, draft: PollDraft, why: str) -> None:
    ana = await member(tx, "ana")
    with pytest.raises(Unprocessable, match=why):
        await publishing.publish(tx, ana, Draft(text="Lunch", poll=draft))


async def test_of_one_choice_the_first_vote_counts(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await member(tx, "bob")
    post = await asks(tx, ana)
    assert (post.kind, await shown(tx, post)) == ("Question", ([0, 0, 0], 0, 0))
    await polls.vote(tx, bob, post, [1])
    for again_ in ([1], [2]):
        with pytest.raises(Unprocessable, match="already voted"):
            await polls.vote(tx, bob, post, again_)
    assert await shown(tx, post) == ([0, 1, 0], 1, 1)
    assert (await views.of_id(tx, bob.id, post.id)).choices == [1]
    assert (await views.of_id(tx, ana.id, post.id)).choices is None


async def test_of_several_choices_each_vote_adds(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
    post = await asks(tx, ana, multiple=True)
    await polls.vote(tx, bob, post, [2, 0, 2])
    await polls.vote(tx, bob, post, [0, 1])
    with pytest.raises(Unprocessable, match="already voted"):
        await polls.vote(tx, bob, post, [1])
    assert await shown(tx, post) == ([1, 1, 1], 3, 1)


async def test_who_may_not_vote_and_what_is_no_vote(tx: Tx) -> None:
    ana, bob, eve = await member(tx, "ana"), await member(tx, "bob"), await elsewhere(tx, "eve")
    post = await asks(tx, ana)
    await relations.block(tx, ana, eve)
    for voter, choices, error in (
        (ana, [0], Unprocessable),
        (eve, [0], Missing),
        (bob, [3], Unprocessable),
        (bob, [-1], Unprocessable),
        (bob, [], Unprocessable),
        (bob, [0, 1], Unprocessable),
    ):
        with pytest.raises(error):
            await polls.vote(tx, voter, post, choices)
    with pytest.raises(Missing):
        await polls.vote(tx, bob, await says(tx, ana), [0])
    assert await shown(tx, post) == ([0, 0, 0], 0, 0)


async def test_hidden_totals_come_with_the_close_and_those_concerned_are_told(tx: Tx) -> None:
    ana, bob, carol = await member(tx, "ana"), await member(tx, "bob"), await elsewhere(tx, "carol")
    post = await asks(tx, ana, hidden=True)
    await polls.vote(tx, bob, post, [1])
    await polls.vote(tx, carol, post, [1])
    assert await shown(tx, post) == ([None, None, None], 0, 2)
    await polls.close_over(tx, {})
    assert not (await again(tx, post)).poll["closed"], "its time is not over"  # type: ignore[index]
    await ends(tx, post)
    with pytest.raises(Unprocessable, match="ended"):
        await polls.vote(tx, await member(tx, "dan"), post, [0])
    await polls.close_over(tx, {})
    assert await shown(tx, post) == ([0, 2, 0], 2, 2)
    assert await told(tx) == {("ana", "ana"), ("bob", "ana")}
    await polls.close(tx, post.id)
    assert await shown(tx, post) == ([0, 2, 0], 2, 2)


async def test_a_poll_from_elsewhere(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
    given = {
        "options": [{"title": "Honey", "votes_count": 3}, {"title": "Wax", "votes_count": 1}],
        "multiple": False,
        "expires_at": (now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "closed": False,
        "votes_count": 4,
        "voters_count": 4,
    }
    post = await sends(tx, bob, kind="Question", poll=given)
    await polls.vote(tx, ana, post, [1])
    assert await shown(tx, post) == ([3, 2], 5, 5)
    await ends(tx, post)
    await polls.close_over(tx, {})
    assert await told(tx) == {("ana", "bob")}


async def test_a_ballot_keeps_who_voted_and_hands_on_what(tx: Tx) -> None:
    ana, bob, carol = await member(tx, "ana"), await member(tx, "bob"), await elsewhere(tx, "carol")
    post = await asks(tx, ana, ballot=True)
    number = await polls.vote(tx, bob, post, [1])
    came = now() - timedelta(seconds=5)
    await polls.vote(tx, carol, post, [0], received_at=came, evidence=7)
    assert (await views.of_id(tx, bob.id, post.id)).choices == []
    assert await shown(tx, post) == ([None, None, None], 0, 2)
    first, second = await polls.kept_votes(tx, post.id)
    assert (first.id, first.actor, first.choices, first.evidence) == (number, bob.id, [1], None)
    assert (second.actor, second.choices, second.received_at, second.evidence) == (carol.id, [0], came, 7)
    assert await polls.kept_vote(tx, first.id) == first
    await polls.taken(tx, first.id)
    assert await polls.kept_vote(tx, first.id) is None

    with pytest.raises(Conflict):
        await polls.reveal(tx, post.id, [1, 1, 0], 2)
    await ends(tx, post)
    await polls.close_over(tx, {})
    dan = await elsewhere(tx, "dan")
    with pytest.raises(Unprocessable, match="ended"):
        await polls.vote(tx, dan, post, [2])
    await polls.vote(tx, dan, post, [2], received_at=now() - timedelta(minutes=1))
    assert [vote.actor for vote in await polls.kept_votes(tx, post.id)] == [carol.id, dan.id]

    await polls.close(tx, post.id)
    assert await shown(tx, post) == ([None, None, None], 0, 3)
    poll = (await again(tx, post)).poll
    assert poll is not None
    assert poll["expires_at"] < api_time(now()), "others take it for open until then"
    assert await told(tx) == set()
    await polls.reveal(tx, post.id, [1, 1, 0], 2)
    assert await shown(tx, post) == ([1, 1, 0], 2, 2)
    assert await told(tx) == {("ana", "ana"), ("bob", "ana")}


async def test_the_choice_in_a_ballot_is_nowhere_once_it_is_taken(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await member(tx, "bob")
    post = await asks(tx, ana, ballot=True)
    number = await polls.vote(tx, bob, post, [2])
    assert number is not None
    await polls.taken(tx, number)
    (row,) = await sql(tx, "SELECT choices FROM conversation.poll_votes")
    assert row["choices"] == []
    assert not await sql(tx, "SELECT FROM conversation.kept_votes")


async def test_many_votes_of_one_at_once_leave_one(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob = await member(tx, "ana"), await member(tx, "bob")
        post = await asks(tx, ana)

    async def votes(choice: int) -> bool:
        try:
            async with store.transaction() as tx:
                await polls.vote(tx, bob, post, [choice % 3])
        except Refusal:
            return False
        return True

    assert sum(await asyncio.gather(*(votes(each) for each in range(20)))) == 1
    async with store.transaction() as tx:
        options, total, voters = await shown(tx, post)
        assert (sum(each or 0 for each in options), total, voters) == (1, 1, 1)


async def test_a_vote_while_the_numbers_are_told_is_told_again(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob, carol = await member(tx, "ana"), await member(tx, "bob"), await member(tx, "carol")
        post = await asks(tx, ana)
        await polls.vote(tx, bob, post, [0])
        await polls.vote(tx, carol, post, [0])
        waiting = "DELETE FROM store.jobs WHERE name = 'conversation.tell_counted' RETURNING id"
        assert len(await sql(tx, waiting)) == 1, "many votes are told together"

    async def votes(dan: Actor) -> None:
        async with store.transaction() as own:
            await polls.vote(own, dan, post, [1])

    async with store.transaction() as tx:
        dan = await member(tx, "dan")
    async with store.transaction() as tx:
        assert set(await polls.counted(tx, post.id)) == {bob.id, carol.id}
        task = asyncio.get_running_loop().create_task(votes(dan), context=Context())
        done, _ = await asyncio.wait({task}, timeout=0.2)
        assert not done
    await task
    async with store.transaction() as tx:
        assert len(await sql(tx, waiting)) == 1


async def test_what_who_leaves_voted_is_counted_and_forgotten(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
    post = await asks(tx, ana)
    await polls.vote(tx, bob, post, [1])
    await departures.depart_job(tx, {"actor": bob.id})
    assert await shown(tx, post) == ([0, 1, 0], 1, 1)
    assert not await sql(tx, "SELECT FROM conversation.poll_votes")


async def test_a_deleted_poll_takes_its_votes_along(tx: Tx) -> None:
    ana, bob = await member(tx, "ana"), await member(tx, "bob")
    post = await asks(tx, ana, ballot=True)
    await polls.vote(tx, bob, post, [1])
    await publishing.delete(tx, ana, post)
    assert await posts.by_id(tx, post.id) is None
    for table in ("polls", "poll_votes", "kept_votes"):
        assert not await sql(tx, f"SELECT FROM conversation.{table}")
