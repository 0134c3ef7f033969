"""Papers for, against, abstaining and blocking, counted; what they amount to is for the charter's rule to say."""

from collections.abc import Iterable

from phyle.cooperative.tally.papers import ANSWERS, read, valid
from phyle.cooperative.tally.values import Contest, Paper, Result, Stage, whole


def count(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> Result:
    """The `totals` by answer, with `cast` = for + against + block, `present` = cast + abstain, and `invalid`."""
    totals = dict.fromkeys((*ANSWERS, "cast", "present", "invalid"), 0)
    for paper, times in papers:
        bad = valid(contest.method, contest.names, paper) is not None
        totals["invalid" if bad else read(contest.method, paper)] += times
    totals["cast"] = totals["for"] + totals["against"] + totals["block"]
    totals["present"] = totals["cast"] + totals["abstain"]
    stage: Stage = {"stage": 1, "totals": {name: whole(total) for name, total in totals.items()}}
    stage["says"] = [
        f"{totals['for']} for, {totals['against']} against, {totals['block']} blocks: {totals['cast']} cast.",
        f"With {totals['abstain']} abstentions {totals['present']} are present.",
        f"{totals['invalid']} are not valid.",
    ]
    return Result(method=contest.method, options=contest.names, winners=(), stages=(stage,), totals=totals)
