"""How a charter changes by itself: tiers that are reached stay, experiments end on their day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from phyle.cooperative.charter.clauses import Charter, Sunset
from phyle.cooperative.law.kinds import DAY, consequence
from phyle.cooperative.law.mandates import abolish
from phyle.cooperative.law.phyles import charter, charter_of, phyle, schedule, unschedule, unschedule_all
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class TierReached:
    """A tier of the charter holds from now on."""

    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SunsetOver:
    """An experiment is over: what stood before it stands again."""

    sunset: str


def schedule_tiers(state: State, at: int) -> None:
    """A tier that the number of electors has reached is entered next."""
    here = phyle(state)
    for name in charter(state).tiers_at(here.electors):
        if name not in here.tiers:
            unschedule(state, "tier", name)
            schedule(state, at, "tier", name)


def plan(state: State, at: int) -> None:
    """Put all that the charter in force says about its own changes on the agenda, in the place of what stood there."""
    unschedule_all(state, "tier", "sunset")
    here = phyle(state)
    law = charter(state)
    for tier in law.tiers:
        if tier.days and tier.name not in here.tiers:
            schedule(state, max(at, here.founded + tier.days * DAY), "tier", tier.name)
    began = dict(here.trials)
    for sunset in law.sunsets:
        if sunset.name not in here.sunsets:
            schedule(state, max(at, _ends(sunset, began)), "sunset", sunset.name)
    schedule_tiers(state, at)


def _ends(sunset: Sunset, began: Mapping[str, int]) -> int:
    return sunset.expires or began[sunset.name] + sunset.expires_days * DAY


def enact(state: State, hash: Hash, at: int) -> None:
    """Bring a charter into force. A tier that was reached stays so; an experiment goes on, or stays over, if the new
    charter has the very same one, and begins otherwise."""
    here = phyle(state)
    new = charter_of(state, hash)
    same: frozenset[str] = frozenset()
    if here.charter is not None:
        old = {sunset.name: sunset for sunset in charter_of(state, here.charter).sunsets}
        same = frozenset(sunset.name for sunset in new.sunsets if old.get(sunset.name) == sunset)
    began = dict(here.trials)
    trials = tuple((each.name, began[each.name] if each.name in same else at) for each in new.sunsets)
    here = replace(
        here,
        charter=hash,
        charter_since=at,
        tiers=tuple(tier.name for tier in new.tiers if tier.name in here.tiers),
        sunsets=tuple(name for name in here.sunsets if name in same),
        trials=trials,
    )
    state.put(here)
    plan(state, at)


def _reach(state: State, at: int, reached: TierReached) -> None:
    here = phyle(state)
    _change(state, at, replace_tiers=(*here.tiers, reached.tier), replace_sunsets=here.sunsets)


def _expire(state: State, at: int, over: SunsetOver) -> None:
    here = phyle(state)
    _change(state, at, replace_tiers=here.tiers, replace_sunsets=(*here.sunsets, over.sunset))


def _change(state: State, at: int, *, replace_tiers: tuple[str, ...], replace_sunsets: tuple[str, ...]) -> None:
    before = offices(charter(state))
    state.put(replace(phyle(state), tiers=replace_tiers, sunsets=replace_sunsets))
    abolish(state, before - offices(charter(state)), at)


def offices(law: Charter) -> frozenset[str]:
    """The names of a charter's offices."""
    return frozenset(law.offices)


CONSEQUENCES = {
    "tier": consequence(TierReached, lambda state, at, item: TierReached(tier=item.id), _reach),
    "sunset": consequence(SunsetOver, lambda state, at, item: SunsetOver(sunset=item.id), _expire),
}
