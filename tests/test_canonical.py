"""RFC 8785: the numbers of its appendix B, the order of members, and what has no canonical form."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle import canonical
from phyle.errors import Malformed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_of_appendix_b(bits: str, text: str) -> None:
    assert canonical.number(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


def test_whole_numbers_are_doubles_too() -> None:
    document = [1, -1, 2**53, 2**53 + 1, 10**21, True]
    assert canonical.dump(document) == b"[1,-1,9007199254740992,9007199254740992,1e+21,true]"


def test_members_go_by_utf16_and_not_by_code_point() -> None:
    document = {"\ufb33": 1, "\U0001f600": 2, "b": 3, "": 4}
    assert canonical.dump(document) == '{"":4,"b":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_only_what_must_be_is_escaped() -> None:
    text = '\x00\x1f\x7f"\\/\b\f\n\r\t\u2028é'
    assert canonical.dump(text) == b'"\\u0000\\u001f\x7f\\"\\\\/\\b\\f\\n\\r\\t\xe2\x80\xa8\xc3\xa9"'


def _nest(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        10**400,
        "\ud800",
        {"\udc00": 1},
        {1, 2},
        b"x",
        _nest(128),
        _nest(9999),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(Malformed):
        canonical.dump({"value": value})


def test_deep_but_not_too_deep() -> None:
    assert canonical.dump(_nest(127)) == b"[" * 128 + b"]" * 128


@given(DOCUMENTS)
def test_the_canonical_form_says_the_same_and_is_its_own_canonical_form(document: Any) -> None:
    data = canonical.dump(document)
    parsed = json.loads(data, parse_int=float)
    assert parsed == document
    assert canonical.dump(parsed) == data


@given(st.dictionaries(TEXTS, st.integers(-(2**53), 2**53)))
def test_the_order_of_members_does_not_matter(document: dict[str, int]) -> None:
    assert canonical.dump(dict(reversed(document.items()))) == canonical.dump(document)
