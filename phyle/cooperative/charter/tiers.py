"""Tiers may only spread power: who can bring an effect about, who can prevent it, before and after, for every size."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from phyle.cooperative.charter.clauses import Charter, Delegation, Office, Tier
from phyle.cooperative.charter.collusion import NEVER, Figures
from phyle.cooperative.charter.figures import (
    ACTIVITY,
    LOOK,
    SMALLEST,
    Figuring,
    Part,
    Seats,
    TooMuch,
    sizes_of,
    worth,
)
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, Power
from phyle.cooperative.charter.rules import ASSEMBLY

Wrong = tuple[str, str]
"""Why a tier cannot stand, and what to write instead."""

Worse = Callable[[int, int], bool]
"""Whether what was before is worse after."""


def concentrates(charter: Charter) -> Iterator[tuple[Tier, str, str]]:
    """Every tier that would put power into fewer hands: the tier, why, and what to write instead. Each is tried after
    every set of others that can have been reached before it, with all experiments running and with all of them over.
    What would take too long to compare is refused likewise: everybody who reads the charter must compare it."""
    figures = Figuring()
    for tier in charter.tiers:
        try:
            wrong = next(_wrongs(charter, tier, figures), None)
        except TooMuch:
            yield tier, "the tiers change more than can be compared at every size", "fewer powers, or simpler rules"
            return
        if wrong:
            yield tier, *wrong


def _wrongs(charter: Charter, tier: Tier, figures: Figuring) -> Iterator[Wrong]:
    everything_over = tuple(sunset.name for sunset in charter.sunsets)
    for over in dict.fromkeys([(), everything_over]):
        for others in _reached_before(charter, tier):
            before, after = figures.at(charter, others, over), figures.at(charter, others | {tier.name}, over)
            yield from _concentration(before, after, tier, figures)


def _reached_before(charter: Charter, tier: Tier) -> Iterator[frozenset[str]]:
    """The sets of other tiers that can have been reached. Those of the same kind come in the order of their numbers."""
    same = [other for other in charter.tiers if other is not tier and other.metric == tier.metric]
    before = frozenset(other.name for other in same if other.threshold < tier.threshold)
    level = [other.name for other in same if other.threshold == tier.threshold]
    free = [*level, *(other.name for other in charter.tiers if other.metric != tier.metric)]
    for count in range(len(free) + 1):
        for chosen in combinations(free, count):
            yield before | {*chosen}


def _concentration(before: Charter, after: Charter, tier: Tier, figures: Figuring) -> Iterator[Wrong]:
    for name, office in after.offices.items():
        yield from _office(name, before.offices.get(name), office)
    if after.jury.size < before.jury.size:
        yield "a jury would become smaller", f"size = {before.jury.size} or more"
    yield from _delegation(before.delegation, after.delegation)
    for effect, scope in _keys(before, after, tier):
        old, new = figures.power(before, effect, scope), figures.power(after, effect, scope)
        was, now = figures.seats(before, old, effect, new), figures.seats(after, new, effect, old)
        if (old is not new and not old.same(new)) or was != now:
            yield from _compared_once(effect, (old, new), (was, now), tier.members or SMALLEST, figures)


def _keys(before: Charter, after: Charter, tier: Tier) -> list[tuple[str, str]]:
    """The effects and scopes that a tier can change something for."""
    keys = _all_keys(before, after)
    effects = {power.effect for power in tier.powers}
    if tier.offices or tier.delegation is not None or DEFAULT in effects:
        return keys
    return [key for key in keys if key[0] in effects]


def _all_keys(before: Charter, after: Charter) -> list[tuple[str, str]]:
    written = {(power.effect, power.scope) for power in (*before.powers, *after.powers) if power.effect != DEFAULT}
    return sorted(written | {(effect, "") for effect in EFFECTS})


def _office(name: str, before: Office | None, after: Office) -> Iterator[Wrong]:
    if before is None:
        yield f"there is no office {name} that it could change", "an office of this charter"
    elif before != after:
        yield from ((f"office {name} would {what}", write) for worse, what, write in _worse(before, after) if worse)


def _worse(before: Office, after: Office) -> Iterable[tuple[bool, str, str]]:
    ways = ("decision", "election", "sortition")
    forever = before.consecutive_terms and not 0 < after.consecutive_terms <= before.consecutive_terms
    return (
        (after.seats < before.seats, "have fewer seats", f"seats = {before.seats} or more"),
        (after.term_days > before.term_days, "last longer", f"term_days = {before.term_days} or less"),
        (bool(forever), "be held more often in a row", f"consecutive_terms = {before.consecutive_terms}"),
        (not {*after.scope} <= {*before.scope}, "gain powers", f"scope = {list(before.scope)}"),
        (not {*after.incompatible} >= {*before.incompatible}, "go together with more", f"{list(before.incompatible)}"),
        (after.caretaker_days > before.caretaker_days, "outlast its term", f"caretaker_days = {before.caretaker_days}"),
        (ways.index(after.by) < ways.index(before.by), "be filled by fewer", f'by = "{before.by}"'),
    )


def _delegation(before: Delegation, after: Delegation) -> Iterator[Wrong]:
    if after.allowed and not before.allowed:
        yield "votes could be delegated that could not be before", "delegation from the beginning, or never"
    if after.allowed and after.cap > before.cap:
        yield "one delegate could hold more papers", f"cap = {before.cap}"
    everything = before.scopes and not after.scopes
    if after.allowed and (everything or not {*after.scopes} <= {*(before.scopes or EFFECTS)}):
        yield "votes could be delegated for more effects", f"scopes = {list(before.scopes)}"


def _compared_once(
    effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], least: int, figures: Figuring
) -> list[Wrong]:
    """The first thing that is wrong between the power over an effect before and after, from a size on."""
    key = ("compared", effect, id(powers[0]), id(powers[1]), seats, least)
    return figures.once(key, 10 * LOOK, lambda: [*islice(_compared(effect, powers, seats, least, figures), 1)])


def _compared(
    effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], least: int, figures: Figuring
) -> Iterator[Wrong]:
    """What is wrong between the power over an effect before and after, from a size on."""
    (old, new), (was, now) = powers, seats
    if new.delegation and not old.delegation:
        yield f"votes on {effect} could be delegated that could not be before", "delegation = false"
    for part in ACTIVITY if old.counts_active or new.counts_active else ACTIVITY[:1]:
        rows = _Rows(part=part, first=_first_row(part, least))
        hands_after = figures.hands(now, new, effect, part)
        yield from _fewer(effect, figures, rows, figures.hands(was, old, effect, part), hands_after)
        vetoes = figures.blocks(was, old, effect, part), figures.blocks(now, new, effect, part)
        yield from _lone_veto(effect, figures, rows, *vetoes)
        if 1 in hands_after[rows.first :]:
            yield from _alone(effect, powers, seats, rows, figures)


def _first_row(part: Part, least: int) -> int:
    """The place of the first size that is compared; the largest is compared in any case."""
    sizes = sizes_of(part)[0]
    return min(bisect_left(sizes, least), len(sizes) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Which sizes are compared: those of a part of the members being active, from a place on."""

    part: Part
    first: int

    def worst(self, figures: Figuring, before: Figures, after: Figures, worse: Worse) -> list[int]:
        """The first size at which something is worse, with both figures, which are of `figures`."""
        key = ("worst", self, id(before), id(after), worse)
        return figures.once(key, worth(self.part), lambda: self._worst(before, after, worse))

    def _worst(self, before: Figures, after: Figures, worse: Worse) -> list[int]:
        rows = zip(*(column[self.first :] for column in (sizes_of(self.part)[0], before, after)), strict=True)
        return next(([*row] for row in rows if worse(row[1], row[2])), [])


def _down_to_one(was: int, now: int) -> bool:
    return now <= 1 < was


def _fewer(effect: str, figures: Figuring, rows: _Rows, before: Figures, after: Figures) -> Iterator[Wrong]:
    if row := rows.worst(figures, before, after, int.__gt__):
        was = "nobody" if row[1] >= NEVER else f"{row[1]} at the least"
        because = f"of {row[0]} members {row[2]} could bring about {effect} where it takes {was} before"
        yield because, "a rule or quorum that asks for no fewer"


def _lone_veto(effect: str, figures: Figuring, rows: _Rows, before: Figures, after: Figures) -> Iterator[Wrong]:
    if row := rows.worst(figures, before, after, _down_to_one):
        because = f"of {row[0]} members {row[2]} could prevent {effect} where it takes {row[1]} before"
        yield because, "a rule that one alone cannot prevent"


def _alone(
    effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], rows: _Rows, figures: Figuring
) -> Iterator[Wrong]:
    """Whether anybody could do alone what they could not before: a member, the holder of any offices, an outsider."""
    for acting in _persons(seats[1]):
        before = figures.hands(seats[0], powers[0], effect, rows.part, acting)
        after = figures.hands(seats[1], powers[1], effect, rows.part, acting)
        if row := rows.worst(figures, before, after, _down_to_one):
            who = " and ".join(sorted(acting - {ASSEMBLY})) or "any member"
            because = f"of {row[0]} members one person ({who}) could bring about {effect} alone, and could not before"
            yield because, "a rule that takes two at least"


def _persons(seats: Seats) -> Iterator[frozenset[str]]:
    """What one person can be at once: a member with no office, with one, with two that go together, or an outsider."""
    yield frozenset((ASSEMBLY,))
    for name, _ in seats.offices:
        yield frozenset((ASSEMBLY, name))
    for (one, its), (other, others) in combinations(seats.offices, 2):
        if other not in its.incompatible and one not in others.incompatible:
            yield frozenset((ASSEMBLY, one, other))
    for name, _ in seats.houses:
        yield frozenset((name,))
