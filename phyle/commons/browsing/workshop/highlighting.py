"""Source code -> lines of HTML in which words have classes; nothing of it is ever run."""

import json
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

MOST = 192 << 10
"""Bytes that are coloured; what is longer is shown plain."""
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="c-")


def highlighted(body: bytes, name: str) -> bytes:
    """The lines of a text (UTF-8) as a list in JSON; null if nobody knows its language."""
    lexer = _lexer(name)
    if lexer is None:
        return b"null"
    html: str = highlight(body.decode(), lexer, _FORMATTER)
    return json.dumps(html.removesuffix("\n").split("\n")).encode()


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_for_filename(name, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None
