"""Delegation: a vote is lent to somebody, for a scope, until it is taken back or used by its owner."""

from collections.abc import Mapping

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash


def frozen_delegations(state: State, proposal: Proposal, power: Power) -> Hash | None:
    """A blob with the delegations that hold for a ballot, None where the charter allows none."""
    return None


def carried(state: State, ballot_id: str, delegations: Hash | None, voted: frozenset[str]) -> Mapping[str, str]:
    """Whose paper counts for whom besides their own: by the member who did not vote, the delegate whose paper does."""
    return {}
