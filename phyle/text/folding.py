"""Names and tags as they are compared and stored, independent of any collation of the database."""

import re
import unicodedata

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SHORTCODE = re.compile("[A-Za-z0-9_]{1,100}")


def fold(name: str) -> str:
    """The form in which two names are equal: NFKC and casefold (Unicode 3.13, R5), stable when repeated."""
    if name.isascii():
        return name.lower()
    for _ in range(2):  # folding can undo the normal form, and the normal form can need folding again
        name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return name


def normal_hashtag(tag: str) -> str:
    """The form under which a hashtag is stored and found; a leading # is dropped."""
    return fold(tag.lstrip("#＃"))


def is_shortcode(code: str) -> bool:
    """Whether `code` may name a custom emoji: letters, digits and _ of ASCII, so that it can be part of a path."""
    return _SHORTCODE.fullmatch(code) is not None


def well_formed(text: str) -> str:
    """`text` without control characters and lone surrogates, which neither UTF-8 nor PostgreSQL can hold."""
    return _UNWANTED.sub("", text)
