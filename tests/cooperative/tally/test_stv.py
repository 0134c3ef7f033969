"""Scottish STV by hand: each election here was worked with pencil from the Order's own rules."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import Result
from phyle.errors import Unprocessable
from tests.cooperative.tally import naive
from tests.cooperative.tally.counts import LOT, count, elections, papers, tie, votes


@pytest.mark.parametrize(("valid", "seats", "quota"), [(12, 2, 5), (11, 2, 4), (0, 3, 1), (9334, 3, 2334)])
def test_quota(valid: int, seats: int, quota: int) -> None:
    """The order: valid papers / (seats + 1), ignoring any fraction, plus 1."""
    outcome = tally("stv", ["A"], [({"rank": [0]}, valid)], seats)
    assert isinstance(outcome, Result)
    assert outcome.stages[0]["quota"] == quota


def test_all_who_have_the_quota_are_elected_together() -> None:
    """A counter that elects A alone passes A's surplus to B, then B's to D, and elects D for C."""
    result = count("stv", {"ABC": 10, "BAD": 9, "C": 4, "D": 3}, "ABCD", 3)
    assert result.stages[0]["quota"] == 7
    assert result.stages[0]["elected"] == [0, 1]
    assert votes(result, 2) == {"A": "7.00000", "B": "9.00000", "C": "7.00000", "D": "3.00000"}
    assert result.elected == ["A", "B", "C"]
    assert len(result.stages) == 2


def test_values_are_cut_to_five_places_and_what_is_lost_is_said() -> None:
    result = count("stv", {"AB": 7, "C": 3, "B": 2}, "ABC", 2)
    assert result.stages[1]["parcels"] == [
        {"papers": 7, "received": "1.00000", "value": "0.28571", "to": [[1, 7]], "exhausted": 0}
    ]
    assert votes(result, 2) == {"A": "5.00000", "B": "3.99997", "C": "3.00000"}
    assert result.stages[1]["lost"] == "0.00003"
    assert result.elected == ["A", "B"]


def test_a_paper_passed_on_twice_keeps_the_value_at_which_it_came() -> None:
    """A: 12 of 20, quota 7, surplus 5, 5/12 = 0.41666 each. B: 5 + 12 * 0.41666 = 9.99992, surplus 2.99992: its own
    papers go on at 0.29999, those of A at 0.41666 * 2.99992 / 9.99992 = 0.12499."""
    result = count("stv", {"ABC": 12, "BC": 5, "C": 2, "D": 1}, "ABCD", 2)
    assert votes(result, 2)["B"] == "9.99992"
    assert result.elected == ["A", "B"]
    more = count("stv", {"ABC": 12, "BC": 5, "C": 2, "D": 5}, "ABCD", 3)
    assert [parcel["value"] for parcel in more.stages[2]["parcels"]] == ["0.29999", "0.12499"]
    assert more.stages[2]["parcels"][1]["to"] == [[2, 12]]
    assert votes(more, 3)["C"] == str(Decimal(2) + 5 * Decimal("0.29999") + 12 * Decimal("0.12499"))


def test_the_largest_surplus_goes_first_one_at_a_stage() -> None:
    result = count("stv", {"AD": 9, "BD": 12, "CD": 10, "D": 1, "E": 2, "F": 3}, "ABCDEF", 4)
    assert [(stage["kind"], stage.get("option")) for stage in result.stages[:3]] == [
        ("first preferences", None),
        ("surplus", 1),
        ("surplus", 2),
    ]
    assert result.elected == ["B", "C", "A", "D"]


def test_exactly_the_quota_leaves_no_surplus_to_transfer() -> None:
    result = count("stv", {"AB": 4, "B": 3, "C": 2, "D": 2}, "ABCD", 2, lot=LOT)
    assert result.stages[0]["elected"] == [0]
    assert result.stages[1]["kind"] == "exclusion"


def test_equal_surpluses_go_by_the_latest_stage_at_which_they_differed() -> None:
    """B and C have 11 at stage 2; at stage 1 B had 9 and C 8."""
    lines = {"BD": 9, "CF": 8, "EB": 2, "EC": 3, "D": 8, "F": 7}
    result = count("stv", lines, "CBDEF", 3)
    assert votes(result, 2)["B"] == votes(result, 2)["C"] == "11.00000"
    assert result.stages[2]["option"] == "CBDEF".index("B")
    assert result.stages[2]["tie"]["by"] == "stage"
    assert result.stages[2]["tie"]["decisive"] == 1
    assert votes(result, 3)["D"] == "8.81810"
    assert votes(result, 4)["F"] == "7.72720"
    assert result.elected == ["B", "C", "D"]
    assert not result.drawn


def test_equally_few_votes_go_by_the_latest_stage_at_which_they_differed() -> None:
    """D and E have 3 at stage 2; at stage 1 E had 2."""
    result = count("stv", {"A": 6, "B": 5, "D": 3, "E": 2, "GE": 1}, "ABDEG", 2)
    assert result.stages[1]["option"] == 4
    assert result.stages[2]["option"] == 3
    assert result.stages[2]["tie"] == {
        "question": "excluded",
        "options": [2, 3],
        "by": "stage",
        "decisive": 1,
        "option": 3,
    }


def test_of_three_those_level_at_the_decisive_stage_go_by_an_earlier_one() -> None:
    """C, D and E have 6 at stage 3. At stage 2 C and D had 5 and E 6; at stage 1 C had 4 and D 5: so C."""
    lines = {"A": 9, "B": 10, "C": 4, "D": 5, "E": 6, "FC": 1, "GC": 1, "GD": 1}
    result = count("stv", lines, "ABCDEFG")
    assert [votes(result, 1)[letter] for letter in "CDE"] == ["4.00000", "5.00000", "6.00000"]
    assert [votes(result, 2)[letter] for letter in "CDE"] == ["5.00000", "5.00000", "6.00000"]
    assert [votes(result, 3)[letter] for letter in "CDE"] == ["6.00000", "6.00000", "6.00000"]
    assert [stage["option"] for stage in result.stages[3:5]] == ["ABCDEFG".index("C"), "ABCDEFG".index("D")]
    assert [stage["tie"]["decisive"] for stage in result.stages[3:5]] == [1, 2]
    assert result.elected == ["B"]


def test_no_lot_before_there_is_a_tie_that_no_stage_decides() -> None:
    lines = {"A": 3, "BA": 2, "CA": 2}
    needs = tie("stv", lines, "ABC", 2)
    assert (needs.options, needs.stage) == ((1, 2), 2)
    assert needs.question == "B and C were level at every stage, and one is to be excluded"
    drawn = count("stv", lines, "ABC", 2, lot=LOT)
    first, last = naive.by_lot([1, 2], LOT)
    assert drawn.drawn
    assert drawn.winners == (0, first)
    assert drawn.stages[1]["option"] == last
    assert [option for option, _ in drawn.stages[1]["tie"]["hashes"]] == [first, last]


def test_the_lot_is_drawn_from_the_ids() -> None:
    lines = {"A": 3, "BA": 2, "CA": 2}
    seen = {count("stv", lines, "ABC", 2, lot=LOT, ids=["a", f"b{n}", f"c{n}"]).elected[1] for n in range(20)}
    assert seen == {"B", "C"}


def test_the_last_vacancies_are_filled_without_further_transfers() -> None:
    """B and C are as many as the vacancies although A's surplus waits."""
    result = count("stv", {"AC": 10, "B": 2, "C": 1}, "ABC", 3)
    assert len(result.stages) == 1
    assert result.elected == ["A", "B", "C"]
    assert votes(result, 1)["A"] == "10.00000"


def test_an_exclusion_that_leaves_the_last_transfers_nothing() -> None:
    result = count("stv", {"A": 6, "B": 4, "CA": 3}, "ABC", 1)
    assert result.stages[1]["option"] == 2
    assert votes(result, 2)["A"] == "9.00000", "two continue for one vacancy, so C's papers are transferred"
    ended = count("stv", {"A": 4, "B": 3, "C": 2}, "ABC", 2)
    assert ended.stages[1]["parcels"] == []
    assert "no more papers are transferred" in ended.stages[1]["says"][1]
    assert ended.elected == ["A", "B"]


def test_no_more_candidates_than_seats_are_all_elected() -> None:
    assert count("stv", {"B": 3, "A": 1}, "ABC", 5).elected == ["B", "A", "C"]


def test_papers_that_are_not_valid_are_no_part_of_the_quota() -> None:
    bad = [({"rank": rank}, 2) for rank in ([], [0, 0], [3], [-1], [True], "AB", [[0]], [0.0])]
    more = [({"order": [0]}, 1), ({"rank": [0], "x": 1}, 1), ({}, 1)]
    outcome = tally("stv", ["A", "B", "C"], [*bad, *more, ({"rank": (0, 1)}, 3), ({"rank": [1]}, 2)], 1)
    assert isinstance(outcome, Result)
    assert (outcome.stages[0]["invalid"], outcome.stages[0]["papers"]) == (19, 5)


def test_more_options_than_a_byte_can_name_are_refused() -> None:
    with pytest.raises(Unprocessable, match="255"):
        tally("stv", ["x"] * 256, [], 1)


@settings(max_examples=300, deadline=None)
@given(elections(), st.integers(1, 4))
def test_equals_the_slow_recount_to_the_last_place(election: tuple[int, list[list[int]]], seats: int) -> None:
    options, ranks = election
    outcome = tally("stv", [str(option) for option in range(options)], papers(ranks), seats, LOT)
    assert isinstance(outcome, Result)
    elected, stages = naive.stv(options, ranks, seats, LOT)
    assert set(outcome.winners) == elected
    assert [[Fraction(figure) for figure in stage["votes"]] for stage in outcome.stages] == stages


@settings(max_examples=100, deadline=None)
@given(elections(), st.integers(1, 4))
def test_votes_exhausted_and_lost_are_the_papers_at_every_stage(
    election: tuple[int, list[list[int]]], seats: int
) -> None:
    options, ranks = election
    outcome = tally("stv", [str(option) for option in range(options)], papers(ranks), seats, LOT)
    assert isinstance(outcome, Result)
    for stage in outcome.stages:
        figures = [*stage["votes"], stage["exhausted"], stage["lost"]]
        assert sum(map(Decimal, figures)) == len(ranks)
        assert all(Decimal(figure) >= 0 for figure in figures)


@settings(max_examples=300, deadline=None)
@given(elections(most_options=5), st.integers(1, 4), st.sets(st.integers(0, 4), min_size=1), st.integers(1, 40))
def test_a_coalition_has_the_seats_for_which_it_has_quotas(
    election: tuple[int, list[list[int]]], seats: int, solid: set[int], size: int
) -> None:
    """Who put the same options, in whatever order, above all others have as many seats as they have whole quotas."""
    options, ranks = election
    coalition = sorted(option for option in solid if option < options)
    loyal = [
        coalition[turn % max(len(coalition), 1) :] + coalition[: turn % max(len(coalition), 1)] for turn in range(size)
    ]
    everybody = [*ranks, *(rank for rank in loyal if rank)]
    outcome = tally("stv", [str(option) for option in range(options)], papers(everybody), seats, LOT)
    assert isinstance(outcome, Result)
    quota = len(everybody) // (seats + 1) + 1
    deserved = min(size // quota, len(coalition), seats)
    assert len(set(coalition) & set(outcome.winners)) >= deserved
