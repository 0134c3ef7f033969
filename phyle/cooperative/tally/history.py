"""The figures at the end of every stage, and ties decided by looking back at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phyle.cooperative.tally.values import Contest, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One of several that were level, and how: `tie` is for the stage, `says` in words; None if there was no tie."""

    option: int
    tie: Stage | None
    says: str
    drawn: bool


class History:
    """Votes by option at the end of each stage so far."""

    def __init__(self, contest: Contest) -> None:
        self._contest = contest
        self._stages: list[tuple[int, ...]] = []

    def add(self, votes: Sequence[int]) -> None:
        """The figures at the end of a stage."""
        self._stages.append(tuple(votes))

    @property
    def stage(self) -> int:
        """The number of the stage that is under way."""
        return len(self._stages) + 1

    def highest(self, options: Sequence[int], question: str) -> Chosen:
        """Who has most votes now; if level, who had most at the latest stage at which they differed; else by lot.

        Of several that were level then too, an earlier stage decides among those. The lot's first. Raises Tied.
        """
        return self._choose(options, max, 0, question)

    def lowest(self, options: Sequence[int], question: str) -> Chosen:
        """Who has fewest votes now, and likewise; of the lot's order the last. Raises Tied."""
        return self._choose(options, min, -1, question)

    def ordered(self, options: Sequence[int]) -> list[int]:
        """By votes now, then by those at earlier stages, most first; those always level as the ballot lists them."""
        return sorted(options, key=lambda option: ([-votes[option] for votes in reversed(self._stages)], option))

    def _choose(
        self, options: Sequence[int], best: Callable[[list[int]], int], drawn_place: int, question: str
    ) -> Chosen:
        left, tied = list(options), []
        for back, votes in enumerate(reversed(self._stages)):
            wanted = best([votes[option] for option in left])
            left = [option for option in left if votes[option] == wanted]
            if back == 0:
                tied = left
            if len(left) == 1:
                return self._by_stage(left[0], tied, len(self._stages) - back, question)
        return self._by_lot(left, tied, drawn_place, question)

    def _by_stage(self, option: int, tied: Sequence[int], stage: int, question: str) -> Chosen:
        if len(tied) == 1:
            return Chosen(option=option, tie=None, says="", drawn=False)
        named = self._contest.names[option]
        says = (
            f"{self._contest.listed(tied)} are level; their votes at stage {stage} decide for {named} to be {question}."
        )
        tie: Stage = {"question": question, "options": list(tied), "by": "stage", "decisive": stage, "option": option}
        return Chosen(option=option, tie=tie, says=says, drawn=False)

    def _by_lot(self, left: Sequence[int], tied: Sequence[int], place: int, question: str) -> Chosen:
        asked = f"{self._contest.listed(left)} were level at every stage, and one is to be {question}"
        drawn = self._contest.draw(left, stage=self.stage, question=asked)
        option = drawn.order[place]
        says = f"{asked}; the lot puts them in the order {self._contest.listed(drawn.order)}."
        tie = {**drawn.shown(), "question": question, "options": list(tied), "option": option}
        return Chosen(option=option, tie=tie, says=says, drawn=True)
