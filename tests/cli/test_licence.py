"""`phyle licence` as people and scripts meet it: with no home, no database, and settings that could not be read."""

import json

import pytest

from phyle.cli.commands import main
from phyle.cooperative.licences.facts import KINDS
from phyle.cooperative.licences.ppl import PPL

FIRM = ("--user", "private-firm", "--use", "commercial")
WORKERS = (
    *("--licence", "PPL", "--user", "worker-cooperative", "--use", "commercial"),
    *("--surplus-to-workers", "yes", "--indivisible-reserves", "no", "--outside-investors", "no"),
)


class Shell:
    """Runs it where settings are unreadable, so that it fails if it reads them."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self.captured = captured

    def __call__(self, *words: str, code: int = 0) -> str:
        """What it says: on its output if it can, on the other if it cannot."""
        assert main(["licence", *words]) == code
        out, err = self.captured.readouterr()
        assert bool(out) != bool(err)
        return out or err


@pytest.fixture
def phyle(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("PHYLE_PORT", "none")
    return Shell(capsys)


def test_outcome_clause_and_reason(phyle: Shell) -> None:
    assert phyle("decide", *WORKERS, "--waged-non-members", "no").splitlines() == [
        "outcome   allowed",
        "licence   PPL: Peer Production License, by the table PPL/1",
        "clause    4(c)(i), 4(c)(ii)",
        "reason    It is worker-owned, and all of its surplus is distributed among the worker-owners.",
        "          On the facts as they were given. This is not legal advice.",
    ]


def test_what_was_not_said_is_asked_for(phyle: Shell) -> None:
    said = phyle("decide", *WORKERS)
    assert said.startswith("outcome   contested\n")
    assert "reading   The text can be read otherwise" in said
    asked = [line.split()[2] for line in said.splitlines() if line.startswith("not said")]
    assert asked == ["--waged-non-members"]


def test_the_same_as_json(phyle: Shell) -> None:
    said = json.loads(phyle("decide", "--licence", "ppl or mit", *FIRM, "--json"))
    assert (said["outcome"], said["licence"], said["table"]) == ("allowed", "MIT", "open/1")
    said = json.loads(phyle("decide", "--licence", "PPL", *FIRM, "--json"))
    assert (said["outcome"], said["clause"]) == ("refused", "4(d), 8(d), 8(e)")
    assert said["not_said"] == ["employees", "profit"]


def test_a_breach_and_a_licence_of_ones_own(phyle: Shell) -> None:
    granted = ("decide", "--licence", "PPL", *FIRM, "--grant", "negotiated")
    assert phyle(*granted).startswith("outcome   allowed\n")
    assert phyle(*granted, "--breach").startswith("outcome   refused\n")


def test_unknown_words_are_answered_with_those_that_are_known(phyle: Shell) -> None:
    unknown = phyle("decide", "--licence", "PPL", "--user", "bank", "--use", "commercial", code=1)
    assert all(kind in unknown for kind in KINDS)
    assert "Do you mean PPL" in phyle("decide", "--licence", "PLP", *FIRM, code=1)
    assert "only yes, no" in phyle("decide", *WORKERS, "--employees", "maybe", code=1)
    assert "non-commercial, commercial" in phyle("decide", "--licence", "PPL", *FIRM[:3], "x", code=1)
    assert "no licence expression" in phyle("decide", "--licence", "PPL AND", *FIRM, code=1)


def test_the_table_row_by_row(phyle: Shell) -> None:
    shown = phyle("show", "PPL")
    assert all(row.reason in shown and row.clause in shown for row in PPL.rows)
    (table,) = json.loads(phyle("show", "ppl", "--json"))
    assert len(table["rows"]) == len(PPL.rows)
    assert table["rows"][0]["when"] == {"breach": "yes"}
    assert "Coopyleft/1" in phyle("show")
    assert "Coopyleft" in phyle("show", "coopyleft")
