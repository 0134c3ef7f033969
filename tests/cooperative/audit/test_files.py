"""A ledger in a file: no byte of it can change and pass, for the public and for members."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.files import Archive
from phyle.cooperative.audit.verdicts import Verdict
from phyle.errors import Malformed, Refusal
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import archived, remembered
from tests.cooperative.audit.test_members import Register, told
from tests.cooperative.law.stories import Story


@pytest.fixture(scope="module")
def story() -> Story:
    return decided()


@pytest.fixture(scope="module")
def whole(story: Story, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file; what stands in `about` is proven by nothing and is not audited, so it is left empty of claims."""
    return archived(remembered(story), tmp_path_factory.mktemp("ledger") / "file").read_bytes()


def audited(data: bytes, folder: Path) -> Verdict:
    path = folder / "ledger"
    path.write_bytes(data)
    with Archive(path) as source:
        return audit(source)


def test_a_file_is_verified(whole: bytes, tmp_path: Path) -> None:
    assert audited(whole, tmp_path).sound


@pytest.mark.threat("I14")
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_byte_can_change_and_pass(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda it: it != whole[place]))
    try:
        found = audited(whole[:place] + bytes([byte]) + whole[place + 1 :], tmp_path)
    except Refusal:
        return
    if found.sound:
        pytest.fail(f"byte {place} was changed to {byte}, and nobody saw it")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_part_can_be_left_out(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    try:
        found = audited(whole[:start] + whole[end:], tmp_path)
    except Refusal:
        return
    if found.sound:
        pytest.fail(f"bytes {start} to {end} are not there, and nobody saw it")


def meant(path: Path) -> object:
    """What the openings of a file say, whatever they are called."""
    with Archive(path) as source:
        found = source.openings(0, 256)
    assert found is not None
    return {it: (each.value, each.salt) for it, each in found.opened.items()}, found.closed, found.erased


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_byte_of_an_opening_can_change_and_pass(tmp_path: Path, data: st.DataObject) -> None:
    """Only what an opening is called, which nobody asks."""
    whole, place = opened(tmp_path)
    start, end = place
    at = data.draw(st.integers(start, end - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda it: it != whole[at]))
    path = tmp_path / "whole"
    path.write_bytes(whole)
    try:
        found = audited(whole[:at] + bytes([byte]) + whole[at + 1 :], tmp_path)
    except Refusal:
        return
    if found.sound and meant(tmp_path / "ledger") != meant(path):
        pytest.fail(f"byte {at} was changed to {byte}, and nobody saw it")


@cache
def members_story() -> Register:
    return told()[0]


def opened(folder: Path) -> tuple[bytes, tuple[int, int]]:
    """A file for members, and where its openings stand in it."""
    story = members_story()
    names = {it: (each.name, each.value, each.salt) for it, each in story.given().opened.items()}
    whole = archived(remembered(story), folder / "members", openings=names).read_bytes()
    start = whole.index(b"openings 0 ")
    return whole, (start, whole.index(b"entries 0 ", start))


def test_a_section_twice(whole: bytes, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="twice"):
        audited(whole + b"end 17 0\n\n", tmp_path)
