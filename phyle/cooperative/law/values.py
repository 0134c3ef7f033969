"""How values of the law become JSON and come back: exactly, and with a sentence for whatever does not fit."""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, NewType, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from phyle.errors import Malformed

T = TypeVar("T")
Where: TypeAlias = "str | tuple[Where, str | int]"
"""The place of a value in a document: a name, or a place and a member or item of it. Spelt out only in errors."""
Read = Callable[[Any, Where], Any]

Id = NewType("Id", str)
"""A random name of a thing of the ledger: 16 bytes in base 32 (RFC 4648), lower case, without padding."""
Hash = NewType("Hash", str)
"""SHA-256 in lower-case hex; also a commitment (HMAC-SHA256)."""
Word = NewType("Word", str)
"""A short name: of an office, a class, a scope, a host."""
Line = NewType("Line", str)
"""A line of text that everybody may read, of at most 300 characters."""
Key = NewType("Key", str)
"""An Ed25519 public key as a Multikey."""
Moment = NewType("Moment", int)
"""A time that people give: milliseconds since the epoch, up to the year 9999, so that it can be written as a day."""
Unread = NewType("Unread", object)
"""JSON of which nothing is known yet: whoever has it reads it with its own dataclass."""

EXACT = 2**53 - 1
LAST_MOMENT = 253_402_300_799_999
NO_MOMENT = Moment(0)

_SHAPES: Mapping[Any, tuple[re.Pattern[str], str]] = {
    Id: (re.compile(r"[a-z2-7]{26}"), "must be 26 characters of a to z and 2 to 7"),
    Hash: (re.compile(r"[0-9a-f]{64}"), "must be 64 hexadecimal digits"),
    Word: (re.compile(r"[a-z0-9][a-z0-9_.:\-\[\]]{0,259}"), "must be a short name in lower case"),
    Line: (re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]{1,300}"), "must be one line of 1 to 300 characters"),
    Key: (re.compile(r"z6Mk[1-9A-HJ-NP-Za-km-z]{44}"), "must be an Ed25519 Multikey"),
}
_RATIONAL = re.compile(r"(0|-?[1-9][0-9]{0,39})/([1-9][0-9]{0,39})")


def read(kind: type[T], value: Any, where: str = "") -> T:
    """The value as an instance of the frozen dataclass `kind`. Malformed names the member that does not fit.

    Members that are not declared are refused: what nobody reads must not be signed.
    """
    hint: Any = kind
    try:
        found: T = _reader(hint)(value, where)
    except RecursionError as error:
        raise Malformed(f"{where or 'The document'} is nested too deeply") from error
    return found


def write(value: Any) -> Any:
    """JSON of a value: members that are None or empty by default are left out, so that one value has one spelling."""
    if isinstance(value, str | int) or value is None:
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple | list):
        return [write(item) for item in value]
    if isinstance(value, Mapping):
        return {name: write(item) for name, item in value.items()}
    kind: Any = type(value)
    return {name: write(item) for name, default in _members(kind) if (item := getattr(value, name)) != default}


_UNSET = object()


def _path(where: Where) -> str:
    if isinstance(where, str):
        return where
    within, part = _path(where[0]), where[1]
    return f"{within}[{part}]" if isinstance(part, int) else f"{within}.{part}".lstrip(".")


@cache
def _members(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, _default(field)) for field in fields(kind))


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else _UNSET


@cache
def _reader(hint: Any) -> Read:
    if hint in _SHAPES:
        return _shaped(*_SHAPES[hint])
    if hint is Any:
        return _anything
    if hint is Unread:
        return lambda value, where: value
    if hint in (str, bool, int, Moment):
        return {str: _text, bool: _truth, int: _integer, Moment: _moment}[hint]
    if hint is Fraction:
        return _fraction
    if is_dataclass(hint):
        return _object(hint)
    return _generic(hint, get_origin(hint), get_args(hint))


def _generic(hint: Any, origin: Any, inner: tuple[Any, ...]) -> Read:
    if origin is Literal:
        return _one_of(inner)
    if origin in (Union, types.UnionType):
        return _optional(_reader(next(part for part in inner if part is not type(None))))
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return _array(_reader(inner[0]))
    if origin is tuple:
        return _fixed(tuple(_reader(part) for part in inner))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_reader(inner[0]), _reader(inner[1]))
    raise TypeError(f"no JSON for {hint!r}")


def _shaped(shape: re.Pattern[str], sentence: str) -> Read:
    fits = shape.fullmatch

    def run(value: Any, where: Where) -> Any:
        if not isinstance(value, str) or fits(value) is None:
            raise Malformed(f"{_path(where)} {sentence}")
        return value

    return run


def _anything(value: Any, where: Where) -> Any:
    """JSON of any shape, as long as it has one spelling: no fractions or exponents, names in ASCII."""
    if type(value) is str:
        return _text(value, where)
    if type(value) is dict or isinstance(value, Mapping):
        for name, item in value.items():
            _named(name, where)
            _anything(item, (where, name))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            _anything(item, (where, place))
    elif value is not None and not isinstance(value, str | bool):
        _integer(value, where)
    return value


def _named(name: Any, where: Where) -> None:
    if not isinstance(name, str) or not name.isascii() or "\0" in name:
        raise Malformed(f"{_path(where)} has a member whose name is not ASCII")


def _text(value: Any, where: Where) -> Any:
    if not isinstance(value, str):
        raise Malformed(f"{_path(where)} must be text")
    if "\0" in value:  # which no database keeps
        raise Malformed(f"{_path(where)} contains a character that no text has")
    return value


def _truth(value: Any, where: Where) -> Any:
    if not isinstance(value, bool):
        raise Malformed(f"{_path(where)} must be true or false")
    return value


def _integer(value: Any, where: Where) -> Any:
    if type(value) is not int or not -EXACT <= value <= EXACT:
        raise Malformed(f"{_path(where)} must be a whole number within 2^53-1")
    return value


def _moment(value: Any, where: Where) -> Any:
    if not 0 <= _integer(value, where) <= LAST_MOMENT:
        raise Malformed(f"{_path(where)} must be a time in milliseconds, up to the year 9999")
    return value


def _fraction(value: Any, where: Where) -> Any:
    match = _RATIONAL.fullmatch(value) if isinstance(value, str) else None
    exact = Fraction(int(match[1]), int(match[2])) if match else None
    if exact is None or f"{exact.numerator}/{exact.denominator}" != value:
        raise Malformed(f'{_path(where)} must be a fraction in lowest terms, such as "2/3"')
    return exact


def _one_of(allowed: tuple[Any, ...]) -> Read:
    def run(value: Any, where: Where) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool) or value not in allowed:
            raise Malformed(f"{_path(where)} must be one of {', '.join(map(str, allowed))}")
        return value

    return run


def _optional(reader: Read) -> Read:
    return lambda value, where: None if value is None else reader(value, where)


def _array(reader: Read) -> Read:
    def run(value: Any, where: Where) -> Any:
        if not isinstance(value, list | tuple):
            raise Malformed(f"{_path(where)} must be a list")
        return tuple(reader(item, (where, place)) for place, item in enumerate(value))

    return run


def _fixed(readers: tuple[Read, ...]) -> Read:
    def run(value: Any, where: Where) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(readers):
            raise Malformed(f"{_path(where)} must be a list of {len(readers)}")
        return tuple(reader(item, where) for reader, item in zip(readers, value, strict=True))

    return run


def _mapping(names: Read, items: Read) -> Read:
    def run(value: Any, where: Where) -> Any:
        if not isinstance(value, Mapping):
            raise Malformed(f"{_path(where)} must be an object")
        for name in value:
            _named(name, where)
        return {names(name, where): items(item, (where, name)) for name, item in value.items()}

    return run


def _object(kind: Any) -> Read:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    needed = [name for name, default in _members(kind) if default is _UNSET]

    def run(value: Any, where: Where) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise Malformed(f"{_path(where) or kind.__name__} must be an object")
        for name in value:
            if name not in readers:
                raise Malformed(f"{_path((where, name))} is unknown here")
        for name in needed:
            if name not in value:
                raise Malformed(f"{_path((where, name))} is missing")
        return kind(**{name: readers[name](item, (where, name)) for name, item in value.items()})

    return run
