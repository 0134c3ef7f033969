"""Groups of this instance (FEP-1b12): what is written in one reaches all who follow it.

A post is in a group if and only if its `audience` is the group's address; what answers it is there, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, get_args

from phyle.clock import now
from phyle.conversation import posts, reactions
from phyle.conversation.posts import OLD, Post
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors, limits, profiles
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

KIND = "Group"

WRITTEN = Limit(name="group-posts", most=300, window=timedelta(hours=1))
"""How much from one domain comes into groups here, each of which sends it to all who follow."""

Posting = Literal["anyone", "followers", "nobody"]
"""Who may write in a group, besides the group itself and unless it blocks them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is kept of a group besides its actor. `properties` are written into its document."""

    actor: ActorId
    posting: Posting
    moderators: Sequence[int]
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPosted:
    """A post, from here or from elsewhere, came into a group of this instance. `evidence`: the request that brought it,
    if it answers a post of ours; who keeps the group takes or drops it."""

    group: int
    post: int
    evidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAddressed:
    """Somebody elsewhere wrote to a group of this instance alone, in a direct post. `evidence`: the request that
    brought it, if it was short; who keeps the group takes or drops it."""

    group: int
    author: int
    post: int
    evidence: int | None = None


async def create(
    tx: Tx,
    name: str,
    *,
    display_name: str = "",
    note: str = "",
    posting: Posting = "anyone",
    asked: bool = False,
    rsa: str,
    ed25519: str,
) -> Actor:
    """A new group. `asked`: who wants to follow it waits for an answer (`follows.accept`, `follows.reject`). The keys
    are made beforehand, in a thread. Raises Conflict if the name is taken: people and groups share one namespace."""
    actor = await actors.create(tx, name, kind=KIND, display_name=display_name, rsa=rsa, ed25519=ed25519)
    await tx.run(SQL.create, actor.id, _known(posting))
    return await profiles.change(tx, actor, profiles.Change(note=note, locked=asked))


async def settle(
    tx: Tx,
    group: Actor,
    *,
    posting: Posting | None = None,
    moderators: Sequence[int] | None = None,
    properties: Mapping[str, Any] | None = None,
) -> None:
    """Other rules for a group; None leaves them as they are. Who has a copy of its document is told."""
    wanted = None if posting is None else _known(posting)
    moderated = None if moderators is None else list(moderators)
    if not await tx.run(SQL.settle, group.id, wanted, moderated, properties):
        raise Missing
    await tx.emit(profiles.ProfileChanged(actor=group.id))


async def get(tx: Tx, actor: int) -> Group:
    """Raises Missing if this is no group of this instance."""
    row = await tx.row(SQL.get, actor)
    if row is None:
        raise Missing
    return Group(**row)


async def named(tx: Tx, name: str) -> Actor | None:
    """The group of this instance with that name."""
    actor = await actors.by_name(tx, name)
    return actor if actor is not None and actor.kind == KIND else None


async def at(tx: Tx, audience: str | None) -> Actor | None:
    """The group of this instance that has this address, if it is there."""
    if audience is None or not audience.startswith(f"{tx.store.settings.origin}/"):
        return None
    actor = await actors.by_uri(tx, audience)
    return actor if actor is not None and actor.kind == KIND and actor.local and not actor.gone else None


async def place(tx: Tx, author: Actor, addressed: Sequence[Actor], parent: Post | None) -> Actor | None:
    """The group, here or elsewhere, in which a post for everyone is written: that of what it answers, else the first
    that it addresses; None if it is in none, or its author may not write there."""
    if author.kind == KIND and author.local:
        return author
    group = await actors.by_uri(tx, parent.audience) if parent is not None and parent.audience else None
    if group is None or group.kind != KIND or group.gone:
        group = next((actor for actor in addressed if actor.kind == KIND and not actor.gone), None)
    if group is None or (group.local and not await may_post(tx, group, author)):
        return None
    return group


async def host(tx: Tx, author: Actor, addressed: Sequence[Actor], parent: Post | None) -> Actor | None:
    """As `place`, of the groups of this instance only, for what comes from elsewhere: asks nothing of the database if
    none of them has to do with it."""
    ours = [actor for actor in addressed if actor.kind == KIND and actor.local]
    group = await at(tx, parent.audience) if parent is not None else None
    if group is None and not ours:
        return None
    found = await place(tx, author, ours, parent if group is not None else None)
    if found is None or not await limits.within(tx, WRITTEN, limits.domain(author.host)):
        return None
    return found


async def may_post(tx: Tx, group: Actor, author: Actor) -> bool:
    """May they write in this group of ours?"""
    return group.id == author.id or bool(await tx.value(SQL.may_post, group.id, author.id))


async def share_job(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of GroupPosted: the group boosts what begins a thread, so that its followers everywhere meet it.
    Answers would flood them; and what is old was not sent to the group now."""
    post, group = await posts.by_id(tx, body["post"]), await actors.by_id(tx, body["group"])
    if post is None or post.audience != group.uri or post.author == group.id or post.reply_to_uri is not None:
        return
    if post.local or now() - post.published_at <= OLD:
        await reactions.boost(tx, group, post.id)


async def drop(tx: Tx, group: Actor, post: Post) -> None:
    """Out of the group again: its boost is taken back, and what answers the post from now on is not in the group.
    Raises Missing if it is not there."""
    if not await tx.run(SQL.drop, post.id, group.uri):
        raise Missing
    await reactions.unboost(tx, group, post.id)


def _known(posting: Posting) -> Posting:
    if posting not in get_args(Posting):
        raise Unprocessable("A group is written in by anyone, its followers or nobody.", cause=posting)
    return posting
