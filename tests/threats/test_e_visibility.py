"""Who sees what: every viewer, every visibility, every query that returns posts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from phyle.conversation import follows, notifications, posts, reactions, relations, timelines, views
from phyle.conversation.paging import Page
from phyle.conversation.posts import VISIBILITIES, Post
from phyle.errors import Missing, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.transaction import Tx
from tests.people import again, elsewhere, member, says, sends, sql

VIEWERS = ("anyone", "stranger", "asking", "follower", "mentioned", "blocked", "author")
OPEN = {"anyone", "stranger", "asking", "follower", "mentioned", "author"}
SEES = {
    "public": OPEN,
    "unlisted": OPEN,
    "followers": {"follower", "mentioned", "author"},
    "direct": {"mentioned", "author"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One author with a post, and everybody who might look at it; None is anyone."""

    author: Actor
    post: Post
    root: Post
    viewers: dict[str, Actor | None]

    def id_of(self, name: str) -> ActorId | None:
        viewer = self.viewers[name]
        return viewer.id if viewer else None


async def scene(tx: Tx, visibility: str, *, remote: bool) -> Scene:
    author = await elsewhere(tx, "author") if remote else await member(tx, "author", locked=True)
    people: dict[str, Actor | None] = {name: await member(tx, name) for name in VIEWERS[1:-1]}
    people |= {"anyone": None, "author": author}
    for name in ("asking", "follower", "blocked"):
        who = people[name]
        assert who is not None
        await follows.follow(tx, who, author)
    for name in ("follower", "blocked"):
        who = people[name]
        assert who is not None
        await follows.accept(tx, author, who)
    blocked, mentioned = people["blocked"], people["mentioned"]
    assert blocked is not None
    assert mentioned is not None
    if remote:
        root = await sends(tx, author, "root")
        post = await sends(
            tx, author, "post", visibility=visibility, mentioned=[mentioned], tags=["tag"], reply_to_uri=root.uri
        )
    else:
        root = await says(tx, author, "root")
        post = await says(tx, author, "@mentioned @blocked #tag", visibility=visibility, reply_to=root.id)
        await timelines.spread(tx, post)
    await relations.block(tx, author, blocked)
    return Scene(author=author, post=post, root=root, viewers=people)


async def _get(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    try:
        return {(await posts.get(tx, viewer, scene.post.id)).id}
    except Missing:
        return set()


async def _visible(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    return set(await posts.visible(tx, viewer, [scene.post.id]))


async def _of_ids(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    return {view.post.id for view in await views.of_ids(tx, viewer, [scene.post.id])}


async def _account(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    return set(await timelines.account(tx, viewer, scene.author.id, Page()))


async def _account_tagged(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    return set(await timelines.account(tx, viewer, scene.author.id, Page(), tagged="Tag"))


async def _thread_below(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    return set((await posts.thread(tx, viewer, scene.root))[1])


async def _thread_above(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    """From an answer below it, seen by whoever sees that answer."""
    below = await sends(tx, await elsewhere(tx, f"below{tx.new_id()}"), reply_to_uri=scene.post.uri)
    return set((await posts.thread(tx, viewer, below))[0])


async def _boosted(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    """By a boost that somebody else has forced in."""
    booster = await elsewhere(tx, f"booster{tx.new_id()}")
    boost = tx.new_id()
    await sql(
        tx,
        """INSERT INTO conversation.posts (id, uri, author, local, kind, boost_of, thread, visibility, published_at)
        VALUES ($1, 'https://far.example/b/' || $1::bigint, $2, false, 'Announce', $3, $1, 'public', now())""",
        boost,
        booster.id,
        scene.post.id,
    )
    seen: set[int] = {view.boosted.id for view in await views.of_ids(tx, viewer, [boost]) if view.boosted}
    listed = set(await timelines.account(tx, viewer, booster.id, Page()))
    assert listed == ({boost} if seen else set())
    assert await posts.visible(tx, viewer, [boost]) == listed
    return seen


async def _favourites(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    if viewer is None:
        return set(await _visible(tx, scene, viewer))
    number = tx.new_id()
    await sql(
        tx,
        "INSERT INTO conversation.favourites (id, post, actor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        number,
        scene.post.id,
        viewer,
    )
    return {entry.id for entry in await reactions.favourites(tx, viewer, Page())}


async def _bookmarks(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    if viewer is None or not (await actors.by_id(tx, viewer)).local:
        return set(await _visible(tx, scene, viewer))
    await sql(
        tx,
        "INSERT INTO conversation.bookmarks (id, post, actor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        tx.new_id(),
        scene.post.id,
        viewer,
    )
    return {entry.id for entry in await reactions.bookmarks(tx, viewer, Page())}


async def _favourited_by(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    try:
        await reactions.favourited_by(tx, viewer, scene.post.id, Page())
    except Missing:
        return set()
    return {scene.post.id}


async def _boosted_by(tx: Tx, scene: Scene, viewer: ActorId | None) -> set[int]:
    try:
        await reactions.boosted_by(tx, viewer, scene.post.id, Page())
    except Missing:
        return set()
    return {scene.post.id}


LOOKS: dict[str, Callable[[Tx, Scene, ActorId | None], Awaitable[set[int]]]] = {
    "get": _get,
    "visible": _visible,
    "of_ids": _of_ids,
    "account": _account,
    "tagged": _account_tagged,
    "below": _thread_below,
    "above": _thread_above,
    "boosted": _boosted,
    "favourites": _favourites,
    "bookmarks": _bookmarks,
    "favourited by": _favourited_by,
    "boosted by": _boosted_by,
}


@pytest.mark.threat("E1")
@pytest.mark.threat("E7")
@pytest.mark.parametrize("remote", [False, True], ids=["here", "elsewhere"])
@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_every_way_of_looking_shows_what_may_be_seen(tx: Tx, visibility: str, remote: bool) -> None:
    given = await scene(tx, visibility, remote=remote)
    for how, look in LOOKS.items():
        for name in VIEWERS:
            if name == "author" and remote and how == "bookmarks":
                continue
            seen = given.post.id in await look(tx, given, given.id_of(name))
            assert seen == (name in SEES[visibility]), f"{name} looks at a {visibility} post by {how}"


@pytest.mark.threat("E7")
@pytest.mark.parametrize("remote", [False, True], ids=["here", "elsewhere"])
@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_public_lists_show_only_what_is_public(tx: Tx, visibility: str, remote: bool) -> None:
    given = await scene(tx, visibility, remote=remote)
    for name in VIEWERS:
        viewer = given.id_of(name)
        wanted = visibility == "public" and name != "blocked"
        for listed in (
            await timelines.tag(tx, viewer, Page(), ["tag"]),
            await timelines.public(tx, viewer, Page()),
            await timelines.public(tx, viewer, Page(), local=not remote, remote=remote),
        ):
            assert (given.post.id in listed) == wanted, name


@pytest.mark.threat("E1")
@pytest.mark.threat("E7")
@pytest.mark.parametrize("remote", [False, True], ids=["here", "elsewhere"])
@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_home_is_for_followers_who_may_see_it(tx: Tx, visibility: str, remote: bool) -> None:
    given = await scene(tx, visibility, remote=remote)
    for name, viewer in given.viewers.items():
        if viewer is None or not viewer.local:
            continue
        wanted = name == "author" or (name == "follower" and visibility != "direct")
        home = {view.post.id for view in await views.home(tx, viewer.id, Page())}
        assert (given.post.id in home) == wanted, name
        await sql(tx, "DELETE FROM conversation.home WHERE member = $1", viewer.id)
        beyond = set(await timelines.beyond(tx, viewer.id, Page()))
        assert (given.post.id in beyond) == wanted, name
        await timelines.refill(tx, viewer.id)
        home = {view.post.id for view in await views.home(tx, viewer.id, Page())}
        assert (given.post.id in home) == wanted, name


@pytest.mark.threat("E7")
@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_nobody_acts_on_what_they_may_not_see(tx: Tx, visibility: str) -> None:
    given = await scene(tx, visibility, remote=True)
    for name in VIEWERS[1:-1]:
        viewer = given.viewers[name]
        assert viewer is not None
        sees = name in SEES[visibility]
        for act in (
            lambda who: reactions.favourite(tx, who, given.post.id),
            lambda who: reactions.bookmark(tx, who.id, given.post.id),
            lambda who: relations.mute_thread(tx, who.id, given.post.id),
            lambda who: says(tx, who, "hm", reply_to=given.post.id),
        ):
            if sees:
                await act(viewer)
            else:
                with pytest.raises(Missing):
                    await act(viewer)
        if sees and given.post.open:
            await reactions.boost(tx, viewer, given.post.id)
        else:
            with pytest.raises(Refused if sees else Missing):
                await reactions.boost(tx, viewer, given.post.id)


@pytest.mark.threat("E4")
@pytest.mark.parametrize("gone", ["suspended_at", "deleted_at"])
async def test_nothing_of_who_is_suspended_or_deleted_is_shown_or_boosted(tx: Tx, gone: str) -> None:
    given = await scene(tx, "public", remote=True)
    follower, stranger = given.viewers["follower"], given.viewers["stranger"]
    assert follower is not None
    assert stranger is not None
    boost = await reactions.boost(tx, follower, given.post.id)
    await timelines.spread(tx, boost)
    await sql(tx, f"UPDATE identity.actors SET {gone} = now() WHERE id = $1", given.author.id)
    for how, look in LOOKS.items():
        for name in VIEWERS[:-1]:
            assert given.post.id not in await look(tx, given, given.id_of(name)), f"{name} looks by {how}"
    assert await views.of_ids(tx, None, [boost.id]) == []
    assert await views.home(tx, follower.id, Page()) == []
    with pytest.raises(Missing):
        await reactions.boost(tx, stranger, given.post.id)
    assert (await again(tx, given.post)).boosts_count == 1
    assert await timelines.public(tx, None, Page()) == []


@pytest.mark.threat("E1")
async def test_who_leaves_or_is_removed_sees_no_more(tx: Tx) -> None:
    given = await scene(tx, "followers", remote=False)
    follower = given.viewers["follower"]
    assert follower is not None
    await follows.remove_follower(tx, given.author, follower)
    for look in LOOKS.values():
        assert given.post.id not in await look(tx, given, follower.id)
    assert await views.home(tx, follower.id, Page()) == []


@pytest.mark.threat("E7")
async def test_a_notification_goes_to_nobody_who_may_not_see_the_post(tx: Tx) -> None:
    given = await scene(tx, "followers", remote=False)
    kinds = {
        name: [one.kind for one in await notifications.listing(tx, viewer.id, Page())]
        for name, viewer in given.viewers.items()
        if viewer and name != "author"
    }
    assert kinds == {"stranger": [], "asking": [], "follower": [], "mentioned": ["mention"], "blocked": []}


@pytest.mark.threat("E10")
async def test_what_is_anothers_is_not_there(tx: Tx) -> None:
    given = await scene(tx, "direct", remote=False)
    mentioned, stranger = given.viewers["mentioned"], given.viewers["stranger"]
    assert mentioned is not None
    assert stranger is not None
    told = (await notifications.listing(tx, mentioned.id, Page()))[0]
    with pytest.raises(Missing):
        await notifications.get(tx, stranger.id, told.id)
    with pytest.raises(Missing):
        await notifications.dismiss(tx, stranger.id, told.id)
    assert await notifications.get(tx, mentioned.id, told.id) == told
    assert await reactions.bookmarks(tx, stranger.id, Page()) == []
