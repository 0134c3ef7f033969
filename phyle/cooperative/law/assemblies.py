"""Assemblies: called by a steward or asked for by a share of the members; their agenda are proposals."""

from dataclasses import dataclass, replace
from typing import Literal

from phyle.cooperative.charter.rules import ASSEMBLY, Counts, judge
from phyle.cooperative.law.assembled import Assembly, Attendance
from phyle.cooperative.law.ballots import ids_of
from phyle.cooperative.law.calendar import overdue
from phyle.cooperative.law.failing import attempt
from phyle.cooperative.law.kinds import DAY, HOUR, Given, act
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.members import elector, electors, full, own
from phyle.cooperative.law.phyles import active, charter, schedule, unschedule
from phyle.cooperative.law.proposals import check_delivery, plan_opening
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line
from phyle.errors import Refused
from phyle.powers import SELF, mandate

SHORTEST, LONGEST, FARTHEST, MOST_ON_AGENDA = HOUR, 31 * DAY, 730 * DAY, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What an assembly is about, and from when to when it meets, in milliseconds."""

    assembly: Id
    title: Line
    text: Hash
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Invitation):
    """A steward calls an assembly; the ordinary one any member, when it is overdue."""

    kind: Literal["ordinary", "extraordinary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAssembly:
    """An assembly."""

    assembly: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAgenda:
    """A proposal that is put on the agenda of an assembly, and will be voted on there."""

    assembly: Id
    proposal: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyNoticed:
    """The host has told all electors of an assembly and its agenda. `evidence`: a blob, by member."""

    assembly: Id
    evidence: Hash


def _check_invitation(state: State, given: Given) -> None:
    active(state)
    invitation: Invitation = given.payload
    law = charter(state)
    if not law.header.electronic_assemblies:
        raise Refused("By this charter the law does not admit assemblies over the net.")
    if state.get(Assembly, invitation.assembly) is not None:
        raise Refused("There is an assembly with this id already.")
    if invitation.opens < given.at + law.assembly.notice_days * DAY:
        raise Refused(f"Members must know of an assembly {law.assembly.notice_days} days before it.")
    if not SHORTEST <= invitation.closes - invitation.opens <= LONGEST:
        raise Refused("An assembly closes an hour after it opens at the earliest, and within 31 days.")
    if invitation.opens > given.at + law.assembly.notice_days * DAY + FARTHEST:
        raise Refused("An assembly meets within two years of the day on which notice of it can be over.")


def _check_call(state: State, given: Given) -> None:
    full(state, given)
    if not (given.payload.kind == "ordinary" and overdue(state, given.at)):
        steward(state, given, "assembly")
    _check_invitation(state, given)


def _called(given: Given, kind: Literal["ordinary", "extraordinary"]) -> Assembly:
    invitation: Invitation = given.payload
    return Assembly(
        kind=kind,
        by=Id(given.by),
        called=given.at,
        title=invitation.title,
        text=invitation.text,
        opens=invitation.opens,
        closes=invitation.closes,
    )


def _call(state: State, given: Given) -> None:
    id = given.payload.assembly
    state.put(_called(given, given.payload.kind), id)
    schedule(state, given.payload.opens, "assembly_open", id)


def _check_ask(state: State, given: Given) -> None:
    if not elector(state, full(state, given)):
        raise Refused("Those who can vote can ask for an assembly.")
    _check_invitation(state, given)


def _ask(state: State, given: Given) -> None:
    id = given.payload.assembly
    state.put(replace(_called(given, "extraordinary"), phase="asked"), id)
    _asked(state, given, id)


def _check_join(state: State, given: Given) -> None:
    if not elector(state, full(state, given)):
        raise Refused("Those who can vote can ask for an assembly.")
    assembly = state.require(Assembly, given.payload.assembly)
    if assembly.phase != "asked":
        raise Refused("Enough have asked for this assembly.")
    if given.by in assembly.asked_by:
        raise Refused("You have asked for it already.")
    if given.at + charter(state).assembly.notice_days * DAY > assembly.opens:
        raise Refused("It is too late to give notice of this assembly; ask for a later one.")


def _join(state: State, given: Given) -> None:
    _asked(state, given, given.payload.assembly)


def _asked(state: State, given: Given, id: str) -> None:
    """One more asks; with the share that the charter names the assembly is called."""
    assembly = state.require(Assembly, id)
    assembly = replace(assembly, asked_by=(*assembly.asked_by, Id(given.by)))
    able = electors(state)
    asking = sum(member in able for member in assembly.asked_by)
    counts = Counts(for_=asking, eligible=len(able), active=len(able))
    if judge(charter(state).assembly.requisition, {ASSEMBLY: counts}).passed:
        assembly = replace(assembly, phase="called", called=given.at)
        schedule(state, assembly.opens, "assembly_open", id)
    state.put(assembly, id)


def _check_agenda(state: State, given: Given) -> None:
    own(state, given)
    on: OnAgenda = given.payload
    assembly, proposal = state.require(Assembly, on.assembly), state.require(Proposal, on.proposal)
    if assembly.phase not in ("asked", "called") or assembly.noticed:
        raise Refused("The agenda is fixed: notice was given of it.")
    if given.by != proposal.by:
        raise Refused("Only its author puts a proposal on an agenda: it is voted on there alone.")
    if proposal.phase != "deliberation" or proposal.round or proposal.appeal is not None:
        raise Refused("Only what is deliberated now can be put on an agenda.")
    if proposal.assembly is not None:
        raise Refused("It is on an agenda already.")
    if proposal.until > assembly.opens:
        raise Refused("Its deliberation ends only after the assembly opens.")
    if len(assembly.agenda) >= MOST_ON_AGENDA:
        raise Refused(f"An agenda has at most {MOST_ON_AGENDA} proposals.")


def _agenda(state: State, given: Given) -> None:
    on: OnAgenda = given.payload
    assembly = state.require(Assembly, on.assembly)
    state.put(replace(assembly, agenda=(*assembly.agenda, on.proposal)), on.assembly)
    state.put(replace(state.require(Proposal, on.proposal), assembly=on.assembly), on.proposal)
    unschedule(state, "open", on.proposal)


def _check_noticed(state: State, given: Given) -> None:
    assembly = state.require(Assembly, given.payload.assembly)
    if assembly.phase != "called" or assembly.noticed:
        raise Refused("Notice of an assembly is given once, when it is called.")
    days = charter(state).assembly.notice_days
    if given.at + days * DAY > assembly.opens:
        raise Refused(f"Notice must be given {days} days before an assembly.")
    check_delivery(state, given, given.payload.evidence)


def _noticed(state: State, given: Given) -> None:
    noticed: AssemblyNoticed = given.payload
    assembly = state.require(Assembly, noticed.assembly)
    state.put(replace(assembly, noticed=given.at, notice=noticed.evidence), noticed.assembly)
    for id in assembly.agenda:
        proposal = state.require(Proposal, id)
        if proposal.phase == "deliberation" and proposal.assembly == noticed.assembly:
            state.put(replace(proposal, noticed=given.at, notice=noticed.evidence), id)


def _check_cancel(state: State, given: Given) -> None:
    assembly = state.require(Assembly, given.payload.assembly)
    if assembly.phase not in ("asked", "called") or assembly.second_call or given.at >= assembly.opens:
        raise Refused("Only an assembly that has not met yet can be cancelled.")
    if given.by != assembly.by or len(assembly.asked_by) > 1:
        raise Refused("Only who called it can cancel it, and nobody can cancel what others asked for.")


def _cancel(state: State, given: Given) -> None:
    id = given.payload.assembly
    assembly = state.require(Assembly, id)
    state.put(replace(assembly, phase="cancelled"), id)
    unschedule(state, "assembly_open", id)
    for proposal in assembly.agenda:
        release(state, proposal, id, given.at)


def release(state: State, id: str, assembly: str, at: int) -> None:
    """What was on the agenda of an assembly that did not vote on it goes its own way again."""
    proposal = state.require(Proposal, id)
    if proposal.phase not in ("draft", "deliberation") or proposal.assembly != assembly:
        return
    proposal = replace(proposal, assembly=None)
    state.put(proposal, id)
    if proposal.phase == "draft":
        return
    power, _ = attempt(lambda: power_over(state, charter(state), proposal))
    if power is None:
        schedule(state, max(at, proposal.until), "open", id)
    else:
        plan_opening(state, id, power)


def _check_attend(state: State, given: Given) -> None:
    id = given.payload.assembly
    assembly = state.require(Assembly, id)
    if assembly.phase != "open" or given.at >= assembly.closes or assembly.roll is None:
        raise Refused("The assembly is not open.")
    if given.by not in ids_of(state, assembly.roll):
        raise Refused("You are not on the roll of this assembly: it was frozen when it opened.")
    if state.get(Attendance, f"{id}/{given.by}") is not None:
        raise Refused("You are there already.")


def _attend(state: State, given: Given) -> None:
    state.put(Attendance(since=given.at), f"{given.payload.assembly}/{given.by}")


def _about(payload: Invitation | NamedAssembly | OnAgenda | AssemblyNoticed) -> tuple[tuple[str, str], ...]:
    return (("assembly", payload.assembly),)


ACTS = {
    "call_assembly": act(Call, _check_call, _call, power=mandate("assembly"), needs=_about),
    "ask_assembly": act(Invitation, _check_ask, _ask, power=SELF, needs=_about),
    "join_asking": act(NamedAssembly, _check_join, _join, power=SELF, needs=_about),
    "put_on_agenda": act(OnAgenda, _check_agenda, _agenda, power=SELF, needs=_about),
    "assembly_noticed": act(AssemblyNoticed, _check_noticed, _noticed, by=["host"], power=SELF, needs=_about),
    "cancel_assembly": act(NamedAssembly, _check_cancel, _cancel, power=SELF, needs=_about),
    "attend": act(NamedAssembly, _check_attend, _attend, power=SELF, needs=_about),
}
