"""Tickets at the API: opened, talked about, claimed, assigned, settled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from phyle.commons import handling, showing, threads, ticket_showing, tickets
from phyle.commons.repositories import Repository
from phyle.commons.ticket_showing import ShownTicket, TicketDetails
from phyle.commons.tickets import Ticket, Wanted, Words
from phyle.conversation import posts
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages

AT = "/repositories/<name>/tickets"
_LATEST = 253_402_300_799_000  # the last millisecond that a date can say


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """`text`: Markdown. `kind`: what it is about. `skills`: what it takes, each one word."""

    title: str
    text: str = ""
    kind: str = ""
    skills: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Writing):
    """`needed`: whether somebody is wanted to do it, which all phyles hear of."""

    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPost:
    """`status`: a post that begins a thread in the project's group."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is said. In a public repository it is a post, by one's own account."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needing:
    """Whether it is needed that somebody does this."""

    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """`until`: when it will be done, in milliseconds, at most 90 days from now."""

    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigning:
    """`who`: `@ana`, `@ana@coop.org`, or an address; "" for nobody any more."""

    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Why, or how, in public."""

    reason: str = ""


async def found(asked: Asked, tx: Tx) -> tuple[Repository, Ticket]:
    """The ticket that the address names, for whoever may read it: by its number in this repository only."""
    repository = await showing.found(tx, asked.viewer.actor_id, asked.args["name"])
    return repository, await tickets.numbered(tx, repository, asked.id("number"))


async def list_tickets(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """The tickets of a repository, newest first, paged by their numbers."""
    repository = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    listed = await tickets.listing(asked.tx, repository, wanted(asked, page, merges=False))
    return await ticket_showing.several(asked.tx, repository, listed), [each.number for each in listed]


def wanted(asked: Asked, page: Page, *, merges: bool) -> Wanted:
    """Which of them. Unprocessable for a state that there is not."""
    state: Any = asked.text("state", "open", most=20)
    if state not in ("open", "resolved"):
        raise Unprocessable("A ticket is open or resolved.")
    return Wanted(
        merges=merges,
        state=state,
        kind=asked.text("kind", most=40) or None,
        skill=asked.text("skill", most=40).lower() or None,
        below=None if page.max_id is None else min(page.max_id, 2**31 - 1),
        limit=page.limit,
    )


async def show_ticket(asked: Asked, viewer: Sight) -> TicketDetails:
    """A ticket with its comments and what became of it."""
    repository, ticket = await found(asked, asked.tx)
    if ticket.merges:
        raise Missing("This number is a merge request's.")
    return await ticket_showing.details(asked.tx, asked.viewer.actor_id, repository, ticket)


def words(asked: Asked) -> Words:
    """What somebody wrote."""
    return Words(
        title=asked.text("title", most=1000),
        source=asked.text("text", most=100_000),
        kind=asked.text("kind", most=40),
        skills=tuple(asked.texts("skills", most=50)),
    )


async def open_ticket(asked: Asked) -> ShownTicket:
    """Open a ticket. Whoever can read a repository can do so."""
    repository = await showing.found(asked.tx, asked.me.id, asked.args["name"])
    made = await tickets.begin(asked.tx, repository, asked.me, words(asked), needed=asked.flag("needed"))
    return await ticket_showing.one(asked.tx, repository, made)


async def open_from_post(asked: Asked) -> ShownTicket:
    """Make a ticket of what somebody wrote to the project's group, from wherever. This takes a grant."""
    repository = await showing.found(asked.tx, asked.me.id, asked.args["name"])
    made = await of_post(asked.tx, asked.me, repository, asked.id_of("status") or 0)
    return await ticket_showing.one(asked.tx, repository, made)


async def of_post(tx: Tx, by: Actor, repository: Repository, number: int) -> Ticket:
    """The ticket that is made of a post. Missing for one that is not of this group, or answers another."""
    post = await posts.get(tx, by.id, number)
    circle = await threads.circle(tx, repository)
    if post.audience != circle.uri or post.reply_to_uri is not None or post.boost_of is not None or not post.open:
        raise Missing("There is no such post at the head of a thread in the group of this project.")
    if await tickets.of_post(tx, post.id) is not None:
        raise Conflict("This is a ticket already.")
    return await handling.from_post(tx, by, repository, post.id, await actors.by_id(tx, post.author))


async def edit_ticket(asked: Asked) -> ShownTicket:
    """Change the words of a ticket; for who opened it and whoever sorts tickets."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.edit(asked.tx, asked.me, repository, ticket, words(asked))
    return await ticket_showing.one(asked.tx, repository, changed)


async def comment(asked: Asked) -> TicketDetails:
    """Say something about a ticket. In a public repository that is an answer in its thread, which people of other
    servers read, too."""
    repository, ticket = await found(asked, asked.tx)
    await handling.comment(asked.tx, asked.me, repository, ticket, asked.text("text"))
    return await ticket_showing.details(asked.tx, asked.me.id, repository, ticket)


async def set_needed(asked: Asked) -> ShownTicket:
    """Say that it is needed that somebody does this, or that it is not any more."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.ask(asked.tx, asked.me, repository, ticket, needed=asked.flag("needed", True))
    return await ticket_showing.one(asked.tx, repository, changed)


async def claim(asked: Asked) -> ShownTicket:
    """Say that one does this, until when. When the time has passed, anybody may take it."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.claim(asked.tx, asked.me, repository, ticket, instant(asked.number("until")))
    return await ticket_showing.one(asked.tx, repository, changed)


def instant(milliseconds: int | None) -> datetime:
    """A time that was given in milliseconds. Unprocessable for none."""
    if milliseconds is None or milliseconds > _LATEST:
        raise Unprocessable("Say until when, in milliseconds.")
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


async def release(asked: Asked) -> ShownTicket:
    """Say that one does not do this after all."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.give_back(asked.tx, asked.me, repository, ticket)
    return await ticket_showing.one(asked.tx, repository, changed)


async def assign(asked: Asked) -> ShownTicket:
    """Ask somebody to do this, or nobody any more. This takes a grant."""
    name = asked.text("who", most=2048)
    number = await asked.resolve_actor(name) if name else None
    if name and number is None:
        raise Missing("There is nobody of that name.")
    async with asked.store.transaction() as tx:
        repository, ticket = await found(asked, tx)
        whom = None if number is None else await actors.by_id(tx, number)
        changed = await handling.assign(tx, asked.me, repository, ticket, whom)
        return await ticket_showing.one(tx, repository, changed)


async def resolve(asked: Asked) -> ShownTicket:
    """Settle a ticket; for who opened it and whoever sorts tickets."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.resolve(asked.tx, asked.me, repository, ticket, asked.text("reason", most=2000))
    return await ticket_showing.one(asked.tx, repository, changed)


async def reopen(asked: Asked) -> ShownTicket:
    """Open it again."""
    repository, ticket = await found(asked, asked.tx)
    changed = await handling.reopen(asked.tx, asked.me, repository, ticket)
    return await ticket_showing.one(asked.tx, repository, changed)


_ONE = f"{AT}/<number>"
_ASKED = {
    "state": "`open` (if nothing is said) or `resolved`.",
    "kind": "Only of this kind.",
    "skill": "Only what takes this.",
}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages(AT, list_tickets, list[ShownTicket], query=_ASKED, scope=READ),
    change("POST", AT, open_ticket, ShownTicket, body=Opening, holds="writing", scope=WRITE),
    change("POST", f"{AT}/from_status", open_from_post, ShownTicket, body=FromPost, holds="writing", scope=WRITE),
    get(_ONE, show_ticket, TicketDetails, scope=READ),
    change("PUT", _ONE, edit_ticket, ShownTicket, body=Writing, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/comments", comment, TicketDetails, body=Saying, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/needed", set_needed, ShownTicket, body=Needing, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/claim", claim, ShownTicket, body=Claiming, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/release", release, ShownTicket, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/assign", assign, ShownTicket, body=Assigning, scope=WRITE),
    change("POST", f"{_ONE}/resolve", resolve, ShownTicket, body=Settling, holds="writing", scope=WRITE),
    change("POST", f"{_ONE}/reopen", reopen, ShownTicket, holds="writing", scope=WRITE),
)
