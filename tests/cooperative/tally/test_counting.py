"""What holds for every method: order and grouping of papers do not matter, and all that is answered is canonical."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle import canonical
from phyle.cooperative.tally.counting import METHODS, tally
from phyle.cooperative.tally.explaining import explained
from phyle.cooperative.tally.values import NeedsLot, Paper, Result
from tests.cooperative.tally.counts import LOT

NAMES = ["Ann", "Ben", "Cleo", "Dora"]


def _amounts(highest: int) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from("0123"), st.integers(0, highest), max_size=4)


_RANKS = st.permutations(range(4)).flatmap(lambda order: st.integers(1, 4).map(lambda length: order[:length]))
_PAPERS: dict[str, st.SearchStrategy[Paper]] = {
    "yesno": st.sampled_from(["for", "against", "abstain", "block"]).map(lambda answer: {"paper": answer}),
    "approval": st.sets(st.integers(0, 3)).map(lambda chosen: {"approve": sorted(chosen)}),
    "score": _amounts(5).map(lambda scores: {"score": scores}),
    "dot": _amounts(2).map(lambda dots: {"dots": dots}),
    "quadratic": _amounts(5).map(lambda votes: {"credits": votes}),
    "irv": _RANKS.map(lambda rank: {"rank": rank}),
    "stv": _RANKS.map(lambda rank: {"rank": rank}),
    "schulze": _RANKS.map(lambda rank: {"rank": rank}),
}
_ELECTIONS = st.sampled_from(sorted(METHODS)).flatmap(
    lambda method: st.tuples(st.just(method), st.lists(_PAPERS[method], max_size=15))
)


def test_every_method_is_tried() -> None:
    assert _PAPERS.keys() == METHODS.keys()


@settings(deadline=None)
@given(_ELECTIONS, st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_same_papers_give_the_same_answer(
    election: tuple[str, list[Paper]], seats: int, chance: random.Random
) -> None:
    method, papers = election
    seats = 1 if method == "irv" else seats
    singly = tally(method, NAMES, [(paper, 1) for paper in papers], seats)
    shuffled = papers[:]
    chance.shuffle(shuffled)
    assert tally(method, NAMES, ((paper, 1) for paper in shuffled), seats) == singly
    together: list[tuple[Paper, int]] = [(paper, papers.count(paper)) for paper in papers if papers.count(paper)]
    distinct = [pair for place, pair in enumerate(together) if pair not in together[:place]]
    assert tally(method, NAMES, distinct, seats) == singly


@settings(deadline=None)
@given(_ELECTIONS, st.integers(1, 6))
def test_with_a_lot_everything_is_decided(election: tuple[str, list[Paper]], seats: int) -> None:
    method, papers = election
    seats = 1 if method == "irv" else seats
    given_papers = [(paper, 1) for paper in papers]
    outcome = tally(method, NAMES, given_papers, seats, LOT)
    assert isinstance(outcome, Result)
    assert len(set(outcome.winners)) == len(outcome.winners) == (0 if method == "yesno" else min(seats, 4))
    without = tally(method, NAMES, given_papers, seats)
    assert isinstance(without, NeedsLot) == outcome.drawn
    assert outcome.drawn or without == outcome


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


@settings(deadline=None)
@given(_ELECTIONS)
def test_stages_are_canonical_json_without_floats(election: tuple[str, list[Paper]]) -> None:
    method, papers = election
    outcome = tally(method, NAMES, [(paper, 10**16) for paper in papers], 1, LOT)
    assert isinstance(outcome, Result)
    canonical.dump(list(outcome.stages))
    for leaf in _leaves(outcome.stages):
        assert isinstance(leaf, str) or (type(leaf) is int and abs(leaf) < 2**53)


@settings(deadline=None)
@given(_ELECTIONS, st.sampled_from([None, LOT]))
def test_everything_can_be_told(election: tuple[str, list[Paper]], lot: bytes | None) -> None:
    method, papers = election
    outcome = tally(method, NAMES, [(paper, 1) for paper in papers], 1, lot)
    told = explained(outcome)
    assert told.startswith("Stage ")
    if isinstance(outcome, Result):
        assert all(f"Elected {place}: {name}\n" in told for place, name in enumerate(outcome.elected, start=1))
    else:
        assert outcome.question in told


def test_a_transferable_vote_as_a_person_reads_it() -> None:
    outcome = tally("stv", ["Ann", "Ben", "Cleo"], [({"rank": [0, 1]}, 7), ({"rank": [2]}, 3), ({"rank": [1]}, 2)], 2)
    assert explained(outcome) == TOLD


TOLD = """\
Stage 1
  First preferences: 12 valid papers, 0 that are not.
  For 2 seats the quota is 12 / 3, without fraction, plus 1 = 5.
  Elected with the quota: Ann.
    Ann               7.00000
    Ben               2.00000
    Cleo              3.00000
    to nobody         0.00000
    lost by cutting   0.00000
    = papers         12.00000

Stage 2
  The surplus of Ann, 7.00000 - 5.00000 = 2.00000, is transferred: each paper at its value * 2.00000 / 7.00000.
  7 papers received at 1.00000 go on at 0.28571: 7 to Ben.
  0.00003 votes are lost by cutting values to five places.
    Ann               5.00000
    Ben               3.99997
    Cleo              3.00000
    to nobody         0.00000
    lost by cutting   0.00003
    = papers         12.00000

Stage 3
  Cleo is excluded with 3.00000 votes, the fewest.
  Those who continue fill the last vacancies, so no more papers are transferred.
  Elected to the last vacancies: Ben.
    Ann               5.00000
    Ben               3.99997
    Cleo              3.00000
    to nobody         0.00000
    lost by cutting   0.00003
    = papers         12.00000

Elected 1: Ann
Elected 2: Ben
"""


@pytest.mark.parametrize("method", sorted(METHODS))
def test_nobody_voted(method: str) -> None:
    needs = tally(method, NAMES, [])
    assert isinstance(needs, Result if method == "yesno" else NeedsLot)
    assert isinstance(tally(method, NAMES, [], 1, LOT), Result)
