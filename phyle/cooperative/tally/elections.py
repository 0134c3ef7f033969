"""An election as files describe it, and what its papers are for each method."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
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

    def papers_for(self, method: str) -> Iterable[tuple[Paper, int]]:
        """The papers in the shape of `method`. Unprocessable if the file does not say what that method asks.

        For irv and stv a paper counts up to the first equally ranked; if it begins with them it is invalid.
        For approval: the first category; or, if all papers order all options, all but the last group; or all it ranks.
        For score: the categories as numbers, if that are their names; else the last is 0.
        """
        if self.papers is not None:
            return self.papers
        papers: dict[str, Callable[[Order], Paper]] = {
            "irv": lambda order: {"rank": strict(order)},
            "stv": lambda order: {"rank": strict(order)},
            "schulze": lambda order: {"rank": [list(group) for group in order if group]},
            "approval": lambda order: {"approve": self._approved(order)},
        }
        if self.grades:
            points = self.points
            papers["score"] = lambda order: {"score": _scores(order, points)}
        if method not in papers:
            raise Unprocessable(f"This file has no papers for {method}: write them in the JSON form")
        return ((papers[method](order), times) for order, times in self.orders.items())

    @property
    def points(self) -> tuple[int, ...]:
        """What each category is worth."""
        if self.grades and all(name.strip().isdecimal() for name in self.grades):
            return tuple(int(name) for name in self.grades)
        return tuple(range(len(self.grades) - 1, -1, -1))

    def _approved(self, order: Order) -> list[int]:
        best = order[:1] if self.grades else order[:-1] if self.complete else order
        return sorted(option for group in best for option in group)


MOST_OPTIONS = 10_000
MOST_DIGITS = 15


def whole_number(word: str) -> int | None:
    """A number of papers, seats or options as files write it; None if it is none, or none that can be meant."""
    return int(word) if word.isdecimal() and len(word) <= MOST_DIGITS else None


def strict(order: Order) -> list[int]:
    """The preferences before the first equally ranked."""
    return [group[0] for group in takewhile(_alone, order)]


def _alone(group: tuple[int, ...]) -> bool:
    return len(group) == 1


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
