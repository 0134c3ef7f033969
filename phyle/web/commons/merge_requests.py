"""Merge requests at the API: offered, renewed, reviewed, applied, refused, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from phyle.commons import applying, merge_requests, proposing, reviews, showing, ticket_showing, tickets
from phyle.commons.applying import Mergeability, Wish
from phyle.commons.merge_requests import Method, Rules, Terms
from phyle.commons.proposing import Proposal
from phyle.commons.repositories import Repository
from phyle.commons.ticket_showing import MergeRequestDetails, ShownTicket
from phyle.commons.tickets import Ticket, Words
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx
from phyle.web import routes
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.commons.tickets import Settling, found, wanted
from phyle.web.cooperative.endpoints import BASE, Endpoint, change, get, pages
from phyle.web.cooperative.shapes import shown

AT = "/repositories/<name>/merge_requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreeing:
    """On which terms the author gives a change. `sign_off`: they may give it (Developer Certificate of Origin).
    `licence`: an SPDX expression, "" for that of the project. `mandate`: the phyle may grant licences of it to those
    who contribute to the commons."""

    sign_off: bool = False
    licence: str = ""
    mandate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposing(Agreeing):
    """`origin`: the repository here that the branch is in; this one if nothing is said. `into`: a branch of this one;
    its first if nothing is said."""

    title: str
    branch: str
    text: str = ""
    origin: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """`version`: the number of the version that was looked at. `text`: why; only an approval needs none."""

    verdict: Literal["approve", "changes", "comment"]
    version: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """`head`: the commit that was looked at, which must still be the newest. `message`: of the commit, "" for one made
    of the change."""

    head: str
    method: Method = "merge"
    message: str = ""


async def list_merge_requests(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """The merge requests of a repository, newest first, paged by their numbers, which they share with tickets."""
    repository = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    listed = await tickets.listing(asked.tx, repository, wanted(asked, page, merges=True))
    return await ticket_showing.several(asked.tx, repository, listed), [each.number for each in listed]


async def show_merge_request(asked: Asked, viewer: Sight) -> MergeRequestDetails:
    """A merge request with its versions, reviews and comments."""
    repository, ticket = await offered(asked, asked.tx)
    return await ticket_showing.merge_request(asked.tx, asked.viewer.actor_id, repository, ticket)


async def offered(asked: Asked, tx: Tx) -> tuple[Repository, Ticket]:
    """The merge request that the address names. Missing for other tickets."""
    repository, ticket = await found(asked, tx)
    if not ticket.merges:
        raise Missing("There is no merge request of this number.")
    return repository, ticket


async def show_mergeability(asked: Asked) -> Any:
    """Whether the newest version can be applied as things are, and if not, where it contradicts the branch, exactly."""
    async with asked.store.reading() as tx:
        repository, ticket = await offered(asked, tx)
        about = await merge_requests.get(tx, ticket.id)
        newest = await merge_requests.version(tx, ticket.id, about.version)
    return shown(await applying.mergeability(asked.store, repository, about, newest))


def terms(asked: Asked) -> Terms:
    """On which terms it is given."""
    return Terms(
        sign_off=asked.flag("sign_off"), licence=asked.text("licence", most=300).strip(), mandate=asked.flag("mandate")
    )


async def propose(asked: Asked) -> MergeRequestDetails:
    """Offer a branch of this instance to be merged. (To a repository elsewhere: see offers.)"""
    async with asked.store.reading() as tx:
        repository = await showing.found(tx, asked.me.id, asked.args["name"])
        origin = await showing.found(tx, asked.me.id, asked.text("origin", most=100) or repository.name)
    proposal = Proposal(
        words=Words(title=asked.text("title", most=1000), source=asked.text("text", most=100_000)),
        origin=origin,
        branch=asked.text("branch", most=300),
        target_branch=asked.text("into", most=300) or repository.default_branch,
        terms=terms(asked),
    )
    ticket = await proposing.propose(asked.store, asked.me, repository, proposal)
    return await _as_shown(asked, repository, ticket)


async def _as_shown(asked: Asked, repository: Repository, ticket: Ticket) -> MergeRequestDetails:
    async with asked.store.reading() as tx:
        return await ticket_showing.merge_request(tx, asked.me.id, repository, await tickets.get(tx, ticket.id))


async def _about(asked: Asked) -> tuple[Repository, Ticket]:
    async with asked.store.reading() as tx:
        return await offered(asked, tx)


async def renew(asked: Asked) -> MergeRequestDetails:
    """Offer what the branch has now as a new version; for the author, on the terms that are given with it."""
    repository, ticket = await _about(asked)
    if ticket.author != asked.me.id:
        raise Missing("Only who offered it offers new versions.")
    await proposing.renew(asked.store, ticket, terms(asked))
    return await _as_shown(asked, repository, ticket)


async def review(asked: Asked) -> MergeRequestDetails:
    """Review a version in public: approve it, ask for changes, or comment."""
    async with asked.store.transaction() as tx:
        repository, ticket = await offered(asked, tx)
        await reviews.give(
            tx,
            asked.me,
            repository,
            ticket,
            version=asked.number("version") or 0,
            verdict=asked.text("verdict", most=20),
            source=asked.text("text"),
        )
    return await _as_shown(asked, repository, ticket)


async def apply(asked: Asked) -> MergeRequestDetails:
    """Apply the version that was looked at; for maintainers."""
    repository, ticket = await _about(asked)
    method: Any = asked.text("method", "merge", most=20)
    wish = Wish(head=asked.text("head", most=64), method=method, message=asked.text("message", most=20_000))
    await applying.apply(asked.store, asked.me, repository, ticket, wish)
    return await _as_shown(asked, repository, ticket)


async def refuse(asked: Asked) -> MergeRequestDetails:
    """Refuse it, with a reason that everybody can read; for maintainers. Whoever disagrees can fork."""
    async with asked.store.transaction() as tx:
        repository, ticket = await offered(asked, tx)
        await merge_requests.refuse(tx, asked.me, repository, ticket, asked.text("reason"))
    return await _as_shown(asked, repository, ticket)


async def withdraw(asked: Asked) -> MergeRequestDetails:
    """Offer it no more; for its author."""
    async with asked.store.transaction() as tx:
        repository, ticket = await offered(asked, tx)
        await merge_requests.withdraw(tx, asked.me, repository, ticket)
    return await _as_shown(asked, repository, ticket)


async def show_rules(asked: Asked, viewer: Sight) -> Rules:
    """Under which terms a project takes changes in."""
    repository = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return await merge_requests.rules(asked.tx, repository)


async def set_rules(asked: Asked) -> Rules:
    """Say under which terms a project takes changes in; for maintainers."""
    async with asked.store.transaction() as tx:
        repository = await showing.found(tx, asked.me.id, asked.args["name"])
        given = Rules(sign_off=asked.flag("sign_off"), licence=asked.text("licence", most=1000))
        await merge_requests.set_rules(tx, asked.me, repository, given)
        return await merge_requests.rules(tx, repository)


_ONE = f"{AT}/<number>"
_RULES = "/repositories/<name>/inbound_terms"
_ASKED = {"state": "`open` (if nothing is said) or `resolved`."}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages(AT, list_merge_requests, list[ShownTicket], query=_ASKED, scope=READ),
    change("POST", AT, propose, MergeRequestDetails, body=Proposing, scope=WRITE),
    get(_ONE, show_merge_request, MergeRequestDetails, scope=READ),
    Endpoint(
        route=routes.get(f"{BASE}{_ONE}/mergeability", show_mergeability, who="anyone", scope=READ, holds="nothing"),
        answers=Mergeability,
        query={},
    ),
    change("POST", f"{_ONE}/versions", renew, MergeRequestDetails, body=Agreeing, scope=WRITE),
    change("POST", f"{_ONE}/reviews", review, MergeRequestDetails, body=Reviewing, scope=WRITE),
    change("POST", f"{_ONE}/apply", apply, MergeRequestDetails, body=Applying, scope=WRITE),
    change("POST", f"{_ONE}/refuse", refuse, MergeRequestDetails, body=Settling, scope=WRITE),
    change("POST", f"{_ONE}/withdraw", withdraw, MergeRequestDetails, scope=WRITE),
    get(_RULES, show_rules, Rules, scope=READ),
    change("PUT", _RULES, set_rules, Rules, body=Rules, scope=WRITE),
)
