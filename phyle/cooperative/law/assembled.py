"""What a proposal on the agenda of an assembly takes from it."""

from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State


def closing_of(state: State, proposal: Proposal) -> int:
    """When the assembly closes, and its ballots with it; 0 for a proposal that is on no agenda."""
    return 0
