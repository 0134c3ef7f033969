"""Posts and people as pages show them.

Three texts are HTML that templates show as it is: `Card.content`, which was made safe before it was stored, and the
results of `summary` and `fields`, which are made safe here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from phyle.conversation.posts import Post
from phyle.conversation.views import View
from phyle.federation.urls import safe_link
from phyle.identity.actors import Actor
from phyle.settings import Settings
from phyle.text import plain, sanitise, shorten

_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_LONGEST_TITLE = 60
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An actor in a list or beside a post. `page` is one of ours; `handle` is whole: `@ana@coop.org`."""

    name: str
    handle: str
    page: str
    avatar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture, film or sound, mostly on another server; `kind` is image, video, audio or file."""

    kind: str
    url: str
    preview: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer of a poll; votes are None while they are not told."""

    title: str
    votes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A post. For a boost: what it boosts, and who boosted it."""

    id: int
    page: str
    original: str | None
    author: Person
    booster: Person | None
    title: str
    spoiler: str
    content: str
    language: str | None
    visibility: str
    sensitive: bool
    published_at: datetime
    edited_at: datetime | None
    attachments: Sequence[Attachment]
    options: Sequence[Option]
    replies: int
    boosts: int
    favourites: int
    favourited: bool
    boosted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line of a profile. `me`: an address that is said to be the same person's (`rel=me`)."""

    name: str
    value: str
    me: str | None
    verified: bool


def person(actor: Actor, settings: Settings) -> Person:
    """How an actor is named and pictured."""
    return Person(
        name=name(actor),
        handle=f"@{actor.name}@{actor.host or settings.account_domain}",
        page=f"/@{quote(actor.acct, safe='@:.')}",
        avatar=safe_link(actor.avatar_url) or "/static/avatar.png",
    )


def name(actor: Actor) -> str:
    """What an actor wants to be called, without the marks that would turn the words around it about (UAX 9)."""
    return actor.display_name.translate(_TURNING).strip() or actor.name


def card(view: View, settings: Settings) -> Card:
    """A post as a page shows it."""
    post = view.boosted or view.post
    author = person(view.boosted_author or view.author, settings)
    return Card(
        id=post.id,
        page=f"{author.page}/{post.id}",
        original=None if post.local else safe_link(post.url) or safe_link(post.uri),
        author=author,
        booster=person(view.author, settings) if view.boosted else None,
        title=_heading(post),
        spoiler=post.spoiler,
        content=post.content,
        language=post.language,
        visibility=post.visibility,
        sensitive=post.sensitive,
        published_at=post.published_at,
        edited_at=post.edited_at,
        attachments=[made for each in post.attachments if (made := _attachment(each))],
        options=_options(post.poll),
        replies=post.replies_count,
        boosts=post.boosts_count,
        favourites=post.favourites_count,
        favourited=view.favourited,
        boosted=view.reblogged,
    )


def cards(views: Iterable[View], settings: Settings) -> list[Card]:
    """Several posts."""
    return [card(view, settings) for view in views]


def summary(actor: Actor) -> str:
    """What an actor says of themselves."""
    return sanitise(actor.summary)


def fields(actor: Actor) -> list[Field]:
    """The lines of a profile."""
    return [_field(each) for each in actor.fields]


def excerpt(post: Post, most: int = 200) -> str:
    """A post in a few words, or only its warning."""
    return shorten(post.spoiler or post.title or plain(post.content), most)


def _heading(post: Post) -> str:
    """The title, unless the post begins with it: what groups and the agora write says it for apps that show none."""
    begins = plain(post.content).replace("\u2060", "").lstrip()
    return "" if post.title and begins.startswith(post.title) else post.title


def title(post: Post, author: Actor) -> str:
    """What the window of a post is called."""
    return f"{name(author)}: “{excerpt(post, _LONGEST_TITLE)}”"


def _field(given: Mapping[str, Any]) -> Field:
    value = str(given.get("value", ""))
    return Field(
        name=str(given.get("name", "")),
        value=sanitise(value),
        me=safe_link(text) if (text := plain(value)).startswith(("http://", "https://")) else None,
        verified=bool(given.get("verified_at")),
    )


def _attachment(given: Mapping[str, Any]) -> Attachment | None:
    url = safe_link(given.get("url")) or safe_link(given.get("remote_url"))
    if url is None:
        return None
    return Attachment(
        kind=_KINDS.get(str(given.get("type")), "file"),
        url=url,
        preview=safe_link(given.get("preview_url")) or url,
        description=str(given.get("description") or ""),
    )


def _options(poll: Mapping[str, Any] | None) -> list[Option]:
    if not poll:
        return []
    return [
        Option(title=str(each.get("title", "")), votes=each.get("votes_count")) for each in poll.get("options") or ()
    ]
