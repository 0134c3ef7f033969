"""Licence expressions: read exactly, spelt as SPDX spells them, and refused with a sentence where they are none."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.licences.expressions import All, Either, Expression, Licence, choices, licences, parse
from phyle.cooperative.licences.spelling import normalised
from phyle.errors import Malformed, Refusal, Unprocessable

IDS = st.sampled_from(["MIT", "PPL", "GPL-2.0-or-later", "LicenseRef-ours", "DocumentRef-a:LicenseRef-b"])
SINGLE = st.builds(Licence, id=IDS, later=st.booleans(), exception=st.sampled_from(["", "Classpath-exception-2.0"]))


def _several(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    together = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(together.map(lambda those: All(parts=those)), together.map(lambda those: Either(parts=those)))


@given(st.recursive(SINGLE, _several, max_leaves=8))
def test_what_is_written_is_read_as_it_means(expression: Expression) -> None:
    """Parentheses within the same word are left out, which changes nothing of what it means."""
    text = str(expression)
    if len(text) <= 300:
        assert str(parse(text)) == text
        assert [str(each) for each in licences(parse(text))] == [str(each) for each in licences(expression)]


def test_and_binds_closer_than_or() -> None:
    found = parse("MIT OR PPL AND ISC")
    assert isinstance(found, Either)
    assert [str(each) for each in choices(found)] == ["MIT OR PPL AND ISC", "MIT", "PPL AND ISC"]
    assert parse("(MIT or PPL) and ISC") == parse("(MIT OR PPL) AND ISC")
    assert choices(parse("(MIT OR PPL) AND ISC")) == (parse("(MIT OR PPL) AND ISC"),)
    assert parse("GPL-2.0+ WITH Classpath-exception-2.0") == Licence(
        id="GPL-2.0", later=True, exception="Classpath-exception-2.0"
    )


NONE = ["", " ", "AND", "MIT AND", "MIT PPL", "(MIT", "MIT)", "MIT WITH", "MIT;ISC", "MIT OR OR ISC", "a/b", "(" * 60]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@given(st.text(max_size=400))
def test_nothing_else_happens_with_any_text(text: str) -> None:
    for read in (parse, normalised):
        with contextlib.suppress(Refusal):
            assert read(text)


def test_people_may_spell_as_they_like() -> None:
    assert normalised("mit or apache-2.0") == "MIT OR Apache-2.0"
    assert normalised("ppl") == "PPL"
    assert normalised("LicenseRef-PPL") == "LicenseRef-PPL"
    assert normalised("Coopyleft") == "LicenseRef-Coopyleft"
    assert normalised("GPL-2.0+ with classpath-exception-2.0") == "GPL-2.0-or-later WITH Classpath-exception-2.0"
    assert normalised("(PPL)") == "PPL"


@pytest.mark.parametrize("text", ["Peer Production", "MIT AND", "GPL-9", "", "x" * 301, "LicenseRef-ours OR nothing"])
def test_what_no_list_knows_is_named(text: str) -> None:
    with pytest.raises(Unprocessable):
        normalised(text)
    with pytest.raises(Unprocessable, match="GPL-9 is in no list"):
        normalised("MIT OR GPL-9")
