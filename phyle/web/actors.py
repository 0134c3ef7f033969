"""Actors as documents: themselves, and the collections that everyone may count and some may walk."""

from typing import Any

from phyle.commons import pushes, repositories
from phyle.commons.activities import documents as forge
from phyle.conversation.activities import outboxes, served
from phyle.errors import Gone, Missing
from phyle.federation import wire, writing
from phyle.federation.media_types import ACTIVITY
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.web import negotiation
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

PAGE = 20


def document(body: wire.Document, *, status: int = 200, everyones: bool = True) -> Answer:
    """An ActivityStreams document. It differs from what a browser gets at the same address, and what is not for
    everyone stays in no cache (E3)."""
    headers = {"Vary": "Accept, Authorization, Signature"}
    if not everyones:
        headers["Cache-Control"] = "private, no-store"
    return Answer(body=wire.dump(body), status=status, content_type=f"{ACTIVITY}; charset=utf-8", headers=headers)


async def _known(asked: Asked) -> Actor:
    actor = await actors.by_id(asked.tx, asked.id("number"))
    if not actor.local:
        raise Missing
    if actor.deleted_at is None:
        check_there(actor)
    return actor


async def _ours(asked: Asked) -> Actor:
    actor = await _known(asked)
    check_there(actor)
    return actor


def check_there(actor: Actor) -> None:
    """Raises Gone for who left for good, and Missing for who waits or is suspended: they may be back, and whoever hears
    410 forgets for ever."""
    if actor.deleted_at is not None:
        raise Gone("This account is no longer here.", cause=actor.uri)
    if actor.suspended_at is not None:
        raise Missing("There is no such account here at present.", cause=actor.uri)


async def answer_for(asked: Asked, actor: Actor) -> Answer:
    """The document of an actor of this instance, for whoever asked for it under any of its addresses; with 410 a
    Tombstone where it left for good."""
    if actor.deleted_at is not None:
        left = writing.tombstone(actor.uri, former=actor.kind, deleted_at=actor.deleted_at)
        return document(left, status=410)
    if actor.kind == repositories.KIND:
        return document(await forge.repository(asked.tx, await repositories.get(asked.tx, actor.id)))
    return document(await served.actor(asked.tx, actor))


async def show(asked: Asked) -> Any:
    """A person with a browser is led to the page."""
    actor = await _known(asked)
    if negotiation.wants_html(asked.headers.get("accept", "")):
        return redirect(actor.url, status=302)
    return await answer_for(asked, actor)


async def outbox(asked: Asked) -> Answer:
    """Public and unlisted posts and boosts, newest first."""
    actor = await _ours(asked)
    uri = f"{actor.uri}/outbox"
    if actor.kind == repositories.KIND:
        return await _pushes(asked, actor, uri)
    if not asked.flag("page"):
        body = writing.collection(uri, total=actor.posts_count, first=f"{uri}?page=true")
        return document(body)
    activities, oldest = await outboxes.page(asked.tx, actor, below=asked.number("max_id"), limit=PAGE)
    following = f"{uri}?page=true&max_id={oldest}" if oldest else None
    return document(writing.page(f"{uri}?page=true", activities, of=uri, following=following, context=outboxes.CONTEXT))


async def _pushes(asked: Asked, actor: Actor, uri: str) -> Answer:
    """What a repository says is what was pushed to it; by id, because each can be asked for."""
    if not asked.flag("page"):
        return document(writing.collection(uri, total=await pushes.count(asked.tx, actor.id), first=f"{uri}?page=true"))
    found = await pushes.of(asked.tx, actor.id, below=asked.number("max_id"), limit=PAGE)
    items = [f"{actor.uri}/pushes/{each.id}/{place}" for each in found for place in range(len(each.changes))]
    following = f"{uri}?page=true&max_id={found[-1].id}" if len(found) == PAGE else None
    return document(writing.page(f"{uri}?page=true", items, of=uri, following=following))


async def followers(asked: Asked) -> Answer:
    """How many; who they are is theirs to say."""
    actor = await _ours(asked)
    return document(writing.collection(f"{actor.uri}/followers", total=actor.followers_count))


async def following(asked: Asked) -> Answer:
    """How many."""
    actor = await _ours(asked)
    return document(writing.collection(f"{actor.uri}/following", total=actor.following_count))


async def featured(asked: Asked) -> Answer:
    """What is pinned; nothing can be pinned yet."""
    actor = await _ours(asked)
    body = writing.collection(f"{actor.uri}/featured", total=0)
    return document({**body, "orderedItems": []})


async def moderators(asked: Asked) -> Answer:
    """Who moderates a group; nobody moderates people."""
    return document(await served.moderators(asked.tx, await _ours(asked)))


ROUTES: tuple[Route, ...] = (
    public("GET", "/actors/<number>", show),
    public("GET", "/actors/<number>/outbox", outbox),
    public("GET", "/actors/<number>/followers", followers),
    public("GET", "/actors/<number>/following", following),
    public("GET", "/actors/<number>/featured", featured),
    public("GET", "/actors/<number>/moderators", moderators),
)
