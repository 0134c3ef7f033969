"""Epochs: when entries are lost for good, the ledger begins again, in the open, and the members must confirm it."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.acts import Head
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.phyle_keys import check_origin
from phyle.cooperative.law.phyles import Agenda, phyle, schedule, unschedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused
from phyle.powers import OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """A new epoch. `origin`: its name. `old`: the newest head of the old one that anybody can show, whose later entries
    are lost. `reason`: an opening for all to read."""

    origin: str
    old: Head
    reason: Hash


def next_origin(origin: str) -> str:
    """The origin of the epoch after this one."""
    place, _, number = origin.rpartition("/")
    return f"{place}/{int(number) + 1}"


def _check(state: State, given: Given) -> None:
    restart: Restart = given.payload
    check_origin(restart.origin)
    expected = next_origin(phyle(state).origin)
    if restart.origin != expected:
        raise Refused(f"The epoch after this one is called {expected}.")
    if restart.old.size <= given.seq:
        raise Refused("No entry is lost: the ledger has all that were published, and goes on as it is.")


def _apply(state: State, given: Given) -> None:
    """Until the members ratify it, the phyle decides on nothing else (see `phyles.UNCONFIRMED`)."""
    here = phyle(state)
    founded = here.charter is not None
    state.put(replace(here, origin=given.payload.origin, restarted=given.seq, unconfirmed=founded))
    for _, kind, ballot in state.require(Agenda).items if founded else ():
        if kind == "close":
            _open_again(state, ballot, given.at)


def _open_again(state: State, ballot_id: str, at: int) -> None:
    """Papers may be lost with the entries, so a ballot that was open is held once more."""
    ballot = state.require(Ballot, ballot_id)
    proposal = state.require(Proposal, ballot.proposal)
    if proposal.assembly is not None:
        return
    unschedule(state, "close", ballot_id)
    state.put(replace(ballot, closes=at), ballot_id)
    state.put(replace(proposal, phase="deliberation", until=at), ballot.proposal)
    schedule(state, at, "open", ballot.proposal)


ACTS = {"restart": act(Restart, _check, _apply, by=["operator"], power=OPERATOR, ever=True)}
