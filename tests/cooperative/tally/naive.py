"""The Scottish count done again as slowly as possible: every paper by itself, in fractions that are cut by hand."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

Votes = list[Fraction]


class Paper:
    """One paper, who holds it, and what it is worth."""

    def __init__(self, rank: Sequence[int]) -> None:
        self.rank = list(rank)
        self.holder: int | None = rank[0]
        self.value = Fraction(1)

    def pass_on(self, hopeful: set[int]) -> None:
        later = self.rank[self.rank.index(self.holder) + 1 :] if self.holder is not None else []
        self.holder = next((option for option in later if option in hopeful), None)


def cut(value: Fraction) -> Fraction:
    """To five decimal places, any remainder being ignored."""
    return Fraction(value.numerator * 100_000 // value.denominator, 100_000)


def by_lot(tied: Sequence[int], lot: bytes) -> list[int]:
    return sorted(tied, key=lambda option: hashlib.sha256(lot + str(option).encode()).digest())


def pick(tied: Sequence[int], stages: Sequence[Votes], lot: bytes, *, most: bool) -> int:
    """By the latest stage at which they differed, among those who are level there by an earlier one, else by lot."""
    for votes in reversed(stages):
        wanted = (max if most else min)(votes[option] for option in tied)
        tied = [option for option in tied if votes[option] == wanted]
    order = by_lot(tied, lot)
    return order[0] if most else order[-1]


def stv(options: int, ranks: Sequence[Sequence[int]], seats: int, lot: bytes) -> tuple[set[int], list[Votes]]:
    """Who is elected, and the votes at the end of every stage."""
    papers = [Paper(rank) for rank in ranks]
    quota = len(papers) // (seats + 1) + 1
    hopeful, elected, surpluses = set(range(options)), set(), set()
    kept = {}
    stages: list[Votes] = []
    while True:
        votes = [
            kept.get(option, sum((paper.value for paper in papers if paper.holder == option), Fraction(0)))
            for option in range(options)
        ]
        stages.append(votes)
        reached = {option for option in hopeful if votes[option] >= quota}
        elected |= reached
        hopeful -= reached
        surpluses |= {option for option in reached if votes[option] > quota}
        if len(elected) == seats or not hopeful:
            return elected, stages
        if len(hopeful) <= seats - len(elected):
            return elected | hopeful, stages
        if surpluses:
            option = pick(sorted(surpluses), stages, lot, most=True)
            surpluses.remove(option)
            for paper in papers:
                if paper.holder == option:
                    paper.value = cut(paper.value * (votes[option] - quota) / votes[option])
                    paper.pass_on(hopeful)
            kept[option] = Fraction(quota)
            continue
        option = pick(sorted(hopeful), stages, lot, most=False)
        hopeful.remove(option)
        if len(hopeful) == seats - len(elected):
            stages.append(votes)
            return elected | hopeful, stages
        for paper in papers:
            if paper.holder == option:
                paper.pass_on(hopeful)
