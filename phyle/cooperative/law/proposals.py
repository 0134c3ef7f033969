"""Proposals: from a draft with sponsors through deliberation to the ballot; what is voted on is frozen on the way."""

from dataclasses import dataclass, replace

import orjson

from phyle.cooperative.charter.clauses import Power
from phyle.cooperative.law.challenges import annulled_by, finish, lift, stay_all
from phyle.cooperative.law.effects.table import proposable
from phyle.cooperative.law.failing import attempt
from phyle.cooperative.law.kinds import DAY, HOUR, Given, act
from phyle.cooperative.law.matters import Matter, Named, about_proposal, all_effects, check_matter, filled, power_over
from phyle.cooperative.law.members import electors, full, voice
from phyle.cooperative.law.phyles import active, charter, schedule, unschedule
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF

__all__ = ["ACTS", "begin_deliberation", "power_over"]

MOST_WAIT = HOUR
"""Between the receipt of what the host says of itself and its entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Matter):
    """A member puts something to the phyle."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(Matter):
    """The author changes the proposal while it is a draft or deliberated."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """The host has told all electors of a proposal. `evidence`: a blob, an object with what was delivered to whom, by
    member."""

    proposal: Id
    evidence: Hash


def _check_propose(state: State, given: Given) -> None:
    voice(state, given)
    if state.get(Proposal, given.payload.proposal) is not None:
        raise Refused("There is a proposal with this id already.")
    check_matter(state, given.payload)
    _check_proposable(state, given)


def _check_proposable(state: State, given: Given) -> None:
    for effect in all_effects(given.payload):
        proposable(state, given.at, filled(effect, None) if given.payload.election else effect)


def _propose(state: State, given: Given) -> None:
    propose: Propose = given.payload
    proposal = Proposal(
        by=Id(given.by),
        title=propose.title,
        text=propose.text,
        options=propose.options,
        effects=propose.effects,
        method=propose.method,
        params=propose.params,
        seats=propose.seats,
        phase="draft",
        created=given.at,
        scope=propose.scope,
        election=propose.election,
        sponsors=_author_as_sponsor(state, given),
    )
    state.put(proposal, propose.proposal)
    _sponsored(state, propose.proposal, given.at)


def _author_as_sponsor(state: State, given: Given) -> tuple[Id, ...]:
    """Whoever is on probation can propose, but counts in no threshold."""
    return (Id(given.by),) if voice(state, given).standing == "member" else ()


def _sponsored(state: State, id: str, at: int) -> None:
    """Enough sponsors make a draft a proposal that is deliberated."""
    proposal = state.require(Proposal, id)
    power = power_over(state, charter(state), proposal)
    if proposal.phase == "draft" and len(proposal.sponsors) >= power.sponsors:
        begin_deliberation(state, id, at)


def begin_deliberation(state: State, id: str, at: int) -> None:
    """The proposal is deliberated from now on; the ballot opens after the time that its power gives."""
    proposal = state.require(Proposal, id)
    power = power_over(state, charter(state), proposal)
    state.put(replace(proposal, phase="deliberation", until=at + power.deliberation_days * DAY), id)
    plan_opening(state, id, power)
    stay_all(state, id, at)


def plan_opening(state: State, id: str, power: Power) -> None:
    """The ballot opens when the deliberation is over and the notice has been long enough; that of a proposal on the
    agenda of an assembly opens with it."""
    proposal = state.require(Proposal, id)
    unschedule(state, "open", id)
    if proposal.assembly is not None or (needs_notice(power) and not proposal.noticed):
        return
    ripe = proposal.noticed + power.notice_days * DAY if needs_notice(power) else 0
    schedule(state, max(proposal.until, ripe), "open", id)


def needs_notice(power: Power) -> bool:
    """Whether the electors must have had proven notice before the ballot can open."""
    return power.notice_days > 0 or power.veto


def _check_sponsor(state: State, given: Given) -> None:
    full(state, given)
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.phase != "draft":
        raise Refused("The proposal has the sponsors it needs.")
    if given.by in proposal.sponsors:
        raise Refused("You sponsor this proposal already.")
    power_over(state, charter(state), proposal)


def _sponsor(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    state.put(replace(proposal, sponsors=(*proposal.sponsors, Id(given.by))), id)
    _sponsored(state, id, given.at)


def _check_revise(state: State, given: Given) -> None:
    voice(state, given)
    active(state)
    revise: Revise = given.payload
    proposal = state.require(Proposal, revise.proposal)
    if proposal.by != given.by:
        raise Refused("Only its author can change a proposal.")
    _check_not_frozen(proposal)
    if {effect.kind for effect in all_effects(revise)} != {effect.kind for effect in all_effects(proposal)}:
        raise Refused("A change of what it would do makes another proposal: withdraw this one and put the other.")
    if revise.election != proposal.election:
        raise Refused("An election for another office is another proposal.")
    check_matter(state, revise)
    _check_proposable(state, given)


def _check_not_frozen(proposal: Proposal) -> None:
    if proposal.appeal is not None:
        raise Refused("What an appeal asks for cannot be changed.")
    if proposal.phase not in ("draft", "deliberation") or proposal.round:
        raise Refused("The text is frozen: the deliberation is over.")
    if proposal.assembly is not None and proposal.noticed:
        raise Refused("The text is frozen: notice was given of the assembly that it is on the agenda of.")


def _revise(state: State, given: Given) -> None:
    """Whoever changes the text gives everybody at least half of the deliberation to read it, and a new notice; all of
    it, if something else of the charter governs the new one. Who sponsored a draft sponsored the old text."""
    revise: Revise = given.payload
    proposal = state.require(Proposal, revise.proposal)
    changed = replace(
        proposal,
        title=revise.title,
        text=revise.text,
        options=revise.options,
        effects=revise.effects,
        method=revise.method,
        params=revise.params,
        seats=revise.seats,
        scope=revise.scope,
    )
    power = power_over(state, charter(state), changed)
    before, _ = attempt(lambda: power_over(state, charter(state), proposal))
    if proposal.phase == "draft" or len(proposal.sponsors) < power.sponsors:
        sponsors = _author_as_sponsor(state, given)
        changed = replace(changed, phase="draft", until=0, sponsors=sponsors, noticed=0, notice=None)
    else:
        days = power.deliberation_days * DAY // (2 if before is not None and power.same(before) else 1)
        changed = replace(changed, until=max(changed.until, given.at + days), noticed=0, notice=None)
    state.put(changed, revise.proposal)
    for target in annulled_by(proposal):
        if changed.phase == "draft" or target not in annulled_by(changed):
            lift(state, target, revise.proposal, given.at)
    if changed.phase == "draft":
        unschedule(state, "open", revise.proposal)
        _sponsored(state, revise.proposal, given.at)
    else:
        plan_opening(state, revise.proposal, power)
        stay_all(state, revise.proposal, given.at)


def _check_withdraw(state: State, given: Given) -> None:
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.by != given.by:
        raise Refused("Only its author can withdraw a proposal.")
    if proposal.phase not in ("draft", "deliberation") or proposal.round or proposal.appeal is not None:
        raise Refused("A proposal cannot be withdrawn once it is voted on.")


def _withdraw(state: State, given: Given) -> None:
    finish(state, given.payload.proposal, "withdrawn", given.at)


def _check_noticed(state: State, given: Given) -> None:
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.phase != "deliberation" or proposal.noticed or proposal.round:
        raise Refused("Notice is given once, while a proposal is deliberated.")
    if proposal.assembly is not None:
        raise Refused("Notice is given of the assembly that the proposal is on the agenda of.")
    power_over(state, charter(state), proposal)
    check_delivery(state, given, given.payload.evidence)


def check_delivery(state: State, given: Given, evidence: str) -> None:
    """Refused unless the evidence says of each elector how they had notice. The host gives it now, and cannot say
    that it had it from itself long ago."""
    if given.entry.at - given.at > MOST_WAIT:
        raise Refused("Notice counts from when it is entered; this one waited too long.")
    try:
        delivered = orjson.loads(state.blob(evidence))
    except orjson.JSONDecodeError as error:
        raise Refused("The evidence of the notice is not JSON.") from error
    missing = [id for id in electors(state) if not isinstance(delivered, dict) or not delivered.get(id)]
    if missing:
        raise Refused(f"The evidence does not say how {len(missing)} of the electors had notice.", cause=missing[0])


def _noticed(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    state.put(replace(proposal, noticed=given.at, notice=given.payload.evidence), id)
    plan_opening(state, id, power_over(state, charter(state), proposal))


ACTS = {
    "propose": act(Propose, _check_propose, _propose, power=SELF, needs=about_proposal),
    "sponsor": act(Named, _check_sponsor, _sponsor, power=SELF, needs=about_proposal),
    "revise": act(Revise, _check_revise, _revise, power=SELF, needs=about_proposal),
    "withdraw": act(Named, _check_withdraw, _withdraw, power=SELF, needs=about_proposal),
    "noticed": act(Noticed, _check_noticed, _noticed, by=["host"], power=SELF, needs=about_proposal),
}
