"""Search: people, hashtags, and what lies at an address. The full text of posts is not searched yet."""

import asyncio
import re
from typing import NamedTuple

from phyle.conversation import posts, views
from phyle.conversation.views import View
from phyle.errors import Refusal, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from phyle.text import normal_hashtag
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity, accounts
from phyle.web.client.status_entities import statuses
from phyle.web.client.tags import tag
from phyle.web.routes import get

_MOST, _DEFAULT = 40, 20
_LONGEST = 2048
_PAGE = re.compile(r"/@[^/]+/([0-9]{1,18})")
_HANDLE = re.compile(r"@?[^\s@/]+@[^\s@/]+\.?[^\s@/]*")
_TAG = re.compile(r"#?(\w{1,100})")
_PATIENCE = 12.0  # seconds that other servers have to say who or what is meant


class Resolved(NamedTuple):
    """What other servers said that an address or a name means."""

    actor: int | None = None
    post: int | None = None


async def everything(asked: Asked) -> Entity:
    """`type` accounts, hashtags or statuses narrows it; `resolve` also asks other servers, for who is logged in."""
    words = asked.text("q", most=_LONGEST).strip()
    kind, limit, offset = asked.text("type"), asked.limit(_DEFAULT, _MOST), asked.number("offset") or 0
    people: list[Actor] = []
    resolved = Resolved()
    found: Entity = {"accounts": [], "statuses": [], "hashtags": []}
    if not words:
        return found
    viewer, origin = asked.viewer.actor_id, asked.settings.origin
    if asked.flag("resolve"):
        if viewer is None:
            raise Refused("Search queries that resolve remote resources are not supported without authentication")
        resolved = await _resolve(asked, words)
    async with asked.store.reading() as tx:
        if kind in ("", "accounts"):
            people = await _people(tx, asked, words, resolved.actor, limit=limit, offset=offset)
            found["accounts"] = accounts(people, origin)
        if kind in ("", "statuses") and _is_address(words) and not people and not offset:
            found["statuses"] = statuses(await _post(tx, asked, words, resolved.post), viewer, origin)
    if kind in ("", "hashtags") and not offset and (match := _TAG.fullmatch(words)):
        found["hashtags"] = [tag(normal_hashtag(match[1]), origin)]
    return found


async def people(asked: Asked) -> list[Entity]:
    """Accounts whose names begin with the words; with `resolve`, also one that was not known before."""
    words = asked.text("q", most=_LONGEST).strip()
    resolved = await _resolve(asked, words) if asked.flag("resolve") else Resolved()
    limit, offset = asked.limit(_DEFAULT, _MOST), asked.number("offset") or 0
    async with asked.store.reading() as tx:
        found = await _people(tx, asked, words, resolved.actor, limit=limit, offset=offset)
    return accounts(found, asked.settings.origin)


def _is_address(words: str) -> bool:
    return words.startswith(("https://", "http://")) and " " not in words


async def _resolve(asked: Asked, words: str) -> Resolved:
    """Has other servers say what the words mean. What they do not know is no error here."""
    try:
        async with asyncio.timeout(_PATIENCE):
            if _HANDLE.fullmatch(words):
                return Resolved(actor=await asked.resolve_actor(words.lstrip("@")))
            if _is_address(words):
                actor = await asked.resolve_actor(words)
                return Resolved(actor=actor, post=None if actor else await asked.resolve_post(words))
    except (Refusal, TimeoutError):
        pass
    return Resolved()


async def _people(tx: Tx, asked: Asked, words: str, resolved: int | None, *, limit: int, offset: int) -> list[Actor]:
    if resolved is not None:
        actor = await actors.by_id(tx, resolved)
        return [actor] if not actor.gone and not offset else []
    if _is_address(words):
        known = await _by_address(tx, asked, words)
        return [known] if known and not known.gone and not offset else []
    name, _, host = words.lstrip("@").partition("@")
    ours = (asked.settings.domain, asked.settings.account_domain)
    return await actors.search(tx, name if host in ours else words, limit=limit, offset=offset)


async def _by_address(tx: Tx, asked: Asked, address: str) -> Actor | None:
    page = f"{asked.settings.origin}/@"
    if address.startswith(page):
        return await actors.by_name(tx, address.removeprefix(page))
    return await actors.by_uri(tx, address)


async def _post(tx: Tx, asked: Asked, address: str, resolved: int | None) -> list[View]:
    """The post that was resolved, or that has this id on the wire, or this page here."""
    number = resolved
    if number is None and (page := _PAGE.fullmatch(address.removeprefix(asked.settings.origin))):
        number = int(page[1])
    if number is None:
        known = await posts.by_uri(tx, address)
        number = known.id if known else None
    return [] if number is None else await views.of_ids(tx, asked.viewer.actor_id, [number])


ROUTES = (
    get("/api/v2/search", everything, who="anyone", scope="read:search", holds="nothing"),
    get("/api/v1/search", everything, who="anyone", scope="read:search", holds="nothing"),
    get("/api/v1/accounts/search", people, who="user", scope="read:accounts", holds="nothing"),
)
