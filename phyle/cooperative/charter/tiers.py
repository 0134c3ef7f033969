"""Tiers may only spread power: who can bring an effect about, who can prevent it, before and after, for every size."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from phyle.cooperative.charter import collusion
from phyle.cooperative.charter.clauses import Charter, Delegation, Office, Tier, holders_of
from phyle.cooperative.charter.collusion import NEVER, Figures, Sizes
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, Power
from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, Rule, bodies_named

LARGEST = 10_000
"""Up to this many members a tier is compared, size by size."""

SMALLEST = 3
"""A tier of days or treaties may be reached at any size that can decide at all."""

ACTIVITY = ((1, 1), (1, 2), (1, 10), (0, 1))
"""Which parts of the members are taken to be active where a rule asks for active members; one is at the least."""

ELECTED = AtLeast(n=1)
"""Elections ask for the quorum alone, because their method finds the winners: anybody present may decide one."""

Wrong = tuple[str, str]
"""Why a tier cannot stand, and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """What of a charter, besides the power itself, matters for who can bring an effect about: the offices that its rule
    names or whose holders can do it alone, the seats of the houses it names, and how many papers a member may cast."""

    offices: tuple[tuple[str, Office], ...]
    houses: tuple[tuple[str, int], ...]
    papers: int


Rows = tuple[Figures, Figures]
"""Sizes of assemblies, and how many of each are active."""


def hands(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can bring an effect about; None if nobody can."""
    power = charter.power(effect, scope)
    figure = _hands(_seats(charter, power, effect), power, effect, ((n,), (n,)))[0]
    return None if figure >= NEVER else figure


def blocks(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can prevent a decision with this effect; None if nobody
    can, 0 if it cannot come about anyway. What a holder of an office does alone no ballot prevents."""
    power = charter.power(effect, scope)
    figure = _blocks(_seats(charter, power, effect), power, effect, ((n,), (n,)))[0]
    return None if figure >= NEVER else figure


def _seats(charter: Charter, power: Power, effect: str, named: Collection[str] = ()) -> Seats:
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
    for name, persons in holders_of(offices, effect):
        if persons <= offices[name].seats and (acting is None or name in acting):
            figures = tuple(min(figure, persons) for figure in figures)
    return figures


def _blocks(seats: Seats, power: Power, effect: str, rows: Rows) -> Figures:
    return collusion.blocks(_asked(power, effect), power.quorum, _sizes(seats, power, rows, None))


def concentrates(charter: Charter) -> Iterator[tuple[Tier, str, str]]:
    """Every tier that would put power into fewer hands: the tier, why, and what to write instead. Each is tried after
    every set of others that can have been reached before it, with all experiments running and with all of them over."""
    for tier in charter.tiers:
        if wrong := next(_wrongs(charter, tier), None):
            yield tier, *wrong


def _wrongs(charter: Charter, tier: Tier) -> Iterator[Wrong]:
    everything_over = tuple(sunset.name for sunset in charter.sunsets)
    for over in dict.fromkeys([(), everything_over]):
        for others in _reached_before(charter, tier):
            before = at(charter, 0, others, over)
            after = at(charter, 0, {*others, tier.name}, over)
            yield from _concentration(before, after, tier.members or SMALLEST)


def _reached_before(charter: Charter, tier: Tier) -> Iterator[frozenset[str]]:
    """The sets of other tiers that can have been reached. Those of the same kind come in the order of their numbers."""
    same = [other for other in charter.tiers if other is not tier and other.metric == tier.metric]
    before = frozenset(other.name for other in same if other.threshold < tier.threshold)
    level = [other.name for other in same if other.threshold == tier.threshold]
    free = [*level, *(other.name for other in charter.tiers if other.metric != tier.metric)]
    for count in range(len(free) + 1):
        for chosen in combinations(free, count):
            yield before | {*chosen}


def _concentration(before: Charter, after: Charter, least: int) -> Iterator[Wrong]:
    for name, office in after.offices.items():
        yield from _office(name, before.offices.get(name), office)
    if after.jury.size < before.jury.size:
        yield "a jury would become smaller", f"size = {before.jury.size} or more"
    yield from _delegation(before.delegation, after.delegation)
    for effect, scope in _keys(before, after):
        old, new = before.power(effect, scope), after.power(effect, scope)
        was = _seats(before, old, effect, bodies_named(new.rule))
        now = _seats(after, new, effect, bodies_named(old.rule))
        if not old.same(new) or was != now:
            wrong = _compared(effect, (old, new), (was, now), least)
            yield from [wrong] if wrong else []


def _keys(before: Charter, after: Charter) -> list[tuple[str, str]]:
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


@lru_cache(maxsize=4096)
def _compared(effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], least: int) -> Wrong | None:
    """The first thing that is wrong between the power over an effect before and after, from a size on."""
    return next(_comparison(effect, powers, seats, least), None)


def _comparison(effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], least: int) -> Iterator[Wrong]:
    (old, new), (was, now) = powers, seats
    if new.delegation and not old.delegation:
        yield f"votes on {effect} could be delegated that could not be before", "delegation = false"
    for part in ACTIVITY if old.counts_active or new.counts_active else ACTIVITY[:1]:
        rows = _range(least, part)
        hands_after = _hands(now, new, effect, rows)
        yield from _fewer(effect, rows[0], _hands(was, old, effect, rows), hands_after)
        yield from _lone_veto(effect, rows[0], _blocks(was, old, effect, rows), _blocks(now, new, effect, rows))
        if 1 in hands_after:
            yield from _alone(effect, powers, seats, rows)


@lru_cache(maxsize=64)
def _range(least: int, part: tuple[int, int]) -> Rows:
    # The law says every size; parts of the members being active come on top of that, so fewer sizes must do.
    step = 1 if part == ACTIVITY[0] else 37
    members = tuple(range(least, max(least, LARGEST) + 1, step))
    return members, tuple(max(1, size * part[0] // part[1]) for size in members)


def _first(members: Figures, before: Figures, after: Figures, worse: Callable[[int, int], bool]) -> list[int]:
    """The first size at which something is worse, with both figures."""
    rows = zip(members, before, after, strict=True)
    return next(([*row] for row in rows if worse(row[1], row[2])), [])


def _fewer(effect: str, members: Figures, before: Figures, after: Figures) -> Iterator[Wrong]:
    if row := _first(members, before, after, lambda was, now: now < was):
        was = "nobody" if row[1] >= NEVER else f"{row[1]} at the least"
        because = f"of {row[0]} members {row[2]} could bring about {effect} where it takes {was} before"
        yield because, "a rule or quorum that asks for no fewer"


def _lone_veto(effect: str, members: Figures, before: Figures, after: Figures) -> Iterator[Wrong]:
    if row := _first(members, before, after, lambda was, now: now <= 1 < was):
        because = f"of {row[0]} members {row[2]} could prevent {effect} where it takes {row[1]} before"
        yield because, "a rule that one alone cannot prevent"


def _alone(effect: str, powers: tuple[Power, Power], seats: tuple[Seats, Seats], rows: Rows) -> Iterator[Wrong]:
    """Whether anybody could do alone what they could not before: a member, the holder of any offices, an outsider."""
    for acting in _persons(seats[1]):
        before = _hands(seats[0], powers[0], effect, rows, acting)
        after = _hands(seats[1], powers[1], effect, rows, acting)
        if row := _first(rows[0], before, after, lambda was, now: now <= 1 < was):
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
