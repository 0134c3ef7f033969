"""Proposals: from a draft with sponsors through deliberation to the ballot; what is voted on is frozen on the way."""

from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.charter.amendment import touched
from phyle.cooperative.charter.clauses import Charter, Power
from phyle.cooperative.law.effects.charters import Amendment
from phyle.cooperative.law.effects.table import read_arguments
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.members import voice
from phyle.cooperative.law.phyles import active, charter, charter_of, phyle, schedule, unschedule
from phyle.cooperative.law.proposed import Effect, Election, Option, Proposal, effects_of
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line, Word
from phyle.errors import Refused, Unprocessable
from phyle.powers import SELF

MOST_OPTIONS, MOST_EFFECTS = 64, 16
DORMANT_EFFECTS = frozenset({"Admit", "Confirm", "Dissolve"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is proposed, as far as its author can change it."""

    title: Line
    text: Hash
    options: tuple[Option, ...]
    method: Word = Word("yesno")
    seats: int = 1
    scope: str = ""
    election: Election | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Matter):
    """A member puts something to the phyle."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(Matter):
    """The author changes the proposal while it is a draft or deliberated."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A proposal."""

    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """The host has told all electors of a proposal. `evidence`: a blob with what was delivered to whom, by member."""

    proposal: Id
    evidence: Hash


def power_over(state: State, law: Charter, matter: Matter | Proposal) -> Power:
    """What governs the proposal under a charter: all that governs any of its effects. An amendment is governed by what
    protects each thing that it touches, under the old charter."""
    kinds = effects_of(matter.options) + ([Effect(kind="Appoint", arguments={})] if matter.election else [])
    powers: list[Power] = []
    for effect in kinds:
        if effect.kind == "Amend":
            amendment: Amendment = read_arguments(effect.kind, effect.arguments)
            powers += touched(law, charter_of(state, amendment.charter))
        else:
            powers.append(law.power(effect.kind, matter.scope))
    return law.all_of(powers)


def _check_matter(state: State, matter: Matter) -> None:
    effects = effects_of(matter.options)
    if len(matter.options) > MOST_OPTIONS or len(effects) > MOST_EFFECTS * MOST_OPTIONS:
        raise Unprocessable(f"A proposal has at most {MOST_OPTIONS} options.")
    if not effects and matter.election is None:
        raise Unprocessable("A proposal needs an option with an effect: Resolve, if it is words alone.")
    if matter.election is not None and matter.options:
        raise Unprocessable("In an election the candidates are the options.")
    if matter.method == "yesno" and len(matter.options) > 1:
        raise Unprocessable("A yes or no decision has one option.")
    for effect in effects:
        read_arguments(effect.kind, effect.arguments)
    allowed = power_over(state, charter(state), matter).methods
    if matter.method not in allowed:
        raise Unprocessable(f"The charter decides this by {' or '.join(allowed)}, not by {matter.method}.")
    if not 1 <= matter.seats <= MOST_OPTIONS:
        raise Unprocessable(f"Seats are between 1 and {MOST_OPTIONS}.")


def _check_propose(state: State, given: Given) -> None:
    voice(state, given)
    if state.get(Proposal, given.payload.proposal) is not None:
        raise Refused("There is a proposal with this id already.")
    kinds = {effect.kind for effect in effects_of(given.payload.options)}
    if phyle(state).phase != "dormant" or not kinds <= DORMANT_EFFECTS:
        active(state)
    _check_matter(state, given.payload)


def _propose(state: State, given: Given) -> None:
    propose: Propose = given.payload
    proposal = Proposal(
        by=Id(given.by),
        title=propose.title,
        text=propose.text,
        options=propose.options,
        method=propose.method,
        seats=propose.seats,
        phase="draft",
        created=given.at,
        scope=propose.scope,
        election=propose.election,
        sponsors=(Id(given.by),),
    )
    state.put(proposal, propose.proposal)
    _sponsored(state, propose.proposal, given.at)


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
    proposal = replace(proposal, phase="deliberation", until=at + power.deliberation_days * DAY)
    state.put(proposal, id)
    plan_opening(state, id, power)
    stay(state, proposal, id)


def plan_opening(state: State, id: str, power: Power) -> None:
    """The ballot opens when the deliberation is over and the notice has been long enough."""
    proposal = state.require(Proposal, id)
    unschedule(state, "open", id)
    if proposal.assembly is not None or (needs_notice(power) and not proposal.noticed):
        return
    ripe = proposal.noticed + power.notice_days * DAY if needs_notice(power) else 0
    schedule(state, max(proposal.until, ripe), "open", id)


def needs_notice(power: Power) -> bool:
    """Whether the electors must have had proven notice before the ballot can open."""
    return power.notice_days > 0 or power.veto


def stay(state: State, proposal: Proposal, id: str) -> None:
    """A sponsored proposal to annul a decision that can still be challenged stays its execution."""
    for effect in effects_of(proposal.options):
        if effect.kind != "Annul":
            continue
        target = state.get(Proposal, effect.arguments["proposal"])
        if target is not None and target.phase == "passed":
            state.put(replace(target, phase="stayed", stays=Id(id)), effect.arguments["proposal"])
            unschedule(state, "execute", effect.arguments["proposal"])


def release(state: State, id: str, at: int) -> None:
    """What this proposal stayed goes on, now that it is over without annulling it."""
    proposal = state.require(Proposal, id)
    for effect in effects_of(proposal.options):
        target = state.get(Proposal, effect.arguments["proposal"]) if effect.kind == "Annul" else None
        if target is not None and target.phase == "stayed" and target.stays == id:
            state.put(replace(target, phase="passed", stays=None), effect.arguments["proposal"])
            schedule(state, max(at, target.until), "execute", effect.arguments["proposal"])


def _check_sponsor(state: State, given: Given) -> None:
    voice(state, given)
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.phase != "draft":
        raise Refused("The proposal has the sponsors it needs.")
    if given.by in proposal.sponsors:
        raise Refused("You sponsor this proposal already.")


def _sponsor(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    state.put(replace(proposal, sponsors=(*proposal.sponsors, Id(given.by))), id)
    _sponsored(state, id, given.at)


def _check_revise(state: State, given: Given) -> None:
    voice(state, given)
    active(state)
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.by != given.by:
        raise Refused("Only its author can change a proposal.")
    if proposal.phase not in ("draft", "deliberation"):
        raise Refused("The text is frozen: the deliberation is over.")
    if effects_of(proposal.options) and {e.kind for e in effects_of(given.payload.options)} != {
        e.kind for e in effects_of(proposal.options)
    }:
        raise Refused("A change of what it would do makes another proposal: withdraw this one and put the other.")
    _check_matter(state, given.payload)


def _revise(state: State, given: Given) -> None:
    """Whoever changes the text gives everybody at least half of the deliberation to read it, and a new notice."""
    revise: Revise = given.payload
    proposal = state.require(Proposal, revise.proposal)
    changed = replace(
        proposal, title=revise.title, text=revise.text, options=revise.options, method=revise.method, seats=revise.seats
    )
    if proposal.phase == "deliberation":
        power = power_over(state, charter(state), changed)
        half = given.at + power.deliberation_days * DAY // 2
        changed = replace(changed, until=max(changed.until, half), noticed=0, notice=None)
        state.put(changed, revise.proposal)
        plan_opening(state, revise.proposal, power)
    else:
        state.put(changed, revise.proposal)


def _check_withdraw(state: State, given: Given) -> None:
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.by != given.by:
        raise Refused("Only its author can withdraw a proposal.")
    if proposal.phase not in ("draft", "deliberation"):
        raise Refused("A proposal cannot be withdrawn once it is voted on.")


def _withdraw(state: State, given: Given) -> None:
    id = given.payload.proposal
    state.put(replace(state.require(Proposal, id), phase="withdrawn"), id)
    unschedule(state, "open", id)
    release(state, id, given.at)


def _check_noticed(state: State, given: Given) -> None:
    proposal = state.require(Proposal, given.payload.proposal)
    if proposal.phase != "deliberation" or proposal.noticed:
        raise Refused("Notice is given once, while a proposal is deliberated.")


def _noticed(state: State, given: Given) -> None:
    id = given.payload.proposal
    proposal = state.require(Proposal, id)
    state.put(replace(proposal, noticed=given.at, notice=given.payload.evidence), id)
    plan_opening(state, id, power_over(state, charter(state), proposal))


def _about(payload: Any) -> tuple[tuple[str, str], ...]:
    return (("proposal", payload.proposal),)


ACTS = {
    "propose": act(Propose, _check_propose, _propose, power=SELF, needs=_about),
    "sponsor": act(Named, _check_sponsor, _sponsor, power=SELF, needs=_about),
    "revise": act(Revise, _check_revise, _revise, power=SELF, needs=_about),
    "withdraw": act(Named, _check_withdraw, _withdraw, power=SELF, needs=_about),
    "noticed": act(Noticed, _check_noticed, _noticed, by=["host"], power=SELF, needs=_about),
}
