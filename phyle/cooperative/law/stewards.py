"""Stewards: what the holder of an office can do without a ballot, because the charter gave the office its scope."""

from typing import Any

from phyle.cooperative.law.effects.commons import Item
from phyle.cooperative.law.effects.phyles import Face
from phyle.cooperative.law.effects.table import effect_kind
from phyle.cooperative.law.kinds import ActKind, Given, act
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.phyles import allowed
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.powers import mandate


def _by_mandate(effect: str, scope: str, arguments: type) -> ActKind:
    """An act that does what a decision with this effect would, by one holder of the scope."""

    def check(state: State, given: Given) -> None:
        allowed(state, effect)
        steward(state, given, scope)
        effect_kind(effect).possible(state, given.at, given.payload)

    def apply(state: State, given: Given) -> None:
        effect_kind(effect).execute(state, given.at, given.payload)

    return act(arguments, check, apply, power=mandate(scope), needs=_needs)


def _needs(payload: Any) -> tuple[tuple[str, str], ...]:
    return (("accepted", digest(payload.item)),) if isinstance(payload, Item) else ()


ACTS = {
    "accept_item": _by_mandate("AcceptItem", "items", Item),
    "change_face": _by_mandate("PublicFace", "face", Face),
}
