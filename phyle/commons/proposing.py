"""Proposing changes from a branch of this instance: brought over, examined, and kept under the number that they get."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phyle.commons import examining, merge_requests, permission, repositories, tickets
from phyle.commons.git import refs, storage
from phyle.commons.merge_requests import Source, Terms, Version
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket, Words
from phyle.errors import Conflict, Missing, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody here asks to have merged: a branch of `origin` into one of the project's."""

    words: Words
    origin: Repository
    branch: str
    target_branch: str
    terms: Terms
    claim: Mapping[str, Any] | None = None


async def propose(store: Store, author: Actor, repository: Repository, proposal: Proposal) -> Ticket:
    """A merge request from a branch of this instance. Not in a transaction.

    Raises as `permission.require` of both repositories, and as `examining.examined`; Unprocessable for terms that the
    project does not take.
    """
    origin = proposal.origin
    async with store.reading() as tx:
        await permission.require(tx, author.id, repository, "comment")
        await may_offer(tx, author, origin, repository)
        await merge_requests.check_terms(tx, repository, proposal.terms)
        tickets.checked(proposal.words)
    if origin.id == repository.id and proposal.branch == proposal.target_branch:
        raise Conflict("A branch cannot be merged into itself.")
    folder = await storage.existing(store.settings, repository.id)
    head = await brought(store, origin, proposal.branch, folder)
    change = await examining.examined(folder, proposal.target_branch, head)
    source = Source(repository=repositories.uri(store.settings, origin), branch=proposal.branch, here=origin.id)
    async with store.transaction() as tx:
        ticket, version = await merge_requests.begin(
            tx,
            repository,
            author,
            proposal.words,
            source=source,
            target_branch=proposal.target_branch,
            change=change,
            terms=proposal.terms,
            claim=proposal.claim,
        )
        await hold(folder, ticket, version)
        return ticket


async def renew(store: Store, ticket: Ticket, terms: Terms, claim: Mapping[str, Any] | None = None) -> Version | None:
    """A new version from the same branch of this instance, in its author's name; None if there is nothing new."""
    async with store.reading() as tx:
        repository = await repositories.get(tx, ticket.repository)
        found = await merge_requests.get(tx, ticket.id)
        author = await actors.by_id(tx, ticket.author)
        if found.origin_here is None:
            raise Conflict("This change comes from another server, which tells of new versions itself.")
        origin = await repositories.get(tx, found.origin_here)
        await permission.require(tx, author.id, repository, "comment")
        await may_offer(tx, author, origin, repository)
    folder = await storage.existing(store.settings, repository.id)
    head = await brought(store, origin, found.origin_branch, folder)
    change = await examining.examined(folder, found.target_branch, head)
    async with store.transaction() as tx:
        added = await merge_requests.renew(tx, repository, ticket, author, change, terms, claim)
        if added is not None:
            await hold(folder, ticket, added)
        return added


async def may_offer(tx: Tx, author: Actor, origin: Repository, repository: Repository) -> None:
    """What others may not read leaves a repository only by the hands of those who write it."""
    if origin.id == repository.id or origin.public:
        await permission.require(tx, author.id, origin, "read")
        return
    if not await permission.allowed(tx, author.id, origin, "read"):
        raise Missing
    if not await permission.allowed(tx, author.id, origin, "push"):
        raise Refused("Only those who push to a repository that is not public offer changes from it.")


async def origins(tx: Tx, author: Actor, repository: Repository) -> list[Repository]:
    """Where somebody's branch can be: in forks of a repository that they push to, the newest first, and in itself."""
    uri = repositories.uri(tx.store.settings, repository)
    ids = [row["id"] for row in await tx.rows(SQL.forks_of, uri)]
    forked = await repositories.by_ids(tx, ids)
    mine = [forked[id] for id in ids if id in forked and await permission.allowed(tx, author.id, forked[id], "push")]
    return [*mine, repository]


async def brought(store: Store, origin: Repository, branch: str, folder: Path) -> str:
    """The commit of a branch of this instance, whose history is in `folder`, too, afterwards."""
    lies = await storage.existing(store.settings, origin.id)
    head = await examining.tip(lies, branch)
    if lies != folder:
        await examining.bring(lies, folder, head)
    return head


async def hold(folder: Path, ticket: Ticket, version: Version) -> None:
    """The objects of a version are kept from now on, whatever becomes of the branch."""
    ref = merge_requests.ref(ticket, version.number)
    old = (await refs.oids(folder, [ref])).get(ref)
    if old != version.head:
        await refs.update(folder, ref, new=version.head, old=old)
