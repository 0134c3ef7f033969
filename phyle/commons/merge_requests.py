"""Merge requests: changes that are offered, in versions, under terms; open until applied, refused or withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from phyle.commons import permission, tickets
from phyle.commons.events import MergeRequestApplied, MergeRequestRefused, MergeRequestVersioned
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket, Words
from phyle.errors import Conflict, Missing, Unavailable, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

MOST_VERSIONS = 200
LONGEST_REASON = 5000

Phase = Literal["open", "applied", "refused", "withdrawn"]
Method = Literal["fast-forward", "merge", "squash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the author of a change says of their right to give it. `sign_off`: the Developer Certificate of Origin.
    `licence`: an SPDX expression; "" for that of the project. `mandate`: the phyle may let those use the work who
    contribute to the commons, on the strength of this change among others."""

    sign_off: bool = False
    licence: str = ""
    mandate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Under which terms a project takes changes in. `licence`: "" for that of the project."""

    sign_off: bool = False
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a change lies. `repository`: the id on the wire of the repository that its branch is in; `here`: that
    repository's number, if it is of this instance; `clone`: where git finds it, if it is elsewhere."""

    repository: str
    branch: str
    here: int | None = None
    clone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A change as git has it: the commits from `base` (which the target branch has, too) to `head`. `unsigned`: those
    that their author did not sign off."""

    base: str
    head: str
    commits: int
    unsigned: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    """One row of `commons.merge_requests`. `version`: the number of the newest. `applied_as`: what the target branch
    was after it. `applying`: what is being written to that branch."""

    ticket: int
    target_branch: str
    origin: str
    origin_here: ActorId | None
    clone: str | None
    origin_branch: str
    phase: Phase
    version: int
    reason: str
    decided_by: ActorId | None
    decided_at: datetime | None
    method: Method | None
    applied_as: str | None
    applying: Mapping[str, Any] | None

    @property
    def source(self) -> Source:
        """Where the change lies."""
        return Source(repository=self.origin, branch=self.origin_branch, here=self.origin_here, clone=self.clone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One row of `commons.versions`. `claim`: the signed act by which its author claims the contribution."""

    id: int
    ticket: int
    number: int
    base: str
    head: str
    commits: int
    unsigned: Sequence[str]
    made_by: ActorId
    terms: Terms
    claim: Mapping[str, Any] | None
    at: datetime


_COLUMNS = tuple(field.name for field in fields(MergeRequest))
_VERSION = tuple(field.name for field in fields(Version))


def ref(ticket: Ticket, number: int) -> str:
    """Where the objects of a version are held, so that git keeps them."""
    return f"refs/merge-requests/{ticket.number}/{number}"


def version_uri(settings: Settings, version: Version) -> str:
    """The id of a version on the wire."""
    return f"{settings.origin}/objects/{version.id}"


def read_terms(value: object) -> Terms:
    """Terms as they are kept and sent. What is not said is not given."""
    given = value if isinstance(value, Mapping) else {}
    licence = given.get("licence")
    return Terms(
        sign_off=given.get("sign_off") is True,
        licence=licence[:300] if isinstance(licence, str) else "",
        mandate=given.get("mandate") is True,
    )


async def begin(
    tx: Tx,
    repository: Repository,
    author: Actor,
    words: Words,
    *,
    source: Source,
    target_branch: str,
    change: Examined,
    terms: Terms,
    claim: Mapping[str, Any] | None = None,
    offer: str | None = None,
) -> tuple[Ticket, Version]:
    """A new merge request with its first version; whoever calls holds the objects of it under `ref` before this
    transaction ends. Raises as `tickets.begin`; Unprocessable for terms that the project does not take."""
    await check_terms(tx, repository, terms)
    ticket = await tickets.begin(tx, repository, author, words, merges=True, offer=offer)
    await tx.change_one(
        SQL.begin, ticket.id, target_branch, source.repository, source.here, source.clone, source.branch
    )
    return ticket, await _add(tx, ticket, author, 1, change, terms, claim)


async def renew(
    tx: Tx,
    repository: Repository,
    ticket: Ticket,
    author: Actor,
    change: Examined,
    terms: Terms,
    claim: Mapping[str, Any] | None = None,
) -> Version | None:
    """A new version, also of the same commits on other terms; None if the newest is the same. Conflict once it is
    decided."""
    await check_terms(tx, repository, terms)
    found = await held(tx, ticket.id)
    if found.phase != "open":
        raise Conflict("This change was decided on. Offer a new one.")
    if found.applying is not None:
        raise Unavailable("This change is being applied right now.", retry_after=30)
    newest = await version(tx, ticket.id, found.version)
    same = newest.head == change.head and newest.base == change.base
    if same and terms in (newest.terms, Terms()):  # who says nothing of the terms takes none back
        return None
    if found.version >= MOST_VERSIONS:
        raise Conflict(f"A change has at most {MOST_VERSIONS} versions. Offer a new one.")
    await tx.run(SQL.set_version, ticket.id, found.version + 1)
    added = await _add(tx, ticket, author, found.version + 1, change, terms, claim)
    detail = f"version {added.number}, {change.commits} commit{'' if change.commits == 1 else 's'}, {change.head[:10]}"
    await tickets.step(tx, repository, ticket, author, "version", detail)
    return added


async def _add(
    tx: Tx,
    ticket: Ticket,
    author: Actor,
    number: int,
    change: Examined,
    terms: Terms,
    claim: Mapping[str, Any] | None,
) -> Version:
    row = await tx.change_one(
        SQL.add_version,
        tx.new_id(),
        ticket.id,
        number,
        change.base,
        change.head,
        change.commits,
        list(change.unsigned)[:100],
        author.id,
        asdict(terms),
        claim,
    )
    if row is None:
        raise Missing
    await tx.emit(MergeRequestVersioned(ticket=ticket.id, version=number))
    return _version(row)


async def refuse(tx: Tx, by: Actor, repository: Repository, ticket: Ticket, reason: str) -> MergeRequest:
    """No, and why: by a maintainer, in public. Unprocessable without a reason."""
    await permission.require(tx, by.id, repository, "maintain")
    reason = well_formed(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Unprocessable(f"A refusal has a public reason, of at most {LONGEST_REASON} characters.")
    found = await _decide(tx, repository, ticket, by, "refused", reason)
    await tx.emit(MergeRequestRefused(ticket=ticket.id))
    return found


async def withdraw(tx: Tx, by: Actor, repository: Repository, ticket: Ticket) -> MergeRequest:
    """Its author offers it no more. Missing for anybody else."""
    if by.id != ticket.author or not ticket.merges:
        raise Missing
    return await _decide(tx, repository, ticket, by, "withdrawn", "")


async def _decide(tx: Tx, repository: Repository, ticket: Ticket, by: Actor, phase: Phase, reason: str) -> MergeRequest:
    found = await held(tx, ticket.id)
    if found.applying is not None:
        raise Conflict("This change is being applied right now.")
    decided = await _decided(tx, ticket, phase, by, reason)
    await tickets.settle(tx, by, repository, ticket, phase, reason)
    return decided


async def applied(
    tx: Tx, by: Actor, repository: Repository, ticket: Ticket, *, method: Method, commit: str
) -> MergeRequest:
    """The target branch has it: said by who wrote the branch, holding the lock of `held`."""
    decided = await _decided(tx, ticket, "applied", by, "", method, commit)
    how = {"fast-forward": "by fast-forward", "merge": "by a merge commit", "squash": "as one commit"}[method]
    await tickets.settle(
        tx, by, repository, ticket, "applied", f"{decided.target_branch} is at {commit[:10]} now, {how}"
    )
    await tx.emit(MergeRequestApplied(ticket=ticket.id))
    return decided


async def _decided(
    tx: Tx,
    ticket: Ticket,
    phase: Phase,
    by: Actor,
    reason: str,
    method: Method | None = None,
    commit: str | None = None,
) -> MergeRequest:
    row = await tx.change_one(SQL.decide, ticket.id, phase, by.id, reason, method, commit)
    if row is None:
        raise Conflict("This change was decided on before.")
    return _from_row(row)


async def get(tx: Tx, ticket: int) -> MergeRequest:
    """Raises Missing."""
    row = await tx.row(SQL.get, ticket)
    if row is None:
        raise Missing
    return _from_row(row)


async def held(tx: Tx, ticket: int) -> MergeRequest:
    """The merge request, which nobody else decides on until the transaction ends. Raises Missing."""
    row = await tx.row(SQL.held, ticket)
    if row is None:
        raise Missing
    return _from_row(row)


async def version(tx: Tx, ticket: int, number: int) -> Version:
    """Raises Missing."""
    row = await tx.row(SQL.version, ticket, number)
    if row is None:
        raise Missing
    return _version(row)


async def version_at(tx: Tx, uri: str) -> Version | None:
    """The version of this instance with this id on the wire."""
    number = uri.removeprefix(f"{tx.store.settings.origin}/objects/")
    if number == uri or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    row = await tx.row(SQL.version_at, int(number))
    return None if row is None else _version(row)


async def versions(tx: Tx, ticket: int) -> list[Version]:
    """All of them, the first one first."""
    return [_version(row) for row in await tx.rows(SQL.versions, ticket)]


async def from_branch(tx: Tx, repository: str, branch: str) -> list[int]:
    """The tickets of open merge requests from a branch."""
    return [row["ticket"] for row in await tx.rows(SQL.from_branch, repository, branch)]


async def into_branch(tx: Tx, repository: Repository, branch: str) -> list[int]:
    """The tickets of open merge requests into a branch of a repository here."""
    return [row["ticket"] for row in await tx.rows(SQL.into_branch, repository.id, branch)]


async def set_applying(tx: Tx, ticket: int, what: Mapping[str, Any] | None) -> None:
    """What is about to be written to the target branch; None: nothing any more."""
    await tx.run(SQL.set_applying, ticket, what)


async def being_applied(tx: Tx) -> list[int]:
    """Tickets of those that were about to be applied when nobody settled it."""
    return [row["ticket"] for row in await tx.rows(SQL.applying)]


async def rules(tx: Tx, repository: Repository) -> Rules:
    """Under which terms the project takes changes in."""
    row = await tx.row(SQL.rules, repository.id)
    return Rules(**row) if row is not None else Rules()


async def set_rules(tx: Tx, by: Actor, repository: Repository, wanted: Rules) -> None:
    """Other terms, from now on; what was offered before stays offered as it was."""
    await permission.require(tx, by.id, repository, "maintain")
    licence = " ".join(well_formed(wanted.licence).split())
    if len(licence) > 300:
        raise Unprocessable("A licence is an SPDX expression of at most 300 characters.")
    await tx.run(SQL.set_rules, repository.id, wanted.sign_off, licence)


async def check_terms(tx: Tx, repository: Repository, terms: Terms) -> None:
    """Unprocessable for terms under which the project takes nothing in."""
    wanted = await rules(tx, repository)
    if wanted.sign_off and not terms.sign_off:
        raise Unprocessable(
            "This project takes in only what its author may give: say so (sign-off, Developer Certificate of Origin)."
        )
    if wanted.licence and terms.licence not in ("", wanted.licence):
        raise Unprocessable(f"This project takes changes in under {wanted.licence}, and under nothing else.")


def _from_row(row: Record) -> MergeRequest:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return MergeRequest(**values)


def _version(row: Record) -> Version:
    values: dict[str, Any] = {name: row[name] for name in _VERSION}
    return Version(**{**values, "terms": read_terms(values["terms"])})
