"""Who follows whom: asking, accepting, rejecting, leaving; the same for members here and actors elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.conversation import notifications, timelines
from phyle.conversation.paging import Entry, Page, entries
from phyle.errors import Missing, Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

_MOST_LANGUAGES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """What there is between a member and the actor `id`, as the client API names it."""

    id: ActorId
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: Sequence[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAsked:
    """A member here asks to follow (or, if the followed is here and not locked, does already)."""

    follow: int
    uri: str
    follower: int
    followed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAccepted:
    """A member here lets somebody follow them. `uri` is that of the Follow; said again if the Follow comes again."""

    follow: int
    uri: str
    follower: int
    followed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRejected:
    """A member here does not let somebody follow them (any more)."""

    uri: str
    follower: int
    followed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """A member here follows somebody no more, or asks no more."""

    uri: str
    follower: int
    followed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFollowAsked:
    """Somebody, here or elsewhere, asks to follow a group that does not let everyone: its keeper answers with `accept`
    or `reject`. `evidence`: the request that brought the Follow, if it was kept."""

    follow: int
    uri: str
    follower: int
    followed: int
    evidence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFollowEnded:
    """Somebody took back that they follow (or, not `accepted`, asked to follow) a group of this instance."""

    uri: str
    follower: int
    followed: int
    accepted: bool
    evidence: int | None


async def hold(tx: Tx, one: Actor, other: Actor) -> None:
    """Whatever changes between two people begins with this lock, so that nobody waits in a circle."""
    await tx.change(SQL.hold, one.id, other.id)


async def follow(
    tx: Tx,
    follower: Actor,
    followed: Actor,
    *,
    boosts: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
) -> Relationship:
    """A member follows, or asks to; once they do, change what they see of it (None: leave it).

    Raises Refused (oneself, blocked either way, moved away) and Missing (suspended or deleted).
    """
    await hold(tx, follower, followed)
    await _check(tx, follower, followed)
    if languages is not None and (len(languages) > _MOST_LANGUAGES or any(len(code) > 35 for code in languages)):
        raise Unprocessable("Validation failed: Languages are not language codes")
    wanted = None if languages is None else list(languages)
    if not await tx.run(SQL.adjust, follower.id, followed.id, boosts, notify, wanted):
        number = tx.new_id()
        uri = f"{tx.store.settings.origin}/activities/{number}"
        state = "accepted" if followed.local and not followed.locked else "asked"
        row = await _insert(tx, number, uri, follower, followed, state)
        if row is not None:
            await tx.run(SQL.adjust, follower.id, followed.id, boosts, notify, wanted)
            await tx.emit(FollowAsked(follow=number, uri=uri, follower=follower.id, followed=followed.id))
    return await relationship(tx, follower.id, followed.id)


async def ask(tx: Tx, follower: Actor, followed: Actor, uri: str, *, evidence: int | None = None) -> None:
    """Somebody elsewhere asks to follow a member here by the activity `uri`.

    Whoever is blocked is rejected. The same question again is answered again, because the first answer may be lost.
    Raises Missing if either is suspended or deleted, Refused if they are the same.
    """
    if follower.gone or followed.gone:
        raise Missing
    if follower.id == followed.id:
        raise Refused("Nobody follows themselves.")
    await hold(tx, follower, followed)
    if await tx.value(SQL.blocked, follower.id, followed.id):
        await tx.emit(FollowRejected(uri=uri, follower=follower.id, followed=followed.id))
        return
    number = tx.new_id()
    state = "asked" if followed.locked else "accepted"
    if await _insert(tx, number, uri, follower, followed, state, evidence=evidence) is None:
        row = await tx.change_one(SQL.readdress, follower.id, followed.id, uri)
        if row is not None and row["state"] == "accepted":
            accepted = FollowAccepted(follow=row["id"], uri=uri, follower=follower.id, followed=followed.id)
            await tx.emit(accepted)


async def accept(tx: Tx, followed: Actor, follower: Actor) -> bool:
    """`followed` lets `follower` follow. False if they had not asked; then nothing changes."""
    await hold(tx, followed, follower)
    row = await tx.change_one(SQL.accept, follower.id, followed.id)
    if row is None:
        return False
    await _begin(tx, row["id"], row["uri"], follower, followed)
    return True


async def reject(tx: Tx, followed: Actor, follower: Actor) -> bool:
    """`followed` does not let `follower` follow, or no longer. False if there was nothing to end."""
    ended = await _end(tx, follower, followed)
    if ended is not None and followed.local:
        await tx.emit(FollowRejected(uri=ended["uri"], follower=follower.id, followed=followed.id))
    return ended is not None


async def remove_follower(tx: Tx, followed: Actor, follower: Actor) -> Relationship:
    """A member ends that somebody follows them."""
    await reject(tx, followed, follower)
    return await relationship(tx, followed.id, follower.id)


async def unfollow(tx: Tx, follower: Actor, followed: Actor, *, evidence: int | None = None) -> Relationship:
    """`follower` follows no more, or asks no more."""
    ended = await _end(tx, follower, followed)
    if ended is not None and follower.local:
        await tx.emit(Unfollowed(uri=ended["uri"], follower=follower.id, followed=followed.id))
    if ended is not None and _kept(followed):
        await tx.emit(
            GroupFollowEnded(
                uri=ended["uri"],
                follower=follower.id,
                followed=followed.id,
                accepted=ended["state"] == "accepted",
                evidence=evidence,
            )
        )
    return await relationship(tx, follower.id, followed.id)


async def relationship(tx: Tx, viewer: ActorId, actor: ActorId) -> Relationship:
    """What there is between two."""
    return (await relationships(tx, viewer, [actor]))[0]


async def relationships(tx: Tx, viewer: ActorId, actors: Iterable[int]) -> list[Relationship]:
    """What there is between a member and each of the actors that exist, in their order."""
    wanted = list(dict.fromkeys(actors))
    rows = await tx.rows(SQL.relationships, viewer, wanted) if wanted else []
    found = {row["id"]: Relationship(**row) for row in rows}
    return [found[actor] for actor in wanted if actor in found]


async def followers(tx: Tx, viewer: ActorId | None, actor: ActorId, page: Page) -> list[Entry]:
    """Who follows the actor, the latest first."""
    return await entries(tx, page, SQL.followers, actor, viewer)


async def following(tx: Tx, viewer: ActorId | None, actor: ActorId, page: Page) -> list[Entry]:
    """Whom the actor follows, the latest first."""
    return await entries(tx, page, SQL.following, actor, viewer)


async def requests(tx: Tx, member: ActorId, page: Page) -> list[Entry]:
    """Who asks to follow the member, the latest first."""
    return await entries(tx, page, SQL.requests, member)


async def followers_here(tx: Tx, actor: ActorId) -> list[ActorId]:
    """The members here who follow the actor: those who follow along when it moves."""
    return [row["follower"] for row in await tx.rows(SQL.followers_here, actor)]


async def find(tx: Tx, uri: str) -> tuple[ActorId, ActorId] | None:
    """Follower and followed of the Follow with this id on the wire."""
    row = await tx.row(SQL.find, uri)
    return (row["follower"], row["followed"]) if row else None


async def _check(tx: Tx, follower: Actor, followed: Actor) -> None:
    if followed.gone:
        raise Missing
    if follower.id == followed.id:
        raise Refused("You cannot follow yourself.")
    if followed.moved_to:
        raise Refused("This account has moved; follow it where it is now.", cause=followed.uri)
    if await tx.value(SQL.blocked, follower.id, followed.id):
        raise Refused("This action is not allowed", cause=f"blocked: {follower.id} {followed.id}")


async def _insert(
    tx: Tx, number: int, uri: str, follower: Actor, followed: Actor, state: str, *, evidence: int | None = None
) -> Any:
    """The new row, or None if there is one already."""
    row = await tx.change_one(SQL.insert, number, follower.id, followed.id, state, uri)
    if row is not None and state == "accepted":
        await _begin(tx, number, uri, follower, followed)
    elif row is not None:
        await notifications.tell(tx, [followed.id], "follow_request", follower.id)
        if _kept(followed):
            asked = GroupFollowAsked(
                follow=number, uri=uri, follower=follower.id, followed=followed.id, evidence=evidence
            )
            await tx.emit(asked)
    return row


def _kept(followed: Actor) -> bool:
    """Nobody has the account of a group of ours: whoever keeps it hears of its followers."""
    return followed.local and followed.kind == "Group"


async def _begin(tx: Tx, number: int, uri: str, follower: Actor, followed: Actor) -> None:
    await tx.run(SQL.count, follower.id, followed.id, 1)
    if follower.local:
        await timelines.fetch(tx, follower.id, followed.id)
    if followed.local:
        await notifications.withdraw(tx, followed.id, "follow_request", follower.id)
        await notifications.tell(tx, [followed.id], "follow", follower.id)
        await tx.emit(FollowAccepted(follow=number, uri=uri, follower=follower.id, followed=followed.id))


async def _end(tx: Tx, follower: Actor, followed: Actor) -> Record | None:
    """What the Follow was that ends here, if there was one: `state`, and `uri`, its id on the wire."""
    await hold(tx, follower, followed)
    row = await tx.change_one(SQL.delete, follower.id, followed.id)
    if row is None:
        return None
    if row["state"] == "accepted":
        await tx.run(SQL.count, follower.id, followed.id, -1)
        if follower.local:
            await timelines.withdraw(tx, follower.id, followed.id)
    if followed.local:
        await notifications.withdraw(tx, followed.id, "follow_request", follower.id)
        await notifications.withdraw(tx, followed.id, "follow", follower.id)
    return row
