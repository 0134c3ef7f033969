"""A member's plain text -> HTML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from phyle.text.extracting import broken
from phyle.text.folding import fold, normal_hashtag, well_formed
from phyle.text.links import anchor
from phyle.text.scanning import Piece, scan, unique_hashtags


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a mention leads, and the name it shows (without @)."""

    url: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """`html`, and the hashtags as typed, once for each normal form."""

    html: str
    hashtags: tuple[str, ...]


def render(text: str, *, mentions: Mapping[str, Link], hashtag_url: Callable[[str], str]) -> Rendered:
    """Plain text -> paragraphs with links, mentions and hashtags; everything else is escaped.

    `mentions` has the names that `mentions_in` found and that exist; the others stay words. `hashtag_url` is given the
    normal form of a tag. Only http and https addresses become links. The length of a post is checked by the caller.
    """
    pieces = list(scan(well_formed(text)))
    html = "".join(_inline(piece, mentions, hashtag_url) for piece in pieces)
    hashtags = unique_hashtags(piece.name for piece in pieces if piece.kind == "hashtag")
    return Rendered(html=broken(html), hashtags=tuple(hashtags))


def _inline(piece: Piece, mentions: Mapping[str, Link], hashtag_url: Callable[[str], str]) -> str:
    if piece.link is not None:
        return anchor(piece.link)
    if piece.kind == "mention":
        return _mention(piece, mentions.get(fold(piece.name)))
    if piece.kind == "hashtag":
        return _hashtag(piece, hashtag_url(normal_hashtag(piece.name)))
    return escape(piece.text, quote=False)


def _mention(piece: Piece, link: Link | None) -> str:
    if link is None or not _is_web(link.url):
        return escape(piece.text, quote=False)
    name = escape(link.name, quote=False)
    return (
        f'<span class="h-card" translate="no"><a href="{escape(link.url)}" class="u-url mention">'
        f"@<span>{name}</span></a></span>"
    )


def _hashtag(piece: Piece, url: str) -> str:
    if not _is_web(url):
        return escape(piece.text, quote=False)
    return f'<a href="{escape(url)}" class="mention hashtag" rel="tag">#<span>{escape(piece.name)}</span></a>'


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
