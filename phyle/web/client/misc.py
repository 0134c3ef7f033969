"""What clients ask for at their start although there is none of it here yet: empty answers, never a 404."""

from typing import Any

from phyle.errors import Missing, Unavailable, Unprocessable
from phyle.identity import accounts as identity_accounts
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity
from phyle.web.routes import Route, delete, get, post, put


async def empty(asked: Asked) -> list[Entity]:
    """There is none of this yet."""
    return []


async def unknown(asked: Asked) -> None:
    """There is none of this, so none with this id."""
    raise Missing


async def not_yet(asked: Asked) -> None:
    """Nobody can make one of these yet."""
    raise Unprocessable("This server does not offer that yet.")


async def no_uploads(asked: Asked) -> None:
    """Pictures and sounds cannot be sent yet."""
    raise Unprocessable("This server does not take uploads yet.")


async def no_streaming(asked: Asked) -> None:
    """Clients fall back to asking now and then."""
    raise Unavailable("Streaming is not offered yet.", retry_after=3600)


async def preferences(asked: Asked) -> Entity:
    """Preferences."""
    account = await identity_accounts.by_actor(asked.tx, asked.me.id)
    chosen = account.preferences
    return {
        "posting:default:visibility": chosen.get("visibility", "public"),
        "posting:default:sensitive": chosen.get("sensitive", False),
        "posting:default:language": chosen.get("language"),
        "posting:default:quote_policy": "nobody",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }


async def familiar_followers(asked: Asked) -> list[Entity]:
    """Whom we follow that follow them: not told yet."""
    return [{"id": str(number), "accounts": []} for number in asked.ids("id")]


async def notification_policy(asked: Asked) -> Entity:
    """Nobody's notifications are held back."""
    kinds = ("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions")
    kept: dict[str, Any] = dict.fromkeys((*kinds, "for_limited_accounts"), "accept")
    return {**kept, "summary": {"pending_requests_count": 0, "pending_notifications_count": 0}}


async def old_notification_policy(asked: Asked) -> Entity:
    """The same in its first form."""
    kinds = ("filter_not_following", "filter_not_followers", "filter_new_accounts", "filter_private_mentions")
    held: dict[str, Any] = dict.fromkeys(kinds, False)
    return {**held, "summary": {"pending_requests_count": 0, "pending_notifications_count": 0}}


async def nobody_merged(asked: Asked) -> Entity:
    """There is nothing to merge."""
    return {"merged": True}


def _open(path: str) -> Route:
    return get(path, empty, who="anyone", scope="", holds="nothing")


def _own(path: str, scope: str) -> Route:
    return get(path, empty, who="user", scope=scope)


ROUTES = (
    _open("/api/v1/custom_emojis"),
    _open("/api/v1/trends"),
    _open("/api/v1/trends/tags"),
    _open("/api/v1/trends/statuses"),
    _open("/api/v1/trends/links"),
    _open("/api/v1/directory"),
    _open("/api/v1/timelines/link"),
    get("/api/v1/accounts/<id>/featured_tags", empty, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/<id>/endorsements", empty, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/<id>/identity_proofs", empty, who="anyone", scope="read:accounts"),
    _own("/api/v1/accounts/<id>/lists", "read:lists"),
    get("/api/v1/accounts/familiar_followers", familiar_followers, who="user", scope="read:follows"),
    _own("/api/v1/announcements", "read"),
    _own("/api/v1/suggestions", "read:accounts"),
    _own("/api/v2/suggestions", "read:accounts"),
    _own("/api/v1/followed_tags", "read:follows"),
    _own("/api/v1/featured_tags", "read:accounts"),
    _own("/api/v1/featured_tags/suggestions", "read:accounts"),
    _own("/api/v1/endorsements", "read:accounts"),
    _own("/api/v1/scheduled_statuses", "read:statuses"),
    get("/api/v1/scheduled_statuses/<id>", unknown, who="user", scope="read:statuses"),
    _own("/api/v1/conversations", "read:statuses"),
    _own("/api/v1/domain_blocks", "read:blocks"),
    post("/api/v1/domain_blocks", not_yet, who="user", scope="write:blocks"),
    _own("/api/v1/notifications/requests", "read:notifications"),
    get("/api/v1/notifications/requests/merged", nobody_merged, who="user", scope="read:notifications"),
    get("/api/v1/notifications/policy", old_notification_policy, who="user", scope="read:notifications"),
    get("/api/v2/notifications/policy", notification_policy, who="user", scope="read:notifications"),
    get("/api/v1/preferences", preferences, who="user", scope="read:accounts"),
    get("/api/v1/push/subscription", unknown, who="user", scope="push"),
    post("/api/v1/push/subscription", not_yet, who="user", scope="push"),
    put("/api/v1/push/subscription", unknown, who="user", scope="push"),
    delete("/api/v1/push/subscription", unknown, who="user", scope="push"),
    get("/api/v1/streaming", no_streaming, who="anyone", scope="", holds="nothing"),
    get("/api/v1/streaming/<path:stream>", no_streaming, who="anyone", scope="", holds="nothing"),
)

FILTERS = (
    _own("/api/v1/filters", "read:filters"),
    get("/api/v1/filters/<id>", unknown, who="user", scope="read:filters"),
    post("/api/v1/filters", not_yet, who="user", scope="write:filters"),
    _own("/api/v2/filters", "read:filters"),
    get("/api/v2/filters/<id>", unknown, who="user", scope="read:filters"),
    post("/api/v2/filters", not_yet, who="user", scope="write:filters"),
)

LISTS = (
    _own("/api/v1/lists", "read:lists"),
    post("/api/v1/lists", not_yet, who="user", scope="write:lists"),
    get("/api/v1/lists/<id>", unknown, who="user", scope="read:lists"),
    put("/api/v1/lists/<id>", unknown, who="user", scope="write:lists"),
    delete("/api/v1/lists/<id>", unknown, who="user", scope="write:lists"),
    get("/api/v1/lists/<id>/accounts", unknown, who="user", scope="read:lists"),
    post("/api/v1/lists/<id>/accounts", unknown, who="user", scope="write:lists"),
    delete("/api/v1/lists/<id>/accounts", unknown, who="user", scope="write:lists"),
    _own("/api/v1/timelines/list/<id>", "read:lists"),
)

MEDIA = (
    post("/api/v1/media", no_uploads, who="user", scope="write:media"),
    post("/api/v2/media", no_uploads, who="user", scope="write:media"),
    get("/api/v1/media/<id>", unknown, who="user", scope="write:media"),
    put("/api/v1/media/<id>", unknown, who="user", scope="write:media"),
)
