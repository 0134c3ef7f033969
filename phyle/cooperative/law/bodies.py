"""Bodies: who votes besides or instead of the assembly: those in an office, in an outside house or on a jury."""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.charter.rules import ASSEMBLY, House, Rule, Weighted, parts
from phyle.cooperative.law.mandates import holders
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body that was drawn or sent: its members, and until when it sits (milliseconds, 0 for one ballot)."""

    SLICE: ClassVar[str] = "body"

    name: Word
    members: tuple[Id, ...]
    until: int = 0


def bodies_of(proposal: Proposal, rule: Rule) -> tuple[str, ...]:
    """The bodies whose papers a proposal needs: the one it is put to, and the houses that the rule names."""
    return tuple(dict.fromkeys([proposal.body, *_houses(rule)]))


def _houses(rule: Rule) -> list[str]:
    if isinstance(rule, Weighted):
        return [house.body for house in rule.houses]
    own = [rule.body] if isinstance(rule, House) else []
    return own + [body for part in parts(rule) for body in _houses(part)]


def roll_of(state: State, body: str, at: int) -> list[str]:
    """The ids of those who vote in a body at a time, in order. A body that nobody sits in has none, so its quorum
    fails."""
    if body == ASSEMBLY:
        return electors(state)
    if body in charter(state).offices:
        return sorted(holders(state, body, at))
    found = state.get(Body, body)
    return sorted(found.members) if found is not None and (not found.until or at < found.until) else []
