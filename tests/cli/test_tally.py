"""`phyle tally` as people and scripts meet it: with no home, no database, and settings that could not be read."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest

from phyle.cli.commands import main

ELECTION = '4 2\n10 1 2 3 0\n9 2 1 4 0\n4 3 0\n3 4 0\n0\n"Ann"\n"Ben"\n"Cleo"\n"Dora"\n"Harbour"\n'
LEVEL = '2 1\n1 1 0\n1 2 0\n0\n"Ann"\n"Ben"\n"Level"\n'


UNREADABLE = {"PHYLE_PORT": "none"}


def started(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs it as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "phyle", "tally", *words],
        env={**UNREADABLE, "PYTHONPATH": str(Path(__file__).parents[2])},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def phyle(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs it where settings are unreadable, so that it fails if it reads them. In a thread, where it has a loop of its
    own: to start a program takes a hundred times as long as to count."""
    out, said, asked = io.StringIO(), io.StringIO(), io.TextIOWrapper(io.BytesIO(given.encode()))
    with (
        mock.patch.dict(os.environ, UNREADABLE, clear=True),
        mock.patch.object(sys, "stdin", asked),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(said),
        ThreadPoolExecutor(1) as thread,
    ):
        status = thread.submit(_status, words).result(60)
    return subprocess.CompletedProcess(words, status, out.getvalue(), said.getvalue())


def _status(words: Sequence[str]) -> int:
    try:
        return main(["tally", *words])
    except SystemExit as end:  # how argparse ends
        return int(end.code or 0)


def test_as_a_program(file: str) -> None:
    for done in (started("--method", "stv", file), started("--method", "stv", "-", given=ELECTION)):
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["winners"] == ["Ann", "Ben"]
    assert started("--method", "borda", file).returncode == phyle("--method", "borda", file).returncode != 0


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "harbour.blt"
    path.write_text(ELECTION)
    return str(path)


def test_winners_and_stages_as_json(file: str) -> None:
    done = phyle("--method", "stv", file, "--seats", "3")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said.keys() == {"winners", "stages"}
    assert said["winners"] == ["Ann", "Ben", "Cleo"]
    assert said["stages"][1]["votes"] == ["7.00000", "9.00000", "7.00000", "3.00000"]


def test_seats_are_what_the_file_says_but_one_for_a_runoff(file: str) -> None:
    assert json.loads(phyle("--method", "stv", "--json", file).stdout)["winners"] == ["Ann", "Ben"]
    assert json.loads(phyle("--method", "irv", file).stdout)["winners"] == ["Ann"]


def test_an_explanation_for_people(file: str) -> None:
    done = phyle("--method", "stv", "--explain", file)
    assert done.returncode == 0
    assert done.stdout.startswith("Stage 1\n  First preferences: 26 valid papers")
    assert done.stdout.endswith("Elected 1: Ann\nElected 2: Ben\n")


def test_a_tie_asks_for_a_lot_and_takes_one() -> None:
    done = phyle("--method", "irv", "-", given=LEVEL)
    assert done.returncode == 1
    assert json.loads(done.stdout)["needs_lot"] == ["Ann", "Ben"]
    assert done.stderr.count("\n") == 1
    assert "--lot" in done.stderr
    drawn = phyle("--method", "irv", "-", "--lot", "00ff", given=LEVEL)
    assert drawn.returncode == 0
    assert len(json.loads(drawn.stdout)["winners"]) == 1


def test_the_status_quo_has_to_be_beaten(file: str) -> None:
    assert json.loads(phyle("--method", "schulze", "--seats", "1", file).stdout)["winners"] == ["Ann"]
    done = phyle("--method", "schulze", "--seats", "1", "--status-quo", "Ann", file)
    assert json.loads(done.stdout)["winners"] == ["Ann"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--method", "borda"), "There is no method 'borda'"),
        (("--method", "irv", "--seats", "2"), "use stv"),
        (("--method", "dot"), "JSON form"),
        (("--method", "stv", "--lot", "xyz"), "hexadecimal"),
        (("--method", "schulze", "--status-quo", "Nobody"), "No option is called 'Nobody'"),
    ],
)
def test_errors_are_a_sentence(file: str, words: tuple[str, ...], why: str) -> None:
    done = phyle(*words, file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("phyle: ")
    assert done.stderr.count("\n") == 1
    assert why in done.stderr


def test_files_that_are_none(tmp_path: Path) -> None:
    done = phyle("--method", "stv", str(tmp_path / "none.blt"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be read" in done.stderr
    assert "Line 1 has 'x'" in phyle("--method", "stv", "-", given="x").stderr


def test_names_cannot_move_the_cursor() -> None:
    done = phyle("--method", "stv", "--explain", "-", given='1 1\n1 1 0\n0\n"A\x1b[2Jnn"\n"T"\n')
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
