"""Assemblies as people come to them: the invitation, the agenda, who is there, and the minutes."""

from dataclasses import dataclass

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals
from phyle.cooperative.law.assembled import Assembly, Attendance
from phyle.cooperative.law.calendar import Calendar
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import reading
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySummary:
    """An assembly in a list. `asked_by`: who asked for it. `came`: how many were there, once it is over; `noticed`:
    when all electors had proven notice. Times in milliseconds, 0 for never."""

    id: str
    kind: str
    title: str
    phase: str
    by: str
    asked_by: tuple[str, ...]
    called: int
    noticed: int
    opens: int
    closes: int
    second_call: bool
    eligible: int
    came: int
    quorate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyDetails:
    """An assembly whole. `text`: the invitation; `agenda`: proposals, in order; `present`: who is there, or was;
    `minutes`: Markdown, generated from the ledger, `minutes_hash` by which a resolution approves them."""

    assembly: AssemblySummary
    text: str | None
    agenda: tuple[proposals.Summary, ...]
    present: tuple[str, ...]
    minutes: str | None
    minutes_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinary:
    """When the last ordinary assembly closed, and since when the next is overdue: milliseconds, 0 for never."""

    last: int
    overdue: int


async def assemblies(tx: Tx, page: Page) -> tuple[list[AssemblySummary], list[int]]:
    """A page of assemblies, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Assembly, page)
    return [_summary(each.id, each.value) for each in held], [each.began for each in held]


async def assembly(tx: Tx, viewer: Sight, id: str) -> AssemblyDetails:
    """One of them, whole. Missing."""
    found = await reading.get(tx, Assembly, id)
    if found is None:
        raise Missing("There is no such assembly.")
    on = await lists.by_ids(tx, Proposal, found.agenda)
    return AssemblyDetails(
        assembly=_summary(id, found),
        text=await proposals.text(tx, found.text),
        agenda=tuple(await proposals.shown(tx, viewer, {each: on[each] for each in found.agenda if each in on})),
        present=await _present(tx, id, found),
        minutes=await proposals.text(tx, found.minutes),
        minutes_hash=found.minutes,
    )


async def _present(tx: Tx, id: str, assembly: Assembly) -> tuple[str, ...]:
    if assembly.present is not None:
        return tuple(orjson.loads(await proposals.text(tx, assembly.present) or "[]"))
    return tuple(key.partition("/")[2] for key in await reading.group(tx, Attendance, id))


async def ordinary(tx: Tx) -> Ordinary:
    """Whether an ordinary assembly should have met by now: then any full member can call it."""
    found = await reading.get(tx, Calendar) or Calendar()
    return Ordinary(last=found.last, overdue=found.overdue)


def _summary(id: str, it: Assembly) -> AssemblySummary:
    return AssemblySummary(
        id=id,
        kind=it.kind,
        title=it.title,
        phase=it.phase,
        by=it.by,
        asked_by=it.asked_by,
        called=it.called,
        noticed=it.noticed,
        opens=it.opens,
        closes=it.closes,
        second_call=it.second_call,
        eligible=it.eligible,
        came=it.came,
        quorate=it.quorate,
    )
