"""What a thing that can be done demands of whoever does it: the words in which every table declares it.

`none`: of nobody in particular. `self`: one's own account or membership. `mandate(SCOPE)`: a live mandate of the phyle.
`decision(EFFECT)`: a decision of the phyle with that effect. `operator`: access to the machine; shown publicly.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NewType

Power = NewType("Power", str)

_SHAPE = re.compile(r"none|self|operator|mandate\([a-z_]+\)|decision\([A-Z][A-Za-z]+\)")

NONE, SELF, OPERATOR = Power("none"), Power("self"), Power("operator")


def mandate(scope: str) -> Power:
    """Whoever holds a live mandate of this scope."""
    return power(f"mandate({scope})")


def decision(effect: str) -> Power:
    """A decision that has this effect."""
    return power(f"decision({effect})")


def power(text: str | None) -> Power:
    """The power of this name. ValueError if it is missing or none: such a server does not start."""
    if text is None or _SHAPE.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no power; write none, self, operator, mandate(scope) or decision(Effect)")
    return Power(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One thing that can be done: what kind of thing it is, its name in its table, and the power that it takes."""

    kind: str
    name: str
    power: Power


def declared(kind: str, table: Mapping[str, Power] | Iterable[tuple[str, Power]]) -> tuple[Declared, ...]:
    """All of a table, by name. ValueError, naming the first, for what does not say what power it takes."""
    pairs = table.items() if isinstance(table, Mapping) else table
    return tuple(sorted((_one(kind, name, its) for name, its in pairs), key=lambda each: each.name))


def _one(kind: str, name: str, its: Power) -> Declared:
    try:
        return Declared(kind=kind, name=name, power=power(its))
    except ValueError as error:
        raise ValueError(f"the {kind} {name} does not declare its power: {error}") from error
