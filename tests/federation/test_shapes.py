"""One property in all the shapes that peers write."""

from datetime import UTC, datetime

import pytest

from phyle.errors import Malformed
from phyle.federation.reading import shapes
from phyle.federation.vocabulary import PUBLIC

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-02T12:00:00Z", NOON),
        ("2026-01-02t12:00:00z", NOON),
        ("2026-01-02T12:00Z", NOON),
        ("2026-01-02T12:00:00", NOON),
        ("2026-01-02T12:00", NOON),
        ("2026-01-02T14:00:00+02:00", NOON),
        ("2026-01-02T04:00:00.000-08:00", NOON),
        (" 2026-01-02T12:00:00.000000000Z ", NOON),
        ("2026-01-02T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2026-01-02T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
        ("yesterday", None),
        ("", None),
        ("2026-13-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        (None, None),
    ],
)
def test_instants(written: str | None, expected: datetime | None) -> None:
    assert shapes.instant({"published": written}, "published") == expected


def test_types() -> None:
    assert shapes.type_of({"type": "as:Note"}) == "Note"
    assert shapes.type_of({"type": ["ex:Verse", "Note"]}) == "Note"
    assert shapes.type_of({"type": ["ex:Verse", "ex:Rhyme"]}) == "ex:Verse"
    assert shapes.type_of({"type": []}) is shapes.type_of({"type": None}) is shapes.type_of({}) is None


def test_ids() -> None:
    many = ["as:Public", "Public", PUBLIC, {"id": "https://HILL.example/a"}, "https://hill.example/a", None, {}, ""]
    assert shapes.ids({"to": many}, "to") == (PUBLIC, "https://hill.example/a")
    assert shapes.ids({"to": "https://hill.example/a"}, "to") == ("https://hill.example/a",)
    assert shapes.ids({"to": None}, "to") == shapes.ids({}, "to") == ()


@pytest.mark.parametrize("value", [7, True, ["https://hill.example/", 7], [[]], "https://ida@hill.example/"])
def test_wrong_ids_name_the_property(value: object) -> None:
    with pytest.raises(Malformed, match="`cc`"):
        shapes.ids({"cc": value}, "cc")


def test_ids_have_a_longest() -> None:
    with pytest.raises(Malformed, match="`id`"):
        shapes.id_of({"id": "https://hill.example/" + "a" * 2048})
    with pytest.raises(Malformed, match="`id`"):
        shapes.id_of({"id": "tag:" + "a" * 2048})


def test_natural_language() -> None:
    assert shapes.natural({"name": "One", "nameMap": {"de": "Eins"}}, "name") == "One"
    assert shapes.natural({"nameMap": {"de": "Eins", "en": "One"}}, "name") == "Eins"
    assert shapes.natural({"name": {"de": "Eins"}}, "name") == "Eins"
    assert shapes.natural({"name": None}, "name") is shapes.natural({"name": {}}, "name") is None
    assert shapes.natural({"name": "x" * 501}, "name") == "x" * 500


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"content": "a", "contentMap": {"de": "b", "en": "a"}}, "en"),
        ({"contentMap": {"pt_BR": "b"}}, "pt-BR"),
        ({"contentMap": {"und": "b"}}, None),
        ({"language": {"identifier": "fr", "name": "Français"}}, "fr"),
        ({"language": "fr"}, "fr"),
        ({"inLanguage": "eo"}, "eo"),
        ({"language": 7, "contentMap": {}}, None),
    ],
)
def test_languages(document: dict[str, object], expected: str | None) -> None:
    assert shapes.language_of(document) == expected


def test_pages() -> None:
    film = {"type": "Link", "mediaType": "video/mp4", "href": "https://barn.example/film.mp4"}
    html = {"type": "Link", "mediaType": "text/html", "href": "https://barn.example/film"}
    assert shapes.page({"url": [film, html]}) == "https://barn.example/film"
    assert shapes.page({"url": film}) == "https://barn.example/film.mp4"
    assert shapes.page({"url": ["magnet:?x", "https://barn.example/"]}) == "https://barn.example/"
    assert shapes.page({"url": "javascript:alert(1)"}) is shapes.page({"url": None}) is None


def test_truth_and_counts() -> None:
    values = (True, 1, "1", "true", False, 0, "0", "false", None)
    assert [shapes.boolean({"a": value}, "a") for value in values] == [True] * 4 + [False] * 4 + [None]
    with pytest.raises(Malformed, match="`a`"):
        shapes.boolean({"a": "perhaps"}, "a")
    counts = (3, 3.0, 1 << 40, -1, 0.5, "3", True, None)
    assert [shapes.count({"a": value}, "a") for value in counts] == [3, 3, (1 << 31) - 1] + [None] * 5
