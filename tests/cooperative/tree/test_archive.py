"""The file of a ledger: what is written is read again, and nothing else is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.tree.archive import KINDS, Section, begin, sections, whole_until, write
from phyle.errors import Malformed

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
SECTIONS = st.lists(st.builds(Section, st.sampled_from(KINDS), NAMES, st.binary(max_size=200)), max_size=8)


def written(parts: list[Section]) -> bytes:
    stream = io.BytesIO()
    begin(stream)
    for part in parts:
        write(stream, part)
    return stream.getvalue()


@given(SECTIONS)
def test_what_is_written_is_read(parts: list[Section]) -> None:
    assert list(sections(io.BytesIO(written(parts)))) == parts


@given(SECTIONS, st.data())
def test_a_file_that_was_cut_off_is_whole_up_to_a_section(parts: list[Section], data: st.DataObject) -> None:
    whole = written(parts)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    place = whole_until(io.BytesIO(cut))
    assert place <= len(cut)
    if place:
        kept = list(sections(io.BytesIO(cut[:place])))
        assert kept == parts[: len(kept)]


@given(SECTIONS.filter(bool), st.data())
def test_a_file_that_ends_within_a_section_is_refused(parts: list[Section], data: st.DataObject) -> None:
    last = len(written(parts)) - len(written(parts[:-1])) + len(written([]))
    cut = written(parts)[: -data.draw(st.integers(1, last - len(written([])) - 1))]
    with pytest.raises(Malformed):
        list(sections(io.BytesIO(cut)))


@pytest.mark.parametrize(
    "section",
    [
        Section("blob", "with space", b""),
        Section("blob", "", b""),
        Section("blob", "new\nline", b""),
        Section("blob", "x" * 301, b""),
        Section("other", "x", b""),
    ],
    ids=lambda section: f"{section.kind} {section.name[:12]!r}",
)
def test_what_could_not_be_read_is_not_written(section: Section) -> None:
    with pytest.raises(Malformed):
        write(io.BytesIO(), section)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"phyle-ledger/2\n",
        b"phyle-ledger/1",
        b"phyle-ledger/1\nblob x 01\ny\n",
        b"phyle-ledger/1\nblob x 1\nyy",
        b"phyle-ledger/1\nblob  1\ny\n",
        b"phyle-ledger/1\nblob x -1\n",
        b"phyle-ledger/1\nblob x 999999999\n",
        b"phyle-ledger/1\n\n",
    ],
)
def test_what_is_no_file_of_a_ledger_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        list(sections(io.BytesIO(data)))
