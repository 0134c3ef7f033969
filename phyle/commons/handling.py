"""Handling tickets: who does what until when, what is needed, and when it is settled."""

from datetime import datetime

from phyle.clock import now
from phyle.commons import needing, permission, threads
from phyle.commons.needing import Need
from phyle.commons.repositories import Repository
from phyle.commons.tickets import SQL, Ticket, Words, begin, changed_row, checked, held, page, settle, step
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


async def comment(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, text: str) -> threads.Remark:
    """Say something about a ticket, settled or not."""
    await permission.require(tx, by.id, repository, "comment")
    await threads.check(tx, repository, by)
    return await threads.comment(tx, by, ticket.id, ticket.post if repository.public else None, text)


async def from_post(tx: Tx, by: Actor, repository: Repository, post: int, author: Actor) -> Ticket:
    """A ticket of what somebody wrote to the project's group. It is theirs; whoever sorts tickets makes it one."""
    await permission.require(tx, by.id, repository, "triage")
    title, source = await threads.text_of(tx, post)
    made = await begin(tx, repository, author, Words(title=title[:200], source=source), post=post)
    await step(tx, repository, made, by, "made", page(tx.store.settings, repository, made))
    return made


async def edit(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, words: Words) -> Ticket:
    """Other words, by who wrote it or whoever may sort tickets."""
    await _require_own(tx, by, repository, ticket)
    words = checked(words)
    changed = await changed_row(tx, SQL.edit, ticket.id, words.title, words.source, words.kind, list(words.skills))
    await step(tx, repository, changed, by, "edited", say=False)
    return changed


async def ask(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, *, needed: bool) -> Ticket:
    """It is needed that somebody does this, or not any more."""
    await _require_own(tx, by, repository, ticket)
    ticket = await _held_open(tx, ticket)
    need = (needing.asked if needed else needing.unasked)(ticket.needed)
    return await _needs(tx, repository, ticket, need, by, "needed" if needed else "not needed")


async def claim(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, until: datetime) -> Ticket:
    """Somebody does it until then: anybody who may comment."""
    await permission.require(tx, by.id, repository, "comment")
    await threads.check(tx, repository, by)
    ticket = await _held_open(tx, ticket)
    need = needing.claimed(ticket.needed, by.id, until, now())
    return await _needs(tx, repository, ticket, need, by, "claimed", f"until {until:%Y-%m-%d %H:%M} UTC")


async def give_back(tx: Tx, by: Actor, repository: Repository, ticket: Ticket) -> Ticket:
    """Whoever claimed it does not do it after all; or whoever sorts tickets says so."""
    ticket = await _held_open(tx, ticket)
    if ticket.claimed_by != by.id:
        await permission.require(tx, by.id, repository, "triage")
    return await _needs(tx, repository, ticket, needing.given_back(ticket.needed), by, "given back")


async def assign(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, assignee: Actor | None) -> Ticket:
    """Somebody is asked to do it; None: nobody any more. Only somebody who can read it can be asked."""
    await permission.require(tx, by.id, repository, "triage")
    ticket = await _held_open(tx, ticket)
    if assignee is not None and not await permission.allowed(tx, assignee.id, repository, "read"):
        raise Unprocessable(f"@{assignee.acct} cannot read this repository.")
    changed = await changed_row(tx, SQL.assign, ticket.id, None if assignee is None else assignee.id)
    detail = "" if assignee is None else f"@{assignee.acct}"
    await step(tx, repository, changed, by, "assigned" if assignee else "unassigned", detail, names=assignee)
    return changed


async def resolve(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, reason: str = "") -> Ticket:
    """It is settled: by who opened it or whoever sorts tickets. Conflict for a merge request, which is applied, refused
    or withdrawn."""
    await _require_own(tx, by, repository, ticket)
    if ticket.merges:
        raise Conflict("A merge request is applied, refused or withdrawn.")
    ticket = await _held_open(tx, ticket)
    return await settle(tx, by, repository, ticket, "resolved", reason)


async def reopen(tx: Tx, by: Actor, repository: Repository, ticket: Ticket) -> Ticket:
    """It is not settled after all."""
    await _require_own(tx, by, repository, ticket)
    ticket = await _held(tx, ticket)
    if ticket.state == "open":
        raise Conflict("This ticket is open.")
    if ticket.merges:
        raise Conflict("Offer the change again: what was said of this one stays.")
    need = needing.reopened(ticket.needed)
    changed = await changed_row(tx, SQL.settle, ticket.id, False, None, need.state, need.by, need.until)
    await step(tx, repository, changed, by, "reopened")
    return changed


async def run_out(tx: Tx, repository: Repository, ticket: Ticket) -> None:
    """A claim is over whose time has passed."""
    ticket = await _held(tx, ticket)
    need = needing.run_out(ticket.needed, now())
    if need != ticket.needed:
        await _needs(tx, repository, ticket, need, None, "stale")


async def _held(tx: Tx, ticket: Ticket) -> Ticket:
    return await held(tx, ticket.id)


async def _held_open(tx: Tx, ticket: Ticket) -> Ticket:
    found = await _held(tx, ticket)
    if found.state != "open":
        raise Conflict("This ticket is settled. Reopen it first.")
    return found


async def _require_own(tx: Tx, by: Actor, repository: Repository, ticket: Ticket) -> None:
    """Who opened it may change it, as long as they can read it; and whoever sorts tickets. H11: only in its own
    repository."""
    if ticket.repository != repository.id:
        raise Missing
    if ticket.author == by.id and not by.gone:
        await permission.require(tx, by.id, repository, "comment")
        return
    await permission.require(tx, by.id, repository, "triage")


async def _needs(
    tx: Tx, repository: Repository, ticket: Ticket, need: Need, by: Actor | None, what: str, detail: str = ""
) -> Ticket:
    if need == ticket.needed:
        return ticket
    changed = await changed_row(tx, SQL.set_need, ticket.id, need.state, need.by, need.until)
    await step(tx, repository, changed, by, what, detail)
    return changed
