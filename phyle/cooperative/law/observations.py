"""Observations: what this phyle saw of another one, a head of its ledger and the charter that held there."""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.phyle_keys import check_origin
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused
from phyle.powers import NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """`checkpoint`: the signed note, a blob. `charter`: the text that was in force there, a blob."""

    origin: str
    size: int
    root: Hash
    checkpoint: Hash
    charter: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The newest head that was seen of a ledger; the slice's id is its origin."""

    SLICE: ClassVar[str] = "observed"

    size: int
    root: Hash
    checkpoint: Hash
    at: int
    charter: Hash | None = None


def _check(state: State, given: Given) -> None:
    observe: Observe = given.payload
    check_origin(observe.origin)
    if observe.origin == phyle(state).origin:
        raise Refused("A phyle does not observe itself.")
    before = state.get(Observed, observe.origin)
    if before is not None and observe.size < before.size:
        raise Refused("A newer head of this ledger has been observed.")
    if before is not None and observe.size == before.size and observe.root != before.root:
        raise Refused("That ledger has shown two different heads of one size; publish both as a proof.")


def _apply(state: State, given: Given) -> None:
    it: Observe = given.payload
    state.put(
        Observed(size=it.size, root=it.root, checkpoint=it.checkpoint, at=given.at, charter=it.charter), it.origin
    )


ACTS = {
    "observed": act(
        Observe,
        _check,
        _apply,
        by=["host"],
        power=NONE,
        needs=lambda payload: (("observed", payload.origin),),
    ),
}
