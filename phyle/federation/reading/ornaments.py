"""What adorns actors and posts alike: custom emojis, icons, mentions and hashtags in `tag`.

An ornament that cannot be used is passed over; it never costs the post.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from phyle.federation.reading import shapes
from phyle.federation.urls import safe_link
from phyle.federation.wire import Document

Emoji = dict[str, str]

_MOST = 200
# The name becomes part of addresses and file names: nothing else is allowed (G10).
_SHORTCODE = re.compile(r"[A-Za-z0-9_]{1,100}")


class Mention(NamedTuple):
    """`href` is the actor's id; `name` is as its author wrote it, `@ana@coop.example`, or empty."""

    href: str
    name: str


class Tags(NamedTuple):
    """`hashtags` without the leading `#`; `emojis` as {"shortcode", "url", "static_url"}."""

    mentions: tuple[Mention, ...]
    hashtags: tuple[str, ...]
    emojis: tuple[Emoji, ...]


def read_tags(document: Document) -> Tags:
    """Everything in `tag`, sorted by kind, each once."""
    mentions: dict[str, Mention] = {}
    hashtags: dict[str, None] = {}
    emojis: dict[str, Emoji] = {}
    for item in shapes.objects(document, "tag"):
        kind = kind_of(item)
        name = item.get("name")
        said = name[: shapes.LONGEST_NAME] if isinstance(name, str) else ""
        if kind == "Mention" and (href := safe_link(item.get("href"))):
            mentions.setdefault(href, Mention(href, said))
        elif kind == "Hashtag" and (tag := said.strip().lstrip("#")):
            hashtags[tag] = None
        elif kind == "Emoji" and (emoji := _emoji(item, said)):
            emojis.setdefault(emoji["shortcode"], emoji)
    return Tags(tuple(mentions.values())[:_MOST], tuple(hashtags)[:_MOST], tuple(emojis.values())[:_MOST])


def kind_of(item: Document) -> str | None:
    """The type of an ornament: the first name, or None; never an error."""
    value = item.get("type")
    if isinstance(value, list):
        value = next((name for name in value if isinstance(name, str)), None)
    return value if isinstance(value, str) else None


def icon(document: Document, name: str) -> str | None:
    """The largest picture of `icon` or `image`: a string, an Image, or several sizes of it."""
    best, widest = None, -1
    for item in shapes.listed(document, name):
        width = (shapes.count(item, "width") or 0) if isinstance(item, dict) else 0
        if width > widest and (found := shapes.target(item)):
            best, widest = found, width
    return best


def _emoji(item: Document, name: str) -> Emoji | None:
    shortcode = name.strip(":")
    url = icon(item, "icon")
    if url is None or not _SHORTCODE.fullmatch(shortcode):
        return None
    return {"shortcode": shortcode, "url": url, "static_url": url}


def fields(document: Document, most: int = 16) -> Iterator[dict[str, str]]:
    """The rows of an actor's table, each `PropertyValue` of `attachment`: {"name", "value"}, the value in raw HTML."""
    found = 0
    for item in shapes.objects(document, "attachment"):
        name, value = item.get("name"), item.get("value")
        if kind_of(item) == "PropertyValue" and isinstance(name, str) and isinstance(value, str) and found < most:
            found += 1
            yield {"name": name[: shapes.LONGEST_NAME], "value": value[:2048]}
