"""Tiers may only spread power: who can bring an effect about, who can prevent it, before and after."""

from collections.abc import Iterator

from phyle.cooperative.charter.clauses import Charter, Tier


def concentrates(charter: Charter) -> Iterator[tuple[Tier, str, str]]:
    """Every tier that would put power into fewer hands: the tier, why, and what to write instead."""
    yield from ()
