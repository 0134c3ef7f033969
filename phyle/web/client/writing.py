"""Writing posts: publish, edit, delete."""

import asyncio
import contextlib

from phyle.conversation import posts, publishing, reactions, views
from phyle.conversation.publishing import Draft
from phyle.errors import Refusal, Unprocessable
from phyle.identity import accounts, actors
from phyle.text import fold, mentions_in
from phyle.web.asked import Asked
from phyle.web.client import polls
from phyle.web.client.entities import Entity
from phyle.web.client.status_entities import lawful, status
from phyle.web.routes import delete, post, put

_LONGEST = 50_000
_LONGEST_LANGUAGE = 35
_MOST_ASKED = 10  # strangers whom one post may have other servers be asked for
_PATIENCE = 8.0  # seconds


async def publish(asked: Asked) -> Entity:
    """A new post. People elsewhere whom it names for the first time are asked for before it is written."""
    _refuse_unbuilt(asked)
    me = asked.me
    text, spoiler = _text(asked)
    poll = polls.wanted(asked)
    await _meet(asked, text)
    async with asked.store.transaction() as tx:
        preferences = {}
        if not asked.text("visibility") or not asked.text("language"):
            preferences = dict((await accounts.by_actor(tx, me.id)).preferences)
        draft = Draft(
            text=text,
            spoiler=spoiler,
            sensitive=asked.flag("sensitive", bool(preferences.get("sensitive"))),
            visibility=lawful(asked.text("visibility") or preferences.get("visibility", "public")),
            language=asked.text("language", most=_LONGEST_LANGUAGE) or preferences.get("language"),
            reply_to=asked.id_of("in_reply_to_id"),
            application=asked.viewer.application,
            idempotency_key=asked.headers.get("idempotency-key") or None,
            poll=poll,
        )
        made = await publishing.publish(tx, me, draft)
        return status(await views.of_id(tx, me.id, made.id), me.id, asked.settings.origin)


async def edit(asked: Asked) -> Entity:
    """Other words for one's own post; what is not sent stays."""
    _refuse_unbuilt(asked)
    me = asked.me
    async with asked.store.reading() as tx:
        post = await posts.own(tx, me.id, asked.id())
    polls.refuse_other(asked, post)
    text = asked.text("status", most=_LONGEST) if asked.has("status") else post.source or ""
    spoiler = asked.text("spoiler_text", most=_LONGEST) if asked.has("spoiler_text") else post.spoiler
    await _meet(asked, text)
    async with asked.store.transaction() as tx:
        draft = Draft(
            text=text,
            spoiler=spoiler,
            sensitive=asked.flag("sensitive", post.sensitive),
            visibility=post.visibility,
            language=asked.text("language", most=_LONGEST_LANGUAGE) or post.language,
        )
        changed = await publishing.edit(tx, me, await posts.own(tx, me.id, post.id), draft)
        return status(await views.of_id(tx, me.id, changed.id), me.id, asked.settings.origin)


async def remove(asked: Asked) -> Entity:
    """Deletes one's own post; the answer has what was typed, so that it can be written again."""
    me = asked.me
    post = await posts.own(asked.tx, me.id, asked.id())
    shown = status(await views.of_id(asked.tx, me.id, post.id), me.id, asked.settings.origin)
    if post.boost_of is not None:
        await reactions.unboost(asked.tx, me, post.id)
        return shown
    await publishing.delete(asked.tx, me, post)
    return {**shown, "text": post.source or ""}


def _refuse_unbuilt(asked: Asked) -> None:
    if asked.texts("media_ids"):
        raise Unprocessable("This server does not take uploads yet.")
    if asked.text("scheduled_at"):
        raise Unprocessable("This server does not publish at a later time yet.")


def _text(asked: Asked) -> tuple[str, str]:
    """Text and content warning; a warning without a text is the text, as Mastodon has it."""
    text, spoiler = asked.text("status", most=_LONGEST), asked.text("spoiler_text", most=_LONGEST)
    return (text, spoiler) if text.strip() else (spoiler, "")


async def _meet(asked: Asked, text: str) -> None:
    """Has other servers tell of those whom the text names and nobody here knows. Whom they do not know stays text."""
    if "@" not in text:
        return
    ours = {fold(asked.settings.domain), fold(asked.settings.account_domain)}
    named = [name.partition("@") for name in mentions_in(text)]
    strangers = {(fold(name), fold(host)) for name, _, host in named if host and fold(host) not in ours}
    if not strangers:
        return
    async with asked.store.reading() as tx:
        known = await actors.by_names(tx, strangers)
    unknown = sorted(strangers - known.keys())[:_MOST_ASKED]

    async def meet(name: str, host: str) -> None:
        with contextlib.suppress(Refusal):
            await asked.resolve_actor(f"{name}@{host}")

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*(meet(name, host) for name, host in unknown))


ROUTES = (
    post("/api/v1/statuses", publish, who="user", scope="write:statuses", holds="nothing"),
    put("/api/v1/statuses/<id>", edit, who="user", scope="write:statuses", holds="nothing"),
    delete("/api/v1/statuses/<id>", remove, who="user", scope="write:statuses"),
)
