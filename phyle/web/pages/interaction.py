"""Answering, from here, what somebody met on another server: follow a person; reply to, boost or favourite a post."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from phyle.conversation import follows, posts, publishing, reactions, views
from phyle.conversation.posts import Post
from phyle.errors import Malformed, Missing, Refusal, TooMany, Unprocessable
from phyle.identity import actors, limits
from phyle.identity.actors import INSTANCE_KIND, Actor
from phyle.identity.limits import Limit
from phyle.store.transaction import Tx
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cards import card, person, summary
from phyle.web.pages.profiles import named
from phyle.web.pages.rendering import page
from phyle.web.pages.share import draft_of, new_key
from phyle.web.pages.visitors import first_log_in, to
from phyle.web.pages.words import VISIBILITIES

PATH = "/authorize_interaction"
_LOOKUPS = Limit(name="interaction", most=60, window=timedelta(minutes=5))
_LONGEST = 2048
_NOTHING = "Nothing was found there. Please check the address, or try again later: the other server may be away."


class Met(NamedTuple):
    """What an address names."""

    kind: Literal["actor", "post"]
    id: int


async def show(asked: Asked) -> Answer:
    """GET /authorize_interaction?uri=: the address of a person or post, or `@ana@coop.org`; `acct:` may precede it."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    uri = asked.text("uri", most=_LONGEST).strip().removeprefix("acct:")
    if not uri:
        return page(asked, "interaction_search.html", uri="", fault="")
    try:
        met = await _met(asked, uri)
        async with asked.store.reading() as tx:
            return await (_actor(asked, tx, met.id) if met.kind == "actor" else _post(asked, tx, met.id))
    except TooMany:
        raise
    except Refusal:
        return page(asked, "interaction_search.html", status=404, uri=uri, fault=_NOTHING)


async def act(asked: Asked) -> Answer:
    """POST /authorize_interaction: what was offered there."""
    action = asked.text("action")
    if action not in _ACTIONS:
        raise Malformed("There is no such action.")
    return await _ACTIONS[action](asked)


async def _met(asked: Asked, uri: str) -> Met:
    """What we know of this address, or can learn from its server. Raises Missing, Unreachable, TooMany."""
    async with asked.store.reading() as tx:
        met = await _known(tx, uri)
    if met is not None:
        return met
    await limits.count(asked.store, _LOOKUPS, str(asked.me.id))
    if (actor := await asked.resolve_actor(uri)) is not None:
        return Met("actor", actor)
    if "://" in uri and (post := await asked.resolve_post(uri)) is not None:
        return Met("post", post)
    raise Missing


async def _known(tx: Tx, uri: str) -> Met | None:
    if "://" not in uri:
        return await _known_name(tx, uri.removeprefix("@"))
    own_page = uri.removeprefix(f"{tx.store.settings.origin}/@")
    if own_page != uri:
        name, _, number = own_page.partition("/")
        return Met("post", int(number)) if number.isdecimal() else await _known_name(tx, name)
    if (actor := await actors.by_uri(tx, uri)) is not None:
        return Met("actor", actor.id)
    post = await posts.by_uri(tx, uri)
    return Met("post", post.id) if post else None


async def _known_name(tx: Tx, acct: str) -> Met | None:
    try:
        return Met("actor", (await named(tx, acct)).id)
    except Missing:
        return None


async def _actor(asked: Asked, tx: Tx, number: int) -> Answer:
    actor = await _followable(tx, number)
    relationship = await follows.relationship(tx, asked.me.id, actor.id)
    return page(
        asked,
        "interaction_actor.html",
        actor=actor,
        person=person(actor, asked.settings),
        note=summary(actor),
        relationship=relationship,
        own=actor.id == asked.me.id,
    )


async def _post(asked: Asked, tx: Tx, number: int, *, fault: str = "", status: int = 200) -> Answer:
    view = await views.of_id(tx, asked.me.id, number)
    post, author = view.boosted or view.post, view.boosted_author or view.author
    widest = post.visibility if post.visibility in VISIBILITIES else "direct"  # an answer to what is withheld
    typed: Mapping[str, Any] = {"text": asked.text("text"), "spoiler": asked.text("spoiler")} if fault else {}
    return page(
        asked,
        "interaction_post.html",
        status=status,
        post=card(view, asked.settings),
        visibility=widest,
        visibilities=dict(list(VISIBILITIES.items())[list(VISIBILITIES).index(widest) :]),
        text=typed.get("text", "" if author.id == asked.me.id else f"@{author.acct} "),
        spoiler=typed.get("spoiler", post.spoiler),
        key=asked.text("key", most=100) or new_key(),
        longest=publishing.LONGEST,
        fault=fault.removeprefix("Validation failed: "),
    )


async def _followable(tx: Tx, number: int) -> Actor:
    actor = await actors.by_id(tx, number)
    if actor.gone or actor.kind == INSTANCE_KIND:
        raise Missing("This account is no longer there.")
    return actor


async def _meant(asked: Asked) -> Post:
    """The post that the form is about; of a boost, what it boosts."""
    view = await views.of_id(asked.tx, asked.me.id, asked.id_of("post") or 0)
    return view.boosted or view.post


async def _follow(asked: Asked) -> Answer:
    actor = await _followable(asked.tx, asked.id_of("actor") or 0)
    await follows.follow(asked.tx, asked.me, actor)
    return redirect(to(PATH, uri=actor.uri))


async def _reply(asked: Asked) -> Answer:
    parent = await _meant(asked)
    try:
        post = await publishing.publish(asked.tx, asked.me, draft_of(asked, reply_to=parent.id))
    except Unprocessable as refusal:  # found before anything was written
        return await _post(asked, asked.tx, parent.id, fault=refusal.sentence, status=422)
    return redirect(f"/@{asked.me.name}/{post.id}")


async def _favourite(asked: Asked) -> Answer:
    post = await _meant(asked)
    await reactions.favourite(asked.tx, asked.me, post.id)
    return redirect(to(PATH, uri=post.uri))


async def _boost(asked: Asked) -> Answer:
    post = await _meant(asked)
    await reactions.boost(asked.tx, asked.me, post.id)
    return redirect(to(PATH, uri=post.uri))


_ACTIONS: Mapping[str, Callable[[Asked], Awaitable[Answer]]] = {
    "follow": _follow,
    "reply": _reply,
    "favourite": _favourite,
    "boost": _boost,
}
