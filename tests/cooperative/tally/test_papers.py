"""Which papers are taken, by which words the others are refused; and that a count leaves out exactly those."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.tally.counting import METHODS, tally
from phyle.cooperative.tally.papers import valid
from phyle.cooperative.tally.values import Result
from tests.cooperative.tally.counts import LOT

NAMES = ["Ann", "Ben", "Cleo"]

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("yesno", {"paper": "block"}),
    ("approval", {"approve": []}),
    ("approval", {"approve": [2, 0]}),
    ("irv", {"rank": [1]}),
    ("stv", {"rank": [2, 1, 0]}),
    ("schulze", {"rank": [[0, 1], 2]}),
    ("score", {"score": {"0": 5, "2": 0}}),
    ("dot", {"dots": {"1": 10}}),
    ("quadratic", {"credits": {"0": 10}}),
    ("quadratic", {"credits": {}}),
]

BAD: list[tuple[str, Any, str]] = [
    ("yesno", {"paper": "yes"}, "one of for, against, abstain, block"),
    ("yesno", {"paper": ["for"]}, "one of"),
    ("yesno", {"paper": "for", "why": "x"}, "nothing else"),
    ("yesno", "for", "nothing else"),
    ("approval", {"approve": [0, 0]}, "named twice"),
    ("approval", {"approve": [3]}, "from 0 to 2"),
    ("approval", {"approve": "0"}, "list"),
    ("irv", {"rank": []}, "at least one"),
    ("stv", {"rank": [[0, 1], 2]}, "from 0 to 2"),
    ("stv", {"rank": [True]}, "from 0 to 2"),
    ("stv", {"rank": [0.0]}, "from 0 to 2"),
    ("schulze", {"rank": [[0, 1], 1]}, "named twice"),
    ("schulze", {"rank": [[], 1]}, "at least one"),
    ("schulze", {"rank": {"0": 1}}, "list"),
    ("score", {"score": {"0": 6}}, "at most 5"),
    ("score", {"score": {"0": -1}}, "none below 0"),
    ("score", {"score": {"0": 1.5}}, "whole numbers"),
    ("score", {"score": {"3": 1}}, "from 0 to 2"),
    ("score", {"score": {"00": 1}}, "from 0 to 2"),
    ("score", {"score": [1]}, "object"),
    ("dot", {"dots": {"0": 6, "1": 5}}, "10 dots to give, not 11"),
    ("quadratic", {"credits": {"0": 8, "1": 7}}, "cost 113 credits"),
]


@pytest.mark.parametrize(("method", "paper"), GOOD)
def test_good_papers(method: str, paper: dict[str, Any]) -> None:
    assert valid(method, NAMES, paper) is None


@pytest.mark.parametrize(("method", "paper", "why"), BAD)
def test_bad_papers_are_told_why(method: str, paper: Any, why: str) -> None:
    said = valid(method, NAMES, paper)
    assert said is not None
    assert why in said


_LEAVES = st.none() | st.booleans() | st.integers(-1, 4) | st.floats() | st.sampled_from(["0", "2", "for", "rank"])
_JSON = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["0", "1", "2", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = st.sampled_from(["paper", "approve", "rank", "score", "dots", "credits"])
_PAPERS = st.dictionaries(_FIELDS, _JSON | st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=2) | _JSON


@settings(deadline=None)
@given(st.sampled_from(sorted(METHODS)), st.lists(_PAPERS, max_size=6))
def test_a_count_takes_every_json_and_leaves_out_what_is_not_valid(method: str, papers: list[Any]) -> None:
    outcome = tally(method, NAMES, [(paper, 1) for paper in papers], 1, LOT)
    assert isinstance(outcome, Result)
    invalid = sum(valid(method, NAMES, paper) is not None for paper in papers)
    first = outcome.stages[0]
    assert first.get("invalid", outcome.totals.get("invalid")) == invalid
