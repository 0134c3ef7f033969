"""Instant-runoff voting: whoever has fewest votes goes, until one has more than half of what is still counted.

Ties are decided as in the single transferable vote: by the latest stage at which the tied differed, else by lot.
"""

from collections.abc import Iterable

from phyle.cooperative.tally.history import Chosen, History
from phyle.cooperative.tally.piles import Parcel, Piles
from phyle.cooperative.tally.values import Contest, Paper, Result, Stage, whole
from phyle.errors import Unprocessable


def count(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> Result:
    """Elects one. Raises Tied; Unprocessable for more than one seat or more than 255 options."""
    if contest.seats != 1:
        raise Unprocessable(f"Instant-runoff voting fills one seat, not {contest.seats}: use stv")
    counting = _Count(contest, Piles(contest, papers, 1))
    counting.first_stage()
    while counting.winner is None:
        counting.exclude()
    return Result(
        method=contest.method,
        options=contest.names,
        winners=(counting.winner,),
        stages=tuple(counting.stages),
        drawn=counting.drawn,
    )


class _Count:
    """A count under way."""

    def __init__(self, contest: Contest, piles: Piles) -> None:
        self.contest = contest
        self.piles = piles
        self.history = History(contest)
        self.votes = list(piles.first_papers)
        self.continuing = list(range(len(contest.names)))
        self.exhausted = 0
        self.stages: list[Stage] = []
        self.winner: int | None = None
        self.drawn = False

    def first_stage(self) -> None:
        """Every paper to its first preference."""
        says = [f"First preferences: {self.piles.papers} valid papers, {self.piles.invalid} that are not."]
        self._end({"kind": "first preferences", "invalid": whole(self.piles.invalid)}, says)

    def exclude(self) -> None:
        """Whoever has fewest votes, and the papers to their next preference."""
        chosen = self.history.lowest(self.continuing, "excluded")
        option = chosen.option
        says = [chosen.says] if chosen.tie else []
        says.append(f"{self.contest.names[option]} is excluded with {self.votes[option]} votes, the fewest.")
        self.continuing.remove(option)
        closed = bytes(set(range(len(self.votes))) - set(self.continuing))
        parcels = self.piles.move(option, lambda value: value, closed)
        self.votes[option] = 0
        for parcel in parcels:
            self._credit(parcel, says)
        self._end(_stage(chosen, parcels), says)
        self.drawn = self.drawn or chosen.drawn

    def _credit(self, parcel: Parcel, says: list[str]) -> None:
        for option, papers in parcel.to.items():
            self.votes[option] += papers
        self.exhausted += parcel.exhausted
        to = [f"{papers} to {self.contest.names[option]}" for option, papers in sorted(parcel.to.items())]
        to += [f"{parcel.exhausted} to nobody"] * bool(parcel.exhausted)
        says.append(f"The papers go {', '.join(to)}.")

    def _end(self, stage: Stage, says: list[str]) -> None:
        """The end of a stage: what everybody has, and whether that is enough."""
        self.history.add(self.votes)
        counted = sum(self.votes)
        if counted + self.exhausted != self.piles.papers:
            raise AssertionError(f"{counted} votes and {self.exhausted} exhausted are not {self.piles.papers} papers")
        leader = self.history.ordered(self.continuing)[0]
        if self.votes[leader] * 2 > counted or len(self.continuing) == 1:
            self.winner = leader
            says.append(f"{self.contest.names[leader]} is elected with {self.votes[leader]} of {counted} votes.")
        self.stages.append(
            {
                "stage": len(self.stages) + 1,
                **stage,
                "papers": whole(self.piles.papers),
                "votes": [whole(votes) for votes in self.votes],
                "exhausted": whole(self.exhausted),
                "elected": [] if self.winner is None else [self.winner],
                "says": says,
            }
        )


def _stage(chosen: Chosen, parcels: list[Parcel]) -> Stage:
    moved = [[option, whole(papers)] for parcel in parcels for option, papers in sorted(parcel.to.items())]
    stage: Stage = {"kind": "exclusion", "option": chosen.option, "to": moved}
    return stage if chosen.tie is None else {**stage, "tie": chosen.tie}
