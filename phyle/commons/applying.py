"""Applying a change: what it would do, doing it exactly once, and finding out what a killed server had done."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from phyle.clock import now, wire_time
from phyle.commons import examining, merge_requests, permission, pushes, repositories, reviews, tickets
from phyle.commons.git import merging, names, refs, storage
from phyle.commons.git.changed import Changed
from phyle.commons.git.merging import Conflicts, Person
from phyle.commons.merge_requests import MergeRequest, Method, Version
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.errors import Conflict, Missing, Refused, Unavailable, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Body
from phyle.store.transaction import Store, Tx
from phyle.text import well_formed

TRIES = 3
"""How often it is tried again because somebody pushed to the branch meanwhile."""
GIVEN_UP = timedelta(minutes=2)
"""After which nobody is taken to be still writing a branch."""
LONGEST_MESSAGE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a change shall be applied. `head`: the commit that was reviewed, which must still be the newest. `message`:
    of the commit; "" for one made of the change itself."""

    head: str
    method: Method = "merge"
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """One file that cannot be merged. `kinds`: git's words for why; `lines`: where, as (ours, theirs)."""

    path: str
    kinds: tuple[str, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mergeability:
    """What applying would do now. `clean`: it can be merged; `forward`: the branch has not gone on since, so that a
    fast-forward is possible; `conflicts`: of `total` files, exactly."""

    target: str
    clean: bool
    forward: bool
    behind: int
    conflicts: tuple[Contradicted, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is about to be written: the branch from `old` to `new`."""

    ref: str
    old: str
    new: str
    by: int
    method: Method
    version: int
    at: datetime

    def kept(self) -> Mapping[str, Any]:
        """As JSON, for whoever finds it."""
        return {
            "old": self.old,
            "new": self.new,
            "by": self.by,
            "method": self.method,
            "version": self.version,
            "at": wire_time(self.at),
        }


async def mergeability(store: Store, repository: Repository, found: MergeRequest, version: Version) -> Mergeability:
    """Whether a version can be applied as things are. Not in a transaction. Missing where the branch is gone."""
    folder = await storage.existing(store.settings, repository.id)
    target = await examining.tip(folder, found.target_branch)
    forward = await refs.is_ancestor(folder, target, version.head)
    behind, _ = await refs.count_between(folder, version.head, target)
    if forward:
        return Mergeability(target=target, clean=True, forward=True, behind=behind)
    tree = await merging.trial(folder, target, version.head)
    if isinstance(tree, Conflicts):
        files = tuple(
            Contradicted(
                path=each.path, kinds=each.kinds, lines=tuple((hunk.ours, hunk.theirs) for hunk in each.hunks[:50])
            )
            for each in tree.files
        )
        return Mergeability(target=target, clean=False, forward=False, behind=behind, conflicts=files, total=tree.total)
    return Mergeability(target=target, clean=True, forward=False, behind=behind)


async def apply(store: Store, by: Actor, repository: Repository, ticket: Ticket, wish: Wish) -> MergeRequest:
    """The change comes into its branch, once, whoever else applies it or pushes at the same time. Not in a transaction.

    Raises Refused (not a maintainer, not signed off), Conflict (decided on, another version, contradictions, changes
    asked for), Unprocessable (no such method, no fast-forward).
    """
    if wish.method not in get_args(Method):
        raise Unprocessable(f"A change is applied in one of these ways: {', '.join(get_args(Method))}.")
    for attempt in range(TRIES):
        found, version, author = await _allowed(store, by, repository, ticket, wish)
        folder = await storage.existing(store.settings, repository.id)
        plan = await _planned(folder, store, by, found, version, ticket, author, wish)
        try:
            return await _written(store, folder, by, repository, ticket, plan)
        except Conflict:
            async with store.reading() as tx:
                same = (await merge_requests.get(tx, ticket.id)).phase == "open"
            if not same or attempt == TRIES - 1 or await _stands(folder, plan):
                raise
    raise Conflict("Others keep writing this branch. Try again in a moment.")


async def _stands(folder: Path, plan: _Plan) -> bool:
    """Whether the branch is still where it was, so that something else stood in the way."""
    return (await refs.oids(folder, [plan.ref])).get(plan.ref) == plan.old


async def _allowed(
    store: Store, by: Actor, repository: Repository, ticket: Ticket, wish: Wish
) -> tuple[MergeRequest, Version, Actor]:
    async with store.reading() as tx:
        await permission.require(tx, by.id, repository, "push-protected")
        if ticket.repository != repository.id or not ticket.merges:
            raise Missing
        found = await merge_requests.get(tx, ticket.id)
        version = await merge_requests.version(tx, ticket.id, found.version)
        await check(tx, repository, found, version, wish)
        return found, version, await actors.by_id(tx, ticket.author)


async def check(tx: Tx, repository: Repository, found: MergeRequest, version: Version, wish: Wish) -> None:
    """Whether this version may be applied, by whoever may."""
    if found.phase != "open":
        raise Conflict("This change was decided on before.")
    if version.head != wish.head:
        raise Conflict(
            "There is a newer version than the one you have looked at. Look at it first.",
            cause=f"{wish.head[:60]} is not {version.head}",
        )
    if (await merge_requests.rules(tx, repository)).sign_off and version.unsigned:
        commits = ", ".join(each[:10] for each in version.unsigned[:5])
        raise Refused(f"This project takes in signed-off commits only (git commit -s). These are not: {commits}.")
    blocking = await reviews.asking(tx, found.ticket, version.number)
    if blocking:
        who = await actors.by_id(tx, blocking[0].reviewer)
        raise Conflict(
            f"@{who.acct} asked for changes of this version. A new version, or their approval, settles that."
        )


async def _planned(
    folder: Path,
    store: Store,
    by: Actor,
    found: MergeRequest,
    version: Version,
    ticket: Ticket,
    author: Actor,
    wish: Wish,
) -> _Plan:
    """The commit that the branch shall be at; no ref names it yet."""
    old = await examining.tip(folder, found.target_branch)
    ref = names.branch(found.target_branch)
    if await refs.is_ancestor(folder, version.head, old):
        raise Conflict("The branch has all of this already.")
    if wish.method == "fast-forward":
        if not await refs.is_ancestor(folder, old, version.head):
            raise Unprocessable("This is no fast-forward: the branch has gone on meanwhile. Merge, or rebase it first.")
        new = version.head
    else:
        tree = await merging.trial(folder, old, version.head)
        if isinstance(tree, Conflicts):
            paths = ", ".join(each.path for each in tree.files[:10])
            raise Conflict(f"This cannot be merged as it is; both sides changed {paths}.")
        committer = person(store, by)
        if wish.method == "squash":
            parents, writer = [old], await _squasher(folder, version, author, store)
            message = await _squashed(folder, found, version, ticket, wish, author, store)
        else:
            parents, writer = [old, version.head], committer
            message = _message(wish, f"Merge {found.origin_branch} (#{ticket.number}): {ticket.title}")
        new = await merging.commit(folder, tree, parents, message, writer, committer)
    return _Plan(ref=ref, old=old, new=new, by=by.id, method=wish.method, version=version.number, at=now())


async def _written(
    store: Store, folder: Path, by: Actor, repository: Repository, ticket: Ticket, plan: _Plan
) -> MergeRequest:
    """First what is about to happen, then the branch, then that it happened: the last two while nobody else can decide
    on this change."""
    async with store.transaction() as tx:
        await _claimed(tx, ticket, plan)
    try:
        return await _moved(store, folder, by, repository, ticket, plan)
    except (Conflict, Refused, Missing):
        async with store.transaction() as tx:
            found = await merge_requests.held(tx, ticket.id)
            if found.applying == plan.kept():
                await merge_requests.set_applying(tx, ticket.id, None)
        raise


async def _moved(
    store: Store, folder: Path, by: Actor, repository: Repository, ticket: Ticket, plan: _Plan
) -> MergeRequest:
    change = Changed(ref=plan.ref, old=plan.old, new=plan.new)
    disk = await pushes.looked(folder, [change])
    async with pushes.under_way(store, repository.id, by.id, [change]) as push:
        try:
            async with store.transaction() as tx:
                _check_still(await merge_requests.held(tx, ticket.id), plan)
                await permission.require(tx, by.id, repository, "push-protected")  # what was revoked meanwhile is
                await refs.update(folder, plan.ref, new=plan.new, old=plan.old)
                await pushes.settle(tx, push, [change], disk)
                return await _settled(tx, by, repository, ticket, plan.method, plan.new)
        except (Conflict, Refused, Missing):
            async with store.transaction() as tx:
                await pushes.settle(tx, push, (), pushes.Settled())
            raise


async def _claimed(tx: Tx, ticket: Ticket, plan: _Plan) -> None:
    found = await merge_requests.held(tx, ticket.id)
    _check_still(found, plan, claimed=False)
    if found.applying is not None and _begun(found.applying) > now() - GIVEN_UP:
        raise Conflict("Somebody is applying this right now.")
    await merge_requests.set_applying(tx, ticket.id, plan.kept())


def _check_still(found: MergeRequest, plan: _Plan, *, claimed: bool = True) -> None:
    if found.phase != "open" or found.version != plan.version or (claimed and found.applying != plan.kept()):
        raise Conflict("Somebody was faster: look again.")


def _begun(applying: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(applying["at"])


async def _settled(
    tx: Tx, by: Actor, repository: Repository, ticket: Ticket, method: Method, commit: str
) -> MergeRequest:
    found = await merge_requests.get(tx, ticket.id)
    await reviews.mark_deciding(tx, ticket.id, found.version)
    return await merge_requests.applied(tx, by, repository, ticket, method=method, commit=commit)


async def recover(tx: Tx, _body: Body) -> None:
    """Recurring: changes whose server was killed while it wrote the branch. If the branch has what was to be written,
    it was applied; if not, and nobody can still be at it, it was not."""
    for id in await merge_requests.being_applied(tx):
        with contextlib.suppress(Unavailable):  # a disk that is away keeps no other from being settled
            await _recovered(tx, id)


async def _recovered(tx: Tx, id: int) -> None:
    found = await merge_requests.held(tx, id)
    if found.applying is not None and found.phase == "open":
        ticket = await tickets.get(tx, id)
        repository = await repositories.get(tx, ticket.repository)
        folder = repositories.folder(tx.store.settings, repository.id)
        new = str(found.applying["new"])
        tip = (await refs.oids(folder, [names.branch(found.target_branch)])).get(names.branch(found.target_branch))
        if tip is not None and await _has(folder, tip, new):
            by = await actors.by_id(tx, int(found.applying["by"]))
            await _settled(tx, by, repository, ticket, found.applying["method"], new)
        elif _begun(found.applying) <= now() - GIVEN_UP:
            await merge_requests.set_applying(tx, id, None)


async def _has(folder: Path, tip: str, commit: str) -> bool:
    """Whether a branch has a commit, which may not be there at all any more."""
    try:
        await refs.commit_of(folder, commit)
    except Missing:
        return False
    return await refs.is_ancestor(folder, commit, tip)


async def found_in(store: Store, by: Actor, repository: Repository, ticket: Ticket, tip: str) -> bool:
    """Whether `by` brought the newest version of a change into its branch by a push, whose end is `tip`: then it was
    applied. Not in a transaction."""
    folder = await storage.existing(store.settings, repository.id)
    async with store.reading() as tx:
        found = await merge_requests.get(tx, ticket.id)
        version = await merge_requests.version(tx, ticket.id, found.version)
    if found.phase != "open" or found.applying is not None or not await refs.is_ancestor(folder, version.head, tip):
        return False
    async with store.transaction() as tx:
        found = await merge_requests.held(tx, ticket.id)
        if found.phase != "open" or found.applying is not None or found.version != version.number:
            return False
        method: Method = "fast-forward" if version.head == tip else "merge"
        await _settled(tx, by, repository, ticket, method, tip)
        return True


# What the commits say


def person(store: Store, actor: Actor) -> Person:
    """Somebody as git names them. The address is their handle's, at which nobody receives mail: mail is not public."""
    host = actor.host or store.settings.account_domain
    return Person(name=actor.display_name or actor.name, email=f"{actor.name}@{host}", at=now())


async def _squasher(folder: Path, version: Version, author: Actor, store: Store) -> Person:
    """Whose the one commit is: of whom the last of the commits was."""
    written = await examining.messages(folder, version.base, version.head)
    if not written:
        return person(store, author)
    name, email, _ = written[-1]
    return Person(name=name, email=email, at=now())


async def _squashed(
    folder: Path, found: MergeRequest, version: Version, ticket: Ticket, wish: Wish, author: Actor, store: Store
) -> str:
    """Title, what the commits said, and credit for everybody who wrote one of them, with what they signed."""
    written = await examining.messages(folder, version.base, version.head)
    body = "\n\n".join(message for _, _, message in written)[:LONGEST_MESSAGE]
    text = _message(wish, f"{ticket.title} (#{ticket.number})\n\n{_untrailed(body)}".strip())
    who = await _squasher(folder, version, author, store)
    others = dict.fromkeys(f"{name} <{email}>" for name, email, _ in written if email != who.email)
    signed = dict.fromkeys(
        line.strip() for _, _, message in written for line in message.splitlines() if line.startswith("Signed-off-by:")
    )
    trailers = [*(f"Co-authored-by: {other}" for other in others), *signed]
    return f"{text}\n\n{chr(10).join(trailers)}" if trailers else text


def _untrailed(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("Signed-off-by:")).strip()


def _message(wish: Wish, otherwise: str) -> str:
    return well_formed(wish.message).strip()[:LONGEST_MESSAGE] or otherwise
