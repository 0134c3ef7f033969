"""Keeping people and threads away: blocks and mutes; and a member's private notes about others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from phyle.clock import now
from phyle.conversation import follows, notifications, posts, timelines
from phyle.conversation.follows import Relationship
from phyle.conversation.paging import Entry, Page, entries
from phyle.errors import Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_LONGEST_NOTE = 2_000
_LONGEST_URI = 2_048
_LONGEST_MUTE = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorBlocked:
    """A member here blocks somebody."""

    block: int
    uri: str
    blocker: int
    blocked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorUnblocked:
    """A member here blocks somebody no more; `uri` is that of the Block."""

    uri: str
    blocker: int
    blocked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """One of a member's mutes; `key` pages, `id` is who is muted."""

    key: int
    id: ActorId
    expires_at: datetime | None


async def block(tx: Tx, blocker: Actor, blocked: Actor, *, uri: str | None = None) -> Relationship:
    """Neither follows the other any more, and neither meets the other. `uri` is the id of a Block from elsewhere.

    Raises Refused for oneself.
    """
    if blocker.id == blocked.id:
        raise Refused("You cannot block yourself.")
    if uri is not None and len(uri) > _LONGEST_URI:
        raise Unprocessable(f"An address is longer than {_LONGEST_URI} characters.", cause=uri[:200])
    await follows.hold(tx, blocker, blocked)
    number = tx.new_id()
    address = uri if uri and not blocker.local else f"{tx.store.settings.origin}/activities/{number}"
    if await tx.change_one(SQL.block, number, blocker.id, blocked.id, address):
        await follows.unfollow(tx, blocker, blocked)
        await follows.reject(tx, blocker, blocked)
        for member, other in ((blocker, blocked), (blocked, blocker)):
            if member.local:
                await timelines.withdraw_all(tx, member.id, other.id)
                await notifications.withdraw_all(tx, member.id, other.id)
        if blocker.local:
            await tx.emit(ActorBlocked(block=number, uri=address, blocker=blocker.id, blocked=blocked.id))
    return await follows.relationship(tx, blocker.id, blocked.id)


async def unblock(tx: Tx, blocker: Actor, blocked: Actor) -> Relationship:
    """They may meet again; follows do not come back."""
    row = await tx.change_one(SQL.unblock, blocker.id, blocked.id)
    if row is not None and blocker.local:
        await tx.emit(ActorUnblocked(uri=row["uri"], blocker=blocker.id, blocked=blocked.id))
    return await follows.relationship(tx, blocker.id, blocked.id)


async def find_block(tx: Tx, blocker: ActorId, uri: str) -> ActorId | None:
    """Whom this actor blocks by the Block with this id on the wire."""
    found: ActorId | None = await tx.value(SQL.find_block, uri, blocker)
    return found


async def blocks(tx: Tx, member: ActorId, page: Page) -> list[Entry]:
    """Whom the member blocks, the latest first."""
    return await entries(tx, page, SQL.blocks, member)


async def mute(
    tx: Tx, muter: Actor, muted: Actor, *, notifications: bool = True, duration: timedelta | None = None
) -> Relationship:
    """The member does not meet `muted` in lists, and without `notifications` False is not told of what they do either;
    for a time, or for good (None or zero). Nobody else learns of it. Raises Refused for oneself.
    """
    if muter.id == muted.id:
        raise Refused("You cannot mute yourself.")
    expires = now() + min(duration, _LONGEST_MUTE) if duration else None
    await tx.run(SQL.mute, tx.new_id(), muter.id, muted.id, notifications, expires)
    await timelines.withdraw_all(tx, muter.id, muted.id)
    return await follows.relationship(tx, muter.id, muted.id)


async def unmute(tx: Tx, muter: Actor, muted: Actor) -> Relationship:
    """The member meets them again; their newest posts come home if the member follows them."""
    if await tx.run(SQL.unmute, muter.id, muted.id):
        await timelines.fetch(tx, muter.id, muted.id)
    return await follows.relationship(tx, muter.id, muted.id)


async def mutes(tx: Tx, member: ActorId, page: Page) -> list[Mute]:
    """Whom the member mutes, the latest first."""
    rows = await tx.rows(page.way(SQL.mutes), page.below, page.above, page.limit, member)
    return page.ordered([Mute(key=row["id"], id=row["muted"], expires_at=row["expires_at"]) for row in rows])


async def forget_mutes(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: mutes whose time is over."""
    await tx.run(SQL.forget_mutes)


async def mute_thread(tx: Tx, member: ActorId, post: int) -> PostId:
    """No more notifications from the thread of this post; its id. Raises Missing if they may not see it."""
    found = await posts.get(tx, member, post)
    await tx.run(SQL.mute_thread, member, found.thread)
    return found.id


async def unmute_thread(tx: Tx, member: ActorId, post: int) -> PostId:
    """Notifications from the thread of this post again; its id. Raises Missing if they may not see it."""
    found = await posts.get(tx, member, post)
    await tx.run(SQL.unmute_thread, member, found.thread)
    return found.id


async def note(tx: Tx, member: ActorId, subject: ActorId, comment: str) -> Relationship:
    """Write a private note about somebody; an empty one removes it. Raises Unprocessable if it is too long."""
    if len(comment) > _LONGEST_NOTE:
        raise Unprocessable(f"Validation failed: Comment is longer than {_LONGEST_NOTE} characters")
    if comment:
        await tx.run(SQL.note, member, subject, comment)
    else:
        await tx.run(SQL.forget_note, member, subject)
    return await follows.relationship(tx, member, subject)
