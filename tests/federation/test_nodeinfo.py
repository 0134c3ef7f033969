"""NodeInfo: ours against the published schemas, and that of others."""

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest

from phyle.errors import Unreachable
from phyle.federation import nodeinfo
from phyle.federation.net import Net
from phyle.federation.nodeinfo import Software, Usage
from tests import outside
from tests.outside import Stranger

VECTORS = os.environ.get("PHYLE_VECTORS")
USAGE = Usage(users=3, active_halfyear=2, active_month=1, posts=50, comments=7)
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"


def describe(version: Literal["2.0", "2.1"]) -> dict[str, Any]:
    return nodeinfo.describe(
        version,
        release="0.1.0",
        source="https://coop.example/source",
        usage=USAGE,
        open_registrations=True,
        title="Co-op",
        description="A home.",
    )


def faults(schema: dict[str, Any], value: Any, place: str = "$") -> list[str]:
    """Where `value` breaks `schema`: the part of JSON Schema draft 4 that NodeInfo uses."""
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{place}: {value!r} is not one of {schema['enum']}"]
    kind = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return [f"{place}: {value!r} is no {schema['type']}"]
    found = []
    if kind is dict:
        known = schema.get("properties", {})
        found += [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{place}: {name} is unknown" for name in value if name not in known]
        for name in known.keys() & value.keys():
            found += faults(known[name], value[name], f"{place}.{name}")
    if kind is list:
        found += [] if len(value) >= schema.get("minItems", 0) else [f"{place}: too few"]
        for number, item in enumerate(value):
            found += faults(schema["items"], item, f"{place}[{number}]")
    if kind is str and not re.search(schema.get("pattern", ""), value):
        found.append(f"{place}: {value!r} does not match {schema['pattern']}")
    if kind is int and value < schema.get("minimum", value):
        found.append(f"{place}: {value} is too small")
    return found


@pytest.mark.skipif(VECTORS is None, reason="PHYLE_VECTORS names the folder of published vectors")
@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_ours_fits_the_published_schema(version: Literal["2.0", "2.1"]) -> None:
    folder = Path(VECTORS or "") / "nodeinfo" / version
    schema = json.loads((folder / "schema.json").read_text())
    assert faults(schema, json.loads((folder / "example.json").read_text())) == []
    assert faults(schema, describe(version)) == []
    assert faults(schema, describe(version) | {"protocols": [], "usage": {"users": {"total": -1}}, "x": 1})


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_clients_find_the_names_they_look_for(version: Literal["2.0", "2.1"]) -> None:
    made = describe(version)
    assert (made["version"], made["software"]["name"], made["protocols"]) == (version, "phyle", ["activitypub"])
    assert made["metadata"]["upstream"] == {"name": "mastodon"}


def test_the_index_leads_to_both_versions() -> None:
    assert nodeinfo.links("https://coop.org") == {
        "links": [
            {"rel": SCHEMA + "2.0", "href": "https://coop.org/nodeinfo/2.0"},
            {"rel": SCHEMA + "2.1", "href": "https://coop.org/nodeinfo/2.1"},
        ]
    }


@pytest.fixture
async def client() -> AsyncIterator[Net]:
    async with outside.client() as made:
        yield made


@pytest.fixture
async def good() -> AsyncIterator[Stranger]:
    async with outside.stranger() as made:
        yield made


async def test_the_newest_known_version_of_another_server_is_read(client: Net, good: Stranger) -> None:
    links = [{"rel": SCHEMA + each, "href": f"{good.origin}/n/{each}"} for each in ("1.0", "2.0", "2.1", "9.0")]
    good.serve("/.well-known/nodeinfo", {"links": [7, {}, *links]}, "application/json")
    good.serve("/n/2.1", {"software": {"name": "Mastodon", "version": "4.9.0" + "x" * 500}}, "application/json")
    found = await nodeinfo.software_of(client, good.host)
    assert found == Software(name="mastodon", version=("4.9.0" + "x" * 500)[:100])


@pytest.mark.parametrize(
    "index",
    [{}, {"links": None}, {"links": []}, {"links": [{"rel": SCHEMA + "2.0", "href": 7}]},
     {"links": [{"rel": SCHEMA + "2.0", "href": "/relative"}]}, {"links": [{"rel": SCHEMA + "2.0", "href": "file:///x"}]}],
)  # fmt: skip
async def test_an_index_without_a_usable_link_is_unreachable(client: Net, good: Stranger, index: Any) -> None:
    good.serve("/.well-known/nodeinfo", index, "application/json")
    with pytest.raises(Unreachable):
        await nodeinfo.software_of(client, good.host)


@pytest.mark.parametrize("body", [{}, {"software": []}, {"software": {"name": 7}}])
async def test_a_document_without_a_name_is_unreachable(client: Net, good: Stranger, body: Any) -> None:
    index = {"links": [{"rel": SCHEMA + "2.0", "href": f"{good.origin}/n"}]}
    good.serve("/.well-known/nodeinfo", index, "application/json")
    good.serve("/n", body, "application/json")
    with pytest.raises(Unreachable):
        await nodeinfo.software_of(client, good.host)
