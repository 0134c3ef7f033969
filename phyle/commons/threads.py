"""Threads: where a project's tickets, changes and releases are talked about, as posts of its group and answers to them.

Where not everybody may read there is no post: nothing of it may leave this instance.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phyle.commons.repositories import Repository
from phyle.conversation import groups, posts, publishing
from phyle.conversation.publishing import Draft
from phyle.errors import Missing, Refused, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import plain, well_formed

SQL = queries(__file__)

EXCERPT = 1500
LONGEST = 50_000
MOST = 500
_LIVE = re.compile(r"[@#](?=\w)")
_UNSEEN = "\u200b"

SENTENCES: Mapping[str, str] = {
    "made": "{by} made a ticket of this: {detail}",
    "edited": "{by} changed the words.",
    "needed": "This is needed.",
    "not needed": "This is needed no more.",
    "claimed": "{by} does this {detail}.",
    "given back": "{by} does not do this after all: anybody may take it.",
    "stale": "Nothing came of it in time: anybody may take it.",
    "assigned": "{by} asks {detail} to do this.",
    "unassigned": "Nobody is asked to do this any more.",
    "resolved": "{by} resolved this. {detail}",
    "reopened": "{by} opened this again.",
    "version": "{by} offers a new version: {detail}",
    "approve": "{by} approves. {detail}",
    "changes": "{by} asks for changes: {detail}",
    "comment": "{by} reviewed: {detail}",
    "applied": "{by} applied this: {detail}",
    "refused": "{by} refused this: {detail}",
    "withdrawn": "{by} withdrew this. {detail}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a thread begins with. `what`: what `by` did, as words after their name. `page`: where people read on."""

    title: str
    text: str
    by: Actor
    what: str
    page: str
    extension: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the group says in a thread. `to`: who is to notice."""

    what: str
    by: Actor | None = None
    detail: str = ""
    to: Sequence[Actor] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment. `post`: it is one, None where not everybody may read. `content`: HTML that is safe to show, or ""
    where `source`, Markdown, is all there is."""

    id: int
    author: ActorId
    source: str
    content: str
    at: datetime
    post: int | None


async def check(tx: Tx, repository: Repository, author: Actor) -> None:
    """Refused for whoever is kept out of the project's group."""
    if repository.public and not await groups.may_post(tx, await _circle(tx, repository), author):
        raise Refused("The people of this project do not hear you any more.")


async def begin(tx: Tx, repository: Repository, topic: Topic) -> int:
    """The post of the project's group that begins a thread."""
    excerpt = topic.text if len(topic.text) <= EXCERPT else f"{topic.text[:EXCERPT].rstrip()}…"
    parts = [_quiet(topic.title), _quiet(excerpt), f"{_mention(topic.by)} {topic.what}: {topic.page}"]
    draft = Draft(
        text="\n\n".join(part for part in parts if part),
        title=topic.title[:200],
        extension=topic.extension,
    )
    return (await publishing.publish_as(tx, await _circle(tx, repository), draft)).id


async def say(tx: Tx, repository: Repository, thread: int, said: Said) -> None:
    """The group answers in a thread, quietly: who takes part sees it. Nothing if the thread is gone, or the project is
    not public any more."""
    if not repository.public or await posts.by_id(tx, thread) is None:
        return
    by = "Somebody" if said.by is None else _name(said.by)
    words = SENTENCES[said.what].format(by=by, detail=_quiet(said.detail)).strip()
    text = " ".join([*(_mention(each) for each in said.to), words])
    await publishing.publish_as(
        tx, await _circle(tx, repository), Draft(text=text[:LONGEST], visibility="unlisted", reply_to=thread)
    )


async def comment(tx: Tx, author: Actor, ticket: int, thread: int | None, text: str) -> Remark:
    """What a member here says in a thread: a post of their own, or kept here where not everybody may read."""
    if thread is not None:
        post = await publishing.publish(tx, author, Draft(text=text, reply_to=thread))
        return _of_post(post)
    source = well_formed(text).strip()
    if not source or len(source) > LONGEST:
        raise Unprocessable(f"A comment has 1 to {LONGEST} characters.")
    row = await tx.change_one(SQL.add_remark, tx.new_id(), ticket, author.id, source)
    if row is None:
        raise Missing
    return Remark(id=row["id"], author=author.id, source=source, content="", at=row["at"], post=None)


async def comments(tx: Tx, viewer: ActorId | None, ticket: int, thread: int | None, *, group: int) -> list[Remark]:
    """What was said, as far as the viewer may see it, each below what it answers. What the group itself says is left
    out: that is in the ticket's own history."""
    kept = [
        Remark(id=row["id"], author=row["author"], source=row["source"], content="", at=row["at"], post=None)
        for row in await tx.rows(SQL.remarks, ticket, MOST)
    ]
    begun = await posts.by_id(tx, thread) if thread is not None else None
    if begun is None:
        return kept
    _, below = await posts.thread(tx, viewer, begun)
    found = await posts.by_ids(tx, below)
    said = [found[id] for id in below if id in found]
    return [*kept, *(_of_post(each) for each in said if each.author != group)]


async def text_of(tx: Tx, post: int) -> tuple[str, str]:
    """The title and the text of a post, as somebody would have typed them in a ticket."""
    found = await posts.by_id(tx, post)
    if found is None:
        raise Missing
    words = (found.source or plain(found.content)).strip()
    first, _, rest = words.partition("\n")
    if found.title:
        return found.title, words
    return (first[:197] + "…", words) if len(first) > 200 else (first, rest.strip())


async def circle(tx: Tx, repository: Repository) -> Actor:
    """The project's group."""
    return await _circle(tx, repository)


async def _circle(tx: Tx, repository: Repository) -> Actor:
    return await actors.by_id(tx, repository.circle)


def _of_post(post: posts.Post) -> Remark:
    return Remark(
        id=post.id,
        author=post.author,
        source=post.source or "",
        content=post.content,
        at=post.published_at,
        post=post.id,
    )


def _mention(actor: Actor) -> str:
    return f"@{actor.acct}"


def _name(actor: Actor) -> str:
    return _quiet(actor.display_name).strip() or actor.name


def _quiet(text: str) -> str:
    """What others wrote names nobody and tags nothing in the group's name."""
    return _LIVE.sub(lambda found: found[0] + _UNSEEN, text)
