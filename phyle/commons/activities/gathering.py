"""Gathering changes: branches fetched from elsewhere or brought over from here, and changes applied that were asked for
by an activity; whoever asked hears what came of it."""

import logging
from hashlib import sha256
from pathlib import Path

from phyle.commons import applying, examining, merge_requests, permission, proposing, pushes, repositories, tickets
from phyle.commons.activities import answering, remote
from phyle.commons.applying import Wish
from phyle.commons.git import fetching, names, refs, storage
from phyle.commons.merge_requests import Source, Terms, read_terms
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Words
from phyle.errors import Missing, Refusal, Refused, Unavailable, Unreachable
from phyle.federation import peers, urls
from phyle.federation.net import Net
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Become, Body, backoff
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

GATHER, APPLY, RENEW, LOOK = (
    "commons.gather_change",
    "commons.apply_change",
    "commons.renew_change",
    "commons.look_applied",
)
PATIENCE = 4
"""How often a server that does not answer is asked for a branch."""
SECONDS = 900.0
"""How long the fetching of a change may take."""
INCOMING = "refs/merge-requests/incoming/"


async def gather(net: Net, store: Store, body: Body) -> Become | None:
    """Network job: the branch, from where it lies; then the merge request or its new version, and an answer. A server
    that is away is asked some times more; whatever else is wrong is said to the author."""
    tries = int(body["tries"]) + 1
    try:
        await _gathered(net, store, body)
    except (Unreachable, Unavailable) as error:
        if tries < PATIENCE:
            return Become(job=GATHER, body={**body, "tries": tries}, after=backoff(2 * tries))
        await _refuse(store, body, f"The branch could not be fetched: {error.sentence}")
    except Refusal as refusal:
        await _refuse(store, body, refusal.sentence)
    return None


async def _refuse(store: Store, body: Body, sentence: str) -> None:
    async with store.transaction() as tx:
        if "ticket" not in body and await tickets.of_offer(tx, body["activity"]) is not None:
            return  # it was done by who was thought to be dead
        repository, author = await _parties(tx, body)
        await answering.respond(tx, "Reject", repository, author, body["activity"], summary=sentence)


async def _parties(tx: Tx, body: Body) -> tuple[Repository, Actor]:
    return await repositories.get(tx, body["repository"]), await actors.by_id(tx, body["actor"])


async def _gathered(net: Net, store: Store, body: Body) -> None:
    async with store.reading() as tx:
        repository = await repositories.get(tx, body["repository"])
    folder = await storage.existing(store.settings, repository.id)
    try:
        await _taken(net, store, folder, body)
    finally:
        await _let_go(folder, body)


async def _taken(net: Net, store: Store, folder: Path, body: Body) -> None:
    async with store.reading() as tx:
        repository, author = await _parties(tx, body)
        if "ticket" not in body and await tickets.of_offer(tx, body["activity"]) is not None:
            return  # it was killed after the commit
        await permission.require(tx, author.id, repository, "comment")
    source, head = await _fetched(net, store, folder, body)
    change = await examining.examined(folder, body["target"], head)
    terms, claim = read_terms(body["terms"]), body["claim"]
    async with store.transaction() as tx:
        if "ticket" in body:
            ticket = await tickets.get(tx, body["ticket"])
            version = await merge_requests.renew(tx, repository, ticket, author, change, terms, claim)
            await answering.respond(tx, "Accept", repository, author, body["activity"])
        else:
            words = Words(**body["words"])
            ticket, version = await merge_requests.begin(
                tx,
                repository,
                author,
                words,
                source=source,
                target_branch=body["target"],
                change=change,
                terms=terms,
                claim=claim,
                offer=body["activity"],
            )
        if version is not None:
            await proposing.hold(folder, ticket, version)


async def _let_go(folder: Path, body: Body) -> None:
    held = (await refs.oids(folder, [_incoming(body)])).get(_incoming(body))
    if held is not None:
        await refs.update(folder, _incoming(body), new=None, old=held)


async def _fetched(net: Net, store: Store, folder: Path, body: Body) -> tuple[Source, str]:
    """Where the branch lies, and its commit, which is in `folder` from now on. The one that was named, if one was: the
    branch may have moved since."""
    origin, branch = body["origin"], body["branch"]
    if urls.is_local(origin, store.settings.origin):
        raise Refused("A branch of this instance is offered here, by an account of this instance.")
    async with store.reading() as tx:
        await peers.refuse_blocked(tx, origin)
    found, _ = await remote.fetched(net, store, origin)
    wanted = {_incoming(body): names.branch(branch)}
    most = await examining.room(folder)
    fetched = await fetching.fetch(net.reach, folder, found.clone, wanted, most=most, seconds=SECONDS)
    tip = fetched[_incoming(body)]
    head = body["head"] or tip
    if head != tip and not await _reaches(folder, head, tip):
        raise Refused("The branch does not have the commit that is offered.", cause=f"{head} in {tip}")
    return Source(repository=origin, branch=branch, clone=found.clone), head


def _incoming(body: Body) -> str:
    """Where a branch is held until it has a number."""
    return INCOMING + sha256(str(body["activity"]).encode()).hexdigest()[:40]


async def _reaches(folder: Path, head: str, tip: str) -> bool:
    try:
        await refs.commit_of(folder, head)
    except Missing:
        return False
    return await refs.is_ancestor(folder, head, tip)


async def apply_job(_net: Net, store: Store, body: Body) -> Become | None:
    """Network job: what was asked for by an Apply. Whoever asked hears what came of it."""
    async with store.reading() as tx:
        ticket = await tickets.get(tx, body["ticket"])
        repository, by = await repositories.get(tx, ticket.repository), await actors.by_id(tx, body["actor"])
    try:
        await applying.apply(store, by, repository, ticket, Wish(head=body["head"], method=body["method"]))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        async with store.transaction() as tx:
            await answering.respond(tx, "Reject", repository, by, body["activity"], summary=refusal.sentence)
        return None
    async with store.transaction() as tx:
        await answering.respond(tx, "Accept", repository, by, body["activity"])
    return None


async def notice_push(tx: Tx, body: Body) -> None:
    """Subscriber of Pushed: changes that are offered from the branches that were pushed have a new version; and those
    whose commits somebody pushed into their target by hand are applied."""
    push = await pushes.get(tx, body["push"])
    repository = await repositories.get(tx, push.repository)
    uri = repositories.uri(tx.store.settings, repository)
    for changed in push.changes:
        if not changed.ref.startswith(names.BRANCHES) or changed.deleted:
            continue
        branch = names.short(changed.ref)
        for ticket in await merge_requests.from_branch(tx, uri, branch):
            await tx.queue(RENEW, {"ticket": ticket, "pusher": push.pusher})
        if push.pusher is not None:
            for ticket in await merge_requests.into_branch(tx, repository, branch):
                await tx.queue(LOOK, {"ticket": ticket, "pusher": push.pusher, "tip": changed.new})


async def look_applied(_net: Net, store: Store, body: Body) -> None:
    """Network job: somebody who may write the branch pushed to it; if the change is in it now, it was applied."""
    async with store.reading() as tx:
        ticket, by = await tickets.get(tx, body["ticket"]), await actors.by_id(tx, body["pusher"])
        repository = await repositories.get(tx, ticket.repository)
    await applying.found_in(store, by, repository, ticket, str(body["tip"]))


async def renew(_net: Net, store: Store, body: Body) -> Become | None:
    """Network job: a new version, on the terms of the one before if its author pushed it. Whoever else pushes cannot
    say on which terms: what a project asks for is the author's to say."""
    async with store.reading() as tx:
        ticket, found = await tickets.get(tx, body["ticket"]), await merge_requests.get(tx, body["ticket"])
        newest = await merge_requests.version(tx, ticket.id, found.version)
    terms = newest.terms if body["pusher"] == ticket.author else Terms()
    try:
        await proposing.renew(store, ticket, terms)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        _log.info("the change %s has no new version: %s", ticket.id, refusal)
    return None
