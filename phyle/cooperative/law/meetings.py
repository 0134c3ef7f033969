"""Meetings: an assembly opens with its ballots, closes with a quorum or meets again, and leaves minutes."""

from dataclasses import dataclass, replace

from phyle.cooperative.charter.rules import ASSEMBLY, AtLeast, Counts, Verdict, judge
from phyle.cooperative.law.assembled import Assembly, Attendance, Minutes
from phyle.cooperative.law.assemblies import release
from phyle.cooperative.law.ballots import ballot_id, handed_in
from phyle.cooperative.law.calendar import met
from phyle.cooperative.law.failing import attempt, in_short
from phyle.cooperative.law.kinds import DAY, Item, consequence
from phyle.cooperative.law.matters import power_over
from phyle.cooperative.law.members import active_members, electors
from phyle.cooperative.law.minutes import minutes_of
from phyle.cooperative.law.phyles import charter, schedule
from phyle.cooperative.law.proposals import needs_notice
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id

MINUTES_AFTER = DAY
"""Between the close and the minutes, so that ballots are counted and decided by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyOpened:
    """An assembly opens, and with it the ballots on those proposals of its agenda that are ripe. `roll`: a blob with
    who can vote. Without proven notice it `lapsed`, and what was on its agenda goes its own way."""

    assembly: Id
    lapsed: bool = False
    roll: Hash | None = None
    eligible: int = 0
    active: int = 0
    ripe: tuple[Id, ...] = ()


def _due_open(state: State, at: int, item: Item) -> AssemblyOpened:
    assembly = state.require(Assembly, item.id)
    if not assembly.noticed:
        return AssemblyOpened(assembly=Id(item.id), lapsed=True)
    able = electors(state)
    return AssemblyOpened(
        assembly=Id(item.id),
        roll=Hash(state.keep(spell(able))),
        eligible=len(able),
        active=active_members(state, at),
        ripe=tuple(id for id in assembly.agenda if _ripe(state, at, item.id, id)),
    )


def _ripe(state: State, at: int, assembly: str, id: str) -> bool:
    proposal = state.require(Proposal, id)
    if proposal.phase != "deliberation" or proposal.assembly != assembly or proposal.until > at:
        return False
    power, _ = attempt(lambda: power_over(state, charter(state), proposal))
    return power is not None and not (needs_notice(power) and proposal.noticed + power.notice_days * DAY > at)


def _open(state: State, at: int, opened: AssemblyOpened) -> None:
    id = opened.assembly
    assembly = state.require(Assembly, id)
    if opened.lapsed:
        state.put(replace(assembly, phase="lapsed"), id)
    else:
        state.put(replace(assembly, phase="open", roll=opened.roll, eligible=opened.eligible, active=opened.active), id)
        schedule(state, assembly.closes, "assembly_close", id)
    for proposal in assembly.agenda:
        if proposal in opened.ripe:
            schedule(state, at, "open", proposal)
        else:
            release(state, proposal, id, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyClosed:
    """An assembly closes. `came`: how many were there or voted, and `present` a blob with their ids. Without a quorum
    nothing on its agenda has passed, and it meets again from `opens` to `closes`, if this was the first call."""

    assembly: Id
    came: int
    present: Hash
    quorate: bool
    why: tuple[str, ...]
    opens: int = 0
    closes: int = 0


def _due_close(state: State, at: int, item: Item) -> AssemblyClosed:
    """Whoever handed in a paper on anything of the agenda was there."""
    assembly = state.require(Assembly, item.id)
    there = {id.partition("/")[2] for id, _ in state.all(Attendance, item.id)}
    for id in assembly.agenda:
        proposal = state.require(Proposal, id)
        if proposal.assembly == item.id and proposal.phase == "balloting":
            there |= handed_in(state, ballot_id(id, proposal.round)).keys()
    terms = charter(state).assembly
    verdict = _quorum(state, assembly, len(there))
    again = not verdict.passed and not assembly.second_call and bool(terms.second_call_days)
    opens = at + terms.second_call_days * DAY if again else 0
    return AssemblyClosed(
        assembly=Id(item.id),
        came=len(there),
        present=Hash(state.keep(spell(sorted(there)))),
        quorate=verdict.passed,
        why=in_short(verdict.why),
        opens=opens,
        closes=opens + assembly.closes - assembly.opens if again else 0,
    )


def _quorum(state: State, assembly: Assembly, came: int) -> Verdict:
    counts = Counts(for_=min(came, assembly.eligible), eligible=assembly.eligible, active=assembly.active)
    quorum = charter(state).assembly.quorum
    return judge(AtLeast(n=1), {ASSEMBLY: counts}, quorum, second_call=assembly.second_call)


def _close(state: State, at: int, closed: AssemblyClosed) -> None:
    id = closed.assembly
    assembly = state.require(Assembly, id)
    after = replace(assembly, phase="closed", present=closed.present, came=closed.came, quorate=closed.quorate)
    if closed.opens:
        after = replace(after, phase="called", second_call=True, opens=closed.opens, closes=closed.closes)
        schedule(state, closed.opens, "assembly_open", id)
    else:
        schedule(state, at + MINUTES_AFTER, "minutes", id)
        if assembly.kind == "ordinary":
            met(state, at)
    state.put(after, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minuted:
    """The minutes of an assembly, a blob in Markdown: what the ledger says of it. Approved by a Resolve that names
    them."""

    assembly: Id
    minutes: Hash


def _due_minutes(state: State, at: int, item: Item) -> Minuted:
    text = minutes_of(state, item.id, state.require(Assembly, item.id))
    return Minuted(assembly=Id(item.id), minutes=Hash(state.keep(text.encode())))


def _minute(state: State, at: int, minuted: Minuted) -> None:
    assembly = state.require(Assembly, minuted.assembly)
    state.put(replace(assembly, phase="minuted", minutes=minuted.minutes), minuted.assembly)
    state.put(Minutes(assembly=minuted.assembly), minuted.minutes)


def _needs(item: Item) -> tuple[tuple[str, str], ...]:
    return (("assembly", item.id), ("group", "member/"), ("group", f"attendance/{item.id}"))


CONSEQUENCES = {
    "assembly_open": consequence(AssemblyOpened, _due_open, _open, needs=_needs),
    "assembly_close": consequence(AssemblyClosed, _due_close, _close, needs=_needs),
    "minutes": consequence(Minuted, _due_minutes, _minute, needs=_needs),
}
