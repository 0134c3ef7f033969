"""Losses: a ballot whose papers can be opened no more fails, in the open, so that the ledger can go on."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.phyles import next_item, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.errors import Refused
from phyle.powers import OPERATOR

LOST = "The host has lost papers of this ballot, so nobody can count it; nothing has passed, and it can be put again."
TALLY = "tally"


@dataclass(frozen=True, slots=True, kw_only=True)
class LosePapers:
    """The host says that it cannot open all papers of the ballot that is to be counted now."""

    ballot: str


def _check(state: State, given: Given) -> None:
    item = next_item(state)
    if item is None or (item.kind, item.id) != (TALLY, given.payload.ballot) or item.time > given.at:
        raise Refused("Papers are given up when they should be counted, not before and not after.")


def _apply(state: State, given: Given) -> None:
    id = given.payload.ballot
    ballot = state.require(Ballot, id)
    unschedule(state, TALLY, id)
    state.put(replace(ballot, phase="counted", fault=LOST), id)
    schedule(state, given.at, "decide", ballot.proposal)


ACTS = {
    "lose_papers": act(
        LosePapers,
        _check,
        _apply,
        by=["host"],
        power=OPERATOR,
        instead=TALLY,
        needs=lambda payload: (("ballot", payload.ballot),),
    )
}
