"""Posts as clients see them: Status and what belongs to it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from phyle.clock import api_time, now
from phyle.conversation.posts import Edit, Post
from phyle.conversation.views import View
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.web.client.entities import Entity, account, emojis

_VISIBILITIES = {"followers": "private", "withheld": "direct"}
_LAWFUL = {"private": "followers"}


def visibility(lawful: str) -> str:
    """Our word for who may see a post -> the client API's."""
    return _VISIBILITIES.get(lawful, lawful)


def lawful(shown: str) -> str:
    """The client API's word -> ours."""
    return _LAWFUL.get(shown, shown)


def statuses(views: Iterable[View], viewer: ActorId | None, origin: str) -> list[Entity]:
    """Several Statuses. Each author is rendered once."""
    known: dict[int, Entity] = {}
    return [status(view, viewer, origin, known) for view in views]


def status(view: View, viewer: ActorId | None, origin: str, known: dict[int, Entity] | None = None) -> Entity:
    """Status; a boost carries what it boosts in `reblog`, and its text as well, as Mastodon's do."""
    seen = known if known is not None else {}
    post = view.post
    if view.boosted is None or view.boosted_author is None:
        return _status(view, post, _account(view.author, origin, seen), viewer, origin)
    inner = _status(view, view.boosted, _account(view.boosted_author, origin, seen), viewer, origin)
    return {
        **inner,
        "id": str(post.id),
        "uri": post.uri,
        "url": post.url or post.uri,
        "created_at": api_time(post.published_at),
        "edited_at": None,
        "visibility": visibility(post.visibility),
        "account": _account(view.author, origin, seen),
        "reblog": inner,
    }


def _account(actor: Actor, origin: str, known: dict[int, Entity]) -> Entity:
    shown = known.get(actor.id)
    if shown is None:
        shown = known[actor.id] = account(actor, origin)
    return shown


def _status(view: View, post: Post, author: Entity, viewer: ActorId | None, origin: str) -> Entity:
    shown: Entity = {
        "id": str(post.id),
        "created_at": api_time(post.published_at),
        "in_reply_to_id": None if post.reply_to is None else str(post.reply_to),
        "in_reply_to_account_id": None if post.reply_to_author is None else str(post.reply_to_author),
        "sensitive": post.sensitive,
        "spoiler_text": post.spoiler,
        "visibility": visibility(post.visibility),
        "language": post.language,
        "uri": post.uri,
        "url": post.url or post.uri,
        "replies_count": post.replies_count,
        "reblogs_count": post.boosts_count,
        "favourites_count": post.favourites_count,
        "quotes_count": 0,
        "edited_at": None if post.edited_at is None else api_time(post.edited_at),
        "content": post.content,
        "reblog": None,
        "application": None,
        "account": author,
        "media_attachments": media(post.attachments, post.id),
        "mentions": [_mention(each) for each in post.mentions],
        "tags": [{"name": name, "url": f"{origin}/tags/{quote(name, safe='')}"} for name in post.tags],
        "emojis": emojis(post.emojis),
        "card": None,
        "poll": None if post.poll is None else poll(post, viewer, view.choices),
        "quote": None,
    }
    if viewer is not None:
        shown |= {
            "favourited": view.favourited,
            "reblogged": view.reblogged,
            "bookmarked": view.bookmarked,
            "muted": view.muted,
            "filtered": [],
        }
        if post.author == viewer:
            shown["pinned"] = False
    return shown


def _mention(given: Mapping[str, Any]) -> Entity:
    return {"id": given["id"], "username": given["username"], "acct": given["acct"], "url": given["url"]}


def media(attachments: Sequence[Mapping[str, Any]], post: int) -> list[Entity]:
    """MediaAttachments of a post from elsewhere; they have no ids of their own, so they are counted from the post's."""
    return [_media(each, post + place) for place, each in enumerate(attachments)]


def _media(given: Mapping[str, Any], number: int) -> Entity:
    """One of them, at its own address."""
    url = given.get("url")
    return {
        "id": str(number),
        "type": given.get("type", "unknown"),
        "url": url,
        "preview_url": given.get("preview_url") or url,
        "remote_url": given.get("remote_url") or url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": given.get("meta") or {},
        "description": given.get("description"),
        "blurhash": given.get("blurhash"),
    }


def poll(post: Post, viewer: ActorId | None, choices: Sequence[int] | None) -> Entity:
    """Poll. Its id is the post's. Who asks has nothing to choose any more, as in Mastodon."""
    given = post.poll or {}
    options = [{"title": each["title"], "votes_count": each.get("votes_count")} for each in given.get("options", ())]
    ends = given.get("expires_at")
    shown: Entity = {
        "id": str(post.id),
        "expires_at": ends,
        "expired": bool(given.get("closed")) or _past(ends),
        "multiple": bool(given.get("multiple")),
        "votes_count": given.get("votes_count") or sum(each["votes_count"] or 0 for each in options),
        "voters_count": given.get("voters_count"),
        "options": options,
        "emojis": emojis(post.emojis),
    }
    if viewer is not None:
        shown |= {"voted": choices is not None or post.author == viewer, "own_votes": list(choices or ())}
    return shown


def _past(instant: str | None) -> bool:
    if not instant:
        return False
    try:
        return datetime.fromisoformat(instant.replace("Z", "+00:00")) <= now()
    except (ValueError, TypeError):
        return False


def edit(given: Edit, author: Entity, post: int) -> Entity:
    """StatusEdit."""
    return {
        "content": given.content,
        "spoiler_text": given.spoiler,
        "sensitive": given.sensitive,
        "created_at": api_time(given.written_at),
        "account": author,
        "media_attachments": media(given.attachments, post),
        "emojis": emojis(given.emojis),
        "poll": None,
    }


def source(post: Post) -> Entity:
    """StatusSource: what the author typed."""
    return {"id": str(post.id), "text": post.source or "", "spoiler_text": post.spoiler}
