"""HTML from the network, made harmless: the elements Mastodon keeps, links that lead where they say, nothing else."""

import re

import nh3

from phyle.text.extracting import paragraphs, plain
from phyle.text.folding import well_formed
from phyle.text.taming import MAX_LENGTH, is_small, tame

# fmt: off
_TAGS = {
    "p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i", "em", "ul", "ol", "li",
    "ruby", "rt", "rp",
}
# What is inside these is never text meant for a reader.
_DROPPED = {
    "script", "style", "noscript", "template", "iframe", "object", "math", "svg", "title", "textarea", "select",
}
# fmt: on
_SCHEMES = {"http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"}

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={"*": {"lang"}, "a": {"href"}, "ol": {"start", "reversed"}, "li": {"value"}},
    tag_attribute_values={"a": {"translate": {"no"}}, "span": {"translate": {"no"}}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes={
        "a": {"mention", "hashtag", "u-url"},
        "span": {"h-card", "mention", "hashtag", "invisible", "ellipsis"},
        "p": {"quote-inline"},
    },
    link_rel="nofollow noopener noreferrer",
    url_schemes=_SCHEMES,
    url_relative="deny",
)
_MAX_PASSES = 5

# Blocks that we do not keep: their tags become those of paragraphs.
_BLOCK = re.compile(
    r"<(/?)(?:(h[1-6])|div|section|article|header|footer|main|aside|figure|figcaption|details|summary|table|caption|tr|hr"
    r"|dl|dt|dd|address)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"</?(?![pPaAbBiI][\s>]|span|br|/)[a-zA-Z]")
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_EMPTY_CLASS = re.compile(r'(<[a-z][^<>]*?) class=""')
_AFTER_PRE = re.compile(r"(?<=<pre>)\n+")
_LINK = re.compile(r"<a\b([^<>]*)>(.*?)</a>", re.DOTALL)
_NO_HREF = re.compile(r"<a(?![^<>]* href=)")
_LEADS_NOWHERE = re.compile(r"<a(?![^<>]* href=)[^<>]*>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r' href="(?:[a-z]+:/*)?([^"]*)"', re.IGNORECASE)
_HIDING = re.compile(r'(<[a-z][^<>]*?) class="[^"<>]*\b(?:invisible|ellipsis)\b[^"<>]*"')
_UNSEEN = re.compile(r'<span[^<>]* class="[^"]*\binvisible\b[^"]*"[^<>]*>[^<>]*</span>')
_MARKUP = re.compile(r"<[^<>]*>")


def sanitise(html: str) -> str:
    """Foreign HTML -> HTML that may be shown; sanitising it again changes nothing.

    Elements, classes and schemes are those of Mastodon 4; headings become strong paragraphs, other blocks paragraphs.
    Links that are relative, without scheme, or of another scheme become their text. Parts of a link may be hidden only
    while its host stays visible. What is longer than `MAX_LENGTH` is cut; of thousands of tags only the text stays.
    """
    html = well_formed(html[:MAX_LENGTH])
    if "<" in html:
        return _stable(html)
    return _CLEANER.clean(html) if "&" in html or ">" in html else html


def _stable(html: str) -> str:
    """Cleans until nothing changes: markup that changes when it is parsed again is how sanitisers are walked round."""
    before = html
    for _ in range(_MAX_PASSES):
        tamed = before if is_small(before) else tame(before)
        if tamed is None:
            break
        after = _cleaned(tamed)
        if after == before:
            return after
        before = after
    return paragraphs(plain(before))


def _cleaned(html: str) -> str:
    """One pass. What most posts do not need is asked for first: this is done to everything that arrives."""
    if _FOREIGN.search(html):
        html = _CELL.sub(" ", _BLOCK.sub(_paragraph, html))
    html = _CLEANER.clean(html)
    if ' class=""' in html:
        html = _EMPTY_CLASS.sub(r"\1", html)
    if "<pre>\n" in html:
        html = _AFTER_PRE.sub("", html)
    if _NO_HREF.search(html):
        html = _LEADS_NOWHERE.sub(r"\1", html)
    html = html.replace("<p></p>", "")
    return _revealed(html) if "invisible" in html or "ellipsis" in html else html


def _paragraph(tag: re.Match[str]) -> str:
    if tag[2]:
        return "</strong></p>" if tag[1] else "<p><strong>"
    return f"<{tag[1]}p>"


def _revealed(html: str) -> str:
    """Shows what was hidden outside links, and what was hidden in a link that does not begin with its host."""
    pieces, end = [], 0
    for link in _LINK.finditer(html):
        pieces += [_HIDING.sub(r"\1", html[end : link.start()]), _honest(link)]
        end = link.end()
    return "".join([*pieces, _HIDING.sub(r"\1", html[end:])])


def _honest(link: re.Match[str]) -> str:
    """The link if all it hides is beside its host; else with nothing hidden."""
    href, rest = _HREF.search(link[1]), _UNSEEN.sub("", link[2])
    if href is None or "invisible" in rest:  # still there: something is hidden in a way that we do not follow
        return _HIDING.sub(r"\1", link[0])
    host = re.split("[/?#]", href[1].lower(), maxsplit=1)[0].rpartition("@")[2]
    shown = _MARKUP.sub("", rest).strip().lower()
    begins = re.match(rf"(?:www\.)?{re.escape(host.removeprefix('www.'))}(?![\w.:@-])", shown)
    return link[0] if host and begins else _HIDING.sub(r"\1", link[0])
