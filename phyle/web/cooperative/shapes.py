"""Shapes: what values of the cooperative are in JSON, and the JSON Schema (2020-12) that says so."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from phyle.cooperative.law import values
from phyle.cooperative.law.values import Hash, Id, Key, Line, Moment, Unread, Word
from phyle.powers import Power

Schema = dict[str, Any]

_SHAPED: Mapping[Any, Schema] = {
    Id: {"type": "string", "pattern": "^[a-z2-7]{26}$"},
    Hash: {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    Word: {"type": "string", "maxLength": 260},
    Line: {"type": "string", "minLength": 1, "maxLength": 300},
    Key: {"type": "string", "pattern": "^z6Mk"},
    Power: {"type": "string"},
    Unread: {},
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    Moment: {"type": "integer", "minimum": 0, "maximum": values.LAST_MOMENT, "description": "Milliseconds."},
    int: {"type": "integer", "minimum": -values.EXACT, "maximum": values.EXACT},
    Fraction: {"type": "string", "pattern": "^-?[0-9]+/[0-9]+$"},
    datetime: {"type": "integer", "description": "Milliseconds."},
    type(None): {"type": "null"},
}


def shown(value: Any) -> Any:
    """A value as JSON with all its members, also those that are empty."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: shown(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): shown(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value


class Schemas:
    """The schemas of dataclasses, each once, under a name of its own."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}
        self._names: dict[type, str] = {}

    def of(self, hint: Any) -> Schema:
        """The schema of a type, by reference where it is a dataclass."""
        if hint in _SHAPED:
            return dict(_SHAPED[hint])
        if is_dataclass(hint) and isinstance(hint, type):
            return {"$ref": f"#/components/schemas/{self._named(hint)}"}
        return self._generic(hint, get_origin(hint), get_args(hint))

    def given(self, kind: type, changed: Mapping[str, Schema], *, without: frozenset[str] = frozenset()) -> Schema:
        """The schema of a dataclass as somebody gives it: some members in another shape, some not at all, and none
        needed but those that are neither optional nor changed to be so."""
        hints = get_type_hints(kind)
        listed = [field for field in fields(kind) if field.name not in without]
        return {
            "type": "object",
            "properties": {each.name: changed.get(each.name) or self.of(hints[each.name]) for each in listed},
            "required": [each.name for each in listed if _needed(each)],
        }

    def _named(self, kind: type) -> str:
        if kind not in self._names:
            topic = kind.__module__.rpartition(".")[2]
            name = f"{topic}.{kind.__name__.lstrip('_')}"
            self._names[kind] = name
            hints = get_type_hints(kind)
            self.found[name] = {
                "type": "object",
                "description": " ".join((kind.__doc__ or "").split()),
                "properties": {field.name: self.of(hints[field.name]) for field in fields(kind)},
                "required": [field.name for field in fields(kind)],
                "additionalProperties": False,
            }
        return self._names[kind]

    def _generic(self, hint: Any, origin: Any, inner: tuple[Any, ...]) -> Schema:
        if origin is Literal:
            return {"enum": list(inner)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(part) for part in inner]}
        if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
            return {"type": "array", "items": self.of(inner[0])}
        if origin is tuple:
            items = [self.of(part) for part in inner]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        if origin is list:
            return {"type": "array", "items": self.of(inner[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        raise TypeError(f"no schema for {hint!r}")


def _needed(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
