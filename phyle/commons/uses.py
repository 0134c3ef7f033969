"""Uses of works as the ledger has them: what was declared, what followed by which clause, who objected, who ruled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.commons import evidence, registers
from phyle.commons.contributions import words
from phyle.commons.evidence import ShownEvidence
from phyle.conversation.paging import HIGHEST, Page
from phyle.cooperative import seeing
from phyle.cooperative.law.commons.uses import Use, phase_at
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import reading
from phyle.cooperative.licences.facts import Said
from phyle.cooperative.licences.tables import Outcome
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Missing
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)


SAYS: Mapping[Outcome, str] = {
    "allowed": "allowed on the declared facts",
    "allowed-on-declaration": "allowed on the declared facts, by one reading of the text",
    "contested": "contested on the declared facts: the licensors rule",
    "needs-negotiation": "needs a licence of its own, on the declared facts",
    "refused": "refused on the declared facts",
}
"""How outcomes are told: what follows from what was said, and never legal advice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownObjection:
    """A member objects, and why."""

    by: str
    account: Account | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUse:
    """A declared use. `work`: its id, `title` and `at`: what it is called and where it is. `name`: of an entity;
    `person`: of a person, for members alone. `phase`: declared, recognised, contested, refused, withdrawn or expired.
    `says`: the outcome in words, with its clause. `declared`, `since`, `until`, `ruled`: milliseconds. `by`: as whom
    the ledger knows who declared, `declarer`: who that is, for those who may see it. `entry`: of the declaration."""

    id: str
    work: str
    title: str
    at: str
    commit: str
    licence: str
    licence_text: str
    user: str
    purpose: str
    said: Said
    name: str | None
    person: str | None
    seat: str | None
    territory: str
    since: int
    until: int | None
    adaptation: bool
    evidence: list[ShownEvidence]
    grant: str | None
    outcome: str
    clause: str
    table: str
    says: str
    phase: str
    declared: int
    entry: int
    by: str
    declarer: Account | None
    objections: list[ShownObjection]
    ruling: str | None
    ruled: int | None
    ruled_clause: str | None
    reason: str | None


Found = Mapping[str, Use]
"""Uses by work/use, in the order in which they are shown."""


async def page_of(tx: Tx, page: Page, *, by: str = "", name: str = "") -> Found:
    """A page of all of them, of those that somebody declared, or of those of an entity; the newest first."""
    return _read(page.ordered(await _rows(tx, page, by, name)))


async def _rows(tx: Tx, page: Page, by: str, name: str) -> Sequence[Record]:
    bounds = (page.below, page.above, page.limit)
    if by:
        return await tx.rows(page.way(SQL.by), *bounds, by)
    if name:
        return await tx.rows(page.way(SQL.named), *bounds, name)
    return await tx.rows(page.way(SQL.newest), *bounds)


async def of(tx: Tx, work: str, page: Page | None = None) -> Found:
    """The uses of a work, the newest first: a page of them, or all."""
    found = await reading.group(tx, Use, work)
    below, above = (page.below, page.above) if page is not None else (HIGHEST, -1)
    listed = sorted((each for each in found.items() if above < each[1].entry < below), key=lambda each: -each[1].entry)
    if page is not None:
        listed = listed[-page.limit :] if page.upward else listed[: page.limit]
    return dict(listed)


async def every(tx: Tx, *, by: str = "", name: str = "") -> Found:
    """All of them for an export, `registers.MOST` at most, the newest first."""

    async def rows(below: int) -> Sequence[Record]:
        return await _rows(tx, Page(limit=registers.PAGE, max_id=below), by, name)

    return _read(await registers.whole(rows))


def _read(rows: Sequence[Record]) -> Found:
    return {row["id"]: read(Use, row["value"], Use.SLICE) for row in rows}


async def one(tx: Tx, work: str, id: str) -> Found:
    """One of a work. Missing."""
    found = await reading.get(tx, Use, f"{work}/{id}")
    if found is None:
        raise Missing("There is no such use.")
    return {f"{work}/{id}": found}


async def shown(tx: Tx, viewer: Sight, found: Found) -> list[ShownUse]:
    """As this viewer may see them, now."""
    known = {id: await reading.get(tx, Work, id) for id in {place.partition("/")[0] for place in found}}
    texts = await words(
        tx, [hash for each in found.values() for hash in (each.reason, *(it.text for it in each.objections))]
    )
    accounts = await seeing.names(
        tx, viewer, [by for each in found.values() for by in (each.by, *(it.by for it in each.objections))]
    )
    persons = await seeing.opened(tx, viewer, [each.person for each in found.values()])
    papers = await evidence.shown(tx, viewer, [each for use in found.values() for each in use.evidence])
    now = await seeing.at(tx)
    return [
        ShownUse(
            id=place.partition("/")[2],
            work=place.partition("/")[0],
            title=work.name if (work := known[place.partition("/")[0]]) is not None else "",
            at=work.at if work is not None else "",
            **_declared(it),
            person=persons.get(it.person) if it.person is not None else None,
            evidence=[papers[each.digest] for each in it.evidence],
            says=says(it.outcome, it.clause),
            phase=phase_at(it, now),
            declarer=accounts.get(it.by),
            objections=[
                ShownObjection(by=each.by, account=accounts.get(each.by), text=texts.get(each.text))
                for each in it.objections
            ],
            reason=texts.get(it.reason or ""),
        )
        for place, it in found.items()
    ]


_AS_THEY_ARE = (
    "commit licence licence_text user purpose said name seat territory since adaptation grant outcome clause table "
    "declared entry by ruling ruled_clause"
)


def _declared(it: Use) -> dict[str, Any]:
    same = {name: getattr(it, name) for name in _AS_THEY_ARE.split()}
    return {**same, "until": it.until or None, "ruled": it.ruled or None}


BY_GRANT = "the grant"
"""What the tables call a licence of one's own where others have a clause."""


def says(outcome: Outcome, clause: str) -> str:
    """What follows from what was declared, in a line with its clause."""
    if outcome == "allowed" and clause.endswith(BY_GRANT):
        return "allowed by a licence of its own"
    return f"{SAYS[outcome]}, {clause}"
