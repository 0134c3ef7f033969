"""Whatever strangers write is read or refused; nothing else ever happens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Refusal
from phyle.federation import authority, reading, vocabulary, wire

DOCUMENTS = Path(__file__).parents[1] / "documents"
REAL = ["mastodon/actor", "mastodon/create_reply", "peertube/video", "mastodon/featured", "gotosocial/create_note"]
# The names that readers look for, so that random documents reach them.
PROPERTIES = """
    @context id type actor object attributedTo to cc bto audience name nameMap content contentMap summary url published
    updated inReplyTo tag attachment icon image source mediaType sensitive language oneOf anyOf endTime closed value
    votersCount inbox endpoints outbox publicKey assertionMethod preferredUsername alsoKnownAs movedTo items first next
    orderedItems partOf totalItems target quote href rel width focalPoint replies publicKeyPem owner controller deleted
"""
NAMES = st.sampled_from(sorted(PROPERTIES.split()))
WORDS = st.sampled_from(
    [
        *sorted(vocabulary.KNOWN_TYPES | vocabulary.PUBLIC_ALIASES),
        "https://a.example/1",
        "https://a.example/2#k",
        "http://",
        "javascript:x",
        "2026-01-01T00:00:00Z",
        ":a:",
        "#b",
        "PropertyValue",
        "Emoji",
        "text/markdown",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-5, 1 << 62) | st.floats() | WORDS | st.text(max_size=8)


def values() -> st.SearchStrategy[Any]:
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=9),
        max_leaves=40,
    )


def outcome(reader: Callable[[wire.Document], object], document: wire.Document) -> int:
    try:
        reader(document)
    except Refusal as refusal:
        return refusal.status
    return 200


@given(st.dictionaries(NAMES, values(), max_size=20))
def test_random_documents(document: wire.Document) -> None:
    for reader in (
        reading.check,
        reading.read,
        reading.read_activity,
        reading.read_actor,
        reading.read_collection,
        reading.read_post,
    ):
        assert outcome(reader, document) in (200, 400, 403)


@given(st.data())
def test_real_documents_with_one_property_replaced(data: st.DataObject) -> None:
    document = wire.parse((DOCUMENTS / f"{data.draw(st.sampled_from(REAL))}.json").read_bytes())
    inside = document["object"] if "object" in document and data.draw(st.booleans()) else document
    inside[data.draw(st.sampled_from(sorted(inside)))] = data.draw(values())
    assert outcome(reading.read, document) in (200, 400, 403)
    if isinstance(document.get("object"), dict):
        assert outcome(reading.read_post, document["object"]) in (200, 400, 403)
        assert outcome(trusted, document) in (200, 400, 403)


def trusted(document: wire.Document) -> bool:
    return authority.embedded_is_trusted(reading.read_activity(document), document["object"])
