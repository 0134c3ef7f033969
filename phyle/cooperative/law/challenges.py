"""Challenges: what keeps a decision from being executed for a while, and how a proposal comes to its end."""

from dataclasses import replace

from phyle.cooperative.law.matters import all_effects
from phyle.cooperative.law.phyles import schedule, unschedule
from phyle.cooperative.law.proposed import OVER, Phase, Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id


def stay(state: State, target: str, by: str, at: int) -> None:
    """A decision that can still be challenged is not executed before the challenge is over. What comes after the window
    stays nothing, so nobody can put a decision off for ever."""
    proposal = state.get(Proposal, target)
    if proposal is None or proposal.phase not in ("passed", "stayed") or at >= proposal.until:
        return
    if by not in proposal.stayed_by:
        state.put(replace(proposal, phase="stayed", stayed_by=(*proposal.stayed_by, Id(by))), target)
    unschedule(state, "execute", target)


def lift(state: State, target: str, by: str, at: int) -> None:
    """This challenge is over. When all are, the decision is executed, at the end of the window at the earliest."""
    proposal = state.get(Proposal, target)
    if proposal is None or proposal.phase != "stayed" or by not in proposal.stayed_by:
        return
    left = tuple(id for id in proposal.stayed_by if id != by)
    state.put(replace(proposal, phase="stayed" if left else "passed", stayed_by=left), target)
    if not left:
        schedule(state, max(at, proposal.until), "execute", target)


def annulled_by(proposal: Proposal) -> list[str]:
    """The decisions that a proposal would annul."""
    return [effect.arguments["proposal"] for effect in all_effects(proposal) if effect.kind == "Annul"]


def stay_all(state: State, id: str, at: int) -> None:
    """A sponsored proposal to annul decisions stays them."""
    for target in annulled_by(state.require(Proposal, id)):
        stay(state, target, id, at)


def finish(state: State, id: str, phase: Phase, at: int, why: str = "") -> None:
    """The proposal is over. What it stayed goes on, unless it annulled it."""
    proposal = state.require(Proposal, id)
    if phase not in OVER:
        raise ValueError(phase)
    state.put(replace(proposal, phase=phase, why=why), id)
    for what in ("open", "execute"):
        unschedule(state, what, id)
    for target in annulled_by(proposal):
        lift(state, target, id, at)
