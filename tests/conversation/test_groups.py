"""The law of groups: who may write in one, what is in it, who answers those who want to follow it."""

from dataclasses import replace
from typing import Any

import pytest

from phyle.conversation import follows, groups, posts, publishing, reactions, relations, timelines
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import NONE
from phyle.store.jobs import told
from phyle.store.transaction import Tx
from tests.people import _keys, again, elsewhere, member, says, sends, sql


async def founded(tx: Tx, name: str = "agora", **more: Any) -> Actor:
    rsa, ed25519 = _keys()
    return await groups.create(tx, name, rsa=rsa, ed25519=ed25519, **more)


async def run(tx: Tx, job: str) -> list[dict[str, Any]]:
    """What waits under this name, taken from the queue."""
    rows = await sql(tx, "DELETE FROM store.jobs WHERE name = $1 RETURNING id, body", job)
    return [row["body"] for row in sorted(rows, key=lambda row: row["id"])]


async def shared(tx: Tx) -> None:
    for body in await run(tx, "conversation.share_in_group"):
        await groups.share_job(tx, body)


async def boosts(tx: Tx, group: Actor) -> list[int]:
    rows = await sql(tx, "SELECT boost_of FROM conversation.posts WHERE author = $1 AND boost_of IS NOT NULL", group.id)
    return [row["boost_of"] for row in rows]


async def joined(tx: Tx, group: Actor, who: Actor) -> None:
    if who.local:
        await follows.follow(tx, who, group)
    else:
        await follows.ask(tx, who, group, f"{who.uri}/follows/{group.id}")


async def test_people_and_groups_share_one_namespace(tx: Tx) -> None:
    await member(tx, "ana")
    with pytest.raises(Conflict):
        await founded(tx, "Ana")
    agora = await founded(tx, "agora", display_name="The agora", note="Where we meet", posting="followers")
    assert (agora.kind, agora.locked, agora.display_name, agora.summary) == (
        "Group",
        False,
        "The agora",
        "<p>Where we meet</p>",
    )
    assert await groups.named(tx, "AGORA") == agora
    assert await groups.named(tx, "ana") is None
    with pytest.raises(Unprocessable):
        await groups.settle(tx, agora, posting="everyone")  # type: ignore[arg-type]
    await groups.settle(tx, agora, moderators=[agora.id], properties={"phyle:ledger": "x"})
    assert await groups.get(tx, agora.id) == groups.Group(
        actor=agora.id, posting="followers", moderators=[agora.id], properties={"phyle:ledger": "x"}
    )
    with pytest.raises(Missing):
        await groups.get(tx, (await member(tx, "bob")).id)


async def test_what_names_a_group_is_in_it_and_what_answers_it_too(tx: Tx) -> None:
    agora, ana, bob = await founded(tx), await member(tx, "ana"), await elsewhere(tx, "bob")
    post = await says(tx, ana, "@agora Bread?")
    answer = await sends(tx, bob, reply_to_uri=post.uri)
    deeper = await says(tx, ana, "Yes", reply_to=answer.id)
    assert {each.audience for each in (post, answer, deeper)} == {agora.uri}
    assert [mention["username"] for mention in deeper.mentions] == ["agora"], "whoever answers it reaches the group"
    assert (await says(tx, ana, "Elsewhere")).audience is None
    assert (await says(tx, ana, "@agora psst", visibility="followers")).audience is None
    heard = await sql(tx, "SELECT body FROM store.jobs WHERE name = 'conversation.share_in_group' ORDER BY id")
    told = [(row["body"]["group"], row["body"]["post"]) for row in heard]
    assert told == [(agora.id, each.id) for each in (post, answer, deeper)]
    await shared(tx)
    assert await boosts(tx, agora) == [post.id], "answers would flood those who follow"


async def test_an_edit_keeps_the_group(tx: Tx) -> None:
    agora, ana = await founded(tx), await member(tx, "ana")
    post = await says(tx, ana, "@agora Bread?")
    changed = await publishing.edit(tx, ana, post, Draft(text="Rolls?"))
    assert changed.audience == agora.uri
    assert [mention["username"] for mention in changed.mentions] == ["agora"]


async def test_a_post_from_elsewhere_is_in_the_group_that_it_addresses(tx: Tx) -> None:
    agora, bob = await founded(tx), await elsewhere(tx, "bob")
    assert (await sends(tx, bob, mentioned=[agora])).audience == agora.uri
    assert (await sends(tx, bob, silent=[agora])).audience == agora.uri
    claimed = await sends(tx, bob, audience=agora.uri)
    assert claimed.audience is None, "its word alone counts for groups elsewhere only"
    far = await sends(tx, bob, audience="https://far.example/c/bees")
    assert far.audience == "https://far.example/c/bees"


@pytest.mark.threat("D17")
async def test_one_domain_does_not_fill_a_group(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tx.store, "settings", replace(tx.store.settings, limits=True))
    monkeypatch.setattr(groups, "WRITTEN", replace(groups.WRITTEN, most=3))
    agora = await founded(tx)
    authors = [await elsewhere(tx, "eve", f"{number}.far.example") for number in range(5)]
    found = [(await sends(tx, author, mentioned=[agora])).audience for author in authors]
    assert found == [agora.uri] * 3 + [None] * 2
    other = await sends(tx, await elsewhere(tx, "bob", "near.example"), mentioned=[agora])
    assert other.audience == agora.uri


@pytest.mark.parametrize(
    ("posting", "who_follows", "nobody"), [("anyone", True, True), ("followers", True, False), ("nobody", False, False)]
)
async def test_who_may_write(tx: Tx, posting: Any, who_follows: bool, nobody: bool) -> None:
    circle = await founded(tx, "circle", posting=posting)
    ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
    inside, outside = await member(tx, "ines"), await elsewhere(tx, "ole")
    for who in (inside, bob):
        await joined(tx, circle, who)
    for who, may in ((inside, who_follows), (bob, who_follows), (ana, nobody), (outside, nobody)):
        post = await says(tx, who, "@circle Hello") if who.local else await sends(tx, who, mentioned=[circle])
        assert (post.audience == circle.uri) is may, who.name
        assert await groups.may_post(tx, circle, who) is may
    for who in (inside, bob):
        await relations.block(tx, circle, who)
        assert not await groups.may_post(tx, circle, who)
    assert (await publishing.publish_as(tx, circle, Draft(text="From us"))).audience == circle.uri


async def test_who_follows_a_group_finds_its_posts_at_home(tx: Tx) -> None:
    agora, ana, bob = await founded(tx), await member(tx, "ana"), await member(tx, "bob")
    await joined(tx, agora, bob)
    post = await says(tx, ana, "@agora Bread?")
    await shared(tx)
    for body in await run(tx, "conversation.spread"):
        await timelines.spread_job(tx, body)
    rows = await sql(
        tx,
        "SELECT p.boost_of FROM conversation.home h JOIN conversation.posts p ON p.id = h.post WHERE h.member = $1",
        bob.id,
    )
    assert [row["boost_of"] for row in rows] == [post.id]
    assert not await sql(tx, "SELECT FROM conversation.home WHERE member = $1", agora.id)


async def test_what_is_taken_out_of_a_group(tx: Tx) -> None:
    agora, ana = await founded(tx), await member(tx, "ana")
    post = await says(tx, ana, "@agora Spam")
    await shared(tx)
    await groups.drop(tx, agora, post)
    assert ((await again(tx, post)).audience, await boosts(tx, agora)) == (None, [])
    assert (await says(tx, ana, "More", reply_to=post.id)).audience is None
    with pytest.raises(Missing):
        await groups.drop(tx, agora, post)


async def test_an_open_group_lets_everyone_follow(tx: Tx) -> None:
    agora, ana, bob = await founded(tx), await member(tx, "ana"), await elsewhere(tx, "bob")
    await joined(tx, agora, ana)
    await joined(tx, agora, bob)
    assert (await actors.by_id(tx, agora.id)).followers_count == 2


async def test_the_keeper_of_a_group_answers_who_wants_to_follow_it(tx: Tx) -> None:
    members, ana, bob = await founded(tx, "members", asked=True), await member(tx, "ana"), await elsewhere(tx, "bob")
    tx.store.subscriptions = {
        **tx.store.subscriptions,
        follows.GroupFollowAsked: told(NONE, "conversation.trim"),
        follows.GroupFollowEnded: told(NONE, "conversation.trim"),
    }
    for who, evidence in ((ana, None), (bob, 7)):
        if who.local:
            await follows.follow(tx, who, members)
        else:
            await follows.ask(tx, who, members, "https://far.example/follows/1", evidence=evidence)
        (asked,) = await run(tx, "conversation.trim")
        assert (asked["follower"], asked["followed"], asked["evidence"]) == (who.id, members.id, evidence)
        assert not (await follows.relationship(tx, who.id, members.id)).following
        assert await follows.accept(tx, members, who)
        assert (await follows.relationship(tx, who.id, members.id)).following
        assert not await follows.accept(tx, members, who)

    await follows.unfollow(tx, bob, members, evidence=8)
    (ended,) = await run(tx, "conversation.trim")
    assert (ended["follower"], ended["accepted"], ended["evidence"]) == (bob.id, True, 8)
    await follows.ask(tx, bob, members, "https://far.example/follows/2")
    await follows.unfollow(tx, bob, members)
    assert [body.get("accepted") for body in await run(tx, "conversation.trim")] == [None, False]

    assert await follows.reject(tx, members, ana)
    assert await run(tx, "conversation.trim") == [], "the keeper knows what it did"


async def test_a_group_speaks_for_itself(tx: Tx) -> None:
    agora, ana = await founded(tx), await member(tx, "ana")
    await joined(tx, agora, ana)
    proposal = {"phyle:proposal": {"id": "p", "effects": []}}
    post = await publishing.publish_as(tx, agora, Draft(text="x" * 20_000, title="Bread", extension=proposal))
    assert (post.title, post.audience, post.mentions) == ("Bread", agora.uri, [])
    assert await posts.extension(tx, post.id) == proposal
    await publishing.extend(tx, agora, post, {"phyle:proposal": {"id": "p", "state": "passed"}})
    assert await posts.extension(tx, post.id) == {"phyle:proposal": {"id": "p", "state": "passed"}}
    other = {"phyle:proposal": {"id": "p", "state": "open"}}
    changed = await publishing.edit(tx, agora, post, Draft(text="y" * 20_000, title="Rolls", extension=other))
    assert await posts.extension(tx, post.id) == other
    assert (changed.title, changed.content) == ("Rolls", f"<p>{'y' * 20_000}</p>")
    with pytest.raises(Unprocessable, match="phyle:"):
        await publishing.publish_as(tx, agora, Draft(text="x", extension={"to": []}))
    with pytest.raises(Missing):
        await publishing.extend(tx, agora, await says(tx, ana), proposal)
    await shared(tx)
    assert await boosts(tx, agora) == [], "it does not share what it said itself"
    assert not await sql(tx, "SELECT FROM conversation.home WHERE member = $1", agora.id)


async def test_a_group_elsewhere_is_addressed_by_naming_it(tx: Tx) -> None:
    ana, bees = await member(tx, "ana"), await elsewhere(tx, "bees")
    await sql(tx, "UPDATE identity.actors SET kind = 'Group' WHERE id = $1", bees.id)
    post = await says(tx, ana, "@bees@far.example Which hive?")
    assert post.audience == bees.uri
    bob = await elsewhere(tx, "bob")
    answer: Post = await sends(tx, bob, reply_to_uri=post.uri, audience=bees.uri)
    deeper = await says(tx, ana, "Thanks", reply_to=answer.id)
    assert (deeper.audience, [each["acct"] for each in deeper.mentions]) == (bees.uri, ["bees@far.example"])
    await reactions.favourite(tx, ana, answer.id)
