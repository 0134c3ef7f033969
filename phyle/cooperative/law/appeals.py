"""Appeals: a jury drawn without the parties judges anew, or where there are too few, the rest of the assembly."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.charter.rules import ASSEMBLY
from phyle.cooperative.law.ballots import Ballot, ballot_id
from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.challenges import finish, lift, stay
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.draws import Draw, begin_draw, made_id
from phyle.cooperative.law.effects.table import effect_kind, read_arguments
from phyle.cooperative.law.failing import attempt
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.members import Member, electors, own
from phyle.cooperative.law.moderations import Moderation
from phyle.cooperative.law.phyles import active, charter, phyle
from phyle.cooperative.law.proposals import begin_deliberation
from phyle.cooperative.law.proposed import Effect, Option, Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line, Word
from phyle.errors import Refused
from phyle.powers import SELF

Against = Literal["decision", "expulsion", "suspension", "moderation"]
FEWEST_JURORS, FEWEST_JUDGES = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """`target`: the proposal, member or moderation that it is about; `text`: its grounds, a blob; `parties`: who do not
    judge. `granted`: what was contested is undone; `lapsed`: so it is, because too few are left to judge."""

    SLICE: ClassVar[str] = "appeal"

    against: Against
    target: Id
    by: Id
    text: Hash
    parties: tuple[Id, ...]
    brought: int
    phase: Literal["drawing", "jury", "assembly", "granted", "dismissed", "lapsed"] = "drawing"
    draw: Id | None = None
    proposal: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BringAppeal:
    """A party or any member appeals."""

    appeal: Id
    against: Against
    target: Id
    text: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """What an appeal is about: since when, whom it concerns, and what would undo it."""

    since: int
    parties: tuple[Id, ...]
    undone_by: Effect


def contested(state: State, against: Against, target: str) -> Contested:
    """What can be appealed against. Refused if it does not stand, or not any more."""
    if against == "decision":
        return _decision(state, target)
    if against == "moderation":
        return _moderation(state, target)
    return _exclusion(state, against, target)


def _decision(state: State, target: str) -> Contested:
    proposal = state.require(Proposal, target)
    if proposal.phase not in ("passed", "stayed") or proposal.appeal is not None:
        raise Refused("Only a decision that is not executed yet can be appealed against.")
    undone_by = Effect(kind="Annul", arguments={"proposal": target})
    return Contested(since=proposal.decided, parties=(proposal.by, *proposal.sponsors), undone_by=undone_by)


def _moderation(state: State, target: str) -> Contested:
    moderation = state.require(Moderation, target)
    if moderation.phase not in ("provisional", "confirmed"):
        raise Refused("This moderation holds no more.")
    stewards = tuple(id for id in (moderation.by, moderation.confirmed_by) if id is not None)
    undone_by = Effect(kind="Moderate", arguments={"moderation": target, "action": "lift"})
    return Contested(since=moderation.since, parties=stewards, undone_by=undone_by)


def _exclusion(state: State, against: Against, target: str) -> Contested:
    member = state.require(Member, target)
    if member.standing != {"expulsion": "expelled", "suspension": "suspended"}.get(against):
        raise Refused(f"There is no {against} of this member to appeal against.")
    accusers = tuple(charge.by for _, charge in state.all(Charge) if charge.member == target)
    undone_by = Effect(kind="Reinstate", arguments={"member": target})
    return Contested(since=member.since, parties=(Id(target), *accusers), undone_by=undone_by)


def _check_appeal(state: State, given: Given) -> None:
    active(state)
    bring: BringAppeal = given.payload
    if state.get(Appeal, bring.appeal) is not None:
        raise Refused("There is an appeal with this id already.")
    it = contested(state, bring.against, bring.target)
    author = own(state, given)
    if author.standing != "member" and given.by not in it.parties:
        raise Refused("The parties and all full members can appeal.")
    if given.at >= it.since + charter(state).membership.appeal_days * DAY:
        raise Refused("The time to appeal is over.")
    for _, other in state.all(Appeal):
        if (other.against, other.target) == (bring.against, bring.target) and other.brought >= it.since:
            raise Refused("An appeal against this has been brought already.")


def _bring(state: State, given: Given) -> None:
    bring: BringAppeal = given.payload
    parties = dict.fromkeys((Id(given.by), *contested(state, bring.against, bring.target).parties))
    appeal = Appeal(
        against=bring.against,
        target=bring.target,
        by=Id(given.by),
        text=bring.text,
        parties=tuple(parties),
        brought=given.at,
    )
    state.put(appeal, bring.appeal)
    if bring.against == "decision":
        stay(state, bring.target, bring.appeal, given.at)
    if len(_judges(state, appeal)) >= FEWEST_JURORS:
        state.put(replace(appeal, draw=begin_draw(state, given.at, "jury", bring.appeal)), bring.appeal)
    else:
        _to_assembly(state, given.at, bring.appeal)


def _judges(state: State, appeal: Appeal) -> list[str]:
    return [id for id in electors(state) if id not in appeal.parties]


def pool_of_jury(state: State, at: int, about: str) -> tuple[list[str], int]:
    """Who can be drawn: all electors but the parties; never fewer than three are."""
    pool = _judges(state, state.require(Appeal, about))
    return (pool, charter(state).jury.size) if len(pool) >= FEWEST_JURORS else ([], 0)


def seat_jury(state: State, at: int, id: str, draw: Draw) -> None:
    """The jury sits for this appeal alone."""
    name = Word(f"jury:{id}")
    state.put(Body(name=name, members=tuple(Id(member) for member in draw.taken)), name)
    state.put(replace(state.require(Appeal, draw.about), phase="jury"), draw.about)
    _put(state, at, draw.about, name)


def without_jury(state: State, at: int, id: str, draw: Draw) -> None:
    """Nobody could be drawn."""
    _to_assembly(state, at, draw.about)


def _to_assembly(state: State, at: int, id: str) -> None:
    """The assembly without the parties judges; with fewer than two left what is contested lapses."""
    appeal = state.require(Appeal, id)
    if len(_judges(state, appeal)) >= FEWEST_JUDGES:
        state.put(replace(appeal, phase="assembly"), id)
        _put(state, at, id, Word(ASSEMBLY))
        return
    attempt(lambda: _undo(state, at, appeal))
    state.put(replace(appeal, phase="lapsed"), id)
    lift(state, appeal.target, id, at)


def _undo(state: State, at: int, appeal: Appeal) -> None:
    effect = contested(state, appeal.against, appeal.target).undone_by
    kind, arguments = effect_kind(effect.kind), read_arguments(effect.kind, effect.arguments)
    kind.possible(state, at, arguments)
    fork = state.fork()
    kind.execute(fork, at, arguments)
    state.absorb(fork)
    if effect.kind == "Annul":
        finish(state, appeal.target, "annulled", at)


def _put(state: State, at: int, id: str, body: Word) -> None:
    """The appeal is put to those who judge it, as a proposal to undo what is contested."""
    appeal = state.require(Appeal, id)
    found, _ = attempt(lambda: contested(state, appeal.against, appeal.target))
    if found is None:
        state.put(replace(appeal, phase="dismissed"), id)
        return
    proposal = Proposal(
        by=appeal.by,
        title=Line(f"Appeal against: {appeal.against}"),
        text=appeal.text,
        options=(Option(label=Line("Grant the appeal"), effects=(found.undone_by,)),),
        method=Word("yesno"),
        seats=1,
        phase="draft",
        created=at,
        body=body,
        recused=appeal.parties,
        appeal=Id(id),
    )
    proposal_id = Id(made_id(phyle(state).origin, "appeal", id, body))
    state.put(proposal, proposal_id)
    state.put(replace(appeal, proposal=proposal_id), id)
    begin_deliberation(state, proposal_id, at)


def settle_appeal(state: State, id: str, at: int) -> None:
    """If the proposal decided an appeal, the appeal is over too; unless too few of a jury came: then the rest judge."""
    proposal = state.require(Proposal, id)
    if proposal.appeal is None:
        return
    appeal = state.require(Appeal, proposal.appeal)
    if appeal.phase == "jury" and proposal.phase == "failed" and _too_few(state, id, proposal):
        _to_assembly(state, at, proposal.appeal)
        return
    granted = proposal.phase == "executed"
    state.put(replace(appeal, phase="granted" if granted else "dismissed"), proposal.appeal)
    lift(state, appeal.target, proposal.appeal, at)


def _too_few(state: State, id: str, proposal: Proposal) -> bool:
    ballot = state.require(Ballot, ballot_id(id, proposal.round))
    present = sum(count.for_ + count.against + count.abstain + count.block for count in ballot.counts)
    return present < 2 or 2 * present < ballot.rolls[0].eligible


ACTS = {
    "appeal": act(
        BringAppeal,
        _check_appeal,
        _bring,
        power=SELF,
        needs=lambda payload: (("appeal", payload.appeal), ("group", "appeal/"), ("group", "member/")),
    ),
}
