"""Published vectors of RFC 8785, read from the folder that PHYLE_VECTORS names."""

import json
import os
from pathlib import Path

import pytest

from phyle import canonical

FOLDER = os.environ.get("PHYLE_VECTORS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PHYLE_VECTORS does not name the folder of published vectors")
CASES = sorted(path.stem for path in Path(FOLDER, "jcs", "input").glob("*.json")) if FOLDER else []


@pytest.mark.parametrize("case", CASES)
def test_canonical_form(case: str) -> None:
    data = canonical.dump(json.loads(Path(FOLDER, "jcs", "input", f"{case}.json").read_bytes()))
    assert data == Path(FOLDER, "jcs", "output", f"{case}.json").read_bytes()
    assert data == bytes.fromhex(Path(FOLDER, "jcs", "outhex", f"{case}.txt").read_text())


def test_the_vectors_are_there() -> None:
    assert len(CASES) >= 6
