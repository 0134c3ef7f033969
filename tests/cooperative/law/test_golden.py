"""Version 1 of the rules, byte by byte: what it made once it makes for ever, and takes for what it was."""

import pytest

from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.entries import read_entry, write_entry
from phyle.cooperative.law.table import LAW, SLICES
from phyle.errors import Refusal
from tests.cooperative.law.lives import LIVES
from tests.cooperative.law.recording import GOLDEN, Recorded, played, record, recorded, state_digest

NEVER_LEFT = {"endorsement", "signature"}
"""Slices of the way, that are gone when it is walked."""


@pytest.mark.parametrize("name", LIVES)
def test_the_same_life_makes_the_same_bytes(name: str) -> None:
    assert record(LIVES[name]()) == (GOLDEN / f"{name}.jsonl").read_bytes()


@pytest.mark.parametrize("name", LIVES)
def test_an_old_ledger_means_what_it_meant(name: str) -> None:
    ledger = recorded(name)
    assert state_digest(played(ledger)) == ledger.state
    assert [write_entry(read_entry(leaf)) for leaf in ledger.leaves] == list(ledger.leaves)


def test_every_word_of_the_law_is_in_one_of_them() -> None:
    entries = [read_entry(leaf) for name in LIVES for leaf in recorded(name).leaves]
    assert {entry.kind for entry in entries} == {*LAW.acts, *LAW.consequences}
    proposed = {effect for entry in entries if entry.kind == "propose" for effect in _effects(entry.act.payload)}
    assert proposed == set(EFFECTS)
    kept = {kind for name in LIVES for (kind, _), _ in played(recorded(name)).everything()}
    assert set(SLICES) - kept <= NEVER_LEFT


def _effects(payload: dict) -> set[str]:
    return {effect["kind"] for option in payload["options"] for effect in option.get("effects", ())}


def test_without_any_one_of_its_entries_it_is_no_ledger() -> None:
    """Every entry that is left out, and every two that change places, are found."""
    ledger = recorded("decisions")
    for place in range(0, len(ledger.leaves) - 1, 23):
        without = [leaf for number, leaf in enumerate(ledger.leaves) if number != place]
        swapped = list(ledger.leaves)
        swapped[place : place + 2] = reversed(swapped[place : place + 2])
        for leaves in (without, swapped):
            forged = Recorded(blobs=ledger.blobs, sheets=ledger.sheets, leaves=tuple(leaves), state="")
            with pytest.raises(Refusal):
                played(forged)
