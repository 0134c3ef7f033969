"""The opening of a ballot: the roll, the charter, the candidates and the delegations are frozen in one entry."""

from dataclasses import dataclass, replace

from phyle.cooperative.charter.clauses import Charter, Power
from phyle.cooperative.charter.rules import ASSEMBLY
from phyle.cooperative.law.assembled import closing_of
from phyle.cooperative.law.ballots import Ballot, Roll, ballot_id
from phyle.cooperative.law.bodies import bodies_of, roll_of
from phyle.cooperative.law.challenges import finish
from phyle.cooperative.law.delegations import frozen_delegations
from phyle.cooperative.law.elections import standing_candidates
from phyle.cooperative.law.failing import attempt, fitting
from phyle.cooperative.law.kinds import DAY, MINUTE, Item, consequence
from phyle.cooperative.law.matters import appointment, concerned, power_over
from phyle.cooperative.law.members import active_members
from phyle.cooperative.law.phyles import Frozen, charter, freeze, schedule
from phyle.cooperative.law.proposals import needs_notice
from phyle.cooperative.law.proposed import Option, Proposal
from phyle.cooperative.law.spelling import digest, spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line, Word, write
from phyle.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ballot opens: who may vote, until when, and under which charter. `matter`: SHA-256 of what is voted on, in
    canonical JSON, as `matter_of` has it. `candidates`: who stands in an election, in the order of the options.
    `sent_back`: why it cannot be voted on; then there is no ballot."""

    ballot: str
    frozen: Frozen | None = None
    rolls: tuple[Roll, ...] = ()
    active: int = 0
    closes: int = 0
    method: Word | None = None
    matter: Hash | None = None
    candidates: tuple[Id, ...] = ()
    second_call: bool = False
    delegations: Hash | None = None
    sent_back: str | None = None


def due_open(state: State, at: int, item: Item) -> Opened:
    """What is frozen. Sent back if the charter no longer lets it be decided in this way."""
    proposal = state.require(Proposal, item.id)
    id = ballot_id(item.id, proposal.round + 1)
    opened, why = attempt(lambda: fitting(_opened(state, at, id, proposal)))
    return opened or Opened(ballot=id, sent_back=why)


def _opened(state: State, at: int, id: str, proposal: Proposal) -> Opened:
    law = charter(state)
    candidates = standing_candidates(state, proposal, at) if proposal.election is not None else ()
    proposal = _with_candidates(proposal, candidates)
    power = power_over(state, law, proposal)
    if proposal.method not in power.methods:
        raise Refused(f"The charter no longer lets this be decided by {proposal.method}.")
    _check_notice(proposal, power, at)
    recused = {*proposal.recused, *concerned(proposal)}
    rolls = {
        body: [id for id in roll_of(state, body, at) if id not in recused] for body in bodies_of(proposal, power.rule)
    }
    return Opened(
        ballot=id,
        frozen=freeze(state),
        rolls=tuple(
            Roll(body=Word(body), roll=Hash(state.keep(spell(ids))), eligible=len(ids)) for body, ids in rolls.items()
        ),
        active=active_members(state, at),
        closes=closing_of(state, proposal) or at + power.ballot_lasts * MINUTE,
        method=proposal.method,
        matter=matter_of(proposal),
        candidates=candidates,
        second_call=proposal.second_call,
        delegations=_delegations(state, proposal, power, law, rolls),
    )


def _check_notice(proposal: Proposal, power: Power, at: int) -> None:
    """The charter may have changed since the opening was planned; an assembly has asked this already."""
    if proposal.assembly is not None or not needs_notice(power):
        return
    if not proposal.noticed or proposal.noticed + power.notice_days * DAY > at:
        raise Refused(f"The charter now asks for proven notice of {power.notice_days} days: put the proposal again.")


def _delegations(
    state: State, proposal: Proposal, power: Power, law: Charter, rolls: dict[str, list[str]]
) -> Hash | None:
    """Votes are lent in the assembly alone: not on a jury, in an office or in a house."""
    if not (law.delegation.allowed and power.delegation) or proposal.body != ASSEMBLY or len(rolls) > 1:
        return None
    return frozen_delegations(state, proposal, power, law, rolls[ASSEMBLY])


def matter_of(proposal: Proposal) -> Hash:
    """SHA-256 of what is voted on: title, text, options, effects, method, params and seats, in canonical JSON."""
    names = ("title", "text", "options", "effects", "method", "params", "seats")
    return Hash(digest({name: write(getattr(proposal, name)) for name in names}))


def _with_candidates(proposal: Proposal, candidates: tuple[Id, ...]) -> Proposal:
    """The candidates as options, each with the appointment that being elected leads to."""
    election = proposal.election
    if election is None:
        return proposal
    options = tuple(Option(label=Line(id), effects=(appointment(election, id),)) for id in candidates)
    return replace(proposal, options=options)


def apply_open(state: State, at: int, opened: Opened) -> None:
    """The ballot is open; or the proposal goes back to its author."""
    id, _, round = opened.ballot.partition(".")
    if opened.frozen is None:
        finish(state, id, "sent_back", at, opened.sent_back or "")
        return
    proposal = _with_candidates(state.require(Proposal, id), opened.candidates)
    power = power_over(state, charter(state), proposal)
    state.put(replace(proposal, phase="balloting", round=int(round), until=opened.closes), id)
    ballot = Ballot(
        proposal=Id(id),
        frozen=opened.frozen,
        rolls=opened.rolls,
        active=opened.active,
        opened=at,
        closes=opened.closes,
        # An objection can be withdrawn by whoever made it, so where one counts no paper is final.
        final=power.final and not power.consent,
        delegations=opened.delegations,
    )
    state.put(ballot, opened.ballot)
    schedule(state, opened.closes, "close", opened.ballot)


CONSEQUENCES = {
    "open": consequence(Opened, due_open, apply_open, needs=lambda item: (("proposal", item.id), ("group", "member/"))),
}
