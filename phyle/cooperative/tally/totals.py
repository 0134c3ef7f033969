"""The methods that add up: approval, score, dots and quadratic votes. Whoever has most is elected."""

from collections.abc import Iterable, Sequence

from phyle.cooperative.tally.papers import read, valid
from phyle.cooperative.tally.values import Contest, Paper, Result, Stage, whole

_UNITS = {"approval": "approvals", "score": "points", "dot": "dots", "quadratic": "votes"}


def count(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> Result:
    """The `seats` options with the highest sums. Raises Tied if equals contend for the last seats."""
    sums, counted, invalid = _add(contest, papers)
    unit = _UNITS[contest.method]
    ranking = sorted(range(len(sums)), key=lambda option: (-sums[option], option))
    stage: Stage = {
        "stage": 1,
        "papers": whole(counted),
        "invalid": whole(invalid),
        "totals": [whole(total) for total in sums],
    }
    says = [f"{counted} papers are counted, {invalid} are not valid."]
    says += [f"{contest.names[option]}: {sums[option]} {unit}." for option in ranking]
    winners, drawn = _highest(contest, ranking, sums, stage, says)
    says.append(f"{contest.listed(winners)} {'have' if len(winners) > 1 else 'has'} the most {unit}.")
    stage |= {"elected": list(winners), "says": says}
    return Result(method=contest.method, options=contest.names, winners=winners, stages=(stage,), drawn=drawn)


def _add(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> tuple[list[int], int, int]:
    """The sums by option, how many papers were counted, and how many were not."""
    sums, counted, invalid = [0] * len(contest.names), 0, 0
    for paper, times in papers:
        if valid(contest.method, contest.names, paper, contest.params) is not None:
            invalid += times
            continue
        counted += times
        for option, amount in _amounts(contest.method, paper):
            sums[option] += amount * times
    return sums, counted, invalid


def _amounts(method: str, paper: Paper) -> Iterable[tuple[int, int]]:
    given = read(method, paper)
    if method == "approval":
        return [(option, 1) for option in given]
    return [(int(option), amount) for option, amount in given.items()]


def _highest(
    contest: Contest, ranking: Sequence[int], sums: Sequence[int], stage: Stage, says: list[str]
) -> tuple[tuple[int, ...], bool]:
    """The winners, and whether a lot was needed for the last of them."""
    seats = min(contest.seats, len(ranking))
    last = sums[ranking[seats - 1]]
    above = [option for option in ranking if sums[option] > last]
    level = [option for option in ranking if sums[option] == last]
    if len(above) + len(level) <= seats:
        return (*above, *level), False
    open_seats = seats - len(above)
    question = f"{contest.listed(sorted(level))} are level for the last {open_seats} of {seats} to be elected"
    drawn = contest.draw(level, stage=1, question=question)
    stage["tie"] = drawn.shown()
    says.append(f"{question}; the lot puts them in the order {contest.listed(drawn.order)}.")
    return (*above, *drawn.order[:open_seats]), True
