"""What the commons are on the wire: repositories, branches, commits, grants as ForgeFed's documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from phyle.clock import wire_time
from phyle.commons import grants, repositories, works
from phyle.commons.git import names
from phyle.commons.grants import Grant, Role
from phyle.commons.pushes import Push
from phyle.commons.repositories import Repository
from phyle.cooperative.ledger import signing
from phyle.federation import contexts, writing
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.settings import Settings
from phyle.store.transaction import Tx

FORGE_ROLES: dict[Role, str] = {"contributor": "write", "maintainer": "maintain"}
"""Our roles as ForgeFed calls them. Of theirs, `write` is a contributor's, `maintain` and more a
maintainer's."""
_READ: dict[str, Role] = {"write": "contributor", "maintain": "maintainer", "admin": "maintainer"}


def role_of(word: object) -> Role | None:
    """The role that a word of ForgeFed's (or its address, `…#maintain`) gives here; None where it gives nothing."""
    return _READ.get(word.rpartition("#")[2]) if isinstance(word, str) else None


async def repository(tx: Tx, shown: Repository) -> Document:
    """The actor itself, with what forges and phyles want to know of it."""
    settings = tx.store.settings
    known = await actors.by_ids(tx, [shown.id, shown.circle])
    who, circle = known[shown.id], known[shown.circle]
    document = writing.actor(who, await actors.public_keys(tx, who))
    return {
        **document,
        "@context": contexts.FOR_FORGE_ACTORS,
        "name": shown.name,
        "summary": circle.summary,
        "cloneUri": repositories.clone_address(settings, shown),
        "pushUri": repositories.clone_address(settings, shown),
        "mainBranch": shown.default_branch,
        "isArchived": shown.archived_at is not None,
        "ticketsTrackedBy": who.uri,
        "sendPatchesTo": who.uri,
        "likes": f"{who.uri}/likes",
        "forks": f"{who.uri}/forks",
        "team": f"{who.uri}/team",
        "phyle:group": circle.uri,
        "phyle:kind": shown.kind,
        "phyle:tickets": f"{who.uri}/tickets",
        "phyle:needs": f"{who.uri}/needs",
        **_descent(shown),
        **await _work(tx, shown),
    }


async def _work(tx: Tx, shown: Repository) -> Document:
    """Which work of the ledger it is, and under which licence: what others need to claim and to declare."""
    found = await works.find(tx, shown)
    if found is None:
        return {}
    ledger = await signing.origin(tx)
    return {"phyle:work": found[0], "phyle:ledger": ledger, "phyle:licence": found[1].licence}


def _descent(shown: Repository) -> Document:
    if not shown.chain:
        return {}
    return {"origin": shown.origin, "forkedFrom": shown.origin, "phyle:chain": [dict(each) for each in shown.chain]}


def branch(settings: Settings, of: Repository, name: str) -> Document:
    """A branch, by its short name."""
    uri = repositories.uri(settings, of)
    return {
        "@context": contexts.FOR_FORGE,
        "id": branch_uri(settings, of, name),
        "type": "Branch",
        "context": uri,
        "name": name,
        "ref": f"refs/heads/{name}",
    }


def branch_uri(settings: Settings, of: Repository, name: str) -> str:
    """The id of a branch."""
    return f"{repositories.uri(settings, of)}/branches/{quote(name, safe='/')}"


def commit_uri(settings: Settings, of: Repository, hash: str) -> str:
    """The id of a commit."""
    return f"{repositories.uri(settings, of)}/commits/{hash}"


def commit(
    settings: Settings,
    of: Repository,
    *,
    hash: str,
    message: str,
    author: str,
    created: datetime,
    committed: datetime,
) -> Document:
    """A commit. `author`: the name that it carries, which nobody has proven; or, where it is known, the actor's id."""
    title, _, rest = message.partition("\n")
    document: Document = {
        "@context": contexts.FOR_FORGE,
        "id": commit_uri(settings, of, hash),
        "type": "Commit",
        "context": repositories.uri(settings, of),
        "attributedTo": author,
        "hash": hash,
        "created": wire_time(created),
        "committed": wire_time(committed),
        "summary": title[:500],
    }
    if rest.strip():
        document["description"] = {"mediaType": "text/plain", "content": rest.strip()[:50_000]}
    return document


def push_uri(settings: Settings, of: Repository, push: int, place: int) -> str:
    """The id of the Push of one ref: the `place`-th of what was pushed at once."""
    return f"{repositories.uri(settings, of)}/pushes/{push}/{place}"


def push(
    settings: Settings,
    of: Repository,
    done: Push,
    place: int,
    pusher: Actor | None,
    commits: Sequence[Document],
    total: int,
) -> Document:
    """A ref that was pushed. `commits`: the latest of the `total` that came with it, newest first."""
    uri, change = repositories.uri(settings, of), done.changes[place]
    target = change.ref.removeprefix(names.BRANCHES)
    document: Document = {
        "@context": contexts.FOR_FORGE,
        "id": push_uri(settings, of, done.id, place),
        "type": "Push",
        "actor": uri,
        "attributedTo": pusher.uri if pusher is not None else uri,
        "context": uri,
        "target": branch_uri(settings, of, target) if change.ref.startswith(names.BRANCHES) else change.ref,
        "published": wire_time(done.at),
        "to": [PUBLIC],
        "cc": [f"{uri}/followers"],
        "object": {
            "type": "OrderedCollection",
            "totalItems": total,
            "orderedItems": [writing.bare(it) for it in commits],
        },
    }
    if not change.created:
        document["hashBefore"] = change.old
    if not change.deleted:
        document["hashAfter"] = change.new
    return document


def grant(settings: Settings, of: Repository, given: Grant, holder: Actor, *, fulfills: str | None = None) -> Document:
    """A direct Grant of a role to one actor."""
    uri = repositories.uri(settings, of)
    document: Document = {
        "@context": contexts.FOR_FORGE,
        "id": grants.uri(settings, given.id),
        "type": "Grant",
        "actor": uri,
        "object": FORGE_ROLES[given.role],
        "context": uri,
        "target": holder.uri,
        "allows": "invoke",
        "startTime": wire_time(given.since),
        "to": [holder.uri],
        "cc": [f"{uri}/followers"],
    }
    if given.until is not None:
        document["endTime"] = wire_time(given.until)
    if fulfills is not None:
        document["fulfills"] = fulfills
    return document


def revoke(settings: Settings, of: Repository, given: Grant, holder: Actor, *, uri: str) -> Document:
    """The end of a Grant."""
    return {
        "@context": contexts.FOR_FORGE,
        "id": uri,
        "type": "Revoke",
        "actor": repositories.uri(settings, of),
        "object": grants.uri(settings, given.id),
        "summary": given.reason,
        "to": [holder.uri],
        "cc": [f"{repositories.uri(settings, of)}/followers"],
    }


def collection(
    uri: str, items: list[str], *, total: int | None = None, kind: Literal["", "Ordered"] = "Ordered"
) -> Document:
    """A collection that fits into one document."""
    return {
        "@context": contexts.ACTIVITYSTREAMS,
        "id": uri,
        "type": f"{kind}Collection",
        "totalItems": len(items) if total is None else total,
        "orderedItems" if kind else "items": items,
    }
