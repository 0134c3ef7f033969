"""Ballots: a roll frozen at the opening, papers that are commitments, and a close after which nothing counts."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Literal

import orjson

from phyle.cooperative.law.delegations import Carried, carried
from phyle.cooperative.law.kinds import Given, Item, act, consequence
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Frozen, schedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Word
from phyle.errors import Refused
from phyle.powers import SELF

POLLED = ("yesno", "approval")
"""The methods by which a native poll can be binding; in all others it is advice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Who may vote as a body: a blob with their ids in order, and how many they are. Whoever sits in two bodies has a
    place on both rolls, and one paper."""

    body: Word
    roll: Hash
    eligible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCount:
    """What the papers of one body amount to: in a yes or no decision as they say, between two options by which of them
    each prefers. Of a count among many, only how many there are (`for_`)."""

    body: Word
    for_: int
    against: int
    abstain: int
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An option that won, against the one that leaves everything as it is."""

    option: int
    counts: tuple[BodyCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """`frozen`: the charter as it stood at the opening, which governs the ballot to its end. `active`: members who were
    active then. `final`: papers cannot be changed. `delegations`: a blob with who had delegated to whom; from the close
    on, whose paper counts for whom. `papers`: how many have voted. `sheet`: the hash of the opened papers, `fault`: why
    they could not be counted. `tied`: the options that were level; `lot`: what decides ties, once drawn."""

    SLICE: ClassVar[str] = "ballot"

    proposal: Id
    frozen: Frozen
    rolls: tuple[Roll, ...]
    active: int
    opened: int
    closes: int
    final: bool
    delegations: Hash | None = None
    phase: Literal["open", "closed", "counted"] = "open"
    papers: int = 0
    sheet: Hash | None = None
    stages: Hash | None = None
    counts: tuple[BodyCount, ...] = ()
    pairs: tuple[Pair, ...] = ()
    winners: tuple[int, ...] = ()
    fault: str = ""
    tied: tuple[int, ...] = ()
    lot: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What one elector has handed in: commitments to choices, by poll and from the booth, and whether with a reason. A
    paper from the booth replaces those by poll, never the reverse. The slice's id is ballot/member."""

    SLICE: ClassVar[str] = "paper"

    poll: tuple[Hash, ...] = ()
    booth: Hash | None = None
    reasoned: bool = False

    @property
    def counted(self) -> tuple[Hash, ...]:
        """The commitments that count; none where there is a reason alone."""
        return (self.booth,) if self.booth is not None else self.poll


def ballot_id(proposal: str, round: int) -> str:
    """The id of a proposal's ballot: its own, a dot, and the round."""
    return f"{proposal}.{round}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """An elector hands in a paper: a commitment to the choice, perhaps one to a reason. `poll`: by a native poll, where
    a single choice cannot be changed and several add up."""

    ballot: str
    choice: Hash
    reason: Hash | None = None
    poll: bool = False


def ids_of(state: State, roll: str) -> frozenset[str]:
    """The ids on a roll."""
    return _ids(state.blob(roll))


@lru_cache(maxsize=256)
def _ids(data: bytes) -> frozenset[str]:
    return frozenset(orjson.loads(data))


def _open_to(state: State, given: Given) -> Ballot:
    """The ballot. Refused if it is closed, or for somebody who is on no roll of it: whoever is can vote to its end,
    whatever becomes of their membership meanwhile."""
    ballot = state.require(Ballot, given.payload.ballot)
    if ballot.phase != "open" or given.at >= ballot.closes:
        raise Refused("The ballot is closed.")
    state.require(Member, given.by)
    if not any(given.by in ids_of(state, roll.roll) for roll in ballot.rolls):
        raise Refused("You are not on the roll of this ballot: it was frozen when the ballot opened.")
    return ballot


def _check_vote(state: State, given: Given) -> None:
    vote: Vote = given.payload
    ballot = _open_to(state, given)
    proposal = state.require(Proposal, ballot.proposal)
    if vote.poll and proposal.method not in POLLED:
        raise Refused("A poll can only ask for yes or no, or for approval: vote in the booth.")
    paper = state.get(Paper, f"{vote.ballot}/{given.by}")
    if paper is not None and paper.counted:
        _check_again(ballot, proposal, paper, vote)


def _check_again(ballot: Ballot, proposal: Proposal, paper: Paper, vote: Vote) -> None:
    if ballot.final and (paper.booth is not None or not vote.poll):
        raise Refused("You have voted, and the charter makes these papers final.")
    if not vote.poll:
        return
    if paper.booth is not None:
        raise Refused("Your paper from the booth counts; a poll vote does not replace it.")
    if proposal.method != "approval":
        raise Refused("In a poll with a single choice the first vote counts; in the booth it can be changed.")
    if len(paper.poll) >= len(proposal.options):
        raise Refused("You have chosen as often as there are options.")


def _vote(state: State, given: Given) -> None:
    vote: Vote = given.payload
    id = f"{vote.ballot}/{given.by}"
    paper = state.get(Paper, id) or Paper()
    if not paper.counted:
        ballot = state.require(Ballot, vote.ballot)
        state.put(replace(ballot, papers=ballot.papers + 1), vote.ballot)
    reasoned = paper.reasoned or vote.reason is not None
    if vote.poll:
        paper = replace(paper, poll=(*paper.poll, vote.choice), reasoned=reasoned)
    else:
        paper = replace(paper, booth=vote.choice, reasoned=reasoned)
    state.put(paper, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """An elector gives a reason, in the booth or by a reply, without which a block counts as against. It may come
    before the paper."""

    ballot: str
    reason: Hash


def _check_explain(state: State, given: Given) -> None:
    _open_to(state, given)


def _explain(state: State, given: Given) -> None:
    id = f"{given.payload.ballot}/{given.by}"
    state.put(replace(state.get(Paper, id) or Paper(), reasoned=True), id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The ballot is closed with so many papers; `papers` is the hash of their list, member by member. `carried`: for
    how many members who did not vote the paper of another counts; `delegations`: a blob that says whose for whom."""

    ballot: str
    voted: int
    papers: Hash
    carried: int = 0
    delegations: Hash | None = None


def handed_in(state: State, ballot: str) -> dict[str, Paper]:
    """By member, the papers that count."""
    return {id.partition("/")[2]: paper for id, paper in state.all(Paper, ballot) if paper.counted}


def due_close(state: State, at: int, item: Item) -> Closed:
    """Every paper that was received before the close is in: the list of commitments is fixed by its hash. So is whose
    paper counts for whom: what is revoked later changes nothing."""
    ballot = state.require(Ballot, item.id)
    papers = handed_in(state, item.id)
    lent: Carried = carried(state, ballot.opened, ballot.delegations, papers.keys())
    listed = [[member, list(paper.counted)] for member, paper in papers.items()]
    return Closed(
        ballot=item.id,
        voted=len(listed),
        papers=Hash(state.keep(spell(listed))),
        carried=len(lent),
        delegations=None if ballot.delegations is None else Hash(state.keep(spell(lent))),
    )


def apply_close(state: State, at: int, closed: Closed) -> None:
    """The ballot is closed and counted next."""
    ballot = state.require(Ballot, closed.ballot)
    state.put(replace(ballot, phase="closed", delegations=closed.delegations), closed.ballot)
    state.put(replace(state.require(Proposal, ballot.proposal), phase="counting"), ballot.proposal)
    schedule(state, at, "tally", closed.ballot)


def about_ballot(payload: Vote | Explain) -> tuple[tuple[str, str], ...]:
    """What an act on a ballot needs."""
    return (("ballot", payload.ballot), ("proposal", payload.ballot.partition(".")[0]))


def _mine(payload: Vote | Explain, by: str) -> tuple[tuple[str, str], ...]:
    return (("paper", f"{payload.ballot}/{by}"),)


def _needs_papers(item: Item) -> tuple[tuple[str, str], ...]:
    return (("ballot", item.id), ("proposal", item.id.partition(".")[0]), ("group", f"paper/{item.id}"))


ACTS = {
    "vote": act(Vote, _check_vote, _vote, power=SELF, needs=about_ballot, mine=_mine),
    "explain": act(Explain, _check_explain, _explain, power=SELF, needs=about_ballot, mine=_mine),
}
CONSEQUENCES = {"close": consequence(Closed, due_close, apply_close, needs=_needs_papers)}
