"""Contributions as they are shown: what people did for a work, and who validated it, by which entries. No sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phyle.commons import registers, works
from phyle.commons.repositories import Repository
from phyle.conversation.paging import HIGHEST, Page
from phyle.cooperative import acting, contributing, seeing
from phyle.cooperative.acting import Done
from phyle.cooperative.law.commons.contributions import Contribution, Terms
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import blobs, reading
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Missing
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContribution:
    """Something that somebody did. `work`: its id, `name` and `at`: what it is called and where it is. `by`: as whom
    the ledger knows them, `account`: who that is, for those who may see it. `phase`: claimed, valid, refused or
    withdrawn; `answered`: when, in milliseconds, and `answered_by` whom; `reason`: why it was refused. `entry`: of the
    claim, and `validated` of the maintainer's word for it, by which both signatures are found in the ledger."""

    id: str
    work: str
    name: str
    at: str
    what: str
    subject: str
    text: str | None
    on: str | None
    terms: Terms | None
    by: str
    account: Account | None
    phase: str
    since: int
    entry: int
    answered: int | None
    answered_by: str | None
    answerer: Account | None
    reason: str | None
    validated: int | None


Found = Mapping[str, Contribution]
"""Contributions by work/contribution, in the order in which they are shown."""


async def work_of(tx: Tx, repository: Repository) -> tuple[str, Work]:
    """The work that a repository is. Missing, with what to do, if nobody offered it."""
    found = await works.find(tx, repository)
    if found is None:
        raise Missing(f"{repository.name} has not been offered as a work of this phyle: a maintainer does that first.")
    return found


async def page_of(tx: Tx, page: Page, *, by: str = "") -> Found:
    """A page of all of them, or of what one member or outsider did; the newest first."""
    bounds = (page.below, page.above, page.limit)
    rows = await (tx.rows(page.way(SQL.by), *bounds, by) if by else tx.rows(page.way(SQL.newest), *bounds))
    return _read(page.ordered(rows))


async def to(tx: Tx, work: str, page: Page | None = None) -> Found:
    """What was done for a work, the newest first: a page of it, or all."""
    found = await reading.group(tx, Contribution, work)
    below, above = (page.below, page.above) if page is not None else (HIGHEST, -1)
    listed = sorted((each for each in found.items() if above < each[1].entry < below), key=lambda each: -each[1].entry)
    if page is not None:
        listed = listed[-page.limit :] if page.upward else listed[: page.limit]
    return dict(listed)


async def every(tx: Tx, *, work: str = "", by: str = "") -> Found:
    """All of them for an export, `registers.MOST` at most, the newest first."""
    if work:
        return {id: each for id, each in (await to(tx, work)).items() if not by or each.by == by}

    async def rows(below: int) -> Sequence[Record]:
        given = (below, -1, registers.PAGE)
        return await (tx.rows(SQL.by, *given, by) if by else tx.rows(SQL.newest, *given))

    return _read(await registers.whole(rows))


def _read(rows: Sequence[Record]) -> Found:
    return {row["id"]: read(Contribution, row["value"], Contribution.SLICE) for row in rows}


async def one(tx: Tx, work: str, id: str) -> Found:
    """One of a work. Missing."""
    found = await reading.get(tx, Contribution, f"{work}/{id}")
    if found is None:
        raise Missing("There is no such contribution.")
    return {f"{work}/{id}": found}


async def shown(tx: Tx, viewer: Sight, found: Found) -> list[ShownContribution]:
    """As this viewer may see them."""
    known = {id: await reading.get(tx, Work, id) for id in {place.partition("/")[0] for place in found}}
    texts = await words(tx, [hash for each in found.values() for hash in (each.text, each.reason)])
    members = [member for each in found.values() for member in (each.by, each.answered_by) if member is not None]
    accounts = await seeing.names(tx, viewer, members)
    return [_shown(place, each, known, texts, accounts) for place, each in found.items()]


def _shown(
    place: str,
    it: Contribution,
    known: Mapping[str, Work | None],
    texts: Mapping[str, str],
    accounts: Mapping[str, Account],
) -> ShownContribution:
    work, _, id = place.partition("/")
    of = known[work]
    return ShownContribution(
        id=id,
        work=work,
        name=of.name if of is not None else "",
        at=of.at if of is not None else "",
        what=it.what,
        subject=it.subject,
        text=texts.get(it.text or ""),
        on=it.on,
        terms=it.terms,
        by=it.by,
        account=accounts.get(it.by),
        phase=it.phase,
        since=it.since,
        entry=it.entry,
        answered=it.answered or None,
        answered_by=it.answered_by,
        answerer=accounts.get(it.answered_by or ""),
        reason=texts.get(it.reason or ""),
        validated=it.validated or None,
    )


async def words(tx: Tx, hashes: Iterable[str | None]) -> Mapping[str, str]:
    """Texts that entries name by their hash, as far as they are here."""
    wanted = [each for each in hashes if each is not None]
    found = await blobs.fetch(tx, wanted) if wanted else {}
    return {hash: data.decode("utf-8", "replace") for hash, data in found.items()}


async def claim(
    store: Store, person: Actor, repository: Repository, given: Mapping[str, Any], *, key: str = ""
) -> Done:
    """Somebody with an account here says what they did. Missing if the repository is no work; the law's refusals."""
    async with store.reading() as tx:
        work, _ = await work_of(tx, repository)
    return await contributing.contribute(store, person, "claim", {**given, "work": work}, key=key)


async def answer(
    store: Store, person: Actor, repository: Repository, kind: str, id: str, given: Mapping[str, Any], *, key: str = ""
) -> Done:
    """`validate`, `refuse_contribution` by who speaks for the work; `correct_contribution`, `withdraw_contribution` by
    who claimed it."""
    async with store.reading() as tx:
        work, _ = await work_of(tx, repository)
    told = {**given, "work": work, "contribution": id}
    if contributing.open_to_all(kind):
        return await contributing.contribute(store, person, kind, told, key=key)
    return await acting.perform(store, person, kind, told, key=key)
