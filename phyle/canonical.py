"""JSON in the one spelling that can be signed: the JSON Canonicalization Scheme, RFC 8785."""

from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

from phyle.errors import Malformed

DEEPEST = 128
EXACT = 2**53


def dump(value: Any) -> bytes:
    """The canonical bytes of parsed JSON: no space, members by UTF-16 code units, numbers as ECMAScript writes them.

    Malformed for what has no canonical form: NaN, infinities, numbers beyond a double, lone surrogates, nesting
    beyond 128.
    """
    parts: list[str] = []
    _write(value, parts, 0)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise Malformed("The document has text that is not Unicode and cannot be signed") from error


def _write(value: Any, parts: list[str], depth: int) -> None:
    if isinstance(value, str):
        parts.append(encode_basestring(value))
    elif value is None or value is True or value is False:
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int | float):
        parts.append(number(value))
    elif depth >= DEEPEST:
        raise Malformed("The document is nested too deeply to be signed")
    elif isinstance(value, Mapping):
        _write_object(value, parts, depth + 1)
    elif isinstance(value, list | tuple):
        _write_array(value, parts, depth + 1)
    else:
        raise Malformed("The document cannot be signed", cause=f"{type(value).__name__} is not JSON")


def _write_object(value: Mapping[str, Any], parts: list[str], depth: int) -> None:
    separator = "{"
    for name in sorted(value, key=_code_units):
        parts += separator, encode_basestring(name), ":"
        _write(value[name], parts, depth)
        separator = ","
    parts.append("}" if value else "{}")


def _write_array(value: list[Any] | tuple[Any, ...], parts: list[str], depth: int) -> None:
    separator = "["
    for item in value:
        parts.append(separator)
        _write(item, parts, depth)
        separator = ","
    parts.append("]" if value else "[]")


def _code_units(name: str) -> bytes:
    """Big-endian UTF-16 sorts as its code units do: an emoji comes before U+FB33 although its code point is greater."""
    return name.encode("utf-16-be", "surrogatepass")


def number(value: float) -> str:
    """A number as ECMAScript's Number::toString writes it (RFC 8785 section 3.2.2.3). Malformed if it is no double."""
    if isinstance(value, int) and -EXACT <= value <= EXACT:
        return str(value)
    try:
        value = float(value)
    except OverflowError as error:
        raise Malformed("The document has a number that is too large to be signed") from error
    if not isfinite(value):
        raise Malformed("The document has a number that is not finite")
    if value == 0:
        return "0"
    return _ecmascript(value)


def _ecmascript(value: float) -> str:
    """Python's repr finds the same shortest digits; only their layout differs. `point` is where the point falls."""
    sign, shortest, exponent = Decimal(repr(value)).as_tuple()
    all_digits = "".join(map(str, shortest))
    digits = all_digits.rstrip("0")
    point = len(all_digits) + int(exponent)
    if 0 < point <= 21:
        text = digits.ljust(point, "0")
        text = text if len(text) == point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        text = f"{digits[0]}{fraction}e{point - 1:+d}"
    return f"-{text}" if sign else text
