"""The words of a count, as people read them: one is not told as several."""

import pytest

from phyle.cooperative.tally.explaining import explained
from phyle.cooperative.tally.values import Result


def said(sentence: str) -> str:
    stage = {"stage": 1, "says": [sentence]}
    result = Result(method="yesno", options=("Yes",), winners=(), stages=(stage,), totals={})
    return explained(result).splitlines()[1].strip()


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2 for, 1 against, 1 blocks: 4 cast.", "2 for, 1 against, 1 block: 4 cast."),
        ("With 1 abstentions 1 are present.", "With 1 abstention 1 is present."),
        ("1 are not valid.", "1 is not valid."),
        ("1 papers are counted, 1 are not valid.", "1 paper is counted, 1 is not valid."),
        ("First preferences: 1 valid papers, 1 that are not.", "First preferences: 1 valid paper, 1 that is not."),
        ("Anna is excluded with 1.00000 votes, the fewest.", "Anna is excluded with 1.00000 vote, the fewest."),
    ],
)
def test_one_is_one(kept: str, shown: str) -> None:
    assert said(kept) == shown


@pytest.mark.parametrize(
    "kept",
    [
        "2 for, 1 against, 11 blocks: 14 cast.",
        "With 21 abstentions 31 are present.",
        "11 papers are counted, 21 are not valid.",
        "1 papers is excluded with 2 votes, the fewest.",
        "1 blocks: is elected with 3 of 4 votes.",
    ],
)
def test_names_and_other_figures_stay(kept: str) -> None:
    assert said(kept) == kept
