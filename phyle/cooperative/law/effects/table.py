"""The closed set of effects."""

from collections.abc import Iterable
from typing import Any

from phyle.cooperative.law.effects import annulment, charters, commons, memberships, offices, phyles, rulings
from phyle.cooperative.law.kinds import EffectKind, joined
from phyle.cooperative.law.phyles import allowed
from phyle.cooperative.law.proposed import Effect
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import read
from phyle.errors import Malformed

EFFECTS = joined(
    annulment.EFFECTS,
    charters.EFFECTS,
    commons.EFFECTS,
    memberships.EFFECTS,
    offices.EFFECTS,
    phyles.EFFECTS,
    rulings.EFFECTS,
)


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


def proposable(state: State, at: int, effect: Effect) -> None:
    """Refused if the effect cannot be put to the members as things stand."""
    kind = effect_kind(effect.kind)
    allowed(state, effect.kind)
    if kind.proposable is not None:
        kind.proposable(state, at, read_arguments(effect.kind, effect.arguments))


def failed(state: State, at: int, effects: Iterable[Effect]) -> None:
    """What follows if a decision on these effects failed, though enough took part."""
    for effect in effects:
        fails = effect_kind(effect.kind).fails
        if fails is not None:
            fails(state, at, read_arguments(effect.kind, effect.arguments))
