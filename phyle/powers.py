"""What a thing that can be done demands of whoever does it: the words in which every table declares it.

`none`: of nobody in particular. `self`: one's own account or membership. `mandate(SCOPE)`: a live mandate of the phyle.
`decision(EFFECT)`: a decision of the phyle with that effect. `operator`: access to the machine; shown publicly.
"""

import re
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
