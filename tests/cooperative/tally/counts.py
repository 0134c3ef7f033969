"""Counting in tests: papers written shortly, and a result that is no tie."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import NeedsLot, Result

LOT = b"drawn in public"


def ranked(lines: Mapping[str, int], options: str) -> list[tuple[dict[str, Any], int]]:
    """`{"AB": 3}`: three papers that prefer A, then B."""
    return [({"rank": [options.index(letter) for letter in line]}, times) for line, times in lines.items()]


def count(method: str, lines: Mapping[str, int], options: str, seats: int = 1, **more: Any) -> Result:
    """The result of an election among letters that needs no lot, or has one in `lot`."""
    outcome = tally(method, list(options), ranked(lines, options), seats, **more)
    assert isinstance(outcome, Result), outcome
    return outcome


def tie(method: str, lines: Mapping[str, int], options: str, seats: int = 1, **more: Any) -> NeedsLot:
    """Which tie has to be drawn first."""
    outcome = tally(method, list(options), ranked(lines, options), seats, **more)
    assert isinstance(outcome, NeedsLot), outcome
    return outcome


def votes(result: Result, stage: int) -> dict[str, str]:
    """What everybody has at the end of a stage, counted from 1."""
    return dict(zip(result.options, result.stages[stage - 1]["votes"], strict=True))


@st.composite
def elections(draw: st.DrawFn, most_options: int = 6, most_papers: int = 40) -> tuple[int, list[list[int]]]:
    """How many options, and a ranking by everybody."""
    options = draw(st.integers(1, most_options))
    order = st.permutations(range(options))
    rank = st.builds(lambda whole, length: whole[:length], order, st.integers(1, options))
    return options, draw(st.lists(rank, max_size=most_papers))


def papers(ranks: Sequence[Sequence[int]]) -> list[tuple[dict[str, Any], int]]:
    """One paper for each ranking."""
    return [({"rank": list(rank)}, 1) for rank in ranks]
