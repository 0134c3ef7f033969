"""Schulze's method: the example of 45 voters from his paper, the status quo, and what every election must keep."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import NeedsLot, Result
from phyle.errors import Unprocessable
from tests.cooperative.tally import naive
from tests.cooperative.tally.counts import LOT, count, elections, papers, tie
from tests.cooperative.tally.test_irv import TENNESSEE

# M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
# method" (2011): example with 45 voters and 5 alternatives, as it is taught since.
FORTY_FIVE = {
    "ACBED": 5,
    "ADECB": 5,
    "BEDAC": 8,
    "CABED": 3,
    "CAEBD": 7,
    "CBADE": 2,
    "DCEBA": 7,
    "EBADC": 8,
}


def test_forty_five_voters() -> None:
    result = count("schulze", FORTY_FIVE, "ABCDE", 5)
    assert result.stages[0]["preferred"] == [
        [0, 20, 26, 30, 22],
        [25, 0, 16, 33, 18],
        [19, 29, 0, 17, 24],
        [15, 12, 28, 0, 14],
        [23, 27, 21, 31, 0],
    ]
    assert result.stages[1]["strengths"] == [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ]
    assert result.elected == ["E", "A", "C", "B", "D"]
    assert count("schulze", FORTY_FIVE, "ABCDE").elected == ["E"]


def test_tennessee() -> None:
    assert count("schulze", TENNESSEE, "MNCK").elected == ["N"]


def test_equals_and_what_is_left_out() -> None:
    """A and B are equal on the first, and both above C, which is not named."""
    outcome = tally("schulze", list("ABC"), [({"rank": [[0, 1]]}, 3), ({"rank": [1, [0, 2]]}, 1)])
    assert isinstance(outcome, Result)
    assert outcome.stages[0]["preferred"] == [[0, 0, 3], [1, 0, 4], [0, 0, 0]]
    assert outcome.elected == ["B"]


def test_what_does_not_beat_the_status_quo_cannot_win() -> None:
    """Without the status quo A beats B; but A is level with it (5 to 5), and drops out."""
    lines = {"ABS": 5, "BSA": 2, "SAB": 3}
    assert count("schulze", lines, "ABS").elected == ["A"]
    result = count("schulze", lines, "ABS", params={"status_quo": 2})
    assert result.stages[1]["dropped"] == [0]
    assert result.elected == ["B"]


def test_the_status_quo_stays_if_nothing_beats_it() -> None:
    result = count("schulze", {"ABS": 4, "SAB": 4}, "ABS", 2, params={"status_quo": 2})
    assert result.elected == ["S"]
    assert result.stages[1]["says"][-1] == "Nothing beats S: it stays."


def test_more_seats_than_beat_the_status_quo_stay_empty() -> None:
    assert count("schulze", {"ABSC": 4, "SCAB": 3}, "ABSC", 4, params={"status_quo": 2}).elected == ["A", "B"]


def test_no_papers_leave_the_status_quo() -> None:
    assert count("schulze", {}, "AS", params={"status_quo": 1}).elected == ["S"]


def test_a_tie_needs_a_lot() -> None:
    needs = tie("schulze", {"ABC": 1, "BAC": 1}, "ABC")
    assert needs.options == (0, 1)
    drawn = count("schulze", {"ABC": 1, "BAC": 1}, "ABC", lot=LOT)
    assert drawn.drawn
    assert drawn.winners == (naive.by_lot([0, 1], LOT)[0],)
    assert count("schulze", {"ABC": 1, "BAC": 1}, "ABC", 2).elected == ["A", "B"], "no lot if both have a seat"


def test_the_status_quo_is_an_option() -> None:
    with pytest.raises(Unprocessable, match="number 3"):
        tally("schulze", list("ABC"), [], params={"status_quo": 3})


def _beats(ranks: list[list[int]], one: int, other: int) -> bool:
    def above(rank: list[int], first: int, second: int) -> bool:
        return first in rank and (second not in rank or rank.index(first) < rank.index(second))

    return sum(above(rank, one, other) for rank in ranks) > sum(above(rank, other, one) for rank in ranks)


def _winner(options: int, ranks: list[list[int]], **more: Any) -> Result | NeedsLot:
    return tally("schulze", [str(option) for option in range(options)], papers(ranks), **more)


@settings(max_examples=150, deadline=None)
@given(elections())
def test_who_beats_everybody_is_elected(election: tuple[int, list[list[int]]]) -> None:
    options, ranks = election
    outcome = _winner(options, ranks)
    everybody = range(options)
    for one in everybody:
        if all(_beats(ranks, one, other) for other in everybody if other != one):
            assert isinstance(outcome, Result)
            assert outcome.winners == (one,)


@settings(max_examples=150, deadline=None)
@given(elections())
def test_a_winner_raised_on_a_paper_stays_a_winner(election: tuple[int, list[list[int]]]) -> None:
    options, ranks = election
    outcome = _winner(options, ranks)
    if isinstance(outcome, NeedsLot) or not ranks:
        return
    winner = outcome.winners[0]
    raised = [[winner, *(option for option in ranks[0] if option != winner)], *ranks[1:]]
    again = _winner(options, raised)
    assert winner in (again.winners if isinstance(again, Result) else again.options)


@settings(max_examples=150, deadline=None)
@given(elections(), st.integers(0, 5))
def test_every_winner_beats_the_status_quo(election: tuple[int, list[list[int]]], number: int) -> None:
    options, ranks = election
    status_quo = number % options
    outcome = _winner(options, ranks, lot=LOT, params={"status_quo": status_quo})
    assert isinstance(outcome, Result)
    (winner,) = outcome.winners
    assert winner == status_quo or _beats(ranks, winner, status_quo)
    if winner == status_quo:
        assert not any(_beats(ranks, option, status_quo) for option in range(options))
