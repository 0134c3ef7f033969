"""Threats of class C: JSON that means different things to different parsers, or too much of it."""

import time

import pytest

from phyle.errors import Malformed, TooLarge
from phyle.federation import authority, reading, wire
from phyle.federation.vocabulary import PUBLIC

EVIL = "https://evil.example/users/mallory"
GOOD = "https://good.example/users/alice"
NOTE = {"id": "https://evil.example/notes/1", "type": "Note", "attributedTo": EVIL, "content": "x", "to": [PUBLIC]}
CREATE = {"id": "https://evil.example/a/1", "type": "Create", "actor": EVIL, "object": NOTE, "to": [PUBLIC]}


@pytest.mark.threat("C1")
def test_a_context_that_redefines_terms_changes_nothing() -> None:
    context = [
        "https://www.w3.org/ns/activitystreams",
        {"actor": "as:object", "object": "as:actor", "Like": "as:Create", "id": "@type", "evil": "as:actor"},
    ]
    like = {"@context": context, "id": EVIL + "/1", "type": "Like", "actor": EVIL, "object": GOOD, "evil": GOOD}
    reading.check(like)
    activity = reading.read_activity(like)
    assert (activity.type, activity.actor, activity.object_id) == ("Like", EVIL, GOOD)


@pytest.mark.threat("C2")
@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse"])
def test_a_body_signed_by_linked_data_signature_is_only_data(keyword: str) -> None:
    forged = {"id": GOOD + "/1", "type": "Create", "actor": GOOD, "object": {**NOTE, "attributedTo": GOOD}}
    signature = {"type": "RsaSignature2017", "creator": GOOD + "#main-key", "signatureValue": "YWxpY2U="}
    for hidden in ([forged], {"actor": forged}):
        body = wire.parse(wire.dump({**CREATE, keyword: hidden, "signature": signature}))
        activity = reading.read_activity(body)
        assert (activity.actor, activity.id) == (EVIL, CREATE["id"])
        authority.actor_matches(EVIL, activity)
    bare = wire.parse(wire.dump({"@context": "https://www.w3.org/ns/activitystreams", keyword: [forged]}))
    assert isinstance(reading.read(bare), reading.Unknown)
    with pytest.raises(Malformed, match="`type`"):
        reading.read_activity(bare)


@pytest.mark.threat("C3")
def test_contexts_are_never_resolved() -> None:
    contexts = ["https://www.w3.org/ns/activitystreams"] + [f"http://127.0.0.1:{port}/" for port in range(1, 1001)]
    begun = time.process_time()
    value = reading.read(wire.parse(wire.dump({**CREATE, "@context": contexts})))
    assert isinstance(value, reading.Activity)
    assert time.process_time() - begun < 0.1


@pytest.mark.threat("C4")
@pytest.mark.parametrize(
    "body",
    [
        b'{"actor": "https://good.example/", "actor": "https://evil.example/"}',
        b'{"object": {"id": 1, "id": 1}}',
        b'{"to": [{"a": null, "\\u0061": null}]}',
    ],
)
def test_duplicate_keys_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="twice"):
        wire.parse(body)


@pytest.mark.threat("C5")
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"\\"' + b'":[' + b"[" * 100_000,
    ],
)
def test_deep_nesting_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="64 levels"):
        wire.parse(body)


@pytest.mark.threat("C6")
@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 5000, "9223372036854775808", "-9223372036854775809"],
)
def test_numbers_that_are_none_are_malformed(number: str) -> None:
    with pytest.raises(Malformed):
        wire.parse(f'{{"totalItems": {number}}}'.encode())


@pytest.mark.threat("C10")
def test_a_body_above_one_mebibyte_is_too_large() -> None:
    with pytest.raises(TooLarge):
        wire.parse(b'{"a": "' + b"x" * (1 << 20) + b'"}')


@pytest.mark.threat("C10")
def test_every_list_and_every_text_has_a_cap() -> None:
    many = [f"https://evil.example/{number}" for number in range(5000)]
    tags = [{"type": "Mention", "href": href, "name": "@a"} for href in many]
    tags += [{"type": "Hashtag", "name": "#" + "x" * 9999}]
    pictures = [{"type": "Image", "url": href, "name": "x" * 99_999} for href in many]
    choices = [{"name": str(number)} for number in range(5000)]
    post = reading.read_post(
        {
            **NOTE,
            "type": "Question",
            "to": many,
            "tag": tags,
            "attachment": pictures,
            "oneOf": choices,
            "name": "x" * 9999,
        }
    )
    assert len(post.to) == 1000
    assert len(post.mentions) <= 200
    assert len(post.attachments) <= 64
    assert len(post.attachments[0].description or "") <= 10_000
    assert post.poll is not None
    assert len(post.poll.options) <= 100
    assert len(post.name or "") == 500
    collection = reading.read_collection({"type": "Collection", "items": many})
    assert len(collection.items) == 1000


@pytest.mark.threat("C12")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"type": ["ex:Publish", "Create"]}, ("Create", EVIL, NOTE["id"])),
        ({"type": ["Create"], "to": None, "cc": None}, ("Create", EVIL, NOTE["id"])),
        ({"actor": [EVIL]}, ("Create", EVIL, NOTE["id"])),
        ({"actor": [EVIL, GOOD]}, ("Create", None, NOTE["id"])),
        ({"object": [NOTE, NOTE]}, ("Create", EVIL, None)),
        ({"object": [NOTE]}, ("Create", EVIL, NOTE["id"])),
        ({"object": None}, ("Create", EVIL, None)),
        ({"object": []}, ("Create", EVIL, None)),
    ],
)
def test_odd_shapes_have_a_defined_reading(change: wire.Document, expected: tuple[str, str | None, str | None]) -> None:
    activity = reading.read_activity({**CREATE, **change})
    assert (activity.type, activity.actor, activity.object_id) == expected
    assert (activity.object is None) == (expected[2] is None)


@pytest.mark.threat("C12")
@pytest.mark.parametrize("name", ["type", "actor", "object", "to", "cc", "audience", "id", "target", "published"])
@pytest.mark.parametrize("value", [7, True, [7], [[]], 0.5])
def test_wrong_types_are_malformed_and_named(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=f"`{name}`"):
        reading.read_activity({**CREATE, name: value})
