"""Plain text out of HTML, back into paragraphs, and short versions of it."""

import re
from html import escape, unescape

from phyle.text.folding import well_formed
from phyle.text.taming import MAX_LENGTH

_BREAK = re.compile(r"<(?:br|/?(?:p|pre|div|blockquote|ul|ol|li|h[1-6]|tr|hr|table))\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_MANY_BREAKS = re.compile(r"\n(?:[ \t]*+\n)+")
_ROOM = 8  # spaces and line breaks that a shortened text may hold for each character that is kept
_AROUND_BREAK = re.compile(r"(?<![ \t])[ \t]+(?=\n)")


def plain(html: str) -> str:
    """The text of `html`, for descriptions, notifications and search; blocks and <br> become line breaks.

    The answer is text, not HTML: escape it before it is shown. At most `MAX_LENGTH` characters are read.
    """
    html = html[:MAX_LENGTH]
    if "<" in html:
        html = _TAG.sub("", _BREAK.sub("\n", html))
    if "&" in html:
        html = unescape(html)
    text = _AROUND_BREAK.sub("", well_formed(html).replace("\r", ""))
    return _MANY_BREAKS.sub("\n\n", text).strip()


def shorten(text: str, n: int) -> str:
    """`text` in at most `n` characters on one line, cut between words if possible, ending in … if cut."""
    text = " ".join(text[: _ROOM * (n + 1)].split())
    if len(text) <= n:
        return text
    cut = text[: max(n - 1, 0)]
    word = cut.rpartition(" ")[0] if text[len(cut)] != " " else cut
    return ((word if len(word) > n // 2 else cut).rstrip() + "…")[: max(n, 0)]


def paragraphs(text: str) -> str:
    """Text -> escaped HTML: an empty line separates paragraphs, any other line break stays one."""
    return broken(escape(text, quote=False))


def broken(html: str) -> str:
    """Inline HTML -> paragraphs, at its line breaks."""
    html = _MANY_BREAKS.sub("\n\n", html.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not html:
        return ""
    return "<p>" + html.replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"
