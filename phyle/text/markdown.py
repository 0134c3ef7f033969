"""Markdown that somebody wrote -> HTML that may be shown: charters, and files like READMEs."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape, unescape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from phyle.text.folding import well_formed
from phyle.text.links import URL, address, trimmed

Links = Callable[[str], str | None]
"""What an address, as written in the text, leads to from the page that shows it; None: it stays words."""

MAX_SOURCE = 1 << 17  # characters of a text that are read
_MAX_URL = 2_048
_MAX_NESTING = 20  # the time that brackets and quotations take grows with it
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEMES = {"http", "https", "mailto"}
_NO_SLUG = re.compile(r"[^\w\- ]+")
_NUMBERED = re.compile(r'<li value="([0-9]+)">')
_TAG = re.compile(r"<[^<>]*>")
_NO_WORD = re.compile(r"[\W_]+")

# fmt: off
_TAGS = {
    "p", "br", "a", "s", "pre", "code", "blockquote", "strong", "em", "ul", "ol", "li", "hr", "img",
    "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6",
}
# fmt: on
_IDS = {f"h{level}": {"id"} for level in range(1, 7)}

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "li": {"value"}, **_IDS},
    link_rel="nofollow noopener noreferrer",
    url_schemes=_SCHEMES,
    url_relative="pass_through",
)


def _is_short(url: str) -> bool:
    return len(url) <= _MAX_URL


def _parser() -> MarkdownIt:
    """CommonMark, tables and ~~strikes~~; HTML in it is text. Long addresses, repeated by name, would be a bomb."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    parser.validateLink = _is_short  # type: ignore[method-assign]  # the library's own way to set the rule
    return parser


_PARSER = _parser()
_PLAIN_PARSER = _parser().disable(["reference", "entity"])


def web_only(href: str) -> str | None:
    """Absolute addresses of the web and of mail, and places on the same page; nothing else is a link."""
    return href if href.startswith("#") or _SCHEME.match(href) else None


def nowhere(_href: str) -> str | None:
    """No address leads anywhere: pictures become their descriptions, which tells no third party who is reading."""
    return None


def rendered(source: str, *, links: Links = web_only, images: Links = nowhere, top: int = 2, anchors: str = "") -> str:
    """The Markdown `source` as HTML made only of elements that we allow; pure, and linear in its length.

    `links` and `images` are given each address and answer where it leads. `top` is the level of the largest heading (1
    to 6). With `anchors`, a prefix for ids, headings can be linked to: `#usage` then leads to `#<anchors>usage`. HTML
    in the source is shown as text. What is longer than `MAX_SOURCE` characters is cut; what is nested deeper than any
    reader could follow is left out. A hostile text of that size takes a second: not on the event loop.
    """
    tokens = _PARSER.parse(well_formed(source[:MAX_SOURCE]))
    _prepare(tokens, top)
    _anchor(tokens, anchors)
    for token in tokens:
        if token.children is not None:
            token.children = [*_inline(token.children, _leading(links, anchors), _leading(images, ""), shown=False)]
    return _written(tokens)


def faithful(source: str, *, links: Links = web_only, top: int = 3) -> str:
    """Like `rendered`, but for texts that people sign: no word, number or address of `source` stays unseen.

    Links say where they lead and items keep their numbers. If Markdown would still hide something (names for links,
    titles, what no column is there for), the text is shown as it was typed.
    """
    typed = f"<pre>{escape(well_formed(source), quote=False)}</pre>"
    if len(source) > MAX_SOURCE:
        return typed
    tokens = _PLAIN_PARSER.parse(well_formed(source))
    _prepare(tokens, top)
    for token in tokens:
        if token.children is not None:
            token.children = [*_inline(token.children, _leading(links, ""), nowhere, shown=True)]
    html = _written(tokens)
    seen = unescape(_TAG.sub("", _NUMBERED.sub(r"\1", html)))
    return html if _NO_WORD.sub("", seen) == _NO_WORD.sub("", source) else typed


def _written(tokens: list[Token]) -> str:
    return _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def _leading(links: Links, anchors: str) -> Links:
    """`links`, guarded: what was answered must be an address that no browser reads as something else."""

    def leads(href: str) -> str | None:
        found = links(f"#{anchors}{href[1:]}" if href.startswith("#") else href)
        if found is None or _UNSAFE.search(found):
            return None
        scheme = _SCHEME.match(found)
        return found if scheme is None or scheme[0][:-1].lower() in _SCHEMES else None

    return leads


def _prepare(tokens: list[Token], top: int) -> None:
    """Sets headings to their level; list items say their number as it was typed; styles are dropped."""
    for token in tokens:
        token.attrs.pop("style", None)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + top - 1, 6)}"
        elif token.type == "list_item_open" and token.info:
            token.attrSet("value", str(int(token.info)))
        elif token.type == "fence":
            token.info = ""


def _anchor(tokens: list[Token], anchors: str) -> None:
    """Gives each heading an id: its words in lower case with - between them, numbered from the second on."""
    if not anchors:
        return
    taken: Counter[str] = Counter()
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            slug = _NO_SLUG.sub("", words.content.lower()).strip().replace(" ", "-")[:100]
            heading.attrSet("id", f"{anchors}{slug}" + (f"-{taken[slug]}" if taken[slug] else ""))
            taken[slug] += 1


def _inline(tokens: list[Token], links: Links, images: Links, *, shown: bool) -> Iterator[Token]:
    """The words of one paragraph with links and images led to where they lead; `shown` writes addresses out."""
    opened: list[str | None] = []
    for token in tokens:
        if token.type == "link_open":
            opened.append(links(href := str(token.attrs["href"])))
            token.attrs = {"href": opened[-1] or ""}
            token.meta = {"href": href}
            start = token
        elif token.type == "image":
            yield from _image(token, images, shown=shown)
            continue
        if token.type in {"link_open", "link_close"}:
            leads = opened[-1] if token.type == "link_open" else opened.pop()
            if leads is not None:
                yield token
            if token.type == "link_close" and shown and start.info != "auto":
                yield _words(f" ({start.meta['href']})")
        elif token.type == "text" and not opened:
            yield from _bare(token, links)
        else:
            yield token


def _image(token: Token, images: Links, *, shown: bool) -> Iterator[Token]:
    source = str(token.attrs["src"])
    leads = images(source)
    if leads is None:
        yield _words(token.content + (f" ({source})" if shown else ""))
    else:
        token.attrs = {"src": leads, "alt": token.content}
        yield token


def _bare(token: Token, links: Links) -> Iterator[Token]:
    """A text in which addresses that are just written down become links."""
    text, end = token.content, 0
    for match in URL.finditer(text) if "://" in text else ():
        url = trimmed(match[0])
        found = address(url)
        leads = links(found.url) if found is not None else None
        if leads is not None:
            yield _words(text[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": leads})
            yield _words(url)
            yield Token("link_close", "a", -1)
            end = match.start() + len(url)
    yield _words(text[end:])


def _words(text: str) -> Token:
    return Token("text", "", 0, content=text)
