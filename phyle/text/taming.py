"""Large documents, rewritten so that no HTML parser can be made slow by them.

A parser that follows the HTML standard needs quadratic time for thousands of attributes in one tag, for thousands of
open elements, and for formatting elements that it must open again in every paragraph. Ordinary posts are too small for
that to matter. What is larger passes here first: few tags, few attributes, and every `<` that stays was written by us.
"""

import re

MAX_LENGTH = 1 << 18  # characters that are read, a book's chapter; what follows is dropped
MAX_TAGS = 3_000  # a document with more keeps its text only
_SMALL_LENGTH = 8_192
_SMALL_TAGS = 250

_TAG = re.compile(r"(/?[a-zA-Z][a-zA-Z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"""\b(href|class|translate|lang|start|value)=("[^"]*"|'[^']*')""", re.IGNORECASE)
_MAX_ATTRIBUTES = 6
_KEEPS_ATTRIBUTES = frozenset({"a", "span", "p", "ol", "li"})


def is_small(html: str) -> bool:
    """Whether even the worst document of this size is parsed at once."""
    return len(html) <= _SMALL_LENGTH and html.count("<") <= _SMALL_TAGS


def tame(html: str) -> str | None:
    """`html` with simple tags only; None if there are too many of them."""
    first, *rest = _without_comments(html).split("<")
    if len(rest) > MAX_TAGS:
        return None
    return first + "".join(map(_simple, rest))


def _without_comments(html: str) -> str:
    kept, end = [], 0
    while (opening := html.find("<!--", end)) >= 0:
        kept.append(html[end:opening])
        closing = html.find("-->", opening + 4)
        end = len(html) if closing < 0 else closing + 3
    return "".join([*kept, html[end:]])


def _simple(chunk: str) -> str:
    """One piece between two `<`: the tag in plain form and the text after it, or text if it is no tag."""
    found = _TAG.match(chunk)
    if found is None:
        return "&lt;" + chunk if chunk[:1] not in {"!", "?"} else chunk.partition(">")[2]
    name, attributes = found[1].lower(), ""
    if name in _KEEPS_ATTRIBUTES:
        pairs = _ATTRIBUTE.findall(found[2])[:_MAX_ATTRIBUTES]
        attributes = "".join(f" {key}={value}" for key, value in pairs)
    return f"<{name}{attributes}>{chunk[found.end() :]}"
