"""`phyle tally`: count an election from a file, with no instance, no database and no settings."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from phyle.cli import arguments
from phyle.cli.lines import shown
from phyle.cooperative.tally import readers
from phyle.cooperative.tally.counting import METHODS, tally
from phyle.cooperative.tally.elections import Election
from phyle.cooperative.tally.explaining import explained
from phyle.cooperative.tally.values import NeedsLot, Result
from phyle.errors import Malformed, Missing, Unprocessable

_LONGEST_LINE = 100_000


def register(commands: arguments.Commands) -> None:
    """Adds the command."""
    parser = arguments.add_offline(commands, "tally", _tally, says="Count an election from a file.")
    parser.add_argument(
        "file", metavar="FILE", help=".blt, .soc, .soi, .toc, .toi, .cat or .json; - for standard input"
    )
    parser.add_argument("--method", metavar="M", required=True, help=", ".join(METHODS))
    parser.add_argument("--seats", metavar="N", type=int, help="how many are to be elected (what the file says, or 1)")
    parser.add_argument("--lot", metavar="HEX", help="the seed that decides ties")
    parser.add_argument("--status-quo", metavar="NAME", help="schulze: the option that a winner has to beat")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the winners and every stage as JSON; so it is by default")
    form.add_argument("--explain", action="store_true", help="every stage as text, to be checked by hand")


def _tally(given: argparse.Namespace) -> int:
    if given.method not in METHODS:
        raise Unprocessable(f"There is no method {given.method!r}, only {', '.join(METHODS)}.")
    election = readers.read(given.file, _content(given.file))
    outcome = _count(election, given)
    if given.explain:
        print("\n".join(_line(line) for line in explained(outcome).splitlines()))
    else:
        print(json.dumps(_answer(election, outcome), ensure_ascii=False))
    if isinstance(outcome, NeedsLot):
        print(f"phyle: {shown(outcome.question)}: draw a lot, then count again with --lot HEX.", file=sys.stderr)
        return 1
    return 0


def _count(election: Election, given: argparse.Namespace) -> Result | NeedsLot:
    seats = given.seats if given.seats is not None else 1 if given.method == "irv" else election.seats
    params = dict(election.params)
    if given.method == "score" and election.grades:
        params.setdefault("max", max(election.points))
    if given.status_quo is not None:
        params["status_quo"] = _option(election, given.status_quo)
    return tally(given.method, election.options, election.papers_for(given.method), seats, _seed(given.lot), params)


def _answer(election: Election, outcome: Result | NeedsLot) -> dict[str, Any]:
    if isinstance(outcome, Result):
        return {"winners": outcome.elected, "stages": outcome.stages}
    tied = [election.options[option] for option in outcome.options]
    return {"needs_lot": tied, "stage": outcome.stage, "question": outcome.question}


def _line(line: str) -> str:
    """A line for a terminal, its indentation kept."""
    return line[: len(line) - len(line.lstrip(" "))] + shown(line, most=_LONGEST_LINE)


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Missing(f"{file} cannot be read: {error.strerror}.") from error


def _seed(given: str | None) -> bytes | None:
    try:
        return None if given is None else bytes.fromhex(given)
    except ValueError as error:
        raise Malformed(f"--lot takes hexadecimal digits, two for each byte, not {given!r}.") from error


def _option(election: Election, name: str) -> int:
    if name not in election.options:
        raise Missing(f"No option is called {name!r}, only {', '.join(election.options)}.")
    return election.options.index(name)
