"""What people do with posts: favourite, boost, bookmark, and the undoing of it."""

from dataclasses import dataclass
from datetime import datetime

from phyle.clock import now
from phyle.conversation import notifications, posts, timelines
from phyle.conversation.paging import Entry, Page, entries
from phyle.conversation.posts import OLD, TRIES, Post
from phyle.errors import Conflict, Missing, Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_BOOST_VISIBILITIES = ("public", "unlisted", "followers")
_LONGEST_URI = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFavourited:
    """A member here likes a post."""

    favourite: int
    uri: str
    post: int
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnfavourited:
    """A member here likes a post no more; `uri` is that of the Like."""

    uri: str
    post: int
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostBoosted:
    """A member here boosted a post; `post` is the boost, `boosted` what it boosts."""

    post: int
    actor: int
    boosted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUnboosted:
    """A member here took a boost back: its row is gone, `uri` is that of the Announce."""

    post: int
    uri: str
    actor: int
    boosted: int
    visibility: str


async def favourite(tx: Tx, actor: Actor, post: int, *, uri: str | None = None) -> Post:
    """`actor` likes a post (of a boost: what it boosts), once. `uri` is the id of a Like that came from elsewhere.

    Raises Missing if they may not see it.
    """
    target = await _target(tx, actor, post)
    number = tx.new_id()
    address = _address(tx, actor, number, uri)
    if await tx.change_one(SQL.favourite, number, target.id, actor.id, address):
        await tx.run(SQL.count_favourites, target.id, 1)
        await notifications.tell(tx, [target.author], "favourite", actor.id, target.id)
        if actor.local:
            await tx.emit(PostFavourited(favourite=number, uri=address, post=target.id, actor=actor.id))
    return target


async def unfavourite(tx: Tx, actor: Actor, post: int) -> None:
    """`actor` likes the post no more; nothing happens if they did not."""
    target = await _any_target(tx, post)
    row = await tx.change_one(SQL.unfavourite, target.id, actor.id)
    if row is None:
        return
    await tx.run(SQL.count_favourites, target.id, -1)
    await notifications.withdraw(tx, target.author, "favourite", actor.id, target.id)
    if actor.local:
        await tx.emit(PostUnfavourited(uri=row["uri"], post=target.id, actor=actor.id))


async def find_favourite(tx: Tx, actor: ActorId, uri: str) -> PostId | None:
    """The post that this actor likes by the Like with this id."""
    found: PostId | None = await tx.value(SQL.find_favourite, uri, actor)
    return found


async def boost(
    tx: Tx,
    actor: Actor,
    post: int,
    *,
    visibility: str = "public",
    uri: str | None = None,
    published_at: datetime | None = None,
) -> Post:
    """The boost of a post by `actor`, a row of its own; the one they made before, if they did.

    Public and unlisted posts may be boosted by whoever sees them, followers-only ones by their author for the same
    followers, direct ones by nobody. `uri` and `published_at` are those of an Announce that came from elsewhere.
    Raises Missing if they may not see it, Refused if it may not be boosted, Unprocessable (visibility).
    """
    if visibility not in _BOOST_VISIBILITIES:
        raise Unprocessable("Validation failed: Visibility is not included in the list", cause=visibility[:40])
    target = await _target(tx, actor, post)
    if not target.open:
        if target.visibility != "followers" or target.author != actor.id:
            raise Refused("This action is not allowed", cause=f"boost of {target.visibility} post {target.id}")
        visibility = "followers"
    published = min(published_at or now(), now())
    old = now() - published > OLD
    made = await _insert(tx, actor, target, visibility, published, uri, old=old)
    if made is None:
        return await _earlier(tx, actor, target)
    await tx.run(SQL.count_boosts, target.id)
    await tx.run(SQL.count_author, actor.id, published)
    await notifications.tell(tx, [target.author], "reblog", actor.id, target.id)
    if actor.local:
        if actor.kind != "Group":  # nobody is at home there
            await timelines.add(tx, actor.id, made)
        await tx.emit(PostBoosted(post=made.id, actor=actor.id, boosted=target.id))
    elif not old:
        await timelines.spread(tx, made)
    return made


async def _insert(
    tx: Tx, actor: Actor, target: Post, visibility: str, published: datetime, uri: str | None, *, old: bool
) -> Post | None:
    """The new boost, or None if there is one already, or its address belongs to something else."""
    for _ in range(TRIES):
        number = posts.number_at(tx, published) if old else tx.new_id()
        address = _address(tx, actor, number, uri)
        row = await tx.change_one(SQL.boost, number, address, actor.id, actor.local, target.id, visibility, published)
        if row is not None:
            return posts.from_row(row)
        if not old or await tx.row(SQL.own_boost, target.id, actor.id) or await posts.by_uri(tx, address):
            return None
    raise Conflict("Too many boosts of one moment.", cause=uri or "")


async def unboost(tx: Tx, actor: Actor, post: int) -> Post:
    """`actor` takes their boost back; the post that it boosted. Nothing happens if there was none.

    `post` may be the boost itself or what it boosts. Raises Missing if there is no such post.
    """
    target = await _any_target(tx, post)
    row = await tx.row(SQL.own_boost, target.id, actor.id)
    if row is None:
        return target
    made = posts.from_row(row)
    await posts.erase(tx, made)
    await notifications.withdraw(tx, target.author, "reblog", actor.id, target.id)
    if actor.local:
        event = PostUnboosted(post=made.id, uri=made.uri, actor=actor.id, boosted=target.id, visibility=made.visibility)
        await tx.emit(event)
    return await posts.by_id(tx, target.id) or target


async def bookmark(tx: Tx, member: ActorId, post: int) -> None:
    """Keep a post in the member's own list. Raises Missing if they may not see it."""
    found = await posts.get(tx, member, post)
    await tx.run(SQL.bookmark, tx.new_id(), found.boost_of or found.id, member)


async def unbookmark(tx: Tx, member: ActorId, post: int) -> None:
    """Out of the member's own list."""
    target = await _any_target(tx, post)
    await tx.run(SQL.unbookmark, target.id, member)


async def favourited_by(tx: Tx, viewer: ActorId | None, post: int, page: Page) -> list[Entry]:
    """The actors who like the post, the latest first. Raises Missing if the viewer may not see it."""
    found = await posts.get(tx, viewer, post)
    return await entries(tx, page, SQL.favourited_by, found.boost_of or found.id, viewer)


async def boosted_by(tx: Tx, viewer: ActorId | None, post: int, page: Page) -> list[Entry]:
    """The actors who boosted the post, the latest first. Raises Missing if the viewer may not see it."""
    found = await posts.get(tx, viewer, post)
    return await entries(tx, page, SQL.boosted_by, found.boost_of or found.id, viewer)


async def favourites(tx: Tx, member: ActorId, page: Page) -> list[Entry]:
    """The posts that the member likes and may still see, the latest like first."""
    return await entries(tx, page, SQL.favourites, member)


async def bookmarks(tx: Tx, member: ActorId, page: Page) -> list[Entry]:
    """The posts that the member keeps and may still see, the latest kept first."""
    return await entries(tx, page, SQL.bookmarks, member)


def _address(tx: Tx, actor: Actor, number: int, uri: str | None) -> str:
    if actor.local or uri is None:
        return f"{tx.store.settings.origin}/activities/{number}"
    if len(uri) > _LONGEST_URI:
        raise Unprocessable(f"An address is longer than {_LONGEST_URI} characters.", cause=uri[:200])
    return uri


async def _target(tx: Tx, actor: Actor, post: int) -> Post:
    """The post itself, of a boost what it boosts, if the actor may see it."""
    if actor.gone:
        raise Missing
    found = await posts.get(tx, actor.id, post)
    return found if found.boost_of is None else await posts.get(tx, actor.id, found.boost_of)


async def _any_target(tx: Tx, post: int) -> Post:
    """The same for taking something back, which nobody is kept from."""
    found = await posts.by_id(tx, post)
    if found is not None and found.boost_of is not None:
        found = await posts.by_id(tx, found.boost_of)
    if found is None:
        raise Missing
    return found


async def _earlier(tx: Tx, actor: Actor, target: Post) -> Post:
    row = await tx.row(SQL.own_boost, target.id, actor.id)
    if row is None:
        raise Missing("This boost was deleted or belongs to somebody else.", cause=f"{target.id} by {actor.id}")
    return posts.from_row(row)
