"""The effect Annul: a decision that is not executed yet is void."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.phyles import unschedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id
from phyle.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision on a proposal."""

    proposal: Id


def _can_annul(state: State, at: int, decision: Decision) -> None:
    proposal = state.require(Proposal, decision.proposal)
    if proposal.phase not in ("passed", "stayed"):
        raise Refused(f"Only a decision that is not executed yet can be annulled; this one is: {proposal.phase}.")


def _annul(state: State, at: int, decision: Decision) -> Iterable[Mapping[str, Any]]:
    proposal = state.require(Proposal, decision.proposal)
    state.put(replace(proposal, phase="annulled", stayed_by=()), decision.proposal)
    unschedule(state, "execute", decision.proposal)
    return [{"what": "annulled", "proposal": decision.proposal}]


EFFECTS = effect("Annul", Decision, _can_annul, _annul)
