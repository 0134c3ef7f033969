"""Changes that are offered, on the wire: ForgeFed's Offer between branches, its versions, and what became of it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from phyle.clock import wire_time
from phyle.commons import merge_requests, repositories, tickets
from phyle.commons.activities import documents
from phyle.commons.merge_requests import MergeRequest, Terms
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.federation import contexts, writing
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.store.transaction import Tx

CLAIM, TERMS, CHANGE = "phyle:claim", "phyle:terms", "phyle:change"


async def find(tx: Tx, number: int) -> Document | None:
    """The version with this number, if everybody may read it."""
    row = await tx.row(merge_requests.SQL.version_at, number)
    if row is None:
        return None
    ticket = await tickets.get(tx, row["ticket"])
    repository = await repositories.get(tx, ticket.repository)
    return await version(tx, repository, ticket, row["number"]) if repository.public else None


async def attached(tx: Tx, repository: Repository, ticket: Ticket) -> Document:
    """What the Ticket of a merge request says besides: the Offer, whose object is the newest version, and how it
    stands."""
    settings = tx.store.settings
    found = await merge_requests.get(tx, ticket.id)
    newest = await merge_requests.version(tx, ticket.id, found.version)
    offer: Document = {
        "type": "Offer",
        "origin": branch(found.origin, found.origin_branch),
        "target": writing.bare(documents.branch(settings, repository, found.target_branch)),
        "object": merge_requests.version_uri(settings, newest),
    }
    return {"attachment": offer, CHANGE: await _standing(tx, found)}


async def _standing(tx: Tx, found: MergeRequest) -> Document:
    said: Document = {"state": found.phase, "version": found.version}
    if found.decided_by is not None and found.decided_at is not None:
        by = await actors.by_id(tx, found.decided_by)
        said |= {"by": by.uri, "at": wire_time(found.decided_at)}
    if found.reason:
        said["reason"] = found.reason
    if found.applied_as:
        said |= {"hash": found.applied_as, "method": found.method}
    return said


def branch(repository: str, name: str) -> Document:
    """A branch of a repository anywhere, as it is embedded."""
    return {
        "type": "Branch",
        "id": f"{repository}/branches/{quote(name, safe='/')}",
        "context": repository,
        "name": name,
        "ref": f"refs/heads/{name}",
    }


async def version(tx: Tx, repository: Repository, ticket: Ticket, number: int) -> Document:
    """One version of a change: a collection of its commits by number only, whose `target` is the last one. Older ones
    name the newest as `currentVersion`, and the newest all of them."""
    settings = tx.store.settings
    known = await merge_requests.versions(tx, ticket.id)
    shown, newest = known[number - 1], known[-1]
    document = {
        "@context": contexts.FOR_FORGE,
        "id": merge_requests.version_uri(settings, shown),
        "context": tickets.uri(settings, ticket),
        "published": wire_time(shown.at),
        **collection(shown.head, shown.commits, shown.terms, _sealed(shown.claim)),
        "phyle:base": shown.base,
    }
    document["target"] |= {"id": documents.commit_uri(settings, repository, shown.head)}
    if shown.number == newest.number:
        older = [merge_requests.version_uri(settings, each) for each in reversed(known[:-1])]
        return {**document, "previousVersions": older} if older else document
    return {**document, "currentVersion": merge_requests.version_uri(settings, newest)}


def _sealed(claim: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A claim as everybody may see it: what opens its commitments is for the ledger, where it can be erased."""
    return None if claim is None else {name: value for name, value in claim.items() if name != "openings"}


def collection(head: str, commits: int, terms: Terms, claim: Mapping[str, Any] | None) -> Document:
    """What is offered, without its patches: git has those."""
    document: Document = {
        "type": "OrderedCollection",
        "totalItems": commits,
        "target": {"type": "Commit", "hash": head},
        TERMS: asdict(terms),
    }
    return {**document, CLAIM: dict(claim)} if claim is not None else document
