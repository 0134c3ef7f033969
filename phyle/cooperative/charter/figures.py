"""Figures that tiers are compared by: how many can bring an effect about or prevent it under a charter, at any size."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from phyle.cooperative.charter import collusion
from phyle.cooperative.charter.clauses import Charter, Delegation, Office, holders_of
from phyle.cooperative.charter.collusion import NEVER, Figures, Sizes
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.powers import EFFECTS, Power
from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, House, Rule, Weighted, bodies_named, parts

LARGEST = 10_000
"""Up to this many members a tier is compared, size by size."""

SMALLEST = 3
"""A tier of days or treaties may be reached at any size that can decide at all."""

ACTIVITY = ((1, 1), (1, 2), (1, 10), (0, 1))
"""Which parts of the members are taken to be active where a rule asks for active members; one is at the least."""

Part = tuple[int, int]

STEPS = {part: 1 if part == ACTIVITY[0] else 37 for part in ACTIVITY}
"""Of sizes, every one or every so manieth."""

MOST_WORK, COLUMN, LOOK = 18_000, 40, 2
"""What may be computed for one charter; what a column of figures counts for, and one look at a clause."""

ELECTED = AtLeast(n=1)
"""Elections ask for the quorum alone, because their method finds the winners: anybody present may decide one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """What of a charter, besides the power itself, matters for who can bring an effect about: the offices that its rule
    names or whose holders can do it alone, the seats of the houses it names, and how many papers a member may cast."""

    offices: tuple[tuple[str, Office], ...]
    houses: tuple[tuple[str, int], ...]
    papers: int


Rows = tuple[Figures, Figures]
"""Sizes of assemblies, and how many of each are active."""

ONE: Rows = ((1,), (1,))


def hands(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can bring an effect about; None if nobody can."""
    power = charter.power(effect, scope)
    figure = _hands(seats_of(charter, power, effect), power, effect, ((n,), (n,)))[0]
    return None if figure >= NEVER else figure


def blocks(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can prevent a decision with this effect; None if nobody
    can, 0 if it cannot come about anyway. What a holder of an office does alone no ballot prevents."""
    power = charter.power(effect, scope)
    figure = _blocks(seats_of(charter, power, effect), power, effect, ((n,), (n,)))[0]
    return None if figure >= NEVER else figure


def seats_of(charter: Charter, power: Power, effect: str, named: Collection[str] = ()) -> Seats:
    """For the bodies that its rule names, those whose holders can do it alone, and `named`."""
    named = {*named, *bodies_named(power.rule), *(name for name, _ in holders_of(charter.offices, effect))}
    return Seats(
        offices=tuple((name, charter.offices[name]) for name in sorted(charter.offices) if name in named),
        houses=tuple((name, charter.houses[name].seats) for name in sorted(charter.houses) if name in named),
        papers=_papers(charter.delegation, power, effect),
    )


def _papers(delegation: Delegation, power: Power, effect: str) -> int:
    """How many papers one member may cast. Where houses vote, everybody votes in person."""
    allowed = delegation.allowed and power.delegation and effect in (delegation.scopes or EFFECTS)
    return 1 + delegation.cap if allowed and not bodies_named(power.rule) else 1


def _sizes(seats: Seats, power: Power, rows: Rows, acting: frozenset[str] | None) -> Sizes:
    # Only bodies that the rule names, so that figures are computed once for all who do not matter to it.
    named = bodies_named(power.rule)
    return Sizes(
        members=rows[0],
        active=rows[1],
        offices=tuple((name, office.seats) for name, office in seats.offices if name in named),
        houses=tuple((name, many) for name, many in seats.houses if name in named),
        papers=seats.papers,
        sponsors=power.sponsors,
        acting=None if acting is None else acting & (named | {ASSEMBLY}),
    )


def _asked(power: Power, effect: str) -> Rule:
    return ELECTED if effect == "Appoint" and power.methods != ("yesno",) else power.rule


def _hands(seats: Seats, power: Power, effect: str, rows: Rows, acting: frozenset[str] | None = None) -> Figures:
    """By decision, or by the holders of an office."""
    figures = collusion.hands(_asked(power, effect), power.quorum, _sizes(seats, power, rows, acting))
    offices = dict(seats.offices)
    alone = min(
        (
            persons
            for name, persons in holders_of(offices, effect)
            if persons <= offices[name].seats and (acting is None or name in acting)
        ),
        default=NEVER,
    )
    return figures if alone == NEVER else tuple([min(figure, alone) for figure in figures])


def _blocks(seats: Seats, power: Power, effect: str, rows: Rows) -> Figures:
    return collusion.blocks(_asked(power, effect), power.quorum, _sizes(seats, power, rows, None))


T = TypeVar("T")


class TooMuch(Exception):
    """What tiers change would take too long to compare."""


class Figuring:
    """Figures of one charter, each computed once, and at most so much work for all of them. Work is counted in columns
    of figures, the same on every machine, because whether a charter stands may not hang on the machine."""

    def __init__(self) -> None:
        self._left = MOST_WORK
        self._known: dict[Any, Any] = {}

    def spend(self, work: int) -> None:
        """Counts work. TooMuch when there has been more than anybody should wait for."""
        self._left -= work
        if self._left < 0:
            raise TooMuch

    def once(self, key: Any, work: int, compute: Callable[[], T]) -> T:
        """What was computed under this key before, the same object; else it is, and counted."""
        if key not in self._known:
            self.spend(work)
            self._known[key] = compute()
        found: T = self._known[key]
        return found

    # As everything is kept, what was looked up is known by its identity.

    def at(self, charter: Charter, tiers: frozenset[str], sunsets: tuple[str, ...]) -> Charter:
        """The charter after these tiers and sunsets, whatever the number of members."""
        return self.once(("at", tiers, sunsets), COLUMN, lambda: at(charter, 0, tiers, sunsets))

    def power(self, charter: Charter, effect: str, scope: str) -> Power:
        """The power over an effect; the same object for the same power. `charter`: from `at`."""

        def find() -> Power:
            found = charter.power(effect, scope)
            return self.once(("power", found), 0, lambda: found)

        return self.once(("governs", id(charter), effect, scope), LOOK, find)

    def seats(self, charter: Charter, power: Power, effect: str, other: Power) -> Seats:
        """What matters besides a power, and besides another that it is compared with. Both from `power`."""
        key = ("seats", id(charter), id(power), id(other), effect)
        return self.once(key, LOOK, lambda: seats_of(charter, power, effect, bodies_named(other.rule)))

    def hands(
        self, seats: Seats, power: Power, effect: str, part: Part, acting: frozenset[str] | None = None
    ) -> Figures:
        """The fewest who can bring it about, for each size, by those who act."""
        offices = dict(seats.offices)
        holders = tuple((name, many, offices[name].seats) for name, many in holders_of(offices, effect))
        if acting is not None:
            acting &= bodies_named(power.rule) | {ASSEMBLY, *(name for name, _, _ in holders)}
        sizes = _sizes(seats, power, ONE, acting)
        key = ("hands", sizes, _asked(power, effect), power.quorum, holders, part, acting)
        work = _work(power, effect, sizes, part)
        return self.once(key, work, lambda: _hands(seats, power, effect, sizes_of(part), acting))

    def blocks(self, seats: Seats, power: Power, effect: str, part: Part) -> Figures:
        """The fewest who can prevent it, for each size."""
        sizes = _sizes(seats, power, ONE, None)
        key = ("blocks", sizes, _asked(power, effect), power.quorum, part)
        work = _work(power, effect, sizes, part)
        return self.once(key, work, lambda: _blocks(seats, power, effect, sizes_of(part)))


def _work(power: Power, effect: str, sizes: Sizes, part: Part) -> int:
    """Of figures for every size: so many columns in each of the ways."""
    rule = _asked(power, effect)
    columns = 3 + len(power.quorum.shares) + _columns(rule)
    return collusion.ways(rule, power.quorum, sizes) * columns * worth(part)


def worth(part: Part) -> int:
    """What a column of figures counts for."""
    return COLUMN if STEPS[part] == 1 else LOOK


def _columns(rule: Rule) -> int:
    match rule:
        case Weighted():
            return 10 * len(rule.houses)
        case House():
            return 2 + len(rule.quorum.shares) + _columns(rule.rule)
        case _:
            return 1 + sum(map(_columns, parts(rule)))


@lru_cache(maxsize=4)
def sizes_of(part: Part) -> Rows:
    """The sizes that are compared where such a part of the members is active."""
    # The law says every size; parts of the members being active come on top of that, so fewer sizes must do.
    members = tuple(range(SMALLEST, LARGEST + 1, STEPS[part]))
    return members, tuple([max(1, size * part[0] // part[1]) for size in members])
