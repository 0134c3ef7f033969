"""Parameters, however they were sent: query, form, multipart or JSON, with Rails's bracketed keys; all bounded."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

import orjson
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from phyle.errors import Malformed, TooLarge, Unprocessable

MOST_BYTES = 1 << 20
MOST_PARTS = 1000
DEEPEST = 6
_JSON_DEEPEST = 32

Pairs = list[tuple[str, str]]
Parameters = dict[str, Any]


def query(text: bytes | str) -> Pairs:
    """Names and values of `a=1&b[]=2` in order. Malformed when it is not UTF-8, TooLarge beyond MOST_PARTS."""
    if not text:
        return []
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    if text.count("&") >= MOST_PARTS:
        raise TooLarge(f"More than {MOST_PARTS} parameters are not accepted.")
    pairs = []
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((_decoded(name), _decoded(value)))
    return pairs


def _decoded(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("A parameter is not valid UTF-8.") from None


def body(content_type: str, data: bytes) -> Parameters:
    """The parameters that a body carries. Malformed, TooLarge; Unprocessable when files come along."""
    if not data:
        return {}
    kind, options = parse_options_header(content_type)
    if kind == "application/json" or kind.endswith("+json"):
        return _json(data)
    if kind == "multipart/form-data":
        return nested(_multipart(data, options.get("boundary", "")))
    if kind in ("application/x-www-form-urlencoded", ""):
        return nested(query(data))
    raise Malformed(f"A body of the type {kind[:100]!r} is not understood; send JSON or a form.")


def _json(data: bytes) -> Parameters:
    if not data.strip():
        return {}
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not valid JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(_JSON_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise Malformed(f"The body is nested deeper than {_JSON_DEEPEST} levels.")


def _multipart(data: bytes, boundary: str) -> Pairs:
    if not boundary or len(boundary) > 200 or not boundary.isascii():
        raise Malformed("The multipart body has no proper boundary.")
    decoder = MultipartDecoder(boundary.encode(), max_form_memory_size=MOST_BYTES, max_parts=MOST_PARTS)
    decoder.receive_data(data)
    decoder.receive_data(None)
    try:
        return _fields(decoder)
    except RequestEntityTooLarge:
        raise TooLarge(f"More than {MOST_PARTS} parts are not accepted.") from None
    except UnicodeDecodeError:
        raise Malformed("A part is not valid UTF-8.") from None
    except ValueError:
        raise Malformed("The multipart body is broken.") from None


def _fields(decoder: MultipartDecoder) -> Pairs:
    pairs: Pairs = []
    name, value = "", bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, File):
            if event.filename:
                raise Unprocessable("This server does not take uploads yet.")
            name, value = event.name or "", bytearray()
        elif isinstance(event, Field):
            name, value = event.name or "", bytearray()
        elif isinstance(event, Data):
            value += event.data
            if not event.more_data:
                pairs.append((name, value.decode()))
    return pairs


def nested(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """`a[]=1`, `a[b]=2`, `a[0][b]=3` as lists and objects; a plain name that is repeated becomes a list.

    Malformed when a name is nested deeper than DEEPEST, or used both as a value and as an object.
    """
    found: Parameters = {}
    for name, value in pairs:
        if "[" not in name:
            _add(found, name, value)
        else:
            _put(found, _keys(name), value)
    return found


def _add(found: Parameters, name: str, value: str) -> None:
    known = found.get(name)
    if known is None:
        found[name] = value
    elif isinstance(known, list):
        known.append(value)
    elif isinstance(known, str):
        found[name] = [known, value]
    else:
        raise _used_twice(name)


def _keys(name: str) -> list[str]:
    first, *rest = name.replace("]", "").split("[")
    if len(rest) >= DEEPEST:
        raise Malformed(f"A parameter's name is nested deeper than {DEEPEST} levels.")
    return [first, *rest]


def _put(found: Parameters, keys: list[str], value: str) -> None:
    """Walk to the place that the keys name, making objects and lists on the way, as Rack does."""
    place, last = found, len(keys) - 1
    index = 0
    while index < last and keys[index + 1] != "":
        place = _object(place, keys[index])
        index += 1
    if index == last:
        _set(place, keys[index], value)
        return
    members = _list(place, keys[index])
    if index + 1 == last:
        members.append(value)
        return
    rest = keys[index + 2 :]
    if not members or not isinstance(members[-1], dict) or (len(rest) == 1 and rest[0] in members[-1]):
        members.append({})
    _put(members[-1], rest, value)


def _object(place: Parameters, key: str) -> Parameters:
    inner = place.setdefault(key, {})
    if not isinstance(inner, dict):
        raise _used_twice(key)
    return inner


def _list(place: Parameters, key: str) -> list[Any]:
    inner = place.setdefault(key, [])
    if isinstance(inner, str):
        inner = place[key] = [inner]
    if not isinstance(inner, list):
        raise _used_twice(key)
    return inner


def _set(place: Parameters, key: str, value: str) -> None:
    if isinstance(place.get(key), dict | list):
        raise _used_twice(key)
    place[key] = value


def _used_twice(key: str) -> Malformed:
    return Malformed(f"The parameter {key[:100]!r} is used in two ways.")
