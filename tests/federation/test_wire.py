"""Bytes from the wire: what is one JSON object for every parser, and nothing else."""

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Malformed, TooLarge
from phyle.federation import wire

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)


VALUES = st.recursive(st.none() | st.booleans() | INTEGERS | TEXTS, nested, max_leaves=20)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_what_is_dumped_is_parsed_again(document: dict[str, object]) -> None:
    assert wire.parse(wire.dump(document)) == document
    assert wire.parse(json.dumps(document).encode()) == document


@given(st.binary())
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(wire.parse(body), dict)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "an array"),
        (b'"text"', "a string"),
        (b"null", "null"),
        (b"7", "a number"),
        (b"{} {}", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        (b'{"a": "\x00"}', "not JSON"),
        (b'{"a": "x\\u0000y"}', "NUL"),
        (b'{"a": "\\ud800"}', "lone surrogate"),
        (b'{"\\udfff": 1}', "lone surrogate"),
        (b'{"a": ["\\ude00\\ud83d"]}', "lone surrogate"),
    ],
)
def test_what_is_no_document_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        wire.parse(body)


def test_escapes_that_only_look_dangerous_are_read() -> None:
    assert wire.parse(b'{"a": "\\ud83d\\ude00", "b": "\\\\u0000 \\\\ud800"}') == {"a": "😀", "b": "\\u0000 \\ud800"}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert wire.parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_brackets_in_texts_are_no_levels() -> None:
    text = '[{"\\' * 200
    assert wire.parse(json.dumps({"a": text}).encode()) == {"a": text}
    assert len(wire.parse(json.dumps({"a": [[]] * 500}).encode())["a"]) == 500


def test_sixty_four_levels_are_read_and_no_more() -> None:
    def deep(depth: int) -> bytes:
        return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    assert wire.parse(deep(64))
    with pytest.raises(Malformed, match="64 levels"):
        wire.parse(deep(65))


def test_a_body_above_the_limit_is_too_large() -> None:
    body = wire.dump({"content": "x" * wire.LARGEST})
    with pytest.raises(TooLarge, match="at most 1048576"):
        wire.parse(body)
    assert wire.parse(body, largest=1 << 21)


@pytest.mark.parametrize("piece", ['\\"', "[", '{"a":', '"', "\\", ",", '"a":1,', '"\\u0000",'])
def test_the_worst_megabyte_costs_linear_time(piece: str) -> None:
    for opening in ('{"a": "', '{"a": [', "{"):
        body = (opening + piece * ((1 << 20) // len(piece)))[: 1 << 20].encode()
        begun = time.process_time()
        with pytest.raises(Malformed):
            wire.parse(body)
        assert time.process_time() - begun < 1
