"""People as clients see them: Account and its relatives. Pure; nothing that clients rely on is ever missing or null."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from phyle.identity.actors import Actor
from phyle.text import plain

Entity = dict[str, Any]

_BOTS = frozenset({"Service", "Application", "Repository"})


def account(actor: Actor, origin: str) -> Entity:
    """Account. `origin` is ours, for the pictures of those who have none."""
    gone = actor.gone
    avatar = (not gone and actor.avatar_url) or f"{origin}/static/avatar.png"
    header = (not gone and actor.header_url) or f"{origin}/static/header.png"
    shown: Entity = {
        "id": str(actor.id),
        "username": actor.name,
        "acct": actor.acct,
        "display_name": "" if gone else actor.display_name,
        "locked": actor.locked,
        "bot": actor.kind in _BOTS,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "group": actor.kind == "Group",
        "created_at": f"{actor.created_at.isoformat()[:10]}T00:00:00.000Z",
        "note": "" if gone else actor.summary,
        "url": actor.url,
        "uri": actor.uri,
        "avatar": avatar,
        "avatar_static": avatar,
        "header": header,
        "header_static": header,
        "followers_count": actor.followers_count,
        "following_count": actor.following_count,
        "statuses_count": actor.posts_count,
        "last_status_at": actor.last_post_at.isoformat()[:10] if actor.last_post_at else None,
        "hide_collections": False,
        "noindex": not actor.indexable,
        "emojis": [] if gone else emojis(actor.emojis),
        "roles": [],
        "fields": [] if gone else [field(each) for each in actor.fields],
    }
    if gone:
        shown["suspended"] = True
    return shown


def field(given: Mapping[str, Any]) -> Entity:
    """Account::Field."""
    return {"name": given["name"], "value": given["value"], "verified_at": given.get("verified_at")}


def emojis(given: Iterable[Mapping[str, Any]]) -> list[Entity]:
    """CustomEmoji, as remote posts and actors bring them along."""
    return [
        {
            "shortcode": each["shortcode"],
            "url": each["url"],
            "static_url": each.get("static_url") or each["url"],
            "visible_in_picker": False,
            "category": None,
        }
        for each in given
    ]


def own_account(actor: Actor, origin: str, preferences: Mapping[str, Any], requests: int) -> Entity:
    """CredentialAccount: the account with what only its owner sees. There is no role: nobody here has one."""
    return {**account(actor, origin), "source": source(actor, preferences, requests)}


def source(actor: Actor, preferences: Mapping[str, Any], requests: int) -> Entity:
    """What the owner typed, before it became HTML."""
    return {
        "privacy": preferences.get("visibility", "public"),
        "sensitive": preferences.get("sensitive", False),
        "language": preferences.get("language"),
        "note": actor.note,
        "fields": [
            {"name": each["name"], "value": typed_value(each), "verified_at": each.get("verified_at")}
            for each in actor.fields
        ],
        "follow_requests_count": requests,
        "hide_collections": False,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
    }


def typed_value(given: Mapping[str, Any]) -> str:
    """A field's value as its owner typed it."""
    typed = given.get("typed")
    return typed if isinstance(typed, str) else plain(given["value"])


def accounts(actors: Sequence[Actor], origin: str) -> list[Entity]:
    """Several Accounts."""
    return [account(actor, origin) for actor in actors]
