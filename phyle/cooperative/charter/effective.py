"""The charter as it stands after the tiers that were reached and the experiments that are over."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from phyle.cooperative.charter.clauses import Charter, Delegation, Office, Sunset, Tier
from phyle.cooperative.charter.powers import Power
from phyle.cooperative.charter.rules import All, Any, AtLeast, House, NoStandingObjection, Rule


def at(charter: Charter, electors: int, tiers_reached: Collection[str], sunsets_expired: Collection[str]) -> Charter:
    """The charter in force: first what the sunsets reverted, then what the tiers changed, both in the order of the
    text; so that what many hands were given stays with them. `electors`: what a tier's "at least" is capped at."""
    written = charter
    for sunset in written.sunsets:
        if sunset.name in sunsets_expired:
            charter = reverted(charter, sunset)
    for tier in written.tiers:
        if tier.name in tiers_reached:
            charter = reached(charter, tier, electors)
    return written if charter is written else replace(charter, written=written)


def reached(charter: Charter, tier: Tier, electors: int) -> Charter:
    """The charter after one tier."""
    powers = charter.powers
    for power in tier.powers:
        powers = _with_power(powers, replace(power, rule=_capped(power.rule, electors)) if electors else power)
    return replace(
        charter,
        powers=powers,
        offices={**charter.offices, **tier.offices},
        jury=tier.jury or charter.jury,
        delegation=tier.delegation or charter.delegation,
    )


def reverted(charter: Charter, sunset: Sunset) -> Charter:
    """The charter after one sunset."""
    kind, _, name = sunset.clause.partition("/")
    match sunset.reverts:
        case Power() as power:
            return replace(charter, powers=_with_power(charter.powers, power))
        case Office() as office:
            return replace(charter, offices={**charter.offices, name: office})
        case Delegation() as delegation:
            return replace(charter, delegation=delegation)
        case None if kind == "power":
            return replace(charter, powers=tuple(each for each in charter.powers if each.key != sunset.clause))
        case None if kind == "office":
            return replace(charter, offices=_without(charter.offices, name))
        case None:
            return replace(charter, delegation=Delegation())


def _with_power(powers: tuple[Power, ...], new: Power) -> tuple[Power, ...]:
    return (*(power for power in powers if power.key != new.key), new)


def _without(offices: Mapping[str, Office], name: str) -> Mapping[str, Office]:
    return {key: office for key, office in offices.items() if key != name}


def _capped(rule: Rule, electors: int) -> Rule:
    match rule:
        case AtLeast(capped=True):
            return replace(rule, n=max(1, min(rule.n, electors)))
        case All() | Any():
            return replace(rule, rules=tuple(_capped(each, electors) for each in rule.rules))
        case House():
            # A house's own size caps it when it is judged.
            return rule
        case NoStandingObjection(override=override) if override is not None:
            return replace(rule, override=_capped(override, electors))
        case _:
            return rule
