"""Posts from elsewhere: Note and all that other software posts (Article, Page, Question, Event, Video ...)."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from phyle.errors import Malformed, Refused
from phyle.federation.reading import shapes
from phyle.federation.reading.attachments import RemoteAttachment, read_attachments
from phyle.federation.reading.ornaments import Emoji, Mention, kind_of, read_tags
from phyle.federation.reading.polls import RemotePoll, read_poll
from phyle.federation.urls import safe_link, same_origin
from phyle.federation.vocabulary import ACTOR_TYPES, POST_TYPES, PUBLIC
from phyle.federation.wire import Document

Visibility = Literal["public", "unlisted", "followers", "direct"]

_HTML = ("text/html", "application/xhtml+xml")
# In the order of trust: FEP-044f, Fedibird and Misskey's older names for the same.
_QUOTES = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePost:
    """One post as its author's server says it.

    `content` and `summary` are raw HTML: sanitise before showing. `content` is never Markdown (what is sent as such is
    escaped and kept in `source`). `author` and `uri` lie on one host. `context` is an opaque name of the conversation.
    """

    uri: str
    type: str
    author: str
    name: str | None
    content: str
    source: str | None
    summary: str | None
    sensitive: bool
    language: str | None
    url: str | None
    in_reply_to: str | None
    published: datetime | None
    updated: datetime | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience: tuple[str, ...]
    context: str | None
    mentions: tuple[Mention, ...]
    hashtags: tuple[str, ...]
    emojis: tuple[Emoji, ...]
    attachments: tuple[RemoteAttachment, ...]
    poll: RemotePoll | None
    quote: str | None

    def visibility(self, followers: str | None) -> Visibility:
        """Who may see it; `followers` is the address of the author's followers collection (as their actor names it)."""
        return visibility(self.to, self.cc, followers)

    def addressed(self, to: Iterable[str], cc: Iterable[str]) -> "RemotePost":
        """The same post with the addresses of its activity, if it says none itself (Discourse)."""
        return self if self.to or self.cc else replace(self, to=tuple(to), cc=tuple(cc))


def visibility(to: Iterable[str], cc: Iterable[str], followers: str | None) -> Visibility:
    """Mastodon's four degrees from ActivityPub's addresses: public in `to`, public in `cc`, followers, else direct."""
    if PUBLIC in to:
        return "public"
    if PUBLIC in cc:
        return "unlisted"
    if followers is not None and (followers in to or followers in cc):
        return "followers"
    return "direct"


def read_post(document: Document) -> RemotePost:
    """The post that `document` holds.

    Raises `Malformed` if it is no post, has no id, no author, or a property of a type it cannot have; `Refused` if its
    author lives on another host than the post (B9).
    """
    kind = shapes.type_of(document)
    if kind not in POST_TYPES:
        raise shapes.wrong("type", "that of a post")
    uri, author = _origin(document)
    content, source = _content(document)
    tags = read_tags(document)
    return RemotePost(
        uri=uri,
        type=kind,
        author=author,
        name=shapes.natural(document, "name"),
        content=content,
        source=source,
        summary=shapes.natural(document, "summary", shapes.LONGEST_TEXT),
        sensitive=shapes.boolean(document, "sensitive") or False,
        language=shapes.language_of(document),
        url=shapes.page(document),
        in_reply_to=shapes.link(document, "inReplyTo"),
        published=shapes.instant(document, "published"),
        updated=shapes.instant(document, "updated"),
        to=shapes.ids(document, "to"),
        cc=shapes.ids(document, "cc"),
        audience=shapes.ids(document, "audience"),
        context=shapes.link(document, "context") or shapes.link(document, "conversation"),
        mentions=tags.mentions,
        hashtags=tags.hashtags,
        emojis=tags.emojis,
        attachments=read_attachments(document),
        poll=read_poll(document) if kind == "Question" else None,
        quote=_quote(document),
    )


def is_post(document: Document) -> bool:
    """Is it of a type that is read as a post? Never an error."""
    try:
        return shapes.type_of(document) in POST_TYPES
    except Malformed:
        return False


def author_of(document: Document) -> str | None:
    """The id in `attributedTo`: of several (PeerTube names account and channel) the first Person, else the first.

    Pleroma's `actor` serves where `attributedTo` is missing.
    """
    values = shapes.listed(document, "attributedTo")
    if len(values) > 1:
        persons = [each for each in values if isinstance(each, dict) and kind_of(each) == "Person"]
        actors = [each for each in values if isinstance(each, dict) and kind_of(each) in ACTOR_TYPES]
        values = persons or actors or values
    named = {"attributedTo": values}
    return shapes.link(named, "attributedTo") or shapes.link(document, "actor")


def _origin(document: Document) -> tuple[str, str]:
    uri = shapes.id_of(document)
    if uri is None:
        raise Malformed("`id` is missing: a post without an address cannot be kept.")
    author = author_of(document)
    if author is None:
        raise Malformed("`attributedTo` is missing: the post names no author.")
    if not same_origin(uri, author):
        raise Refused("`attributedTo` lies on another host than `id`.", cause=f"{author} is no author of {uri}")
    return uri, author


def _content(document: Document) -> tuple[str, str | None]:
    content = shapes.natural(document, "content", shapes.LONGEST_TEXT) or ""
    source = _source(document)
    media_type = document.get("mediaType")
    if isinstance(media_type, str) and media_type.partition(";")[0].strip().lower() not in _HTML:
        return _escaped(content), source or content or None
    return content, source


def _source(document: Document) -> str | None:
    # An object with `content` and `mediaType` (AS2 ActivityPub §3.3), or just the text (Pleroma).
    value = document.get("source")
    if isinstance(value, dict):
        value = value.get("content")
    return value[: shapes.LONGEST_TEXT] if isinstance(value, str) else None


def _escaped(content: str) -> str:
    paragraphs = html.escape(content.replace("\r\n", "\n").strip(), quote=False).split("\n\n")
    return "".join(f"<p>{each.strip().replace(chr(10), '<br>')}</p>" for each in paragraphs if each.strip())


def _quote(document: Document) -> str | None:
    for name in _QUOTES:
        value = document.get(name)
        if isinstance(value, dict):
            value = value.get("id")
        if isinstance(value, str) and (found := safe_link(value)):
            return found
    return next((found for item in shapes.objects(document, "tag") if (found := _object_link(item))), None)


def _object_link(item: Document) -> str | None:
    # FEP-e232: a Link among the tags whose media type is ActivityPub's.
    media_type = item.get("mediaType")
    if kind_of(item) != "Link" or not isinstance(media_type, str):
        return None
    spoken = media_type.startswith("application/activity+json") or (
        media_type.startswith("application/ld+json") and "activitystreams" in media_type
    )
    return safe_link(item.get("href")) if spoken else None
