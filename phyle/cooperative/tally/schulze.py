"""Schulze's method with winning votes, and the status quo as an option that has to be beaten.

M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method (2011), section 2. The status quo as in the Debian constitution, A.5: what does not beat it directly drops out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from phyle.cooperative.tally.papers import read, valid
from phyle.cooperative.tally.values import Contest, Paper, Result, Stage, whole

Matrix = list[list[int]]


def count(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> Result:
    """Elects up to `seats`, none that does not beat `params["status_quo"]`; if nothing does, that. Raises Tied."""
    preferred, counted, invalid = _compare(contest, papers)
    stages = [_comparison(contest, preferred, counted, invalid)]
    running = list(range(len(contest.names)))
    status_quo = contest.params.get("status_quo")
    if status_quo is not None:
        running = [option for option in running if preferred[option][status_quo] > preferred[status_quo][option]]
        stages.append(_against_status_quo(contest, preferred, status_quo, running))
    drawn = False
    winners: list[int] = []
    if running:
        strengths = _strongest_paths(preferred, running)
        stage = _paths(contest, strengths, running)
        winners, drawn = _rank(contest, strengths, running, stage, len(stages) + 1)
        stages.append(stage)
    elif status_quo is not None:
        winners = [status_quo]
    return Result(
        method=contest.method, options=contest.names, winners=tuple(winners), stages=_numbered(stages), drawn=drawn
    )


def _compare(contest: Contest, papers: Iterable[tuple[Paper, int]]) -> tuple[Matrix, int, int]:
    """How many prefer the one (row) to the other (column); what a paper does not rank comes last, all of it equal."""
    options = range(len(contest.names))
    grouped: dict[tuple[tuple[int, ...], ...], int] = {}
    invalid = 0
    for paper, times in papers:
        if valid(contest.method, contest.names, paper) is not None:
            invalid += times
            continue
        order = _order(read(contest.method, paper))
        grouped[order] = grouped.get(order, 0) + times
    preferred = [[0] * len(options) for _ in options]
    for order, times in grouped.items():
        below = set(options)
        for group in order:
            below.difference_update(group)
            for option in group:
                row = preferred[option]
                for other in below:
                    row[other] += times
    return preferred, sum(grouped.values()), invalid


def _order(rank: Sequence[Any]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(group)) if isinstance(group, list | tuple) else (group,) for group in rank)


def _strongest_paths(preferred: Matrix, running: Sequence[int]) -> Matrix:
    """The strength of the strongest path from each option to each other: that of its weakest link in winning votes."""
    paths = [[0] * len(preferred) for _ in preferred]
    for one in running:
        for other in running:
            if preferred[one][other] > preferred[other][one]:
                paths[one][other] = preferred[one][other]
    for via in running:
        for one in running:
            if one == via or not (first := paths[one][via]):
                continue
            for other in running:
                if other not in (one, via):
                    paths[one][other] = max(paths[one][other], min(first, paths[via][other]))
    return paths


def _rank(
    contest: Contest, strengths: Matrix, running: Sequence[int], stage: Stage, number: int
) -> tuple[list[int], bool]:
    """The winners in order, and whether a lot was drawn: again and again those whom no other of the rest beats."""
    winners: list[int] = []
    left = list(running)
    while left and len(winners) < contest.seats:
        best = [one for one in left if not any(strengths[other][one] > strengths[one][other] for other in left)]
        seats = contest.seats - len(winners)
        if len(best) > seats:
            question = f"No path decides between {contest.listed(best)} for {seats} to be elected"
            drawn = contest.draw(best, stage=number, question=question)
            stage["tie"] = drawn.shown()
            winners += drawn.order[:seats]
            stage["says"].append(f"{question}; the lot puts them in the order {contest.listed(drawn.order)}.")
            break
        winners += best
        left = [option for option in left if option not in best]
    stage["elected"] = winners
    stage["says"].append(f"Elected: {contest.listed(winners)}.")
    return winners, "tie" in stage


def _comparison(contest: Contest, preferred: Matrix, counted: int, invalid: int) -> Stage:
    lines = [f"{counted} papers are counted, {invalid} are not valid."]
    lines += [
        f"{preferred[other][one]} prefer {contest.names[other]} to {contest.names[one]}, "
        f"{preferred[one][other]} the reverse."
        for one in range(len(preferred))
        for other in range(one)
    ]
    matrix = [[whole(votes) for votes in row] for row in preferred]
    return {
        "kind": "comparison",
        "papers": whole(counted),
        "invalid": whole(invalid),
        "preferred": matrix,
        "elected": [],
        "says": lines,
    }


def _against_status_quo(contest: Contest, preferred: Matrix, status_quo: int, running: list[int]) -> Stage:
    name = contest.names[status_quo]
    dropped = [option for option in range(len(preferred)) if option not in running and option != status_quo]
    lines = [
        f"{contest.names[option]} does not beat {name} ({preferred[option][status_quo]} to "
        f"{preferred[status_quo][option]}) and drops out."
        for option in dropped
    ]
    lines.append(f"{contest.listed(running)} beat {name}." if running else f"Nothing beats {name}: it stays.")
    return {
        "kind": "status quo",
        "option": status_quo,
        "dropped": dropped,
        "elected": [] if running else [status_quo],
        "says": lines,
    }


def _paths(contest: Contest, strengths: Matrix, running: Sequence[int]) -> Stage:
    lines = ["The strength of a path is the number of papers for its weakest step."]
    lines += [
        f"{contest.names[one]} beats {contest.names[other]} by the strongest paths, "
        f"{strengths[one][other]} to {strengths[other][one]}."
        for one in running
        for other in running
        if strengths[one][other] > strengths[other][one]
    ]
    matrix = [[whole(strength) for strength in row] for row in strengths]
    return {"kind": "paths", "strengths": matrix, "says": lines}


def _numbered(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    return tuple({"stage": number, **stage} for number, stage in enumerate(stages, start=1))
