"""Small total accessors for the shapes in which peers write one property.

All agree on this: absent and null are the same; a property that may hold one value or a list accepts both; a value of
a type that the property cannot have raises `Malformed` that names the property; everything has a cap.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from phyle.errors import Malformed
from phyle.federation.urls import LONGEST, normal, safe_link
from phyle.federation.vocabulary import KNOWN_TYPES, PUBLIC, PUBLIC_ALIASES
from phyle.federation.wire import Document

LONGEST_NAME = 500
LONGEST_TEXT = 1 << 20
LONGEST_LIST = 1000
LARGEST_COUNT = (1 << 31) - 1

_NAMESPACES = ("as:", "https://www.w3.org/ns/activitystreams#", "http://www.w3.org/ns/activitystreams#")
_YEARS = range(1970, 9999)


def wrong(name: str, expected: str) -> Malformed:
    """The refusal of a property that holds what it cannot hold."""
    return Malformed(f"`{name}` must be {expected}.")


def listed(document: Document, name: str) -> list[Any]:
    """The values of a property that holds one or many, without nulls; at most 1,000."""
    value = document.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return [item for item in value[:LONGEST_LIST] if item is not None]
    return [value]


def objects(document: Document, name: str) -> Iterator[Document]:
    """The objects among the values of an ornament (`tag`, `attachment`, `icon`): what is no object is passed over."""
    return (item for item in listed(document, name) if isinstance(item, dict))


def types(document: Document) -> tuple[str, ...]:
    """All types, without the ActivityStreams prefix."""
    value = document.get("type")
    if isinstance(value, str):
        return (_short(value),)
    names = listed(document, "type")
    if not all(isinstance(name, str) for name in names):
        raise wrong("type", "a name or a list of names")
    return tuple(_short(name) for name in names)


def type_of(document: Document) -> str | None:
    """The first type that we know, else the first, else None."""
    value = document.get("type")
    if isinstance(value, str):
        return _short(value)
    names = types(document)
    return next((name for name in names if name in KNOWN_TYPES), names[0] if names else None)


def text(document: Document, name: str, longest: int = LONGEST_NAME) -> str | None:
    """A plain string, cut at `longest` characters."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(name, "a text")
    return value[:longest]


def natural(document: Document, name: str, longest: int = LONGEST_NAME) -> str | None:
    """A text that may come in languages: `name`, or else the first of `nameMap` (AS2 Core §4.7).

    Some write the map under the plain name; that is read alike.
    """
    value = document.get(name)
    if value is None:
        value = document.get(f"{name}Map")
        if isinstance(value, str):
            raise wrong(f"{name}Map", "an object of languages")
    if isinstance(value, dict):
        value = next((said for said in value.values() if isinstance(said, str)), None)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(name, "a text")
    return value[:longest]


def language_of(document: Document, name: str = "content") -> str | None:
    """The language tag of `name`: its key in the map, else `language` (Lemmy, PeerTube) or `inLanguage` (Mobilizon)."""
    words = document.get(f"{name}Map")
    if isinstance(words, dict) and words:
        said = document.get(name)
        return _language(next((tag for tag, each in words.items() if each == said), next(iter(words))))
    for each in (document.get("language"), document.get("inLanguage")):
        found = each.get("identifier") if isinstance(each, dict) else each
        if isinstance(found, str):
            return _language(found)
    return None


def identifier(value: object, name: str) -> str:
    """An id: http addresses in their one spelling, fragment kept; other schemes and bare words as they came."""
    if not isinstance(value, str):
        raise wrong(name, "an id")
    if value[:4].lower() == "http" and "://" in value[:8]:
        try:
            return normal(value, fragment=True)
        except Malformed as error:
            raise Malformed(f"`{name}` is not an address: {error.sentence}") from error
    if len(value) > LONGEST:
        raise wrong(name, f"at most {LONGEST} characters long")
    return value


def id_of(document: Document) -> str | None:
    """The document's own `id`, None if it is anonymous."""
    value = document.get("id")
    return None if value is None or value == "" else identifier(value, "id")


def link(document: Document, name: str) -> str | None:
    """The first id that a property names."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return identifier(value, name) if value else None
    return next(_ids(listed(document, name), name), None)


def links(document: Document, name: str) -> tuple[str, ...]:
    """All ids that a property names, each once, in order."""
    return tuple(dict.fromkeys(_ids(listed(document, name), name)))


def ids(document: Document, name: str) -> tuple[str, ...]:
    """As `links`, for addressing: every spelling of the public collection becomes `PUBLIC` (ActivityPub §5.6)."""
    return tuple(
        dict.fromkeys(PUBLIC if found in PUBLIC_ALIASES else found for found in _ids(listed(document, name), name))
    )


def page(document: Document, name: str = "url") -> str | None:
    """A link that a person may follow: of several, the one to HTML; never `javascript:` or `data:` (B18)."""
    value = document.get(name)
    if isinstance(value, str):
        return safe_link(value)
    found = [item for item in listed(document, name) if isinstance(item, str | dict)]
    html = (item for item in found if isinstance(item, dict) and item.get("mediaType") == "text/html")
    return next((safe for item in (*html, *found) if (safe := target(item))), None)


def target(value: object) -> str | None:
    """Where a string, a Link, an Image or a list of them leads, if a person may follow it."""
    if isinstance(value, list):
        return next((safe for item in value[:LONGEST_LIST] if (safe := target(item))), None)
    if not isinstance(value, dict):
        return safe_link(value)
    return safe_link(value.get("href")) or _nested_target(value.get("url"))


def instant(document: Document, name: str) -> datetime | None:
    """An `xsd:dateTime`, aware, in UTC; seconds and offset may lack. What is no date from 1970 on counts as absent."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(name, "a date and time")
    try:
        found = datetime.fromisoformat(value.strip().upper())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def boolean(document: Document, name: str) -> bool | None:
    """True or false; 0, 1 and their names as PHP and templates write them."""
    value = document.get(name)
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1, "0", "1", "true", "false"):
        return value in (1, "1", "true")
    raise wrong(name, "true or false")


def count(document: Document, name: str) -> int | None:
    """A number of things, 0 to 2^31-1; what is no such number counts as absent."""
    value = document.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, LARGEST_COUNT)


def _ids(values: list[Any], name: str) -> Iterator[str]:
    for value in values:
        found = (value.get("id") or value.get("href")) if isinstance(value, dict) else value
        if found is None or found == "":
            continue
        yield identifier(found, name)


def _nested_target(value: object) -> str | None:
    # One level only: an Image whose url is a Link. Deeper nesting is nobody's shape.
    for item in value if isinstance(value, list) else [value]:
        if safe := safe_link(item.get("href") if isinstance(item, dict) else item):
            return safe
    return None


def _language(tag: str) -> str | None:
    return None if tag in ("", "und", "@none") else tag[:35].replace("_", "-")


def _short(name: str) -> str:
    if ":" not in name:
        return name[:LONGEST_NAME]
    prefix = next((prefix for prefix in _NAMESPACES if name.startswith(prefix)), "")
    return name[len(prefix) : LONGEST_NAME]
