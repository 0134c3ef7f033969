"""Lots: a tie is drawn only once it exists, from a seed that nobody could choose; then the papers are counted anew."""

from dataclasses import replace

from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.draws import Draw, begin_draw
from phyle.cooperative.law.phyles import schedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State

TOO_FEW = "Too few took part, so no lot was drawn between those that are level."
NO_LOT = "Fewer than two gave a secret to draw a lot from, so the tie stands and nothing has won."


def begin_lot(state: State, at: int, ballot: str, tied: tuple[int, ...]) -> None:
    """A lot is to be drawn between the options of a ballot that are level."""
    held = state.require(Ballot, ballot)
    state.put(replace(held, tied=tied), ballot)
    begin_draw(state, at, "lot", ballot)


def pool_of_lot(state: State, at: int, about: str) -> tuple[list[str], int]:
    """The tied options by their place, as the count will draw them; all are ranked."""
    tied = [str(place) for place in state.require(Ballot, about).tied]
    return tied, len(tied)


def use_lot(state: State, at: int, id: str, draw: Draw) -> None:
    """The seed decides this tie, and whichever follows from it, when the papers are counted anew."""
    ballot = state.require(Ballot, draw.about)
    state.put(replace(ballot, lot=draw.seed), draw.about)
    state.put(replace(state.require(Proposal, ballot.proposal), phase="counting"), ballot.proposal)
    schedule(state, at, "tally", draw.about)


def without_lot(state: State, at: int, id: str, draw: Draw) -> None:
    """What cannot be drawn has not passed."""
    ballot = state.require(Ballot, draw.about)
    state.put(replace(ballot, phase="counted", fault=NO_LOT), draw.about)
    schedule(state, at, "decide", ballot.proposal)
