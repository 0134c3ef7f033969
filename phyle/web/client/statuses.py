"""Posts: shown alone or in their thread, and what people do with them."""

from collections.abc import Sequence

from phyle.conversation import posts, reactions, relations, views
from phyle.conversation.paging import Entry
from phyle.errors import Unprocessable
from phyle.identity import actors
from phyle.web.answers import Listing
from phyle.web.asked import Asked
from phyle.web.client import status_entities
from phyle.web.client.entities import Entity, account
from phyle.web.client.pages import between, listed
from phyle.web.client.relations import people
from phyle.web.client.status_entities import lawful, status, statuses
from phyle.web.routes import get, post

_DEFAULT, _MOST = 40, 80


async def show(asked: Asked) -> Entity:
    """One post."""
    return await _shown(asked, asked.id())


async def _shown(asked: Asked, number: int) -> Entity:
    viewer = asked.viewer.actor_id
    return status(await views.of_id(asked.tx, viewer, number), viewer, asked.settings.origin)


async def several(asked: Asked) -> list[Entity]:
    """Posts by `id[]`, those that the viewer may see."""
    return await _all(asked, asked.ids("id", most=_DEFAULT))


async def _all(asked: Asked, numbers: Sequence[int]) -> list[Entity]:
    viewer = asked.viewer.actor_id
    return statuses(await views.of_ids(asked.tx, viewer, numbers), viewer, asked.settings.origin)


async def context(asked: Asked) -> Entity:
    """What it answers, and what answers it."""
    viewer = asked.viewer.actor_id
    post = await posts.get(asked.tx, viewer, asked.id())
    above, below = await posts.thread(asked.tx, viewer, post)
    shown = {entity["id"]: entity for entity in await _all(asked, [*above, *below])}
    return {
        "ancestors": [shown[str(number)] for number in above if str(number) in shown],
        "descendants": [shown[str(number)] for number in below if str(number) in shown],
    }


async def source(asked: Asked) -> Entity:
    """What one typed oneself."""
    return status_entities.source(await posts.own(asked.tx, asked.me.id, asked.id()))


async def history(asked: Asked) -> list[Entity]:
    """What it said before, the oldest first, and what it says now."""
    post = await posts.get(asked.tx, asked.viewer.actor_id, asked.id())
    author = account(await actors.by_id(asked.tx, post.author), asked.settings.origin)
    return [status_entities.edit(each, author, post.id) for each in await posts.history(asked.tx, post)]


async def card(asked: Asked) -> Entity:
    """No previews of links yet."""
    await posts.get(asked.tx, asked.viewer.actor_id, asked.id())
    return {}


async def favourite(asked: Asked) -> Entity:
    """Like it."""
    return await _shown(asked, (await reactions.favourite(asked.tx, asked.me, asked.id())).id)


async def unfavourite(asked: Asked) -> Entity:
    """Like it no more."""
    await reactions.unfavourite(asked.tx, asked.me, asked.id())
    return await _shown(asked, asked.id())


async def boost(asked: Asked) -> Entity:
    """Show it to one's followers; the answer is the boost."""
    visibility = lawful(asked.text("visibility") or "public")
    made = await reactions.boost(asked.tx, asked.me, asked.id(), visibility=visibility)
    return await _shown(asked, made.id)


async def unboost(asked: Asked) -> Entity:
    """Show it no more; the answer is the post itself."""
    return await _shown(asked, (await reactions.unboost(asked.tx, asked.me, asked.id())).id)


async def bookmark(asked: Asked) -> Entity:
    """Keep it."""
    await reactions.bookmark(asked.tx, asked.me.id, asked.id())
    return await _shown(asked, asked.id())


async def unbookmark(asked: Asked) -> Entity:
    """Keep it no more."""
    await reactions.unbookmark(asked.tx, asked.me.id, asked.id())
    return await _shown(asked, asked.id())


async def mute(asked: Asked) -> Entity:
    """Be told no more of its thread."""
    return await _shown(asked, await relations.mute_thread(asked.tx, asked.me.id, asked.id()))


async def unmute(asked: Asked) -> Entity:
    """Be told of its thread again."""
    return await _shown(asked, await relations.unmute_thread(asked.tx, asked.me.id, asked.id()))


async def pin(asked: Asked) -> None:
    """Nothing can be pinned yet."""
    await posts.own(asked.tx, asked.me.id, asked.id())
    raise Unprocessable("This server does not offer pinning yet.")


async def boosted_by(asked: Asked) -> Listing:
    """Who showed it to their followers."""
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await reactions.boosted_by(asked.tx, asked.viewer.actor_id, asked.id(), page))


async def favourited_by(asked: Asked) -> Listing:
    """Who likes it."""
    page = between(asked, default=_DEFAULT, most=_MOST)
    return await people(asked, await reactions.favourited_by(asked.tx, asked.viewer.actor_id, asked.id(), page))


async def favourites(asked: Asked) -> Listing:
    """What one likes, paged by the likes."""
    return await _kept(asked, await reactions.favourites(asked.tx, asked.me.id, between(asked)))


async def bookmarks(asked: Asked) -> Listing:
    """What one keeps, paged by when one kept it."""
    return await _kept(asked, await reactions.bookmarks(asked.tx, asked.me.id, between(asked)))


async def _kept(asked: Asked, entries: Sequence[Entry]) -> Listing:
    return listed(await _all(asked, [entry.id for entry in entries]), [entry.key for entry in entries])


ROUTES = (
    get("/api/v1/statuses", several, who="anyone", scope="read:statuses"),
    get("/api/v1/statuses/<id>", show, who="anyone", scope="read:statuses", hot=True),
    get("/api/v1/statuses/<id>/context", context, who="anyone", scope="read:statuses", hot=True),
    get("/api/v1/statuses/<id>/source", source, who="user", scope="read:statuses"),
    get("/api/v1/statuses/<id>/history", history, who="anyone", scope="read:statuses"),
    get("/api/v1/statuses/<id>/card", card, who="anyone", scope="read:statuses"),
    get("/api/v1/statuses/<id>/reblogged_by", boosted_by, who="anyone", scope="read:statuses"),
    get("/api/v1/statuses/<id>/favourited_by", favourited_by, who="anyone", scope="read:statuses"),
    post("/api/v1/statuses/<id>/favourite", favourite, who="user", scope="write:favourites"),
    post("/api/v1/statuses/<id>/unfavourite", unfavourite, who="user", scope="write:favourites"),
    post("/api/v1/statuses/<id>/reblog", boost, who="user", scope="write:statuses"),
    post("/api/v1/statuses/<id>/unreblog", unboost, who="user", scope="write:statuses"),
    post("/api/v1/statuses/<id>/bookmark", bookmark, who="user", scope="write:bookmarks"),
    post("/api/v1/statuses/<id>/unbookmark", unbookmark, who="user", scope="write:bookmarks"),
    post("/api/v1/statuses/<id>/mute", mute, who="user", scope="write:mutes"),
    post("/api/v1/statuses/<id>/unmute", unmute, who="user", scope="write:mutes"),
    post("/api/v1/statuses/<id>/pin", pin, who="user", scope="write:accounts"),
    post("/api/v1/statuses/<id>/unpin", pin, who="user", scope="write:accounts"),
    get("/api/v1/favourites", favourites, who="user", scope="read:favourites"),
    get("/api/v1/bookmarks", bookmarks, who="user", scope="read:bookmarks"),
)
