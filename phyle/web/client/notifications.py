"""Notifications: what one is told of."""

from collections.abc import Sequence

from phyle.clock import api_time
from phyle.conversation import markers, notifications, paging, views
from phyle.conversation.notifications import Notification
from phyle.errors import Missing
from phyle.identity import actors
from phyle.web.answers import Listing
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity, account
from phyle.web.client.pages import between, listed
from phyle.web.client.status_entities import status
from phyle.web.routes import get, post

_DEFAULT, _MOST = 40, 100


async def listing(asked: Asked) -> Listing:
    """One's notifications, newest first, of `types[]`, without `exclude_types[]`, of the acts of `account_id`."""
    found = await notifications.listing(
        asked.tx,
        asked.me.id,
        between(asked, default=_DEFAULT, most=_MOST),
        kinds=asked.texts("types") or None,
        excluded=asked.texts("exclude_types"),
        actor=asked.id_of("account_id"),
    )
    return listed(await _entities(asked, found), [each.id for each in found])


async def show(asked: Asked) -> Entity:
    """One of one's own."""
    shown = await _entities(asked, [await notifications.get(asked.tx, asked.me.id, asked.id())])
    if not shown:
        raise Missing
    return shown[0]


async def _entities(asked: Asked, found: Sequence[Notification]) -> list[Entity]:
    """Notification; what is about a post that may not be seen any more is left out."""
    me, origin = asked.me.id, asked.settings.origin
    people = await actors.by_ids(asked.tx, [each.actor for each in found])
    posts = {
        view.post.id: view for view in await views.of_ids(asked.tx, me, {each.post for each in found if each.post})
    }
    known: dict[int, Entity] = {}
    shown = []
    for each in found:
        if each.actor not in people or (each.post and each.post not in posts):
            continue
        entity: Entity = {
            "id": str(each.id),
            "type": each.kind,
            "created_at": api_time(each.created_at),
            "group_key": f"ungrouped-{each.id}",
            "account": account(people[each.actor], origin),
        }
        if each.post:
            entity["status"] = status(posts[each.post], me, origin, known)
        shown.append(entity)
    return shown


async def unread_count(asked: Asked) -> Entity:
    """How many there are above the marker, at most 100."""
    marker = (await markers.read(asked.tx, asked.me.id, ["notifications"])).get("notifications")
    above = marker.last_read if marker else None
    page = paging.page(limit=_MOST, since_id=above, most=_MOST)
    return {"count": len(await notifications.listing(asked.tx, asked.me.id, page))}


async def clear(asked: Asked) -> Entity:
    """Forget all."""
    await notifications.clear(asked.tx, asked.me.id)
    return {}


async def dismiss(asked: Asked) -> Entity:
    """Forget one."""
    await notifications.dismiss(asked.tx, asked.me.id, asked.id())
    return {}


async def dismiss_by_parameter(asked: Asked) -> Entity:
    """Forget one, as old clients ask for it."""
    number = asked.number("id")
    if number is not None:
        await notifications.dismiss(asked.tx, asked.me.id, number)
    return {}


ROUTES = (
    get("/api/v1/notifications", listing, who="user", scope="read:notifications", hot=True),
    get("/api/v1/notifications/<id>", show, who="user", scope="read:notifications"),
    get("/api/v1/notifications/unread_count", unread_count, who="user", scope="read:notifications"),
    post("/api/v1/notifications/clear", clear, who="user", scope="write:notifications"),
    post("/api/v1/notifications/dismiss", dismiss_by_parameter, who="user", scope="write:notifications"),
    post("/api/v1/notifications/<id>/dismiss", dismiss, who="user", scope="write:notifications"),
)
