"""The pages of tickets: the list, one with all that was said and done, and the forms."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from phyle.clock import now
from phyle.commons import handling, permission, ticket_showing, tickets
from phyle.commons.repositories import Repository
from phyle.commons.tickets import KINDS, Ticket, Wanted, Words
from phyle.errors import Missing, Refusal, Unprocessable
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.opening import permitted
from phyle.web.commons.tickets import of_post
from phyle.web.pages.commons.frame import TICKETS, base, framed
from phyle.web.pages.commons.talking import history, written
from phyle.web.pages.visitors import first_log_in

ON_A_PAGE = 40
DAYS = (3, 7, 14, 30, 90)


async def listing(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/tickets"""
    repository = await permitted(asked.tx, asked)
    wanted = _wanted(asked)
    found = await tickets.listing(asked.tx, repository, wanted)
    return framed(
        asked,
        "tickets",
        repository,
        tab=TICKETS,
        fault=fault,
        sorts=await permission.allowed(asked.tx, asked.viewer.actor_id, repository, "triage"),
        shown=await ticket_showing.several(asked.tx, repository, found),
        wanted=wanted,
        ticket_kinds=KINDS,
        open_count=await tickets.count_open(asked.tx, repository, merges=False),
        older=found[-1].number if len(found) == ON_A_PAGE else None,
    )


def _wanted(asked: Asked) -> Wanted:
    state: Any = asked.text("state", most=20)
    return Wanted(
        state=state if state in ("open", "resolved") else "open",
        kind=asked.text("kind", most=40) or None,
        skill=asked.text("skill", most=40).strip().lower() or None,
        below=min(asked.number("below") or 2**31 - 1, 2**31 - 1),
        limit=ON_A_PAGE,
    )


async def from_post(asked: Asked) -> Answer:
    """POST /@NAME.git/tickets: a ticket of what somebody wrote to the project's group, by its address."""
    address = asked.text("post", most=2048).strip()
    number = await asked.resolve_post(address) if address else None
    try:
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked, "triage")
            if number is None:
                raise Missing("There is no post at that address.")
            made = await of_post(tx, asked.me, repository, number)
    except Refusal as refusal:
        async with asked.store.reading() as tx:
            asked.tx = tx
            return await listing(asked, refusal)
    return redirect(f"{base(repository)}/tickets/{made.number}")


async def new(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/tickets/new: the form."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    repository = await permitted(asked.tx, asked, "comment")
    typed = {name: asked.text(name, most=100_000) for name in ("title", "text", "kind", "skills")}
    return framed(
        asked,
        "ticket_new",
        repository,
        tab=TICKETS,
        fault=fault,
        typed=typed,
        ticket_kinds=KINDS,
        needed=asked.flag("needed"),
    )


async def begin(asked: Asked) -> Answer:
    """POST /@NAME.git/tickets/new"""
    try:
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked, "comment")
            made = await tickets.begin(tx, repository, asked.me, words(asked), needed=asked.flag("needed"))
    except Refusal as refusal:
        async with asked.store.reading() as tx:
            asked.tx = tx
            return await new(asked, refusal)
    return redirect(f"{base(repository)}/tickets/{made.number}")


def words(asked: Asked) -> Words:
    """What was typed: skills are words with spaces or commas between them."""
    return Words(
        title=asked.text("title", most=1000),
        source=asked.text("text", most=100_000),
        kind=asked.text("kind", most=40),
        skills=tuple(asked.text("skills", most=1000).replace(",", " ").split()),
    )


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/tickets/NUMBER"""
    repository = await permitted(asked.tx, asked)
    ticket = await tickets.numbered(asked.tx, repository, asked.id("number"))
    if ticket.merges:
        return redirect(f"{base(repository)}/merge-requests/{ticket.number}")
    found = await ticket_showing.details(asked.tx, asked.viewer.actor_id, repository, ticket)
    return framed(
        asked,
        "ticket",
        repository,
        tab=TICKETS,
        fault=fault,
        one=found.ticket,
        may=found.may,
        html=await written(found.ticket.text),
        history=await history(found.comments, found.steps),
        typed=asked.text("text", most=100_000) if fault is not None else "",
        days=DAYS,
        ticket_kinds=KINDS,
        editing=asked.flag("edit") and "edit" in found.may,
    )


async def act(asked: Asked) -> Answer:
    """POST /@NAME.git/tickets/NUMBER: `do` says what."""
    do = _DOING.get(asked.text("do", most=40))
    if do is None:
        raise Missing("There is no such thing to do.")
    try:
        whom = await _meant(asked)
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked)
            ticket = await tickets.numbered(tx, repository, asked.id("number"))
            await do(tx, asked, repository, ticket, whom)
    except Refusal as refusal:
        return await _again(asked, refusal)
    part = "merge-requests" if ticket.merges else "tickets"
    return redirect(f"{base(repository)}/{part}/{ticket.number}")


async def _again(asked: Asked, refusal: Refusal) -> Answer:
    async with asked.store.reading() as tx:
        asked.tx = tx
        return await show(asked, refusal)


async def _meant(asked: Asked) -> int | None:
    """Whom a form names, asked for if need be."""
    name = asked.text("who", most=2048).strip()
    found = await asked.resolve_actor(name) if name else None
    if name and found is None:
        raise Unprocessable("There is nobody of that name.")
    return found


Do = Callable[[Tx, Asked, Repository, Ticket, int | None], Awaitable[object]]


async def _comment(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.comment(tx, asked.me, repository, ticket, asked.text("text", most=100_000))


async def _claim(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    until = now() + timedelta(days=min(asked.number("days") or DAYS[0], DAYS[-1])) - timedelta(minutes=1)
    await handling.claim(tx, asked.me, repository, ticket, until)


async def _release(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.give_back(tx, asked.me, repository, ticket)


async def _needed(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.ask(tx, asked.me, repository, ticket, needed=asked.flag("needed"))


async def _resolve(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.resolve(tx, asked.me, repository, ticket, asked.text("text", most=2000))


async def _reopen(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.reopen(tx, asked.me, repository, ticket)


async def _assign(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.assign(tx, asked.me, repository, ticket, None if whom is None else await actors.by_id(tx, whom))


async def _edit(tx: Tx, asked: Asked, repository: Repository, ticket: Ticket, whom: int | None) -> None:
    await handling.edit(tx, asked.me, repository, ticket, words(asked))


_DOING: Mapping[str, Do] = {
    "comment": _comment,
    "claim": _claim,
    "release": _release,
    "needed": _needed,
    "resolve": _resolve,
    "reopen": _reopen,
    "assign": _assign,
    "edit": _edit,
}
