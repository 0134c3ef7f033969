"""Statements on proposals: an interest that somebody declares and does not vote for, and what came of a decision."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import holds
from phyle.cooperative.law.matters import about_proposal
from phyle.cooperative.law.members import own, voice
from phyle.cooperative.law.proposed import OVER, Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF

MOST_INTERESTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareInterest:
    """A member has an interest of their own in a proposal, an opening, and will not be on the roll of its ballots."""

    proposal: Id
    interest: Hash


def _check_interest(state: State, given: Given) -> None:
    voice(state, given)
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.phase not in ("draft", "deliberation"):
        raise Refused("The roll is frozen; abstain, and say why.")
    if given.by in proposal.recused:
        raise Refused("You will not be on the roll already.")
    if len(proposal.recused) >= MOST_INTERESTED:
        raise Refused("So many have declared an interest that it is everybody's matter: abstain, if you want to.")


def _declare(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    state.put(replace(proposal, recused=(*proposal.recused, Id(given.by))), id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a proposal, in words: a blob."""

    proposal: Id
    text: Hash


def _check_outcome(state: State, given: Given) -> None:
    own(state, given)
    proposal = state.require(Proposal, given.payload.proposal)
    if given.by != proposal.by and not holds(state, given.by, "assembly", given.at):
        raise Refused("Its author, or a steward for the assembly, says what came of a proposal.")
    if proposal.phase not in OVER or proposal.phase == "withdrawn":
        raise Refused("What came of a proposal can be said when it is decided.")


def _say(state: State, given: Given) -> None:
    id = given.payload.proposal
    state.put(replace(state.require(Proposal, id), outcome=given.payload.text), id)


ACTS = {
    "declare_interest": act(DeclareInterest, _check_interest, _declare, power=SELF, needs=about_proposal),
    "outcome": act(Outcome, _check_outcome, _say, power=SELF, needs=about_proposal),
}
