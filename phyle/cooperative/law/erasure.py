"""Erasure: that the values behind some commitments are gone on purpose, so that nobody takes them for withheld."""

from collections.abc import Iterator
from dataclasses import dataclass

from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import charter, phyle
from phyle.cooperative.law.proposed import OVER, Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused, Unprocessable
from phyle.powers import OPERATOR

MOST_AT_ONCE = 500
GONE = ("exited", "expelled", "moved", "refused", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """The values behind these commitments are erased. `reason` is an opening."""

    commitments: tuple[Hash, ...]
    reason: Hash


def _check(state: State, given: Given) -> None:
    erase: Erase = given.payload
    if not 1 <= len(set(erase.commitments)) == len(erase.commitments) <= MOST_AT_ONCE:
        raise Unprocessable(f"An erasure names 1 to {MOST_AT_ONCE} commitments, each once.")
    if phyle(state).charter is None:
        raise Refused("While the phyle is gathering nothing is erased: its founders need to know each other.")
    named = set(erase.commitments)
    if named & set(_papers(state, given.at)):
        raise Refused("A ballot is not erased before it can no longer be challenged and the charter's time has passed.")
    if named & set(_identities(state, given.at)):
        raise Refused("Who a member is stays known while they are one, and afterwards as long as the charter says.")


def _retention(state: State) -> int:
    return charter(state).membership.retention_days * DAY


def _papers(state: State, at: int) -> Iterator[str]:
    """The commitments of all papers that must still be kept."""
    for id, ballot in state.all(Ballot):
        proposal = state.require(Proposal, ballot.proposal)
        over = proposal.phase in OVER and ballot.phase == "counted"
        if not over or at < ballot.closes + _retention(state):
            for _, paper in state.all(Paper, id):
                yield from paper.poll
                yield from paper.counted


def _identities(state: State, at: int) -> Iterator[str]:
    """The commitments to who members are that must still be kept."""
    for _, member in state.all(Member):
        if member.standing not in GONE or (member.admitted and at < member.since + _retention(state)):
            yield from member.identity.values()
            if member.representative is not None:
                yield from member.representative.identity.values()


def _apply(state: State, given: Given) -> None:
    """The state never depends on an opening, so nothing changes."""


ACTS = {"erase": act(Erase, _check, _apply, by=["host"], power=OPERATOR, ever=True)}
