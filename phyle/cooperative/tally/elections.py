"""An election as files describe it, and what its papers are for each method."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from phyle.cooperative.tally.values import Paper
from phyle.errors import Unprocessable

Order: TypeAlias = tuple[tuple[int, ...], ...]
"""Groups of equally ranked options, the best first; options that are in no group are not ranked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """`orders`: how many papers say what. `complete`: every paper orders all options, so the last group is the rest.
    `grades`: what the groups are called, if they are categories. `papers`: ready for the method instead of `orders`."""

    title: str
    options: tuple[str, ...]
    seats: int
    orders: Mapping[Order, int] = field(default_factory=dict)
    complete: bool = False
    grades: tuple[str, ...] = ()
    papers: tuple[tuple[Paper, int], ...] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def papers_for(self, method: str) -> list[tuple[Paper, int]]:
        """The papers in the shape of `method`. Unprocessable if the file does not say what that method asks.

        For irv and stv a paper counts up to the first equally ranked; if it begins with them it is invalid.
        For approval: the first category; or, if all papers order all options, all but the last group; or all it ranks.
        For score: the categories as numbers, if that are their names; else the last is 0.
        """
        if self.papers is not None:
            return list(self.papers)
        if method in ("irv", "stv"):
            return [({"rank": strict(order)}, times) for order, times in self.orders.items()]
        if method == "schulze":
            return [({"rank": [list(group) for group in order if group]}, times) for order, times in self._all()]
        if method == "approval":
            return [({"approve": self._approved(order)}, times) for order, times in self._all()]
        if method == "score" and self.grades:
            points = self.points
            return [({"score": _scores(order, points)}, times) for order, times in self._all()]
        raise Unprocessable(f"This file has no papers for {method}: write them in the JSON form")

    @property
    def points(self) -> tuple[int, ...]:
        """What each category is worth."""
        if self.grades and all(name.strip().isdecimal() for name in self.grades):
            return tuple(int(name) for name in self.grades)
        return tuple(range(len(self.grades) - 1, -1, -1))

    def _all(self) -> Iterable[tuple[Order, int]]:
        return self.orders.items()

    def _approved(self, order: Order) -> list[int]:
        best = order[:1] if self.grades else order[:-1] if self.complete else order
        return sorted(option for group in best for option in group)


def strict(order: Order) -> list[int]:
    """The preferences before the first equally ranked."""
    rank: list[int] = []
    for group in order:
        if len(group) != 1:
            break
        rank += group
    return rank


def cleaned(groups: Iterable[Iterable[int]], numbers: Mapping[int, int]) -> Order:
    """Without options that are not in `numbers` (what the file calls them -> index) and without repetitions."""
    seen: set[int] = set()
    order = []
    for group in groups:
        kept = tuple(sorted({numbers[option] for option in group if option in numbers} - seen))
        seen.update(kept)
        if kept:
            order.append(kept)
    return tuple(order)


def _scores(order: Order, points: tuple[int, ...]) -> dict[str, int]:
    return {str(option): worth for group, worth in zip(order, points, strict=False) for option in group}
