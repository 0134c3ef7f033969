"""Ranked papers in piles, one for each option; equal papers are one entry, so a million of them stay small.

What stands on a paper after the option that holds it is a string of bytes, one for each later preference. Preferences
for options that can no longer receive votes drop out when the paper moves, so papers grow equal as the count proceeds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from phyle.cooperative.tally.values import Contest, Paper
from phyle.errors import Unprocessable

MOST_OPTIONS = 255
_LISTS = (list, tuple)
_NUMBERS = {int}

Pile = dict[bytes, int]
"""Later preferences -> how many papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The papers that one option passed on at one value. `to`: option -> papers; `exhausted` have nowhere to go."""

    received: int
    value: int
    to: dict[int, int]
    exhausted: int

    @property
    def papers(self) -> int:
        return sum(self.to.values()) + self.exhausted


class Piles:
    """The papers of every option, grouped by the value at which they arrived. Changes as the count goes on."""

    def __init__(self, contest: Contest, papers: Iterable[tuple[Paper, int]], unit: int) -> None:
        """Sorts by first preference, each paper worth `unit`. Unprocessable for more than 255 options."""
        options = len(contest.names)
        if options > MOST_OPTIONS:
            raise Unprocessable(f"At most {MOST_OPTIONS} options can be ranked, not {options}")
        firsts, self.invalid = _sorted(options, papers)
        self.first_papers = [sum(pile.values()) for pile in firsts]
        self.papers = sum(self.first_papers)
        self._piles: list[dict[int, Pile]] = [{unit: pile} if pile else {} for pile in firsts]

    def move(self, option: int, value: Callable[[int], int], closed: bytes) -> list[Parcel]:
        """Passes all papers of `option` to their next preference that is not `closed`, at a new value each."""
        pile = self._piles[option]
        self._piles[option] = {}
        return [self._pass_on(pile.pop(received), received, value(received), closed) for received in sorted(pile)[::-1]]

    def _pass_on(self, pile: Pile, received: int, value: int, closed: bytes) -> Parcel:
        to = [0] * len(self._piles)
        arriving: list[Pile | None] = [None] * len(self._piles)
        exhausted = 0
        while pile:
            later, papers = pile.popitem()
            left = later.translate(None, closed)
            if not left:
                exhausted += papers
                continue
            option, rest = left[0], left[1:]
            to[option] += papers
            target = arriving[option]
            if target is None:
                target = arriving[option] = self._piles[option].setdefault(value, {})
            target[rest] = target.get(rest, 0) + papers
        moved = {option: papers for option, papers in enumerate(to) if papers}
        return Parcel(received=received, value=value, to=moved, exhausted=exhausted)


def _sorted(options: int, papers: Iterable[tuple[Paper, int]]) -> tuple[list[Pile], int]:
    """The first piles, and how many papers are not valid."""
    piles: list[Pile] = [{} for _ in range(options)]
    invalid = 0
    for paper, times in papers:
        rank = _rank(paper, options)
        if rank:
            pile, later = piles[rank[0]], rank[1:]
            pile[later] = pile.get(later, 0) + times
        else:
            invalid += times
    return piles, invalid


def _rank(paper: Paper, options: int) -> bytes:
    """The preferences, empty if they are not valid: the verdict of `papers.valid`, but in a microsecond."""
    if type(paper) is not dict and not isinstance(paper, Mapping):
        return b""
    rank = paper.get("rank", ()) if len(paper) == 1 else ()
    if type(rank) not in _LISTS or set(map(type, rank)) != _NUMBERS or min(rank) < 0 or max(rank) >= options:
        return b""
    return bytes(rank) if len(set(rank)) == len(rank) else b""
