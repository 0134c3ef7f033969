"""Amendment: which clauses a change touches, and so by which rules of the old charter it is decided.

An entrenched rule, a power to Amend with a list of what it protects, protects itself as well: also from changes that
leave its words alone and change what they mean, such as who votes, who is active, or who sits in a house it names.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.charter.clauses import Charter, MemberClass, Sunset, Tier, within
from phyle.cooperative.charter.powers import DEFAULT, EFFECTS, Power
from phyle.cooperative.charter.rules import bodies_named

AMEND = "Amend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: its names (a clause, the articles where it stands), the powers to amend that it alters,
    and whether it alters all of them."""

    names: tuple[str, ...]
    amends: tuple[str, ...] = ()
    electorate: bool = False


def touched(old: Charter, new: Charter) -> tuple[Power, ...]:
    """The powers to amend that protect what the difference touches; put them together with `all_of`. Empty if the two
    say the same.

    `old`: the charter in force; its rules hold as its tiers and sunsets have made them, and what differs is what the
    two texts say. `new`: what is proposed.
    """
    found: dict[str, Power] = {}
    for change in changes(old.written or old, new.written or new):
        for power in _protecting(old, change):
            found.setdefault(power.key, power)
    return tuple(found[key] for key in sorted(found))


def _protecting(ruling: Charter, change: Change) -> Iterator[Power]:
    entrenched = [power for power in ruling.powers if power.effect == AMEND and power.scope]
    if change.electorate:
        yield from (ruling.power(AMEND), *entrenched)
        return
    protecting = [power for power in entrenched if _protects(power, change.names)]
    altered = [power for power in entrenched if power.key in change.amends]
    if not protecting or change.amends:
        yield ruling.power(AMEND)
    yield from protecting
    yield from altered


def _protects(power: Power, names: Iterable[str]) -> bool:
    return any(within(name, wider) for name in names for wider in power.protects)


def changes(old: Charter, new: Charter) -> tuple[Change, ...]:
    """Everything in which two charters differ."""
    return tuple(
        change
        for each in (_header, _articles, _single, _classes, _bodies, _powers, _by_themselves)
        for change in each(old, new)
    )


def _header(old: Charter, new: Charter) -> Iterator[Change]:
    if old.header != new.header:
        yield Change(names=("header",))


def _articles(old: Charter, new: Charter) -> Iterator[Change]:
    for number in sorted({article.number for article in (*old.articles, *new.articles)}):
        before, after = old.article(number), new.article(number)
        if before is None or after is None or not before.same(after):
            yield Change(names=(f"article/{number}",) if number else ("header",))


def _single(old: Charter, new: Charter) -> Iterator[Change]:
    for name in ("assembly", "jury", "moderation", "reciprocal"):
        if getattr(old, name) != getattr(new, name):
            yield Change(names=_names(name, old, new))
    if old.delegation != new.delegation:
        yield Change(names=_names("delegation", old, new), amends=_amending(old, lambda power: power.delegation))
    if replace(old.membership, classes={}) != replace(new.membership, classes={}):
        active = old.membership.active_days != new.membership.active_days
        yield Change(
            names=_names("membership", old, new),
            amends=_amending(old, lambda power: active and power.counts_active),
        )


def _names(key: str, *charters: Charter) -> tuple[str, ...]:
    """A clause and the articles in which it stands."""
    places = [charter.places[key] for charter in charters if key in charter.places]
    return (key, *(f"article/{article}" for article, _ in places))


def _amending(charter: Charter, wanted: Callable[[Power], bool]) -> tuple[str, ...]:
    return tuple(power.key for power in charter.powers if power.effect in (AMEND, DEFAULT) and wanted(power))


def _classes(old: Charter, new: Charter) -> Iterator[Change]:
    before, after = old.membership.classes, new.membership.classes
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Change(
                names=_names(f"class/{name}", old, new),
                electorate=_electorate(before.get(name)) != _electorate(after.get(name)),
            )


def _electorate(member_class: MemberClass | None) -> tuple[bool, str]:
    return (True, member_class.principal) if member_class and member_class.vote else (False, "")


def _bodies(old: Charter, new: Charter) -> Iterator[Change]:
    """What has a name: offices, houses, rights, funds, licences. A house or office that a power to amend names is part
    of its meaning."""
    for kind, before, after in (
        ("office", old.offices, new.offices),
        ("house", old.houses, new.houses),
        ("right", {right.name: right for right in old.rights}, {right.name: right for right in new.rights}),
        ("fund", old.funds, new.funds),
        ("licence", old.licences, new.licences),
    ):
        for name in differing(before, after):
            counted = _counting(old, name) if kind in ("office", "house") else ()
            yield Change(names=_names(f"{kind}/{name}", old, new), amends=counted)


def _counting(charter: Charter, body: str) -> tuple[str, ...]:
    """The powers to amend that count the papers of a body."""
    return _amending(charter, lambda power: body in bodies_named(power.rule))


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names under which two tables hold different things."""
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _powers(old: Charter, new: Charter) -> Iterator[Change]:
    """What another rule governs than before, whichever clause says so; and clauses that moved or are new."""
    written = {(power.effect, power.scope) for power in (*old.powers, *new.powers) if power.effect != DEFAULT}
    for effect, scope in sorted(written | {(effect, "") for effect in EFFECTS}):
        before, after = old.power(effect, scope), new.power(effect, scope)
        if not before.same(after):
            yield _power_change(old, effect, scope, before, after)


def _power_change(old: Charter, effect: str, scope: str, before: Power, after: Power) -> Change:
    names = (f"power/{effect}/{scope}" if scope else f"power/{effect}", before.key)
    articles = tuple(f"article/{power.article}" for power in (before, after))
    if effect in ("Appoint", "Recall"):
        # How a house is filled is part of the meaning of every rule that counts it.
        bodies = [scope.partition("/")[0]] if scope else [*old.offices, *old.houses]
        counting = tuple(key for body in bodies for key in _counting(old, body))
        return Change(names=(*names, *articles), amends=counting)
    if effect != AMEND:
        return Change(names=(*names, *articles))
    # Whoever changes what an entrenched rule protects needs the consent of what protects it now.
    protected = (*before.protects, *after.protects)
    return Change(names=(*names, *articles, *protected), amends=(names[0], before.key))


def _by_themselves(old: Charter, new: Charter) -> Iterator[Change]:
    """Tiers and sunsets touch what they will change one day."""
    for kind, before, after in (
        ("tier", {tier.name: tier for tier in old.tiers}, {tier.name: tier for tier in new.tiers}),
        ("sunset", {each.name: each for each in old.sunsets}, {each.name: each for each in new.sunsets}),
    ):
        for name in differing(before, after):
            ends = [each for each in (before.get(name), after.get(name)) if each is not None]
            yield _later(old, f"{kind}/{name}", ends)


def _later(old: Charter, name: str, ends: Iterable[Tier | Sunset]) -> Change:
    names = [name, *(f"article/{each.article}" for each in ends)]
    amends: list[str] = []
    for key, power in (pair for each in ends for pair in _sets(each)):
        names += _names(key, old)
        kind, _, rest = key.partition("/")
        if kind == "office":
            amends += _counting(old, rest)
        if kind == "power":
            effect, _, scope = rest.partition("/")
            governing = old.power(effect, scope) if effect != DEFAULT else None
            names += [governing.key, f"article/{governing.article}", *governing.protects] if governing else []
            names += power.protects if power else ()
            amends += [key] if effect in (AMEND, DEFAULT) else []
    return Change(names=tuple(dict.fromkeys(names)), amends=tuple(amends))


def _sets(each: Tier | Sunset) -> Iterator[tuple[str, Power | None]]:
    """The clauses that a tier or sunset will change."""
    if isinstance(each, Sunset):
        yield each.clause, each.reverts if isinstance(each.reverts, Power) else None
        return
    yield from ((power.key, power) for power in each.powers)
    yield from ((f"office/{name}", None) for name in each.offices)
    if each.jury:
        yield "jury", None
    if each.delegation:
        yield "delegation", None
