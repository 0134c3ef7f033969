"""Tickets and changes as they are shown, at the API and on pages: with the people, and what the one who asks may do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.commons import merge_requests, permission, reviews, threads, tickets
from phyle.commons.merge_requests import MergeRequest, Method, Phase, Terms, Version
from phyle.commons.needing import State as NeedState
from phyle.commons.repositories import Repository
from phyle.commons.reviews import Review, Verdict
from phyle.commons.threads import Remark
from phyle.commons.tickets import Change, State, Ticket
from phyle.cooperative.seeing import Account, account
from phyle.identity import actors
from phyle.ids import ActorId
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTicket:
    """A ticket, or a merge request (`merges`). `uri`: its id, `url`: its page, `status`: the post whose answers are its
    comments, if everybody may read. `text`: Markdown. `need`: whether it is needed, and until when somebody does it."""

    id: str
    uri: str
    url: str
    number: int
    merges: bool
    title: str
    text: str
    kind: str
    skills: list[str]
    state: State
    need: NeedState
    claimed_by: Account | None
    claimed_until: datetime | None
    assignee: Account | None
    author: Account
    resolved_by: Account | None
    resolved_at: datetime | None
    status: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRemark:
    """A comment. `content`: HTML that is safe to show; where there is none, `text` is Markdown."""

    id: str
    author: Account
    text: str
    content: str
    at: datetime
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """What became of a ticket. `by`: nobody where time did it."""

    what: str
    by: Account | None
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDetails:
    """A ticket with what was said and done. `may`: what the one who asks may do here."""

    ticket: ShownTicket
    comments: list[ShownRemark]
    steps: list[ShownStep]
    may: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """A version of a change: `commits` from `base` to `head`. `unsigned`: commits that are not signed off. `terms`: on
    which its author gives it."""

    number: int
    base: str
    head: str
    commits: int
    unsigned: list[str]
    terms: Terms
    claimed: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReview:
    """What somebody thinks of a version. `decided`: on its strength it was applied."""

    id: str
    reviewer: Account
    version: int
    verdict: Verdict
    text: str
    decided: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequestDetails:
    """A merge request. `origin`: the id of the repository that `branch` is in, `origin_url` its address for git."""

    ticket: ShownTicket
    comments: list[ShownRemark]
    steps: list[ShownStep]
    may: list[str]
    into: str
    origin: str
    origin_url: str
    branch: str
    phase: Phase
    reason: str
    method: Method | None
    applied_as: str | None
    versions: list[ShownVersion]
    reviews: list[ShownReview]


async def several(tx: Tx, repository: Repository, found: Sequence[Ticket]) -> list[ShownTicket]:
    """In their order."""
    known = await _people(tx, (number for each in found for number in _named(each)))
    return [_shown(tx, repository, each, known) for each in found]


async def one(tx: Tx, repository: Repository, ticket: Ticket) -> ShownTicket:
    """One of them."""
    return (await several(tx, repository, [ticket]))[0]


async def details(tx: Tx, viewer: ActorId | None, repository: Repository, ticket: Ticket) -> TicketDetails:
    """A ticket with all that belongs to it."""
    said = await threads.comments(tx, viewer, ticket.id, ticket.post, group=repository.circle)
    done = await tickets.changes(tx, ticket)
    wanted = [*_named(ticket), *(each.author for each in said), *(each.actor for each in done)]
    known = await _people(tx, wanted)
    return TicketDetails(
        ticket=_shown(tx, repository, ticket, known),
        comments=[_remark(each, known) for each in said if each.author in known],
        steps=[_step(each, known) for each in done],
        may=await may(tx, viewer, repository, ticket),
    )


async def merge_request(tx: Tx, viewer: ActorId | None, repository: Repository, ticket: Ticket) -> MergeRequestDetails:
    """A merge request with all that belongs to it."""
    about = await details(tx, viewer, repository, ticket)
    found = await merge_requests.get(tx, ticket.id)
    given = await reviews.of(tx, ticket.id)
    known = await _people(tx, (each.reviewer for each in given))
    return MergeRequestDetails(
        ticket=about.ticket,
        comments=about.comments,
        steps=about.steps,
        may=about.may if found.phase == "open" else [],
        into=found.target_branch,
        origin=found.origin,
        origin_url=await _clone(tx, found),
        branch=found.origin_branch,
        phase=found.phase,
        reason=found.reason,
        method=found.method,
        applied_as=found.applied_as,
        versions=[_version(each) for each in await merge_requests.versions(tx, ticket.id)],
        reviews=[_review(each, known) for each in given],
    )


async def may(tx: Tx, viewer: ActorId | None, repository: Repository, ticket: Ticket) -> list[str]:
    """What somebody may do with a ticket, as words of the API."""
    if viewer is None:
        return []
    standing = await permission.standing_of(tx, viewer, repository)
    if standing == "nobody":
        return []
    own, sorts = ticket.author == viewer, standing in ("contributor", "maintainer")
    found = ["comment", "claim"]
    if own or sorts:
        found += ["edit", "resolve"]
    if sorts:
        found += ["assign", *([] if own else ["review"])]
    if standing == "maintainer":
        found += ["apply", "refuse"]
    if own and ticket.merges:
        found.append("withdraw")
    return found


async def _clone(tx: Tx, found: MergeRequest) -> str:
    if found.clone is not None:
        return found.clone
    origin = await actors.by_uri(tx, found.origin)
    return found.origin if origin is None else origin.url


async def _people(tx: Tx, numbers: Iterable[int | None]) -> Mapping[ActorId, Account]:
    found = await actors.by_ids(tx, {number for number in numbers if number is not None})
    return {actor.id: account(actor) for actor in found.values()}


def _named(ticket: Ticket) -> tuple[ActorId | None, ...]:
    return (ticket.author, ticket.claimed_by, ticket.assignee, ticket.resolved_by)


def _shown(tx: Tx, repository: Repository, ticket: Ticket, known: Mapping[ActorId, Account]) -> ShownTicket:
    settings = tx.store.settings
    return ShownTicket(
        id=str(ticket.id),
        uri=tickets.uri(settings, ticket),
        url=tickets.page(settings, repository, ticket),
        number=ticket.number,
        merges=ticket.merges,
        title=ticket.title,
        text=ticket.source,
        kind=ticket.kind,
        skills=list(ticket.skills),
        state=ticket.state,
        need=ticket.need,
        claimed_by=_one(ticket.claimed_by, known),
        claimed_until=ticket.claimed_until if ticket.need in ("claimed", "stale") else None,
        assignee=_one(ticket.assignee, known),
        author=known[ticket.author],
        resolved_by=_one(ticket.resolved_by, known),
        resolved_at=ticket.resolved_at,
        status=None if ticket.post is None else str(ticket.post),
        created_at=ticket.created_at,
        changed_at=ticket.changed_at,
    )


def _one(number: ActorId | None, known: Mapping[ActorId, Account]) -> Account | None:
    return None if number is None else known.get(number)


def _remark(remark: Remark, known: Mapping[ActorId, Account]) -> ShownRemark:
    return ShownRemark(
        id=str(remark.id),
        author=known[remark.author],
        text=remark.source,
        content=remark.content,
        at=remark.at,
        status=None if remark.post is None else str(remark.post),
    )


def _step(step: Change, known: Mapping[ActorId, Account]) -> ShownStep:
    return ShownStep(what=step.what, by=_one(step.actor, known), detail=step.detail, at=step.at)


def _version(version: Version) -> ShownVersion:
    return ShownVersion(
        number=version.number,
        base=version.base,
        head=version.head,
        commits=version.commits,
        unsigned=list(version.unsigned),
        terms=version.terms,
        claimed=version.claim is not None,
        at=version.at,
    )


def _review(review: Review, known: Mapping[ActorId, Account]) -> ShownReview:
    return ShownReview(
        id=str(review.id),
        reviewer=known[review.reviewer],
        version=review.version,
        verdict=review.verdict,
        text=review.source,
        decided=review.decided,
        at=review.at,
    )
