"""Bytes from and for the wire: strict JSON in, compact JSON out.

No JSON-LD processing happens anywhere: `@context` is data like the rest and is never resolved. What two parsers could
understand differently (duplicate keys, numbers beyond 64 bits, lone surrogates) is refused here, once.
"""

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

import orjson

from phyle.errors import Malformed, TooLarge

Document = dict[str, Any]

LARGEST = 1 << 20
DEEPEST = 64

_BOM = b"\xef\xbb\xbf"
_INTEGERS = range(-(1 << 63), 1 << 63)
_INTEGER_DIGITS = 20
# A string (closed or not: the scan must stay linear for unclosed ones) or one bracket.
_BRACKETS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"?|[\[\]{}]', re.DOTALL)
_SUSPECT_TEXT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes, *, largest: int = LARGEST) -> Document:
    """The JSON object (RFC 8259, RFC 7493 "I-JSON") that `body` holds.

    Raises `TooLarge` above `largest` bytes; `Malformed` for anything but one object, for bad UTF-8, duplicate keys, NaN
    and infinities, integers outside 64 bits, more than 64 levels, lone surrogates and NUL characters.
    """
    if len(body) > largest:
        raise TooLarge(f"The document has {len(body)} bytes; at most {largest} are read.")
    _check_depth(body)
    try:
        document = _DECODER.decode(body.removeprefix(_BOM).decode())
    except UnicodeDecodeError as error:
        raise Malformed(f"The document is not UTF-8: byte {error.start} cannot be decoded.") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"The document is not JSON: {error}.") from error
    except RecursionError as error:
        raise Malformed(f"The document is nested deeper than {DEEPEST} levels.") from error
    if not isinstance(document, dict):
        raise Malformed(f"The document is not a JSON object but {_kind(document)}.")
    if _SUSPECT_TEXT.search(body):
        _check_texts(document)
    return document


def dump(document: object) -> bytes:
    """`document` as compact UTF-8 JSON, keys in the order given."""
    return orjson.dumps(document)


def _check_depth(body: bytes) -> None:
    # No document can be deeper than it has opening brackets: most are cleared by two counts.
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return
    depth = 0
    for match in _BRACKETS.finditer(body):
        first = body[match.start()]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Malformed(f"The document is nested deeper than {DEEPEST} levels.")
        elif first in b"]}":
            depth -= 1


def _check_texts(document: Document) -> None:
    # Neither can be stored as text, and a lone surrogate cannot even be written again.
    left: list[Any] = [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value)
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, str) and _UNSTORABLE.search(value):
            raise Malformed("The document has a text with a lone surrogate or a NUL character.")


def _object(pairs: list[tuple[str, Any]]) -> Document:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed(f"The document says {_first_twice(pairs)[:100]!a} twice in one object.")
    return made


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    counts = Counter(name for name, _ in pairs)
    return next(name for name, count in counts.items() if count > 1)


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS or (number := int(digits)) not in _INTEGERS:
        raise Malformed("The document has an integer beyond 64 bits.")
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Malformed("The document has a number beyond double precision.")
    return number


def _constant(name: str) -> NoReturn:
    raise Malformed(f"The document is not JSON: {name} is not a value.")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str):
        return "a string"
    return "null" if value is None else "a number or a truth value"


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
