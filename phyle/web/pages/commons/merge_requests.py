"""The pages of changes that are offered: the list, one with its versions, what differs, and the forms."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from phyle.commons import (
    applying,
    handling,
    merge_requests,
    permission,
    proposing,
    repositories,
    reviews,
    ticket_showing,
    tickets,
)
from phyle.commons.activities import claims
from phyle.commons.applying import Mergeability, Wish
from phyle.commons.browsing import comparing
from phyle.commons.browsing import history as browsed
from phyle.commons.git import refs
from phyle.commons.merge_requests import MergeRequest, Rules, Version
from phyle.commons.proposing import Proposal
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket, Wanted
from phyle.errors import Conflict, Missing, Refusal
from phyle.store.transaction import Tx
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.merge_requests import terms
from phyle.web.commons.opening import folder, permitted
from phyle.web.pages.commons.browsing_history import Changes, changes
from phyle.web.pages.commons.frame import CHANGES, base, framed
from phyle.web.pages.commons.talking import history, written
from phyle.web.pages.commons.tickets import words
from phyle.web.pages.visitors import first_log_in

ON_A_PAGE = 40
METHODS: Mapping[str, str] = {
    "merge": "by a merge commit",
    "squash": "as one commit",
    "fast-forward": "by fast-forward, as it is",
}


async def listing(asked: Asked) -> Answer:
    """GET /@NAME.git/merge-requests"""
    repository = await permitted(asked.tx, asked)
    state: Any = "resolved" if asked.text("state", most=20) == "resolved" else "open"
    below = min(asked.number("below") or 2**31 - 1, 2**31 - 1)
    wanted = Wanted(merges=True, state=state, below=below, limit=ON_A_PAGE)
    found = await tickets.listing(asked.tx, repository, wanted)
    return framed(
        asked,
        "merge_requests",
        repository,
        tab=CHANGES,
        shown=await ticket_showing.several(asked.tx, repository, found),
        wanted=wanted,
        open_count=await tickets.count_open(asked.tx, repository, merges=True),
        older=found[-1].number if len(found) == ON_A_PAGE else None,
        rules=await merge_requests.rules(asked.tx, repository),
        maintains=await permission.allowed(asked.tx, asked.viewer.actor_id, repository, "maintain"),
    )


async def set_rules(asked: Asked) -> Answer:
    """POST /@NAME.git/merge-requests: under which terms changes are taken in."""
    async with asked.store.transaction() as tx:
        repository = await permitted(tx, asked)
        given = Rules(sign_off=asked.flag("sign_off"), licence=asked.text("licence", most=1000))
        await merge_requests.set_rules(tx, asked.me, repository, given)
    return redirect(f"{base(repository)}/merge-requests")


async def new(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/merge-requests/new: the form, for a branch of this instance."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked, "comment")
        origins = await proposing.origins(tx, asked.me, repository)
        rules = await merge_requests.rules(tx, repository)
    chosen = next((each for each in origins if each.name == asked.text("origin", most=100)), origins[0])
    branches = [each.short for each in await refs.listing(folder(asked, chosen), most=200)]
    into = [each.short for each in await refs.listing(folder(asked, repository), most=200)]
    typed = {name: asked.text(name, most=100_000) for name in ("title", "text", "branch", "into", "licence")}
    flags = {"sign_off": asked.flag("sign_off"), "mandate": asked.flag("mandate")}
    return framed(
        asked,
        "merge_request_new",
        repository,
        tab=CHANGES,
        fault=fault,
        typed={**typed, **flags},
        origins=[each.name for each in origins],
        chosen=chosen.name,
        branches=branches,
        into=into,
        rules=rules,
    )


async def begin(asked: Asked) -> Answer:
    """POST /@NAME.git/merge-requests/new"""
    try:
        async with asked.store.reading() as tx:
            repository = await permitted(tx, asked, "comment")
            name = asked.text("origin", most=100) or repository.name
            origin = await repositories.named(tx, name)
        if origin is None:
            raise Missing("There is no such repository.")
        proposal = Proposal(
            words=words(asked),
            origin=origin,
            branch=asked.text("branch", most=300),
            target_branch=asked.text("into", most=300) or repository.default_branch,
            terms=terms(asked),
        )
        made = await proposing.propose(asked.store, asked.me, repository, proposal)
    except Refusal as refusal:
        return await new(asked, refusal)
    return redirect(f"{base(repository)}/merge-requests/{made.number}")


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/merge-requests/NUMBER: `version` shows an older one."""
    async with asked.store.reading() as tx:
        repository, ticket = await _found(tx, asked)
        found = await ticket_showing.merge_request(tx, asked.viewer.actor_id, repository, ticket)
        about = await merge_requests.get(tx, ticket.id)
        newest = await merge_requests.version(tx, ticket.id, about.version)
        seen = await _seen(tx, asked, ticket, newest)
        uncredited = await claims.waiting(tx, repository, ticket.id)
    return framed(
        asked,
        "merge_request",
        repository,
        tab=CHANGES,
        fault=fault,
        one=found.ticket,
        found=found,
        may=found.may,
        html=await written(found.ticket.text),
        history=await history(found.comments, found.steps, found.reviews),
        typed=asked.text("text", most=100_000) if fault is not None else "",
        seen=seen,
        newest=newest.number,
        uncredited=uncredited,
        stands=await _stands(asked, repository, about, newest),
        commits=(await browsed.between(folder(asked, repository), seen.base, seen.head))[0],
        changes=await _changes(asked, repository, seen),
        methods=METHODS,
    )


async def _found(tx: Tx, asked: Asked) -> tuple[Repository, Ticket]:
    repository = await permitted(tx, asked)
    ticket = await tickets.numbered(tx, repository, asked.id("number"))
    if not ticket.merges:
        raise Missing("There is no merge request of this number.")
    return repository, ticket


async def _seen(tx: Tx, asked: Asked, ticket: Ticket, newest: Version) -> Version:
    wanted = asked.number("version")
    if wanted is None or wanted >= newest.number or asked.method != "GET":
        return newest
    return await merge_requests.version(tx, ticket.id, wanted)


async def _stands(asked: Asked, repository: Repository, about: MergeRequest, newest: Version) -> Mergeability | None:
    """Whether it can be applied; None once it is decided, or where its branch is gone."""
    if about.phase != "open":
        return None
    try:
        return await applying.mergeability(asked.store, repository, about, newest)
    except Missing:
        return None


async def _changes(asked: Asked, repository: Repository, version: Version) -> Changes:
    return await changes(await comparing.between(folder(asked, repository), version.base, version.head))


async def act(asked: Asked) -> Answer:
    """POST /@NAME.git/merge-requests/NUMBER: `do` says what."""
    do = _DOING.get(asked.text("do", most=40))
    if do is None:
        raise Missing("There is no such thing to do.")
    try:
        async with asked.store.reading() as tx:
            repository, ticket = await _found(tx, asked)
        await do(asked, repository, ticket)
    except Refusal as refusal:
        return await show(asked, refusal)
    return redirect(f"{base(repository)}/merge-requests/{ticket.number}")


Do = Callable[[Asked, Repository, Ticket], Awaitable[object]]


async def _comment(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    async with asked.store.transaction() as tx:
        await handling.comment(tx, asked.me, repository, ticket, asked.text("text", most=100_000))


async def _review(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    async with asked.store.transaction() as tx:
        await reviews.give(
            tx,
            asked.me,
            repository,
            ticket,
            version=asked.number("version") or 0,
            verdict=asked.text("verdict", most=20),
            source=asked.text("text", most=100_000),
        )


async def _apply(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    method: Any = asked.text("method", most=20)
    wish = Wish(head=asked.text("head", most=64), method=method, message=asked.text("message", most=20_000))
    await applying.apply(asked.store, asked.me, repository, ticket, wish)


async def _refuse(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    async with asked.store.transaction() as tx:
        await merge_requests.refuse(tx, asked.me, repository, ticket, asked.text("text", most=100_000))


async def _withdraw(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    async with asked.store.transaction() as tx:
        await merge_requests.withdraw(tx, asked.me, repository, ticket)


async def _renew(asked: Asked, repository: Repository, ticket: Ticket) -> None:
    if ticket.author != asked.me.id:
        raise Missing("Only who offered it offers new versions.")
    if await proposing.renew(asked.store, ticket, terms(asked)) is None:
        raise Conflict("The newest version has the same commits and the same terms. Push to the branch first.")


_DOING: Mapping[str, Do] = {
    "comment": _comment,
    "review": _review,
    "apply": _apply,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "renew": _renew,
}
