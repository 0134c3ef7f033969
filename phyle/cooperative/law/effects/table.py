"""The closed set of effects."""

from typing import Any

from phyle.cooperative.law.effects import annulment, charters, memberships, offices, phyles
from phyle.cooperative.law.kinds import EffectKind, joined
from phyle.cooperative.law.values import read
from phyle.errors import Malformed

EFFECTS = joined(annulment.EFFECTS, charters.EFFECTS, memberships.EFFECTS, offices.EFFECTS, phyles.EFFECTS)


def effect_kind(name: str) -> EffectKind:
    """What an effect's name means. Malformed for one that does not exist."""
    try:
        kind: EffectKind = EFFECTS[name]
    except KeyError:
        raise Malformed(f"There is no effect {name[:40]!r}.") from None
    return kind


def read_arguments(name: str, arguments: Any) -> Any:
    """The arguments of an effect as its value. Malformed, naming what does not fit."""
    return read(effect_kind(name).arguments, arguments, name)
