"""Instant runoff: a capital for Tennessee, ties, and what it shares with one seat of the transferable vote."""

import pytest
from hypothesis import assume, given, settings

from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import NeedsLot, Result
from phyle.errors import Unprocessable
from tests.cooperative.tally import naive
from tests.cooperative.tally.counts import LOT, count, elections, papers, tie

# Memphis, Nashville, Chattanooga and Knoxville as everybody teaches it, in percent.
TENNESSEE = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}


def test_tennessee() -> None:
    result = count("irv", TENNESSEE, "MNCK")
    assert [stage["votes"] for stage in result.stages] == [[42, 26, 15, 17], [42, 26, 0, 32], [42, 0, 0, 58]]
    assert result.elected == ["K"]


def test_more_than_half_of_what_is_still_counted_is_enough() -> None:
    result = count("irv", {"A": 5, "B": 4, "C": 3}, "ABC")
    assert result.stages[1]["exhausted"] == 3
    assert result.elected == ["A"]


def test_half_is_not_more_than_half() -> None:
    assert count("irv", {"A": 3, "BA": 2, "CB": 1}, "ABC").stages[1]["elected"] == []


def test_a_tie_goes_by_the_latest_stage_at_which_they_differed() -> None:
    result = count("irv", {"A": 6, "B": 4, "CB": 3, "DC": 1}, "ABCD")
    assert result.stages[2]["option"] == 2
    assert result.stages[2]["tie"]["decisive"] == 1
    assert result.elected == ["B"]


def test_a_tie_that_no_stage_decides_needs_a_lot() -> None:
    needs = tie("irv", {"A": 1, "B": 1}, "AB")
    assert (needs.options, needs.stage) == ((0, 1), 2)
    assert count("irv", {"A": 1, "B": 1}, "AB", lot=LOT).winners == (naive.by_lot([0, 1], LOT)[0],)


def test_one_seat_only() -> None:
    with pytest.raises(Unprocessable, match="stv"):
        tally("irv", ["A", "B"], [], 2)


@settings(max_examples=150, deadline=None)
@given(elections())
def test_elects_whom_the_transferable_vote_elects_to_one_seat(election: tuple[int, list[list[int]]]) -> None:
    options, ranks = election
    names = [str(option) for option in range(options)]
    runoff = tally("irv", names, papers(ranks))
    transferable = tally("stv", names, papers(ranks))
    assume(not isinstance(transferable, NeedsLot))
    assert isinstance(runoff, Result)
    assert isinstance(transferable, Result)
    assert runoff.winners == transferable.winners


@settings(max_examples=100, deadline=None)
@given(elections())
def test_who_is_first_on_most_papers_is_elected_at_once(election: tuple[int, list[list[int]]]) -> None:
    options, ranks = election
    extra = [[0]] * (len(ranks) + 1)
    outcome = tally("irv", [str(option) for option in range(options)], papers(ranks + extra))
    assert isinstance(outcome, Result)
    assert (outcome.winners, len(outcome.stages)) == ((0,), 1)
