"""The methods that add up, and yes or no."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import NeedsLot, Result
from phyle.errors import Unprocessable
from tests.cooperative.tally import naive
from tests.cooperative.tally.counts import LOT


def counted(method: str, options: str, given: list[tuple[Any, int]], seats: int = 1, **more: Any) -> Result:
    outcome = tally(method, list(options), given, seats, **more)
    assert isinstance(outcome, Result), outcome
    return outcome


def test_approval() -> None:
    result = counted("approval", "ABC", [({"approve": [0, 2]}, 3), ({"approve": [1]}, 2), ({"approve": []}, 1)], 2)
    assert result.stages[0]["totals"] == [3, 2, 3]
    assert result.elected == ["A", "C"]


def test_score() -> None:
    given = [({"score": {"0": 5, "1": 4}}, 1), ({"score": {"1": 4, "2": 5}}, 1), ({"score": {"0": 6}}, 1)]
    result = counted("score", "ABC", given)
    assert (result.stages[0]["totals"], result.stages[0]["invalid"]) == ([5, 8, 5], 1)
    assert result.elected == ["B"]
    assert counted("score", "ABC", given, params={"max": 6}).elected == ["A"]


def test_dots() -> None:
    given = [({"dots": {"0": 7, "2": 3}}, 2), ({"dots": {"1": 11}}, 5), ({"dots": {"1": 10}}, 1)]
    assert counted("dot", "ABC", given).stages[0]["totals"] == [14, 10, 6]
    assert counted("dot", "ABC", given, params={"dots": 11}).elected == ["B"]


def test_quadratic_votes_cost_their_square() -> None:
    given = [({"credits": {"0": 8, "1": 6}}, 1), ({"credits": {"1": 10}}, 1), ({"credits": {"0": 8, "1": 7}}, 1)]
    result = counted("quadratic", "AB", given)
    assert (result.stages[0]["totals"], result.stages[0]["invalid"]) == ([8, 16], 1)
    assert counted("quadratic", "AB", given, params={"credits": 113}).stages[0]["totals"] == [16, 23]


def test_a_tie_for_the_last_seat_only_needs_a_lot() -> None:
    given = [({"approve": [0, 1]}, 2), ({"approve": [2]}, 3)]
    assert counted("approval", "ABC", given).elected == ["C"]
    assert counted("approval", "ABC", given, 3).elected == ["C", "A", "B"]
    needs = tally("approval", list("ABC"), given, 2)
    assert isinstance(needs, NeedsLot)
    assert needs.options == (0, 1)
    drawn = counted("approval", "ABC", given, 2, lot=LOT)
    assert drawn.winners == (2, naive.by_lot([0, 1], LOT)[0])
    assert drawn.stages[0]["tie"]["order"] == naive.by_lot([0, 1], LOT)


def test_sums_beyond_what_json_carries_are_text() -> None:
    assert counted("approval", "A", [({"approve": [0]}, 2**53)]).stages[0]["totals"] == [str(2**53)]


def test_yes_and_no() -> None:
    given = [({"paper": answer}, times) for answer, times in (("for", 5), ("against", 2), ("abstain", 3), ("block", 1))]
    result = counted("yesno", "", [*given, ({"paper": "maybe"}, 4), ({}, 1)])
    assert result.totals == {
        "for": 5,
        "against": 2,
        "abstain": 3,
        "block": 1,
        "cast": 8,
        "present": 11,
        "invalid": 5,
    }
    assert result.winners == ()


def test_ten_thousand_answers_take_milliseconds() -> None:
    answers = [({"paper": answer}, 1) for answer in ("for", "against", "abstain", "block") for _ in range(2_500)]
    before = time.process_time()
    counted("yesno", "", answers)
    assert time.process_time() - before < 0.1


@pytest.mark.parametrize(
    ("method", "options", "seats", "why"),
    [("borda", "AB", 1, "no method"), ("stv", "AB", 0, "At least one"), ("stv", "", 1, "nothing to choose")],
)
def test_what_cannot_be_counted_is_refused(method: str, options: str, seats: int, why: str) -> None:
    with pytest.raises(Unprocessable, match=why):
        tally(method, list(options), [], seats)


@pytest.mark.parametrize("params", [{"max": "5"}, {"dots": -1}, {"credits": 1.5}, {"status_quo": True}])
def test_params_that_are_no_numbers_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Unprocessable, match="whole number"):
        tally("score", list("AB"), [], params=params)


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 3)), max_size=20), st.integers(1, 5), st.integers(0, 3))
def test_one_more_approval_never_harms(approvals: list[set[int]], seats: int, option: int) -> None:
    before = tally("approval", list("ABCD"), [({"approve": sorted(one)}, 1) for one in approvals], seats, LOT)
    after = tally("approval", list("ABCD"), [({"approve": sorted(one | {option})}, 1) for one in approvals], seats, LOT)
    assert isinstance(before, Result)
    assert isinstance(after, Result)
    assert len(before.winners) == min(seats, 4)
    assert option not in before.winners or option in after.winners
