"""The page for people says what the tables say, and its example is what the command prints."""

import shlex
from pathlib import Path

import pytest

from phyle.cli.commands import main
from phyle.cooperative.licences.deciding import TABLES
from phyle.cooperative.licences.ppl import PPL
from phyle.cooperative.licences.tables import OUTCOMES

PAGE = (Path(__file__).parents[3] / "docs" / "licences.md").read_text()
BLOCKS = [block.partition("\n")[2] for block in PAGE.split("```")[1::2]]


def test_the_example_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    command = BLOCKS[0].partition("\nphyle licence show")[0].replace("\\\n", " ")
    assert main(shlex.split(command, comments=True)[1:]) == 0
    assert capsys.readouterr().out == BLOCKS[1]


def test_every_outcome_table_and_clause_is_named() -> None:
    assert all(f"`{outcome}`" in PAGE for outcome in OUTCOMES)
    assert all(f"`{name}`" in PAGE for name in TABLES if name != "Coopyleft/1")
    named = {clause for row in PPL.rows for clause in row.clauses if clause != "the grant"}
    assert {clause for clause in named if clause.partition("(")[0] not in PAGE} == set()
    assert all(clause in PAGE for clause in ("1(g)", "4(b)", "4(d)", "7(a)", "8(d)", "8(e)"))


def test_it_says_that_it_is_no_advice() -> None:
    assert "never legal advice" in PAGE
