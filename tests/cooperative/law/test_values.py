"""Values of the law and their JSON: one spelling each, and a sentence for whatever does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle import canonical
from phyle.cooperative.law.commitments import commit, opens
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.values import EXACT, Hash, Id, Key, Line, Word, read, write
from phyle.errors import Malformed, Refusal

NAMES = st.text(st.characters(max_codepoint=127, exclude_characters="\0"), max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.none() | st.booleans() | st.integers(-EXACT, EXACT) | TEXT
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    id: Id
    share: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    kind: Literal["one", "two"]
    count: int
    word: Word = Word("usual")
    line: Line | None = None
    hash: Hash | None = None
    key: Key | None = None
    sure: bool = False
    inner: tuple[Inner, ...] = ()
    pair: tuple[int, str] | None = None
    named: Mapping[Word, int] = field(default_factory=dict)


ID = "a" * 26
WHOLE: dict[str, Any] = {
    "kind": "two",
    "count": 3,
    "word": "a.test:1",
    "line": "Grüße",
    "hash": "0a" * 32,
    "key": "z6Mk" + "1" * 44,
    "sure": True,
    "inner": [{"id": ID}, {"id": ID, "share": "2/3"}],
    "pair": [1, "x"],
    "named": {"a": 1},
}


def test_a_value_comes_back_from_its_json() -> None:
    value = read(Outer, WHOLE)
    assert value.inner[1].share == Fraction(2, 3)
    assert write(value) == WHOLE
    assert read(Outer, write(value)) == value
    assert write(read(Outer, {"kind": "one", "count": 0})) == {"kind": "one", "count": 0}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"count": 1.0}, "count must be a whole number"),
        ({"count": True}, "count must be a whole number"),
        ({"count": EXACT + 1}, "count must be a whole number"),
        ({"count": "3"}, "count must be a whole number"),
        ({"kind": "three"}, "kind must be one of one, two"),
        ({"kind": None}, "kind must be one of"),
        ({"word": "Upper"}, "word must be a short name"),
        ({"word": ""}, "word must be a short name"),
        ({"line": "two\nlines"}, "line must be one line"),
        ({"line": "x" * 301}, "line must be one line"),
        ({"hash": "0A" * 32}, "hash must be 64"),
        ({"key": "z6Mk"}, "key must be an Ed25519 Multikey"),
        ({"sure": 1}, "sure must be true or false"),
        ({"inner": {}}, "inner must be a list"),
        ({"inner": [{"id": "A" * 26}]}, "inner\\[0\\].id must be 26"),
        ({"inner": [{"id": ID, "share": "4/6"}]}, "share must be a fraction in lowest terms"),
        ({"inner": [{"id": ID, "share": "1/0"}]}, "share must be a fraction"),
        ({"inner": [{"id": ID, "share": "01/2"}]}, "share must be a fraction"),
        ({"inner": [{"id": ID, "more": 1}]}, "inner\\[0\\].more is unknown"),
        ({"pair": [1]}, "pair must be a list of 2"),
        ({"named": {"Ä": 1}}, "not ASCII"),
        ({"named": [1]}, "named must be an object"),
        ({"unread": 1}, "unread is unknown"),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        read(Outer, {**WHOLE, **changed})


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Malformed, match="count is missing"):
        read(Outer, {"kind": "one"})
    with pytest.raises(Malformed, match="must be an object"):
        read(Outer, [])


@given(JSON)
def test_there_is_one_spelling_and_it_is_that_of_rfc_8785(value: Any) -> None:
    data = spell(value)
    assert data == canonical.dump(value)
    assert parse(data) == value


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1,"a":1}', b'"\\u0041"', b"1e3", b"[1] ", b"\xff", b'"\\ud800"'],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)


@given(st.binary(max_size=60) | JSON.map(spell))
def test_no_bytes_bring_the_law_down(data: bytes) -> None:
    with pytest.raises(Refusal):
        read_entry(data)


@given(JSON, JSON)
def test_a_commitment_opens_to_its_value_alone(value: Any, other: Any) -> None:
    salt, else_ = "ab" * 16, "cd" * 16
    commitment = commit(value, salt)
    assert opens(commitment, value, salt)
    assert opens(commitment, other, salt) == (spell(value) == spell(other))
    assert not opens(commitment, value, else_)
    assert not opens(commitment, value, salt[:-2])
    assert not opens(commitment, value, "no salt")
