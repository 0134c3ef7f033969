"""Who follows, blocks and mutes whom, and who asks to."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from phyle.clock import api_time
from phyle.conversation import follows, relations
from phyle.conversation.follows import Relationship
from phyle.conversation.paging import Entry
from phyle.errors import Missing
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.web.answers import Listing
from phyle.web.asked import Asked
from phyle.web.client.accounts import shown_actor
from phyle.web.client.entities import Entity, account
from phyle.web.client.misc import not_yet
from phyle.web.client.pages import between, listed
from phyle.web.routes import Route, get, post

_DEFAULT, _MOST = 40, 80
_MOST_RELATIONSHIPS = 100
_MOST_SECONDS = 10 * 365 * 86_400


def relationship(given: Relationship) -> Entity:
    """Relationship: all fields, always."""
    return {
        "id": str(given.id),
        "following": given.following,
        "showing_reblogs": given.showing_reblogs,
        "notifying": given.notifying,
        "languages": None if given.languages is None else list(given.languages),
        "followed_by": given.followed_by,
        "blocking": given.blocking,
        "blocked_by": given.blocked_by,
        "muting": given.muting,
        "muting_notifications": given.muting_notifications,
        "requested": given.requested,
        "requested_by": given.requested_by,
        "domain_blocking": given.domain_blocking,
        "endorsed": given.endorsed,
        "note": given.note,
    }


async def relationships(asked: Asked) -> list[Entity]:
    """What there is between oneself and each `id[]`."""
    wanted = asked.ids("id", most=_MOST_RELATIONSHIPS)
    return [relationship(each) for each in await follows.relationships(asked.tx, asked.me.id, wanted)]


async def _other(asked: Asked) -> Actor:
    actor = await actors.by_id(asked.tx, asked.id())
    if actor.hidden:
        raise Missing
    return actor


async def follow(asked: Asked) -> Entity:
    """Follow, or change what one sees of somebody whom one follows."""
    return relationship(
        await follows.follow(
            asked.tx,
            asked.me,
            await _other(asked),
            boosts=asked.choice("reblogs"),
            notify=asked.choice("notify"),
            languages=asked.texts("languages") or None,
        )
    )


async def unfollow(asked: Asked) -> Entity:
    """Follow, or ask, no more."""
    return relationship(await follows.unfollow(asked.tx, asked.me, await _other(asked)))


async def remove_follower(asked: Asked) -> Entity:
    """They follow no more."""
    return relationship(await follows.remove_follower(asked.tx, asked.me, await _other(asked)))


async def block(asked: Asked) -> Entity:
    """Neither meets the other."""
    return relationship(await relations.block(asked.tx, asked.me, await _other(asked)))


async def unblock(asked: Asked) -> Entity:
    """They may meet again."""
    return relationship(await relations.unblock(asked.tx, asked.me, await _other(asked)))


async def mute(asked: Asked) -> Entity:
    """Not to meet somebody, for `duration` seconds or for good."""
    seconds = min(asked.number("duration") or 0, _MOST_SECONDS)
    return relationship(
        await relations.mute(
            asked.tx,
            asked.me,
            await _other(asked),
            notifications=asked.flag("notifications", True),
            duration=timedelta(seconds=seconds) if seconds else None,
        )
    )


async def unmute(asked: Asked) -> Entity:
    """Meet them again."""
    return relationship(await relations.unmute(asked.tx, asked.me, await _other(asked)))


async def note(asked: Asked) -> Entity:
    """A private note about somebody."""
    other = await _other(asked)
    return relationship(await relations.note(asked.tx, asked.me.id, other.id, asked.text("comment", most=2000)))


async def authorize(asked: Asked) -> Entity:
    """Let somebody follow who asked."""
    other = await _other(asked)
    if not await follows.accept(asked.tx, asked.me, other):
        raise Missing
    return relationship(await follows.relationship(asked.tx, asked.me.id, other.id))


async def reject(asked: Asked) -> Entity:
    """Do not let somebody follow who asked."""
    other = await _other(asked)
    if not await follows.reject(asked.tx, asked.me, other):
        raise Missing
    return relationship(await follows.relationship(asked.tx, asked.me.id, other.id))


async def people(asked: Asked, entries: Sequence[Entry]) -> Listing:
    """The accounts that a list of relations is about, paged by the relations."""
    found = await actors.by_ids(asked.tx, [entry.id for entry in entries])
    shown = [
        account(found[entry.id], asked.settings.origin)
        for entry in entries
        if entry.id in found and found[entry.id].deleted_at is None
    ]
    return listed(shown, [entry.key for entry in entries], upward="since_id")


async def followers(asked: Asked) -> Listing:
    """Who follows them."""
    actor = await shown_actor(asked)
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await follows.followers(asked.tx, asked.viewer.actor_id, actor.id, page))


async def following(asked: Asked) -> Listing:
    """Whom they follow."""
    actor = await shown_actor(asked)
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await follows.following(asked.tx, asked.viewer.actor_id, actor.id, page))


async def requests(asked: Asked) -> Listing:
    """Who asks to follow oneself."""
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await follows.requests(asked.tx, asked.me.id, page))


async def blocks(asked: Asked) -> Listing:
    """Whom one blocks."""
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await relations.blocks(asked.tx, asked.me.id, page))


async def mutes(asked: Asked) -> Listing:
    """Whom one mutes, each with when that ends."""
    found = await relations.mutes(asked.tx, asked.me.id, between(asked, default=_DEFAULT, most=_MOST))
    known = await actors.by_ids(asked.tx, [each.id for each in found])
    shown = [
        {
            **account(known[each.id], asked.settings.origin),
            "mute_expires_at": api_time(each.expires_at) if each.expires_at else None,
        }
        for each in found
    ]
    return listed(shown, [each.key for each in found], upward="since_id")


def _act(name: str, handler: Callable[[Asked], Awaitable[Entity]], scope: str) -> Route:
    return post(f"/api/v1/accounts/<id>/{name}", handler, who="user", scope=scope)


ROUTES = (
    get("/api/v1/accounts/relationships", relationships, who="user", scope="read:follows"),
    get("/api/v1/accounts/<id>/followers", followers, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/<id>/following", following, who="anyone", scope="read:accounts"),
    _act("follow", follow, "write:follows"),
    _act("unfollow", unfollow, "write:follows"),
    _act("remove_from_followers", remove_follower, "write:follows"),
    _act("block", block, "write:blocks"),
    _act("unblock", unblock, "write:blocks"),
    _act("mute", mute, "write:mutes"),
    _act("unmute", unmute, "write:mutes"),
    _act("note", note, "write:accounts"),
    post("/api/v1/accounts/<id>/pin", not_yet, who="user", scope="write:accounts"),
    post("/api/v1/accounts/<id>/unpin", not_yet, who="user", scope="write:accounts"),
    get("/api/v1/follow_requests", requests, who="user", scope="read:follows"),
    post("/api/v1/follow_requests/<id>/authorize", authorize, who="user", scope="write:follows"),
    post("/api/v1/follow_requests/<id>/reject", reject, who="user", scope="write:follows"),
    get("/api/v1/blocks", blocks, who="user", scope="read:blocks"),
    get("/api/v1/mutes", mutes, who="user", scope="read:mutes"),
)
