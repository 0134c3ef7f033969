"""Ballots: a roll frozen at the opening, papers that are commitments, and a close after which nothing counts."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Literal, NewType

import orjson

from phyle.cooperative.law.bodies import bodies_of, roll_of
from phyle.cooperative.law.delegations import frozen_delegations
from phyle.cooperative.law.effects.table import effect_kind, read_arguments
from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.members import Member, active_members
from phyle.cooperative.law.phyles import Frozen, charter, freeze, schedule
from phyle.cooperative.law.proposals import power_over
from phyle.cooperative.law.proposed import Proposal, effects_of
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Word
from phyle.errors import Refused
from phyle.powers import SELF

BallotId = NewType("BallotId", str)
"""The proposal's id, a dot, and the round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Who may vote as a body: a blob with their ids in order, and how many they are."""

    body: Word
    roll: Hash
    eligible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """`frozen`: the charter as it stood at the opening, which governs the ballot to its end. `active`: members who were
    active then. `delegations`: a blob with who had delegated to whom. `papers`: how many have voted. `sheet`: the hash
    of the opened papers, once counted. `lot`: what decides ties, once drawn."""

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
    counts: "tuple[BodyCount, ...]" = ()
    winners: tuple[int, ...] = ()
    lot: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCount:
    """What the papers of one body amount to; of ballots that are not yes or no, only how many there are (`for_`)."""

    body: Word
    for_: int
    against: int
    abstain: int
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What one elector has handed in: commitments to choices, by poll and from the booth, and whether with a reason. A
    paper from the booth replaces those by poll, never the reverse. The slice's id is ballot/member."""

    SLICE: ClassVar[str] = "paper"

    body: Word
    poll: tuple[Hash, ...] = ()
    booth: Hash | None = None
    reasoned: bool = False

    @property
    def counted(self) -> tuple[Hash, ...]:
        """The commitments that count."""
        return (self.booth,) if self.booth is not None else self.poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ballot opens: who may vote, until when, and under which charter."""

    ballot: str
    frozen: Frozen
    rolls: tuple[Roll, ...]
    active: int
    closes: int
    method: Word
    options: tuple[str, ...]
    second_call: bool = False
    delegations: Hash | None = None


def ballot_id(proposal: str, round: int) -> str:
    """The id of a proposal's ballot."""
    return f"{proposal}.{round}"


def due_open(state: State, at: int, item: Item) -> Opened:
    """The roll of each body that votes, less those whom an effect is about."""
    proposal = state.require(Proposal, item.id)
    power = power_over(state, charter(state), proposal)
    recused = {*proposal.recused, *_concerned(proposal)}
    rolls = []
    for body in bodies_of(proposal, power.rule):
        ids = [id for id in roll_of(state, body) if id not in recused]
        rolls.append(Roll(body=Word(body), roll=Hash(state.keep(spell(ids))), eligible=len(ids)))
    return Opened(
        ballot=ballot_id(item.id, proposal.round + 1),
        frozen=freeze(state),
        rolls=tuple(rolls),
        active=active_members(state, at),
        closes=at + max(1, power.ballot_days) * DAY,
        method=proposal.method,
        options=tuple(option.label for option in proposal.options),
        second_call=proposal.second_call,
        delegations=frozen_delegations(state, proposal, power),
    )


def _concerned(proposal: Proposal) -> set[str]:
    """Nobody votes on their own admission, expulsion, appeal or grant; in an election with several options they do."""
    if proposal.method != "yesno":
        return set()
    found: set[str] = set()
    for effect in effects_of(proposal.options):
        found |= set(effect_kind(effect.kind).recuses(read_arguments(effect.kind, effect.arguments)))
    return found


def apply_open(state: State, at: int, opened: Opened) -> None:
    """The ballot is open."""
    id, _, round = opened.ballot.partition(".")
    proposal = state.require(Proposal, id)
    power = power_over(state, charter(state), proposal)
    state.put(replace(proposal, phase="balloting", round=int(round), until=opened.closes), id)
    ballot = Ballot(
        proposal=Id(id),
        frozen=opened.frozen,
        rolls=opened.rolls,
        active=opened.active,
        opened=at,
        closes=opened.closes,
        final=power.final,
        delegations=opened.delegations,
    )
    state.put(ballot, opened.ballot)
    schedule(state, opened.closes, "close", opened.ballot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """An elector hands in a paper: a commitment to the choice, perhaps one to a reason. `poll`: by a native poll, where
    a single choice cannot be changed and several add up."""

    ballot: str
    choice: Hash
    reason: Hash | None = None
    poll: bool = False


def body_of(state: State, ballot: Ballot, member: str) -> Word:
    """The body in which a member votes. Refused for somebody who is on no roll."""
    for roll in ballot.rolls:
        if member in ids_of(state, roll.roll):
            return roll.body
    raise Refused("You are not on the roll of this ballot: it was frozen when the ballot opened.")


def ids_of(state: State, roll: str) -> frozenset[str]:
    """The ids on a roll."""
    return _ids(state.blob(roll))


@lru_cache(maxsize=256)
def _ids(data: bytes) -> frozenset[str]:
    return frozenset(orjson.loads(data))


def _check_vote(state: State, given: Given) -> None:
    vote: Vote = given.payload
    ballot = state.require(Ballot, vote.ballot)
    if ballot.phase != "open" or given.at >= ballot.closes:
        raise Refused("The ballot is closed.")
    state.require(Member, given.by)
    body_of(state, ballot, given.by)
    paper = state.get(Paper, f"{vote.ballot}/{given.by}")
    if paper is not None:
        _check_again(state, ballot, paper, vote)


def _check_again(state: State, ballot: Ballot, paper: Paper, vote: Vote) -> None:
    if ballot.final and (paper.booth is not None or not vote.poll):
        raise Refused("You have voted, and the charter makes these papers final.")
    if vote.poll and paper.booth is not None:
        raise Refused("Your paper from the booth counts; a poll vote does not replace it.")
    single = state.require(Proposal, ballot.proposal).method != "approval"
    if vote.poll and single:
        raise Refused("In a poll with a single choice the first vote counts; in the booth it can be changed.")


def _vote(state: State, given: Given) -> None:
    vote: Vote = given.payload
    id = f"{vote.ballot}/{given.by}"
    ballot = state.require(Ballot, vote.ballot)
    paper = state.get(Paper, id)
    if paper is None:
        paper = Paper(body=body_of(state, ballot, given.by))
        state.put(replace(ballot, papers=ballot.papers + 1), vote.ballot)
    reasoned = paper.reasoned or vote.reason is not None
    if vote.poll:
        paper = replace(paper, poll=(*paper.poll, vote.choice), reasoned=reasoned)
    else:
        paper = replace(paper, booth=vote.choice, reasoned=reasoned)
    state.put(paper, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """An elector gives a reason, in the booth or by a reply, without which a block counts as against."""

    ballot: str
    reason: Hash


def _check_explain(state: State, given: Given) -> None:
    ballot = state.require(Ballot, given.payload.ballot)
    if ballot.phase != "open" or given.at >= ballot.closes:
        raise Refused("The ballot is closed.")
    if state.get(Paper, f"{given.payload.ballot}/{given.by}") is None:
        raise Refused("Vote first; then the reason is kept with your paper.")


def _explain(state: State, given: Given) -> None:
    id = f"{given.payload.ballot}/{given.by}"
    state.put(replace(state.require(Paper, id), reasoned=True), id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The ballot is closed with so many papers; `papers` is the hash of their list, member by member."""

    ballot: str
    voted: int
    papers: Hash


def due_close(state: State, at: int, item: Item) -> Closed:
    """Every paper that was received before the close is in: the list of commitments is fixed by its hash."""
    listed = [[id.partition("/")[2], list(paper.counted)] for id, paper in state.all(Paper, item.id)]
    return Closed(ballot=item.id, voted=len(listed), papers=Hash(state.keep(spell(listed))))


def apply_close(state: State, at: int, closed: Closed) -> None:
    """The ballot is closed and counted next."""
    ballot = state.require(Ballot, closed.ballot)
    state.put(replace(ballot, phase="closed"), closed.ballot)
    state.put(replace(state.require(Proposal, ballot.proposal), phase="counting"), ballot.proposal)
    schedule(state, at, "tally", closed.ballot)


def _about(payload: Vote | Explain) -> tuple[tuple[str, str], ...]:
    return (("ballot", payload.ballot), ("proposal", payload.ballot.partition(".")[0]))


def _papers(item: Item) -> tuple[tuple[str, str], ...]:
    return (("ballot", item.id), ("proposal", item.id.partition(".")[0]), ("group", f"paper/{item.id}"))


ACTS = {
    "vote": act(Vote, _check_vote, _vote, power=SELF, needs=_about),
    "explain": act(Explain, _check_explain, _explain, power=SELF, needs=_about),
}
CONSEQUENCES = {
    "open": consequence(Opened, due_open, apply_open, needs=lambda item: (("proposal", item.id), ("group", "member/"))),
    "close": consequence(Closed, due_close, apply_close, needs=_papers),
}
