"""How many persons a rule takes: the fewest who can bring it about, and the fewest who can prevent it, in closed form.

`hands`: everybody else is silent, and those who act are all for. `blocks`: everybody else is there and for, and those
who act object, with a reason where a rule asks for consent, or stay away, whichever is worse. Holders of an office are
members and count once, whatever offices they hold; those who sit in a house of outsiders are other persons.

Every part of a rule asks for so many persons of one body. So a rule is a list of alternatives, each a demand: how many
are asked of members and offices together (the largest number, for the same persons can answer all), and how many of
each outside house (who come on top). Figures are kept for all sizes of the assembly side by side: tiers compare all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import lcm, prod
from typing import TypeAlias

from phyle.cooperative.charter.rules import (
    ASSEMBLY,
    All,
    Any,
    AtLeast,
    Base,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weight,
    Weighted,
)

NEVER = 10**9
"""More persons than there are: it cannot be done."""

MOST_WAYS = 8
"""Of bringing something about or preventing it, in which different groups come together: more, nobody can follow."""


class TooManyWays(Exception):
    """A rule leaves so many ways that they can neither be followed nor compared."""


Figures: TypeAlias = tuple[int, ...]
"""One number for each size of the assembly."""

Demand: TypeAlias = Mapping[str, Figures]
"""How many persons of each group; the members, with all offices, are the group of the assembly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The assemblies that are asked about: how many are members, how many of them active, and who else sits where.
    `offices` and `houses`: seats by name. `papers`: how many a member may cast, their own and those delegated to them.
    `sponsors`: members without whom there is no ballot. `acting`: the bodies in which those who act sit, None for all.
    """

    members: Figures
    active: Figures
    offices: tuple[tuple[str, int], ...] = ()
    houses: tuple[tuple[str, int], ...] = ()
    papers: int = 1
    sponsors: int = 1
    acting: frozenset[str] | None = None

    def roll(self, body: str) -> Figures:
        """How many are on the roll of a body, with every seat taken."""
        if body == ASSEMBLY:
            return self.members
        for name, seats in self.offices:
            if name == body:
                return tuple(min(seats, size) for size in self.members)
        return (dict(self.houses)[body],) * len(self.members)

    def base(self, body: str, of: Base) -> Figures:
        """What a share is taken of when everybody is there. Whoever sits in a house or office is active."""
        return self.active if of == "active" and body == ASSEMBLY else self.roll(body)

    def demand(self, body: str, figures: Iterable[int]) -> list[Demand]:
        """As many of a body as have so many papers; never more than there are, nor anybody of a body in which nobody
        acts."""
        most = self.roll(body) if self.acting is None or body in self.acting else (0,) * len(self.members)
        group = body if body in dict(self.houses) else ASSEMBLY
        rows = zip(figures, most, strict=True)
        if body != ASSEMBLY or self.papers == 1:
            return [{group: tuple([figure if figure <= top else NEVER for figure, top in rows])}]
        papers = self.papers
        return [{group: tuple([-(-figure // papers) if figure <= top else NEVER for figure, top in rows])}]


def any_of(*alternatives: list[Demand]) -> list[Demand]:
    """Any of these. Alternatives that ask for the same single group are one: the smaller number."""
    merged: dict[str, Figures] = {}
    others: list[Demand] = []
    for demand in (each for part in alternatives for each in part):
        if len(demand) > 1:
            others.append(demand)
            continue
        for group, figures in demand.items():
            merged[group] = tuple(map(min, merged[group], figures)) if group in merged else figures
    return [{group: figures} for group, figures in merged.items()] + others


def all_of(*parts: list[Demand]) -> list[Demand]:
    """All of these at once, with the same persons where they can. TooManyWays beyond what anybody can follow."""
    if prod(len(demands) for demands in parts) > MOST_WAYS:
        raise TooManyWays
    return any_of(*([_together(demands)] for demands in product(*parts)))


def _together(demands: Iterable[Demand]) -> Demand:
    joined: dict[str, Figures] = {}
    for demand in demands:
        for group, figures in demand.items():
            joined[group] = tuple(map(max, joined[group], figures)) if group in joined else figures
    return joined


def fewest(alternatives: list[Demand]) -> Figures:
    """The smallest number of persons that answers one of the demands, for each size."""
    columns = [_added(list(demand.values())) for demand in alternatives]
    least = columns[0] if len(columns) == 1 else tuple(map(min, *columns))
    return tuple([figure if figure < NEVER else NEVER for figure in least])


def _added(columns: Sequence[Figures]) -> Figures:
    return columns[0] if len(columns) == 1 else tuple(map(sum, zip(*columns, strict=True)))


def above(bases: Figures, num: int, den: int, strict: bool) -> list[int]:
    """For each base the smallest whole number that exceeds or reaches num/den of it; NEVER of a base of nothing."""
    if strict:
        return [base * num // den + 1 if base else NEVER for base in bases]
    return [-(-base * num // den) if base else NEVER for base in bases]


def ways(rule: Rule, quorum: Quorum, sizes: Sizes) -> int:
    """In how many ways, of different groups, it can be brought about or prevented, whichever are more. TooManyWays."""
    return max(len(_to_bring_about(rule, quorum, sizes)), len(_to_prevent(rule, quorum, sizes)))


def hands(rule: Rule, quorum: Quorum, sizes: Sizes) -> Figures:
    """The fewest who can bring it about, for each size; NEVER where nobody can."""
    return fewest(_to_bring_about(rule, quorum, sizes))


def _to_bring_about(rule: Rule, quorum: Quorum, sizes: Sizes) -> list[Demand]:
    ballot = all_of(_quorum_hands(quorum, ASSEMBLY, sizes), _hands(rule, ASSEMBLY, sizes))
    return all_of(ballot, _sponsors(sizes, (sizes.sponsors,) * len(sizes.members)))


def _sponsors(sizes: Sizes, figures: Iterable[int]) -> list[Demand]:
    # Nobody stands behind a proposal for somebody else.
    return replace(sizes, papers=1).demand(ASSEMBLY, figures)


def needed(quorum: Quorum, body: str, sizes: Sizes) -> Figures:
    """How many must be present."""
    roll = sizes.roll(body)
    columns = [tuple(min(quorum.at_least, size) if quorum.capped else quorum.at_least for size in roll)]
    for share, of in quorum.shares:
        columns.append(tuple(above(sizes.base(body, of), share.numerator, share.denominator, False)))
    return columns[0] if len(columns) == 1 else tuple(map(max, *columns))


def _quorum_hands(quorum: Quorum, body: str, sizes: Sizes) -> list[Demand]:
    return sizes.demand(body, needed(quorum, body, sizes))


def _hands(rule: Rule, body: str, sizes: Sizes) -> list[Demand]:
    match rule:
        case All():
            return all_of(*(_hands(each, body, sizes) for each in rule.rules))
        case Any():
            return any_of(*(_hands(each, body, sizes) for each in rule.rules))
        case House():
            return all_of(_quorum_hands(rule.quorum, rule.body, sizes), _hands(rule.rule, rule.body, sizes))
        case Weighted():
            # With all others silent every house that has anything cast is unanimous.
            return all_of(*(_house_hands(house, sizes) for house in rule.houses))
        case Share(of="eligible" | "active"):
            return sizes.demand(body, above(sizes.base(body, rule.of), rule.num, rule.den, rule.strict))
        case AtLeast():
            return sizes.demand(body, _at_least(rule, body, sizes))
        case PassUnlessVeto():
            return sizes.demand(body, (0 if base else NEVER for base in sizes.base(body, rule.of)))
        case Share() | NoStandingObjection():
            return sizes.demand(body, (1,) * len(sizes.members))


def _house_hands(house: Weight, sizes: Sizes) -> list[Demand]:
    return sizes.demand(house.body, (max(1, each) for each in needed(house.quorum, house.body, sizes)))


def _at_least(rule: AtLeast, body: str, sizes: Sizes) -> Figures:
    return tuple(min(rule.n, size) if rule.capped else rule.n for size in sizes.roll(body))


def blocks(rule: Rule, quorum: Quorum, sizes: Sizes) -> Figures:
    """The fewest who can prevent it, for each size; 0 where nobody is needed for that."""
    return fewest(_to_prevent(rule, quorum, sizes))


def _to_prevent(rule: Rule, quorum: Quorum, sizes: Sizes) -> list[Demand]:
    ballot = any_of(_quorum_blocks(quorum, ASSEMBLY, sizes), _blocks(rule, ASSEMBLY, sizes))
    fewer = sizes.sponsors - 1
    return any_of(ballot, _sponsors(sizes, [size - fewer if size > fewer else 0 for size in sizes.members]))


def _missing(body: str, sizes: Sizes, asked: Iterable[int]) -> list[Demand]:
    """As many must stay away, or object, as leave fewer than are asked."""
    rows = zip(sizes.roll(body), asked, strict=True)
    return sizes.demand(body, [size - least + 1 if size >= least else 0 for size, least in rows])


def _quorum_blocks(quorum: Quorum, body: str, sizes: Sizes) -> list[Demand]:
    return _missing(body, sizes, needed(quorum, body, sizes))


def _blocks(rule: Rule, body: str, sizes: Sizes) -> list[Demand]:
    match rule:
        case All():
            return any_of(*(_blocks(each, body, sizes) for each in rule.rules))
        case Any():
            return all_of(*(_blocks(each, body, sizes) for each in rule.rules))
        case House():
            return any_of(_quorum_blocks(rule.quorum, rule.body, sizes), _blocks(rule.rule, rule.body, sizes))
        case Weighted():
            return any_of(_outweigh(rule, sizes), *(_house_blocks(house, sizes) for house in rule.houses))
        case Share():
            return _missing(body, sizes, above(sizes.base(body, rule.of), rule.num, rule.den, rule.strict))
        case AtLeast():
            return _missing(body, sizes, _at_least(rule, body, sizes))
        case PassUnlessVeto():
            bases = sizes.base(body, rule.of)
            asked = above(bases, rule.num, rule.den, rule.strict)
            return sizes.demand(body, [least if base else 0 for base, least in zip(bases, asked, strict=True)])
        case NoStandingObjection():
            one = sizes.demand(body, (min(1, size) for size in sizes.roll(body)))
            return one if rule.override is None else all_of(one, _blocks(rule.override, body, sizes))


def _house_blocks(house: Weight, sizes: Sizes) -> list[Demand]:
    return _missing(house.body, sizes, (max(1, each) for each in needed(house.quorum, house.body, sizes)))


def _outweigh(rule: Weighted, sizes: Sizes) -> list[Demand]:
    """Enough objectors of all houses together. Whoever sits in several takes from each of them; the fewest are found by
    asking first those who take most, because nobody takes more for others having come before."""
    outside = dict(sizes.houses)
    columns = [sizes.roll(house.body) for house in rule.houses]
    inside = [house.body not in outside for house in rule.houses]
    figures = []
    for rolls in zip(*columns, strict=True):
        seats = [(house.weight, roll, own) for house, roll, own in zip(rule.houses, rolls, inside, strict=True)]
        figures.append(_objectors(rule, seats))
    return [{"houses": tuple(figures)}]


def _objectors(rule: Weighted, seats: Sequence[tuple[int, int, bool]]) -> int:
    if not all(roll for _, roll, _ in seats):
        return 0
    unit = lcm(*(roll for _, roll, _ in seats))  # so that all is counted in whole numbers
    left = sum(weight for weight, _, _ in seats) * (rule.den - rule.num) * unit
    persons = 0
    for takes, many in sorted(_steps(seats, unit * rule.den), reverse=True):
        enough = left // takes + 1 if not rule.strict else -(-left // takes)
        if enough <= many:
            return persons + enough
        persons += many
        left -= takes * many
    return NEVER


def _steps(seats: Sequence[tuple[int, int, bool]], unit: int) -> list[tuple[int, int]]:
    """What each further person takes from the weighted sum, in so many parts of a whole, and how many persons take as
    much."""
    steps = [(weight * unit // roll, roll) for weight, roll, own in seats if not own]
    inside = sorted((roll, weight * unit // roll) for weight, roll, own in seats if own)
    takes, before = sum(each for _, each in inside), 0
    for roll, each in inside:
        if roll > before:
            steps.append((takes, roll - before))
            before = roll
        takes -= each
    return steps
