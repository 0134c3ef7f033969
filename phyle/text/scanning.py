"""What a member typed, taken apart: words, links, mentions and hashtags, in their order."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from bleach.linkifier import LinkifyFilter

from phyle.text.folding import fold, normal_hashtag
from phyle.text.links import URL, Address, address, trimmed

MAX_SCANNED = 20_000  # characters in which links, mentions and hashtags are looked for; what follows is words
MAX_HASHTAG = 100

_CODE = re.compile(r"(?<![\w`])`[^`\n]++`(?![\w`])")
# No possessive groups: Python before 3.11.5 loses its place when the last round of one fails half way.
_MARK = re.compile(
    r"(?<![\w=/])@(?P<mention>[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*(?:@\w++(?:[.-]++\w++)*(?::[0-9]{1,5}+(?![0-9]))?)?)"
    r"|(?<![\w=/)&])[#＃](?P<hashtag>[^\s!-/:-@\[-^`{-~＃]++)"
)
_SEPARATORS = "·・\u200c"


class Piece(NamedTuple):
    """`text` is what was typed; `name` a mention or hashtag without its sign; `link` where a URL leads."""

    kind: Literal["words", "link", "mention", "hashtag"]
    text: str
    name: str = ""
    link: Address | None = None


def scan(text: str) -> Iterator[Piece]:
    """The pieces of `text`; their texts joined are `text` again. Nothing is found inside `code`."""
    head, tail, end = text[:MAX_SCANNED], text[MAX_SCANNED:], 0
    for code in _CODE.finditer(head):
        yield from _prose(head[end : code.start()])
        yield Piece("words", code[0])
        end = code.end()
    yield from _prose(head[end:])
    if tail:
        yield Piece("words", tail)


def mentions_in(text: str) -> list[str]:
    """The names mentioned in `text`: `ana`, `ana@host` or `ana@host:port`, folded, in order, once each."""
    return list(dict.fromkeys(fold(piece.name) for piece in scan(text) if piece.kind == "mention"))


def hashtags_in(text: str) -> list[str]:
    """The hashtags of `text` as first typed, without #, in order, once for each normal form."""
    return unique_hashtags(piece.name for piece in scan(text) if piece.kind == "hashtag")


def unique_hashtags(names: Iterable[str]) -> list[str]:
    """The first of all names that have the same normal form."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(normal_hashtag(name), name)
    return list(first.values())


def _prose(text: str) -> Iterator[Piece]:
    if "://" not in text:
        yield from _marks(text)
        return
    link: Address | None = None
    for token in _Links([{"type": "Characters", "data": text}]):
        if token["type"] == "StartTag":
            link = token["data"][_ADDRESS]
        elif token["type"] == "EndTag":
            link = None
        elif link is not None:
            yield Piece("link", token["data"], link=link)
        else:
            yield from _marks(token["data"])


def _marks(text: str) -> Iterator[Piece]:
    end = 0
    for found in _MARK.finditer(text):
        hashtag = found["hashtag"]
        name = found["mention"] if hashtag is None else _hashtag(hashtag)
        if not name:
            continue
        if found.start() > end:
            yield Piece("words", text[end : found.start()])
        end = found.start() + 1 + len(name)
        yield Piece("mention" if hashtag is None else "hashtag", text[found.start() : end], name)
    if end < len(text):
        yield Piece("words", text[end:])


def _hashtag(run: str) -> str:
    """The tag at the start of `run`: letters, marks and digits of any script, not digits alone; "" if there is none."""
    end = 0
    for character in run[: MAX_HASHTAG + 1]:
        if not (character.isalnum() or character in "_" + _SEPARATORS or unicodedata.category(character)[0] == "M"):
            break
        end += 1
    name = run[:end].rstrip(_SEPARATORS)
    return name if len(name) <= MAX_HASHTAG and any(map(str.isalpha, name)) else ""


_ADDRESS = (None, "address")


def _callback(attributes: dict[Any, Any], _new: bool) -> Mapping[Any, Any] | None:
    found = address(attributes["_text"])
    return None if found is None else {**attributes, _ADDRESS: found}


class _Links(LinkifyFilter):  # type: ignore[misc]  # bleach has no types
    """bleach's linkifier on one run of text that has no markup, with our idea of a URL and of its end."""

    def __init__(self, source: list[dict[str, str]]) -> None:
        super().__init__(source, callbacks=[_callback], url_re=URL)

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        url = trimmed(fragment)
        return url, "", fragment[len(url) :]

    def extract_entities(self, token: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield token  # &amp; in a text is these five characters
