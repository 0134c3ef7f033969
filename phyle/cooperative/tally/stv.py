"""The single transferable vote as Scotland counts it: weighted inclusive Gregory, in hundred-thousandths of a vote.

Scottish Local Government Elections Order 2011 (SSI 2011/399), Schedule 1, the rules from "First stage" to "Filling of
last vacancies", whose wording is that of the Order of 2007 (SSI 2007/42), rules 45 to 52. In particular:

- all who have the quota at the end of a stage are elected together, before anything is transferred;
- one surplus at a time, the largest first, all papers at their value * surplus / votes, to five decimal places;
- one exclusion at a time, and only when no surplus is left;
- ties are decided by the latest stage at which the tied differed, else by lot;
- as soon as the continuing candidates are as many as the vacancies they are elected, and nothing more is transferred.
"""

from collections.abc import Iterable

from phyle.cooperative.tally.history import Chosen, History
from phyle.cooperative.tally.piles import Parcel, Piles
from phyle.cooperative.tally.values import Contest, Paper, Result, Stage, whole

PLACES = 5
UNIT = 10**PLACES


def count(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> Result:
    """Elects `seats` (or all, if they are fewer). Raises Tied; Unprocessable for more than 255 options."""
    counting = _Count(contest, Piles(contest, papers, UNIT))
    counting.first_stage()
    while not counting.complete:
        if counting.waiting:
            counting.transfer_surplus()
        else:
            counting.exclude()
    return Result(
        method=contest.method,
        options=contest.names,
        winners=tuple(counting.elected),
        stages=tuple(counting.stages),
        drawn=counting.drawn,
    )


def decimal(votes: int) -> str:
    """Hundred-thousandths of a vote as decimal text with five places."""
    return f"{votes // UNIT}.{votes % UNIT:0{PLACES}}"


class _Count:
    """A count under way; all votes in hundred-thousandths."""

    def __init__(self, contest: Contest, piles: Piles) -> None:
        self.contest = contest
        self.piles = piles
        self.history = History(contest)
        self.votes = [papers * UNIT for papers in piles.first_papers]
        self.quota = (piles.papers // (contest.seats + 1) + 1) * UNIT
        self.continuing = list(range(len(contest.names)))
        self.elected: list[int] = []
        self.waiting: list[int] = []
        self.exhausted = 0
        self.lost = 0
        self.stages: list[Stage] = []
        self.drawn = False

    @property
    def vacancies(self) -> int:
        return self.contest.seats - len(self.elected)

    @property
    def complete(self) -> bool:
        return not self.vacancies or not self.continuing

    def first_stage(self) -> None:
        """Every paper to its first preference; the quota."""
        papers, seats = self.piles.papers, self.contest.seats
        says = [
            f"First preferences: {papers} valid papers, {self.piles.invalid} that are not.",
            f"For {seats} {'seats' if seats > 1 else 'seat'} the quota is {papers} / {seats + 1}, without fraction, "
            f"plus 1 = {self.quota // UNIT}.",
        ]
        self._end({"kind": "first preferences", "invalid": whole(self.piles.invalid)}, says)

    def transfer_surplus(self) -> None:
        """The largest surplus that waits."""
        chosen = self.history.highest(self.waiting, "the first whose surplus is transferred")
        option, total = chosen.option, self.votes[chosen.option]
        surplus = total - self.quota
        self.waiting.remove(option)
        parcels = self.piles.move(option, lambda value: value * surplus // total, self._closed())
        self.votes[option] = self.quota
        lost = surplus - self._credit(parcels)
        self.lost += lost
        says = [
            f"The surplus of {self.contest.names[option]}, {decimal(total)} - {decimal(self.quota)} = "
            f"{decimal(surplus)}, is transferred: each paper at its value * {decimal(surplus)} / {decimal(total)}."
        ]
        self._end_transfer("surplus", chosen, parcels, lost, says)

    def exclude(self) -> None:
        """The candidate with fewest votes goes; the papers too, if that does not yet fill the last vacancies."""
        chosen = self.history.lowest(self.continuing, "excluded")
        option = chosen.option
        self.continuing.remove(option)
        says = [f"{self.contest.names[option]} is excluded with {decimal(self.votes[option])} votes, the fewest."]
        parcels: list[Parcel] = []
        if len(self.continuing) > self.vacancies:
            parcels = self.piles.move(option, lambda value: value, self._closed())
            self.votes[option] = 0
            self._credit(parcels)
        else:
            says.append("Those who continue fill the last vacancies, so no more papers are transferred.")
        self._end_transfer("exclusion", chosen, parcels, 0, says)

    def _closed(self) -> bytes:
        """Everybody who cannot receive votes any more."""
        return bytes(set(range(len(self.votes))) - set(self.continuing))

    def _credit(self, parcels: Iterable[Parcel]) -> int:
        """What arrived or was exhausted, at the values of the parcels."""
        moved = 0
        for parcel in parcels:
            for option, papers in parcel.to.items():
                self.votes[option] += papers * parcel.value
            self.exhausted += parcel.exhausted * parcel.value
            moved += parcel.papers * parcel.value
        return moved

    def _end_transfer(self, kind: str, chosen: Chosen, parcels: list[Parcel], lost: int, says: list[str]) -> None:
        self.drawn = self.drawn or chosen.drawn
        stage: Stage = {"kind": kind, "option": chosen.option, "parcels": [_shown(parcel) for parcel in parcels]}
        if chosen.tie is not None:
            stage["tie"] = chosen.tie
            says.insert(0, chosen.says)
        says += [self._told(parcel) for parcel in parcels if parcel.papers]
        if lost:
            says.append(f"{decimal(lost)} votes are lost by cutting values to five places.")
        self._end(stage, says)

    def _told(self, parcel: Parcel) -> str:
        to = [f"{papers} to {self.contest.names[option]}" for option, papers in sorted(parcel.to.items())]
        to += [f"{parcel.exhausted} to nobody"] * bool(parcel.exhausted)
        return f"{parcel.papers} papers received at {decimal(parcel.received)} go on at {decimal(parcel.value)}: " + (
            f"{', '.join(to)}."
        )

    def _end(self, stage: Stage, says: list[str]) -> None:
        """The end of a stage: what everybody has, and who is elected by it."""
        self.history.add(self.votes)
        accounted = sum(self.votes) + self.exhausted + self.lost
        if accounted != self.piles.papers * UNIT:
            raise AssertionError(f"{accounted} hundred-thousandths are not {self.piles.papers} papers")
        elected = self._elect(says)
        self.stages.append(
            {
                "stage": len(self.stages) + 1,
                **stage,
                "papers": whole(self.piles.papers),
                "quota": whole(self.quota // UNIT),
                "votes": [decimal(votes) for votes in self.votes],
                "exhausted": decimal(self.exhausted),
                "lost": decimal(self.lost),
                "elected": elected,
                "says": says,
            }
        )

    def _elect(self, says: list[str]) -> list[int]:
        """All who have the quota, together; then the rest, if they are no more than the vacancies."""
        reached = self.history.ordered([option for option in self.continuing if self.votes[option] >= self.quota])
        self._deem_elected(reached)
        self.waiting += [option for option in reached if self.votes[option] > self.quota]
        if reached:
            says.append(f"Elected with the quota: {self.contest.listed(reached)}.")
        if not 0 < len(self.continuing) <= self.vacancies:
            return reached
        rest = self.history.ordered(self.continuing)
        self._deem_elected(rest)
        says.append(f"Elected to the last vacancies: {self.contest.listed(rest)}.")
        return reached + rest

    def _deem_elected(self, options: list[int]) -> None:
        self.elected += options
        self.continuing = [option for option in self.continuing if option not in options]


def _shown(parcel: Parcel) -> Stage:
    return {
        "papers": whole(parcel.papers),
        "received": decimal(parcel.received),
        "value": decimal(parcel.value),
        "to": [[option, whole(papers)] for option, papers in sorted(parcel.to.items())],
        "exhausted": whole(parcel.exhausted),
    }
