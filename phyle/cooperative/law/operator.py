"""What whoever has access to the machine did to standing or power: written down for everybody, with a reason."""

from dataclasses import dataclass

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Word
from phyle.powers import OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Operated:
    """`what`: the command, such as suspend. `subject` and `reason` are openings for all to read."""

    what: Word
    subject: Hash
    reason: Hash


def _check(state: State, given: Given) -> None:
    phyle(state)


def _apply(state: State, given: Given) -> None:
    """It has happened already: the entry tells of it and changes nothing."""


ACTS = {"operator": act(Operated, _check, _apply, by=["operator"], power=OPERATOR, ever=True)}
