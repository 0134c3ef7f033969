"""Tickets: what is asked of a project or wrong with it, from whomever it comes, and what became of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from phyle.commons import needing, permission, threads
from phyle.commons.events import TicketChanged, TicketOpened
from phyle.commons.needing import Need
from phyle.commons.repositories import Repository
from phyle.errors import Conflict, Missing, Refused, TooMany, Unprocessable
from phyle.identity import actors, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import Query, queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

OPENED = Limit(
    name="tickets",
    most=60,
    window=timedelta(hours=1),
    sentence="That is a lot of tickets. Please go on in an hour.",
)
KINDS = (
    "bug",
    "feature",
    "question",
    "documentation",
    "design",
    "translation",
    "maintenance",
    "mentoring",
    "hosting",
    "care",
    "material",
)
"""What a ticket can be about; none of them need fit."""
LONGEST_TITLE, LONGEST_TEXT, MOST_SKILLS = 200, 50_000, 10
_SKILL = re.compile(r"[\w.+#-]{1,40}")
AT_ONCE = 200

State = Literal["open", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody writes in a ticket. `source`: Markdown. `skills`: what it takes, each one word."""

    title: str
    source: str = ""
    kind: str = ""
    skills: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One row of `commons.tickets`. `merges`: it is a merge request. `post`: where it is talked about, None where not
    everybody may read."""

    id: int
    repository: ActorId
    number: int
    author: ActorId
    title: str
    source: str
    kind: str
    skills: Sequence[str]
    need: needing.State
    claimed_by: ActorId | None
    claimed_until: datetime | None
    assignee: ActorId | None
    state: State
    resolved_by: ActorId | None
    resolved_at: datetime | None
    merges: bool
    post: int | None
    offer: str | None
    created_at: datetime
    changed_at: datetime

    @property
    def needed(self) -> Need:
        """Whether it is needed, and who does it."""
        return Need(state=self.need, by=self.claimed_by, until=self.claimed_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A step in the life of a ticket. `actor`: None where time did it."""

    id: int
    ticket: int
    actor: ActorId | None
    what: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets of a repository are listed, newest first; `below`: numbers smaller than this."""

    merges: bool = False
    state: State = "open"
    kind: str | None = None
    skill: str | None = None
    below: int | None = None
    limit: int = 40


COLUMNS = tuple(field.name for field in fields(Ticket))


def uri(settings: Settings, ticket: Ticket) -> str:
    """Its id on the wire."""
    return f"{settings.origin}/objects/{ticket.id}"


def page(settings: Settings, repository: Repository, ticket: Ticket) -> str:
    """Its page for people."""
    part = "merge-requests" if ticket.merges else "tickets"
    return f"{settings.origin}/@{repository.name}.git/{part}/{ticket.number}"


def checked(words: Words) -> Words:
    """What can be kept of them. Unprocessable for what cannot."""
    title, source = " ".join(well_formed(words.title).split()), well_formed(words.source).replace("\r\n", "\n").strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Unprocessable(f"A title has 1 to {LONGEST_TITLE} characters.")
    if len(source) > LONGEST_TEXT:
        raise Unprocessable(f"A text has at most {LONGEST_TEXT} characters.")
    if words.kind and words.kind not in KINDS:
        raise Unprocessable(f"A ticket is about one of these: {', '.join(KINDS)}.")
    skills = tuple(dict.fromkeys(skill.lower() for skill in words.skills if skill))
    if len(skills) > MOST_SKILLS or not all(_SKILL.fullmatch(skill) for skill in skills):
        raise Unprocessable(f"Skills are up to {MOST_SKILLS} single words, as in: python, welding, french.")
    return Words(title=title, source=source, kind=words.kind, skills=skills)


async def begin(
    tx: Tx,
    repository: Repository,
    author: Actor,
    words: Words,
    *,
    needed: bool = False,
    merges: bool = False,
    offer: str | None = None,
    post: int | None = None,
) -> Ticket:
    """A new ticket with its thread. `offer`: the activity that it came with, which makes it once: Conflict the second
    time. `post`: what was written in the project's group already, and is the ticket now. Raises as
    `permission.require`, Refused for whoever is kept out of the project's group."""
    await permission.require(tx, author.id, repository, "comment")
    if repository.archived_at is not None:
        raise Refused("This project is archived: nobody looks at new tickets. Fork it to go on.")
    words = checked(words)
    await threads.check(tx, repository, author)
    whom = str(author.id) if author.local else limits.domain(author.host)
    if not await limits.within(tx, OPENED, whom):
        raise TooMany(OPENED.sentence)
    await tx.value(SQL.hold, repository.id)
    row = await tx.change_one(
        SQL.begin,
        tx.new_id(),
        repository.id,
        await tx.value(SQL.next_number, repository.id),
        author.id,
        words.title,
        words.source,
        words.kind,
        list(words.skills),
        "needed" if needed else "none",
        merges,
        offer,
    )
    if row is None:
        raise Conflict("This was offered before.")
    ticket = _from_row(row)
    if post is None and repository.public:
        post = await threads.begin(tx, repository, _topic(tx, repository, ticket, author))
    if post is not None:
        ticket = await changed_row(tx, SQL.set_post, ticket.id, post)
    await tx.emit(TicketOpened(ticket=ticket.id))
    return ticket


def _topic(tx: Tx, repository: Repository, ticket: Ticket, author: Actor) -> threads.Topic:
    settings = tx.store.settings
    what = "offers a change" if ticket.merges else "opened a ticket"
    return threads.Topic(
        title=f"#{ticket.number} {ticket.title}",
        text=ticket.source,
        by=author,
        what=what,
        page=page(settings, repository, ticket),
        extension={"phyle:ticket": uri(settings, ticket)},
    )


async def settle(
    tx: Tx, by: Actor, repository: Repository, ticket: Ticket, what: str, reason: str = "", *, told: bool = True
) -> Ticket:
    """The ticket is over, in whichever way. Who may say so has been asked."""
    need = needing.resolved(ticket.needed)
    changed = await changed_row(tx, SQL.settle, ticket.id, True, by.id, need.state, need.by, need.until)
    await step(tx, repository, changed, by, what, well_formed(reason)[:2000], say=told)
    return changed


async def get(tx: Tx, id: int) -> Ticket:
    """Raises Missing."""
    row = await tx.row(SQL.get, id)
    if row is None:
        raise Missing
    return _from_row(row)


async def numbered(tx: Tx, repository: Repository, number: int) -> Ticket:
    """The ticket of this repository with this number, and of no other. Raises Missing."""
    row = await tx.row(SQL.numbered, repository.id, number) if number <= 2**31 - 1 else None
    if row is None:
        raise Missing
    return _from_row(row)


async def at(tx: Tx, address: str) -> Ticket | None:
    """The ticket of this instance with this id on the wire."""
    number = address.removeprefix(f"{tx.store.settings.origin}/objects/")
    if number == address or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    row = await tx.row(SQL.get, int(number))
    return None if row is None else _from_row(row)


async def of_offer(tx: Tx, offer: str) -> Ticket | None:
    """The ticket that came with an activity."""
    row = await tx.row(SQL.of_offer, offer)
    return None if row is None else _from_row(row)


async def of_post(tx: Tx, post: int) -> Ticket | None:
    """The ticket whose thread begins with a post."""
    row = await tx.row(SQL.of_post, post)
    return None if row is None else _from_row(row)


async def listing(tx: Tx, repository: Repository, wanted: Wanted) -> list[Ticket]:
    """Newest first."""
    rows = await tx.rows(
        SQL.listing,
        repository.id,
        wanted.merges,
        wanted.state,
        wanted.below,
        wanted.kind,
        wanted.skill,
        wanted.limit,
    )
    return [_from_row(row) for row in rows]


async def count_open(tx: Tx, repository: Repository, *, merges: bool) -> int:
    """How many are open."""
    return int(await tx.value(SQL.counted, repository.id, merges))


async def changes(tx: Tx, ticket: Ticket) -> list[Change]:
    """What became of it, oldest first."""
    return [Change(**row) for row in await tx.rows(SQL.changes, ticket.id)]


async def overdue(tx: Tx) -> list[int]:
    """Tickets whose claims have run out."""
    return [row["id"] for row in await tx.rows(SQL.run_out, AT_ONCE)]


async def held(tx: Tx, id: int) -> Ticket:
    """The ticket, which nobody else changes until the transaction ends. Raises Missing."""
    row = await tx.row(SQL.held, id)
    if row is None:
        raise Missing
    return _from_row(row)


async def step(
    tx: Tx,
    repository: Repository,
    ticket: Ticket,
    by: Actor | None,
    what: str,
    detail: str = "",
    *,
    say: bool = True,
    names: Actor | None = None,
) -> None:
    """What happened is kept, told, and said in the thread, where its author notices it, and whom it `names`."""
    await tx.run(SQL.note_change, tx.new_id(), ticket.id, None if by is None else by.id, what, detail)
    await tx.emit(TicketChanged(ticket=ticket.id, what=what))
    if say and ticket.post is not None:
        author = (await actors.by_ids(tx, [ticket.author]))[ticket.author]
        whom = [each for each in (author, names) if each is not None and (by is None or each.id != by.id)]
        await threads.say(tx, repository, ticket.post, threads.Said(what=what, by=by, detail=detail, to=whom))


async def changed_row(tx: Tx, query: Query, *args: Any) -> Ticket:
    """The ticket as a query left it. Missing if there was none."""
    row = await tx.change_one(query, *args)
    if row is None:
        raise Missing
    return _from_row(row)


def _from_row(row: Record) -> Ticket:
    values: Mapping[str, Any] = {name: row[name] for name in COLUMNS}
    return Ticket(**values)
