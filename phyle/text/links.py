"""A URL in a text: where it ends, where it leads, and how it is shown so that it cannot hide its host."""

import re
from dataclasses import dataclass
from html import escape

import idna

# Brackets, quotes and line-direction controls end a URL; so does a backslash, which browsers read as a slash.
URL = re.compile(
    r"(?<![A-Za-z0-9_@#$＠＃])https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f“”„«»‹›「」『』【】（）、。，"
    r"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
_AUTHORITY = re.compile(r"(.*?)(:[0-9]{1,5})?", re.DOTALL)
_MAX_HOST = 253
_MAX_URL = 2_048
_SHOWN = 30

_TRAILING = frozenset(".,;:!?'’*~…")
_CLOSING = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`url` is absolute and normal; `shown` begins with its real host, in the ASCII form name servers answer to."""

    url: str
    scheme: str
    shown: str
    hidden: str


def trimmed(url: str) -> str:
    """`url` without the punctuation after it and without closing brackets that it does not open."""
    surplus = {closing: url.count(closing) - url.count(opening) for closing, opening in _CLOSING.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def address(url: str) -> Address | None:
    """What `url` really addresses, or None if it is none. A user part is dropped: it serves only to mislead."""
    parts = _PARTS.fullmatch(url[: _MAX_URL + 1])
    if parts is None or len(url) > _MAX_URL:
        return None
    authority = _AUTHORITY.fullmatch(parts[2].rpartition("@")[2])
    host = _ascii_host(authority[1]) if authority else None
    if authority is None or host is None:
        return None
    scheme, place, rest = parts[1].lower() + "://", host + (authority[2] or ""), parts[3]
    room = max(_SHOWN - len(place), 0)
    return Address(url=scheme + place + rest, scheme=scheme, shown=place + rest[:room], hidden=rest[room:])


def _ascii_host(host: str) -> str | None:
    if not host or len(host) > _MAX_HOST:
        return None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    host = host.lower()
    return host if _HOST.fullmatch(host) else None


def anchor(found: Address) -> str:
    """The link as Mastodon writes it: the scheme and a long tail are there for copying, but not seen."""
    shown, hidden = escape(found.shown, quote=False), escape(found.hidden, quote=False)
    tail = f'<span class="invisible">{hidden}</span>' if hidden else ""
    kind = ' class="ellipsis"' if hidden else ""
    return (
        f'<a href="{escape(found.url)}" translate="no" target="_blank" rel="nofollow noopener noreferrer">'
        f'<span class="invisible">{found.scheme}</span>'
        f"<span{kind}>{shown}</span>{tail}</a>"
    )
