"""Tiers may only spread power: who can bring an effect about, who can prevent it, before and after, for every size."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from phyle.cooperative.charter import collusion
from phyle.cooperative.charter.clauses import Charter, Delegation, Office, Tier, holders_of
from phyle.cooperative.charter.collusion import NEVER, Figures, Sizes
from phyle.cooperative.charter.effective import reached, reverted
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, Power
from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, House, Rule, Weighted, found

LARGEST = 10_000
"""Up to this many members a tier is compared, size by size."""

SMALLEST = 3
"""A tier of days or treaties may be reached at any size that can decide at all."""

ACTIVITY = ((1, 1), (1, 2), (1, 10), (0, 1))
"""Which parts of the members are taken to be active where a rule asks for active members; one is at the least."""

Wrong = tuple[str, str]
"""Why a tier cannot stand, and what to write instead."""


ELECTED = AtLeast(n=1)
"""Elections ask for the quorum alone, because their method finds the winners: anybody present may decide one."""


def hands(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can bring an effect about; None if nobody can."""
    figure = _hands(charter, charter.power(effect, scope), effect, (n,), (n,))[0]
    return None if figure >= NEVER else figure


def blocks(charter: Charter, effect: str, n: int, scope: str = "") -> int | None:
    """The fewest distinct persons of n members, all active, who can prevent a decision with this effect; None if nobody
    can, 0 if it cannot come about anyway. What a holder of an office does alone no ballot prevents."""
    figure = _blocks(charter, charter.power(effect, scope), effect, (n,), (n,))[0]
    return None if figure >= NEVER else figure


def _sizes(
    charter: Charter, power: Power, effect: str, members: Figures, active: Figures, acting: frozenset[str] | None
) -> Sizes:
    return Sizes(
        members=members,
        active=active,
        offices=tuple((name, office.seats) for name, office in sorted(charter.offices.items())),
        houses=tuple((name, house.seats) for name, house in sorted(charter.houses.items())),
        papers=_papers(charter, power, effect),
        sponsors=power.sponsors,
        acting=acting,
    )


def _papers(charter: Charter, power: Power, effect: str) -> int:
    """How many papers one member may cast. Where houses vote, everybody votes in person."""
    delegation = charter.delegation
    allowed = delegation.allowed and power.delegation and effect in (delegation.scopes or EFFECTS)
    if not allowed or found(power.rule, lambda part: isinstance(part, House | Weighted)):
        return 1
    return 1 + delegation.cap


def _asked(power: Power, effect: str) -> Rule:
    return ELECTED if effect == "Appoint" and power.methods != ("yesno",) else power.rule


def _hands(
    charter: Charter,
    power: Power,
    effect: str,
    members: Figures,
    active: Figures,
    acting: frozenset[str] | None = None,
) -> Figures:
    """By decision, or by the holders of an office."""
    sizes = _sizes(charter, power, effect, members, active, acting)
    figures = collusion.hands(_asked(power, effect), power.quorum, sizes)
    for name, persons in holders_of(charter.offices, effect):
        if persons <= charter.offices[name].seats and (acting is None or name in acting):
            figures = tuple(min(figure, persons) for figure in figures)
    return figures


def _blocks(charter: Charter, power: Power, effect: str, members: Figures, active: Figures) -> Figures:
    sizes = _sizes(charter, power, effect, members, active, None)
    return collusion.blocks(_asked(power, effect), power.quorum, sizes)


def concentrates(charter: Charter) -> Iterator[tuple[Tier, str, str]]:
    """Every tier that would put power into fewer hands: the tier, why, and what to write instead. Each tier is tried
    after every set of the others, with all experiments running and with all of them over."""
    for tier in charter.tiers:
        others = [other for other in charter.tiers if other is not tier]
        for before in _befores(charter, others):
            wrong = next(_concentration(before, reached(before, tier, 0), tier.members or SMALLEST), None)
            if wrong:
                yield tier, *wrong
                break


def _befores(charter: Charter, others: list[Tier]) -> Iterator[Charter]:
    over = charter
    for sunset in charter.sunsets:
        over = reverted(over, sunset)
    for start in [charter, over] if charter.sunsets else [charter]:
        for count in range(len(others) + 1):
            for chosen in combinations(others, count):
                before = start
                for other in chosen:
                    before = reached(before, other, 0)
                yield before


def _concentration(before: Charter, after: Charter, least: int) -> Iterator[Wrong]:
    for name, office in after.offices.items():
        yield from _office(name, before.offices.get(name), office)
    if after.jury.size < before.jury.size:
        yield "a jury would become smaller", f"size = {before.jury.size} or more"
    yield from _delegation(before.delegation, after.delegation)
    for effect, scope in _keys(before, after):
        old, new = before.power(effect, scope), after.power(effect, scope)
        if not (old.same(new) and before.offices == after.offices):
            yield from _power(before, after, effect, scope, least)


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


def _power(before: Charter, after: Charter, effect: str, scope: str, least: int) -> Iterator[Wrong]:
    old, new = before.power(effect, scope), after.power(effect, scope)
    if new.delegation and not old.delegation:
        yield f"votes on {effect} could be delegated that could not be before", "delegation = false"
    for part in ACTIVITY if old.counts_active or new.counts_active else ACTIVITY[:1]:
        rows = _range(least, part)
        yield from _fewer(effect, rows[0], _hands(before, old, effect, *rows), _hands(after, new, effect, *rows))
        yield from _lone_veto(effect, rows[0], _blocks(before, old, effect, *rows), _blocks(after, new, effect, *rows))
        yield from _alone(before, after, effect, (old, new), rows)


@lru_cache(maxsize=64)
def _range(least: int, part: tuple[int, int]) -> tuple[Figures, Figures]:
    members = tuple(range(least, max(least, LARGEST) + 1))
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


def _alone(
    before: Charter, after: Charter, effect: str, powers: tuple[Power, Power], rows: tuple[Figures, Figures]
) -> Iterator[Wrong]:
    """Whether anybody could do alone what they could not before: a member, the holder of any offices, an outsider."""
    if 1 not in _hands(after, powers[1], effect, *rows):
        return
    for acting in _persons(after):
        was = _hands(before, powers[0], effect, *rows, acting)
        now = _hands(after, powers[1], effect, *rows, acting)
        if row := _first(rows[0], was, now, lambda was, now: now <= 1 < was):
            who = " and ".join(sorted(acting - {ASSEMBLY})) or "any member"
            because = f"of {row[0]} members one person ({who}) could bring about {effect} alone, and could not before"
            yield because, "a rule that takes two at least"
            return


def _persons(charter: Charter) -> Iterator[frozenset[str]]:
    """What one person can be at once: a member with no office, one or two that go together, or an outsider."""
    yield frozenset((ASSEMBLY,))
    for name in charter.offices:
        yield frozenset((ASSEMBLY, name))
    for one, other in combinations(charter.offices, 2):
        if other not in charter.offices[one].incompatible and one not in charter.offices[other].incompatible:
            yield frozenset((ASSEMBLY, one, other))
    for name in charter.houses:
        yield frozenset((name,))
