"""A ledger in a file: no byte of it can change and pass, for the public and for members."""

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


def test_a_section_twice(whole: bytes, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="twice"):
        audited(whole + b"end 17 0\n\n", tmp_path)
