"""As much of JSON Schema (2020-12) as the document of the API uses: whether a value fits, and where it does not."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
}
KNOWN = {
    "$ref", "type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems",
    "anyOf", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "description",
}  # fmt: skip


def faults(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """Every way in which a value does not fit."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from faults(value, document["components"]["schemas"][name], document, where)
    if "anyOf" in schema and all(list(faults(value, each, document, where)) for each in schema["anyOf"]):
        yield f"{where}: {value!r} fits none of {schema['anyOf']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "type" in schema:
        fits = isinstance(value, TYPES[schema["type"]]) and not (schema["type"] == "integer" and value is True)
        if not fits:
            yield f"{where}: {value!r} is no {schema['type']}"
            return
    if isinstance(value, str) and "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, dict):
        yield from _members(value, schema, document, where)
    if isinstance(value, list):
        yield from _items(value, schema, document, where)


def _members(value: dict[str, Any], schema: Mapping[str, Any], document: Any, where: str) -> Iterator[str]:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], document, f"{where}.{name}")
        elif more is False:
            yield f"{where}.{name} is not described"
        else:
            yield from faults(item, more, document, f"{where}.{name}")


def _items(value: list[Any], schema: Mapping[str, Any], document: Any, where: str) -> Iterator[str]:
    if len(value) > schema.get("maxItems", len(value)):
        yield f"{where} has too many items"
    fixed = schema.get("prefixItems", ())
    for place, item in enumerate(value):
        shape = fixed[place] if place < len(fixed) else schema.get("items", {})
        yield from faults(item, shape, document, f"{where}[{place}]")
