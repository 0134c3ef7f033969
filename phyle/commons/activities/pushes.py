"""Pushes told: a Push to forges and phyles at once, and a post of the project's group to people, gathered when there
are many."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from phyle.clock import now
from phyle.commons import following, forks, pushes, repositories
from phyle.commons.activities import documents
from phyle.commons.following import Commit, Moved
from phyle.commons.git import storage
from phyle.commons.pushes import Push
from phyle.commons.repositories import Repository
from phyle.conversation import publishing
from phyle.conversation.activities import recipients
from phyle.conversation.publishing import Draft
from phyle.errors import Missing
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key
from phyle.federation.net import Net
from phyle.federation.outgoing import send
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Become, Body
from phyle.store.transaction import Store, Tx

SEND, POST = "commons.send_push", "commons.post_pushes"
PAUSE = timedelta(minutes=5)
"""Between two posts about pushes to one repository: what comes meanwhile is told at once afterwards."""
MOST_TOLD = 20
_SENT = 20
_LONGEST = 4500


async def pushed(tx: Tx, body: Body) -> None:
    """Subscriber of Pushed: it is told to forges, to forks, and to those who follow the group."""
    done = await pushes.get(tx, body["push"])
    repository = await repositories.get(tx, done.repository)
    await forks.note_news(tx, repositories.uri(tx.store.settings, repository))
    if not repository.public:
        return
    await following.note(tx, repository.id, done.id)
    await tx.queue(SEND, {"push": done.id})
    await tx.queue(POST, {"repository": repository.id})


async def send_push(net: Net, store: Store, body: Body) -> None:
    """Network job `{push}`: one Push for each ref, to the followers of the repository and to its forks. Git is asked
    while no transaction is open."""
    async with store.reading() as tx:
        try:
            done = await pushes.get(tx, body["push"])
            repository = await repositories.get(tx, done.repository)
        except Missing:
            return
        pusher = await _pusher(tx, done)
        inboxes = await recipients.followers(tx, repository.id) | await _forks(tx, repository)
    if not inboxes or not repository.public:
        return
    told = [await document(store, repository, done, place, pusher) for place in range(len(done.changes))[:MOST_TOLD]]
    async with store.transaction() as tx:
        who = await actors.by_id(tx, repository.id)
        for each in told:
            await send(tx, who, each, order_key=who.uri, inboxes=inboxes)


async def _forks(tx: Tx, repository: Repository) -> set[tuple[str, str]]:
    known = await actors.by_uris(tx, [each.uri for each in await forks.of(tx, repository.id)])
    return await recipients.actors(tx, [each.id for each in known.values() if not each.gone])


async def _pusher(tx: Tx, done: Push) -> Actor | None:
    return (await actors.by_ids(tx, [done.pusher])).get(done.pusher) if done.pusher is not None else None


async def document(store: Store, repository: Repository, done: Push, place: int, pusher: Actor | None) -> Document:
    """The Push of one ref, with its latest commits. Not inside a transaction."""
    folder = await storage.existing(store.settings, repository.id)
    it = await following.moved(folder, done.changes[place], default=repository.default_branch, shown=_SENT)
    commits = [_commit(store, repository, commit) for commit in it.commits]
    return documents.push(store.settings, repository, done, place, pusher, commits, it.total)


def _commit(store: Store, repository: Repository, commit: Commit) -> Document:
    return documents.commit(
        store.settings,
        repository,
        hash=commit.hash,
        message=commit.message,
        author=commit.author,
        created=datetime.fromtimestamp(commit.created, UTC),
        committed=datetime.fromtimestamp(commit.committed, UTC),
    )


async def post_pushes(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{repository}`: the group tells its followers of all pushes that they have not heard of. The first
    after some quiet is told at once; the next ones together."""
    async with store.reading() as tx:
        try:
            repository = await repositories.get(tx, body["repository"])
        except Missing:
            return None
        waiting, last = await following.untold(tx, repository.id), await following.told_at(tx, repository.id)
        if not waiting or not repository.public:
            return None
        if last is not None and (left := last + PAUSE - now()) > timedelta():
            return Become(job=POST, body=body, after=left)
        found = [await pushes.get(tx, each) for each in waiting]
        named = {done.id: await _pusher(tx, done) for done in found}
    folder, page = (
        await storage.existing(store.settings, repository.id),
        repositories.clone_address(store.settings, repository),
    )
    told = []
    for done in found[-MOST_TOLD:]:
        moves = [await following.moved(folder, each, default=repository.default_branch) for each in done.changes[:6]]
        told.append(_words(named[done.id], moves, len(done.changes), page))
    async with store.transaction() as tx:
        if await following.tell(tx, repository.id, waiting):
            circle = await actors.by_id(tx, repository.circle)
            last_push = documents.push_uri(store.settings, repository, found[-1].id, 0)
            draft = Draft(text=_fitting(repository, told, page), extension={"phyle:push": last_push})
            await publishing.publish_as(tx, circle, draft)
    return None


def _words(pusher: Actor | None, moves: Sequence[Moved], total: int, page: str) -> str:
    said = following.sentence(following.plain(pusher.acct) if pusher is not None else "Somebody", moves, page=page)
    return said if total <= len(moves) else f"{said}\n\nand {total - len(moves)} more branches and tags"


def _fitting(repository: Repository, told: Sequence[str], page: str) -> str:
    """As much of it as one post may have."""
    text = "\n\n".join(told)
    return (
        text
        if len(text) <= _LONGEST
        else f"{text[:_LONGEST].rpartition(chr(10))[0]}\n… {page}/commits/{repository.default_branch}"
    )


async def was_pushed(tx: Tx, arrival: Arrival) -> None:
    """Push by a repository elsewhere: forks of it here may follow now."""
    if arrival.actor.kind == repositories.KIND:
        await forks.note_news(tx, arrival.actor.uri)


INBOUND: dict[Key, Handler] = {
    ("Push", UNKNOWN): Handler(arrive=was_pushed, power=SELF),
}
