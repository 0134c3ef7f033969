"""Published vectors of inclusion and consistency proofs, read from the folder that PHYLE_VECTORS names."""

import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from phyle.cooperative.tree import hashing, ranges
from phyle.cooperative.tree.proofs import verify_consistency, verify_inclusion
from phyle.errors import Unproven
from tests.cooperative.tree.trees import ENTRIES, over

FOLDER = os.environ.get("PHYLE_VECTORS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PHYLE_VECTORS does not name the folder of published vectors")
MERKLE = Path(FOLDER, "merkle")


def cases(kind: str) -> list[str]:
    """The files of one kind of proof."""
    return sorted(str(path.relative_to(MERKLE)) for path in (MERKLE / kind).rglob("*.json")) if FOLDER else []


def bytes_of(case: dict[str, Any], name: str) -> bytes:
    """A hash of a case; none is written as null."""
    return b64decode(case[name] or "")


@pytest.mark.parametrize("name", cases("inclusion"))
def test_inclusion(name: str) -> None:
    case = json.loads((MERKLE / name).read_text())
    claim: dict[str, Any] = {
        "index": case["leafIdx"],
        "size": case["treeSize"],
        "leaf": bytes_of(case, "leafHash"),
        "root": bytes_of(case, "root"),
        "proof": list(map(b64decode, case["proof"] or [])),
    }
    if case["wantErr"]:
        with pytest.raises(Unproven):
            verify_inclusion(**claim)
    else:
        verify_inclusion(**claim)
        if claim["size"] <= len(ENTRIES) and claim["leaf"] in hashing.leaves(ENTRIES):
            tree = hashing.leaves(ENTRIES[: claim["size"]])
            assert over(ranges.inclusion(claim["index"], claim["size"]), tree) == claim["proof"]


@pytest.mark.parametrize("name", cases("consistency"))
def test_consistency(name: str) -> None:
    case = json.loads((MERKLE / name).read_text())
    claim: dict[str, Any] = {
        "old": case["size1"],
        "size": case["size2"],
        "old_root": bytes_of(case, "root1"),
        "root": bytes_of(case, "root2"),
        "proof": list(map(b64decode, case["proof"] or [])),
    }
    if case["wantErr"]:
        with pytest.raises(Unproven):
            verify_consistency(**claim)
    elif len(claim["root"]) == hashing.WIDTH:
        verify_consistency(**claim)
        tree = hashing.leaves(ENTRIES[: claim["size"]])
        assert over(ranges.consistency(claim["old"], claim["size"]), tree) == claim["proof"]


def test_the_vectors_are_there() -> None:
    assert len(cases("inclusion")) > 80
    assert len(cases("consistency")) > 80
