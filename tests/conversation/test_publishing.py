"""Publish, edit, delete."""

from datetime import timedelta

import pytest

from phyle.clock import now
from phyle.conversation import notifications, posts, publishing, reactions, timelines, views
from phyle.conversation.paging import Page
from phyle.conversation.publishing import Draft
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.store.transaction import Tx
from tests.people import again, elsewhere, member, says, sql


async def test_a_post_has_its_addresses_its_html_and_its_place_at_home(tx: Tx) -> None:
    ana = await member(tx, "ana")
    post = await says(tx, ana, "Hello #World,\nhow are you?", language="en")
    assert post.uri == f"http://localhost:8080/objects/{post.id}"
    assert post.url == f"http://localhost:8080/@ana/{post.id}"
    assert "<br>how are you?</p>" in post.content
    assert post.source == "Hello #World,\nhow are you?"
    assert post.tags == ["World"]
    assert post.thread == post.id
    assert [view.post.id for view in await views.home(tx, ana.id, Page())] == [post.id]
    assert await timelines.tag(tx, None, Page(), ["wOrLd"]) == [post.id]
    assert (await actors.by_id(tx, ana.id)).posts_count == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00"])
async def test_nothing_is_not_published(tx: Tx, text: str) -> None:
    ana = await member(tx, "ana")
    with pytest.raises(Unprocessable, match="Validation failed: Text can't be blank"):
        await says(tx, ana, text)


async def test_what_counts_against_the_limit(tx: Tx) -> None:
    assert publishing.length("https://example.org/" + "x" * 500) == 23
    assert publishing.length("@bea@far.example hi") == len("@bea hi")
    ana = await member(tx, "ana")
    await says(tx, ana, "x" * 5_000)
    for draft in (Draft(text="x" * 5_001), Draft(text="x" * 4_000, spoiler="y" * 1_001), Draft(text="x " * 40_000)):
        with pytest.raises(Unprocessable):
            await publishing.publish(tx, ana, draft)


@pytest.mark.threat("F19")
async def test_every_field_has_a_limit(tx: Tx) -> None:
    ana = await member(tx, "ana")
    for draft in (
        Draft(text="x", language="x" * 36),
        Draft(text="x", visibility="secret"),
        Draft(text="x", spoiler="y" * 6_000),
        Draft(text="x", idempotency_key="k" * 501),
    ):
        with pytest.raises(Unprocessable):
            await publishing.publish(tx, ana, draft)


async def test_known_people_are_mentioned_and_told_and_others_stay_text(tx: Tx) -> None:
    ana, bea, far = await member(tx, "ana"), await member(tx, "bea"), await elsewhere(tx, "cem")
    post = await says(tx, ana, "@bea @Bea@localhost:8080 @cem@far.example @nobody @who@else.example")
    assert {mention["acct"] for mention in post.mentions} == {"bea", "cem@far.example"}
    assert f'<a href="{far.url}" class="u-url mention">@<span>cem</span></a>' in post.content
    assert "@nobody" in post.content
    assert set(await posts.mentioned(tx, post.id)) == {bea.id, far.id}
    told = await notifications.listing(tx, bea.id, Page())
    assert [(one.kind, one.actor, one.post) for one in told] == [("mention", ana.id, post.id)]


async def test_an_answer_joins_the_thread_and_is_counted(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    first = await says(tx, ana)
    answer = await says(tx, bea, reply_to=first.id)
    deeper = await says(tx, ana, reply_to=answer.id)
    assert (answer.reply_to, answer.reply_to_uri, answer.reply_to_author) == (first.id, first.uri, ana.id)
    assert deeper.thread == first.id
    assert (await again(tx, first)).replies_count == 1
    assert await posts.thread(tx, None, answer) == ([first.id], [deeper.id])
    assert await posts.thread(tx, None, first) == ([], [answer.id, deeper.id])


async def test_an_answer_to_what_one_may_not_see_is_refused(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    secret = await says(tx, ana, visibility="followers")
    for number in (secret.id, 1):
        with pytest.raises(Missing, match="reply to"):
            await says(tx, bea, reply_to=number)


async def test_the_same_key_within_the_hour_is_the_same_post(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    first = await says(tx, ana, idempotency_key="k")
    assert (await says(tx, ana, "other", idempotency_key="k")).id == first.id
    assert (await says(tx, bea, idempotency_key="k")).id != first.id
    await sql(tx, "UPDATE conversation.idempotency_keys SET created_at = now() - interval '61 minutes'")
    later = await says(tx, ana, idempotency_key="k")
    assert later.id != first.id
    await publishing.delete(tx, ana, later)
    assert (await says(tx, ana, idempotency_key="k")).id not in (first.id, later.id)
    assert (await actors.by_id(tx, ana.id)).posts_count == 2


async def test_an_edit_keeps_what_was_said_before(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana, "one @bea #a")
    await reactions.boost(tx, bea, post.id)
    edited = await publishing.edit(
        tx, ana, await again(tx, post), Draft(text="two #b", spoiler="careful", visibility="direct")
    )
    assert (edited.visibility, edited.spoiler, edited.sensitive) == ("public", "careful", True)
    assert edited.edited_at is not None
    assert edited.mentions == []
    assert await timelines.tag(tx, None, Page(), ["a"]) == []
    assert await timelines.tag(tx, None, Page(), ["b"]) == [post.id]
    history = await posts.history(tx, edited)
    assert ["one" in history[0].content, "two" in history[-1].content, len(history)] == [True, True, 2]
    told = await notifications.listing(tx, bea.id, Page())
    assert [one.kind for one in told] == ["update", "mention"]


async def test_a_post_that_was_never_edited_has_one_version(tx: Tx) -> None:
    ana = await member(tx, "ana")
    assert [edit.content for edit in await posts.history(tx, await says(tx, ana, "one"))] == ["<p>one</p>"]


@pytest.mark.threat("E10")
async def test_nobody_edits_or_deletes_what_is_not_theirs(tx: Tx) -> None:
    ana, bea = await member(tx, "ana"), await member(tx, "bea")
    post = await says(tx, ana, "mine")
    with pytest.raises(Missing):
        await publishing.edit(tx, bea, post, Draft(text="yours"))
    with pytest.raises(Missing):
        await publishing.delete(tx, bea, post)
    with pytest.raises(Missing):
        await posts.own(tx, bea.id, post.id)
    assert (await again(tx, post)).source == "mine"


async def test_what_is_deleted_is_gone_with_all_that_hangs_on_it(tx: Tx) -> None:
    ana, bea, cem = await member(tx, "ana"), await member(tx, "bea"), await member(tx, "cem")
    first = await says(tx, ana)
    post = await says(tx, ana, "@bea", reply_to=first.id)
    answer = await says(tx, bea, reply_to=post.id)
    await reactions.boost(tx, cem, post.id)
    await reactions.favourite(tx, bea, post.id)
    await reactions.bookmark(tx, bea.id, post.id)
    await publishing.delete(tx, ana, await again(tx, post))
    assert await posts.by_id(tx, post.id) is None
    assert await notifications.listing(tx, bea.id, Page()) == []
    assert [view.post.id for view in await views.home(tx, cem.id, Page())] == []
    assert await reactions.bookmarks(tx, bea.id, Page()) == []
    assert (await again(tx, first)).replies_count == 0
    assert (await again(tx, answer)).reply_to is None
    assert [(await actors.by_id(tx, who.id)).posts_count for who in (ana, bea, cem)] == [1, 1, 0]
    assert await sql(tx, "SELECT FROM conversation.home WHERE post = $1", post.id) == []


async def test_direct_posts_do_not_show_in_the_counters(tx: Tx) -> None:
    ana = await member(tx, "ana")
    post = await says(tx, ana, visibility="direct")
    assert (await actors.by_id(tx, ana.id)).posts_count == 0
    await publishing.delete(tx, ana, post)
    after = await actors.by_id(tx, ana.id)
    assert (after.posts_count, after.last_post_at) == (0, None)


async def test_old_keys_are_forgotten(tx: Tx) -> None:
    ana = await member(tx, "ana")
    await says(tx, ana, idempotency_key="k")
    await publishing.forget_keys(tx, {})
    assert len(await sql(tx, "SELECT FROM conversation.idempotency_keys")) == 1
    await sql(tx, "UPDATE conversation.idempotency_keys SET created_at = $1", now() - timedelta(hours=2))
    await publishing.forget_keys(tx, {})
    assert await sql(tx, "SELECT FROM conversation.idempotency_keys") == []
