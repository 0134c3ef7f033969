"""One way in to every method."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from phyle.cooperative.tally import irv, schulze, stv, totals, yesno
from phyle.cooperative.tally.values import Contest, NeedsLot, Paper, Result, Tied
from phyle.errors import Unprocessable

METHODS: Mapping[str, Callable[[Contest, Iterable[tuple[Paper, int]]], Result]] = {
    "yesno": yesno.count,
    "approval": totals.count,
    "score": totals.count,
    "dot": totals.count,
    "quadratic": totals.count,
    "irv": irv.count,
    "stv": stv.count,
    "schulze": schulze.count,
}


def tally(
    method: str,
    options: Sequence[str],
    papers: Iterable[tuple[Paper, int]],
    seats: int = 1,
    lot: bytes | None = None,
    params: Mapping[str, Any] | None = None,
    *,
    ids: Sequence[str] | None = None,
) -> Result | NeedsLot:
    """Counts: the result, or which tie has to be drawn before the count can go on.

    `options`: their names for people; `papers`: a paper and how many are equal to it, in any order, the invalid ones
    (`papers.valid`) being counted as such; `seats`: how many are to be elected; `lot`: the seed that decides ties, None
    as long as none has been drawn; `params`: `max` (score), `dots`, `credits` (quadratic), `status_quo` (schulze, an
    index); `ids`: what is drawn from, the index in decimal unless given.
    Raises Unprocessable for a method that is unknown or a question that cannot be counted by it.
    """
    if method not in METHODS:
        raise Unprocessable(f"There is no method {method!r}, only {', '.join(METHODS)}")
    if seats < 1:
        raise Unprocessable(f"At least one is to be elected, not {seats}")
    if not options and method != "yesno":
        raise Unprocessable("There is nothing to choose from")
    names, given = tuple(options), params or {}
    _check(given, len(names))
    contest = Contest(
        method=method,
        names=names,
        ids=tuple(ids) if ids is not None else tuple(str(option) for option in range(len(names))),
        seats=seats,
        lot=lot,
        params=given,
    )
    try:
        return METHODS[method](contest, papers)
    except Tied as tied:
        return tied.needs


def _check(params: Mapping[str, Any], options: int) -> None:
    for name in ("max", "dots", "credits", "status_quo"):
        number = params.get(name, 0)
        if type(number) is not int or number < 0:
            raise Unprocessable(f"{name} is a whole number, none below 0, not {number!r}")
    if params.get("status_quo", 0) >= max(options, 1):
        raise Unprocessable(f"The status quo is one of {options} options, not number {params['status_quo']}")
