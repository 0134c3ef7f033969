"""Every hash of every act, consequence and effect is known to be the name of a blob, a commitment, or neither."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.naming import BLOBS, COMMITMENTS, NAMELESS, ONLY_IN, OTHERS, blobs_named, commitments_of
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import Hash

PAYLOADS: dict[str, Any] = {
    **{kind: it.payload for kind, it in LAW.acts.items()},
    **{kind: it.payload for kind, it in LAW.consequences.items()},
    **{kind: it.arguments for kind, it in EFFECTS.items()},
}


def hashes(hint: Any, name: str = "") -> Iterator[str]:
    """The members of a value that hold hashes."""
    if hint is Hash:
        yield name
    elif is_dataclass(hint):
        for member, inner in get_type_hints(hint).items():
            yield from hashes(inner, member)
    else:
        for inner in get_args(hint):
            yield from hashes(inner, name)


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_every_hash_is_known(kind: str) -> None:
    known = BLOBS | COMMITMENTS | OTHERS | {name for only, name in ONLY_IN if only == kind}
    assert set(hashes(PAYLOADS[kind])) <= known


@pytest.mark.parametrize("kind", sorted(NAMELESS & PAYLOADS.keys()))
def test_what_is_said_to_name_no_blob_names_none(kind: str) -> None:
    assert not set(hashes(PAYLOADS[kind])) & BLOBS


def test_no_member_is_two_things() -> None:
    assert not BLOBS & COMMITMENTS
    assert not BLOBS & OTHERS
    assert not COMMITMENTS & OTHERS


def test_what_people_call_their_data_is_no_blob() -> None:
    """Who calls a part of their identity `charter` does not make the ledger name a charter that is not there."""
    payload = {"member": "x", "identity": {"charter": "ab" * 32, "actor": "cd" * 32}}
    assert list(blobs_named("apply", payload)) == []
    assert commitments_of(payload, {"request": "ef" * 32}) == {
        "ab" * 32: "charter",
        "cd" * 32: "actor",
        "ef" * 32: "request",
    }


def test_blobs_deep_within() -> None:
    effects = [{"kind": "Amend", "arguments": {"charter": "ab" * 32, "amends": "cd" * 32}}]
    payload = {"text": "ef" * 32, "options": [{"label": "Yes", "effects": effects}]}
    assert sorted(blobs_named("propose", payload)) == ["ab" * 32, "cd" * 32, "ef" * 32]
