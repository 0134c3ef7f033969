"""Elections: members are nominated for an office, accept, and only then stand on the ballot; or lay an office down."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.eligibility import check_eligible, eligible
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import end, live
from phyle.cooperative.law.matters import MOST_OPTIONS, Named, about_proposal
from phyle.cooperative.law.members import voice
from phyle.cooperative.law.proposed import Candidate, Election, Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Word
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominate:
    """A member names somebody, or themselves, for the office that is to be filled."""

    proposal: Id
    member: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resign:
    """A holder lays an office down."""

    office: Word


def _election(state: State, id: str) -> tuple[Proposal, Election]:
    proposal = state.require(Proposal, id)
    if proposal.election is None:
        raise Refused("Nobody stands for anything in this proposal.")
    if proposal.phase not in ("draft", "deliberation") or proposal.round:
        raise Refused("The candidates are fixed: the deliberation is over.")
    return proposal, proposal.election


def _check_nominate(state: State, given: Given) -> None:
    voice(state, given)
    proposal, election = _election(state, given.payload.proposal)
    if any(candidate.member == given.payload.member for candidate in proposal.candidates):
        raise Refused("This member is nominated already.")
    if len(proposal.candidates) >= MOST_OPTIONS:
        raise Refused(f"At most {MOST_OPTIONS} can be nominated.")
    if sum(candidate.by == given.by for candidate in proposal.candidates) >= election.seats + 1:
        raise Refused("Nobody nominates more than one person beyond the seats.")
    check_eligible(state, election.office, given.payload.member, given.at)


def _nominate(state: State, given: Given) -> None:
    """Whoever names themselves accepts."""
    id, member = given.payload.proposal, given.payload.member
    proposal = state.require(Proposal, id)
    candidate = Candidate(member=member, by=Id(given.by), accepted=member == given.by)
    state.put(replace(proposal, candidates=(*proposal.candidates, candidate)), id)


def _check_accept(state: State, given: Given) -> None:
    proposal, election = _election(state, given.payload.proposal)
    mine = next((each for each in proposal.candidates if each.member == given.by), None)
    if mine is None:
        raise Refused("You are not nominated.")
    if mine.accepted:
        raise Refused("You have accepted already.")
    check_eligible(state, election.office, given.by, given.at)


def _accept(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    candidates = tuple(replace(c, accepted=True) if c.member == given.by else c for c in proposal.candidates)
    state.put(replace(proposal, candidates=candidates), id)


def _check_decline(state: State, given: Given) -> None:
    proposal, _ = _election(state, given.payload.proposal)
    if not any(candidate.member == given.by for candidate in proposal.candidates):
        raise Refused("You are not nominated.")


def _decline(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    candidates = tuple(candidate for candidate in proposal.candidates if candidate.member != given.by)
    state.put(replace(proposal, candidates=candidates), id)


def standing_candidates(state: State, proposal: Proposal, at: int) -> tuple[Id, ...]:
    """Who stands when the ballot opens, by id: those who accepted and can take the office. Refused if nobody does."""
    office = proposal.election.office if proposal.election is not None else ""
    accepted = [candidate.member for candidate in proposal.candidates if candidate.accepted]
    standing = tuple(sorted(member for member in accepted if eligible(state, office, member, at)))
    if not standing:
        raise Refused("Nobody stands for the office.")
    return standing


def _check_resign(state: State, given: Given) -> None:
    if not live(state, given.payload.office, given.by, given.at):
        raise Refused("You do not hold this office.")


def _resign(state: State, given: Given) -> None:
    end(state, f"{given.payload.office}/{given.by}", given.at)


ACTS = {
    "nominate": act(Nominate, _check_nominate, _nominate, power=SELF, needs=about_proposal),
    "accept_nomination": act(Named, _check_accept, _accept, power=SELF, needs=about_proposal),
    "decline_nomination": act(Named, _check_decline, _decline, power=SELF, needs=about_proposal),
    "resign": act(Resign, _check_resign, _resign, power=SELF),
}
