"""Reports: what somebody finds wrong with an account or its posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Missing, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

CATEGORIES = ("spam", "legal", "violation", "other")
_LONGEST_COMMENT = 5_000
_LONGEST_URI = 2_048
_MOST_POSTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`reporter` complains of `subject`; `posts` are uris. From elsewhere, the reporter is that server's own actor."""

    id: int
    reporter: ActorId
    subject: ActorId
    posts: Sequence[str]
    comment: str
    category: str
    forwarded: bool
    uri: str | None
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled:
    """A member here reported somebody; `forwarded`: they ask that the subject's own server hears of it."""

    report: int
    uri: str
    subject: int
    posts: list[str]
    comment: str
    forwarded: bool


async def file(
    tx: Tx,
    reporter: Actor,
    subject: Actor,
    *,
    posts: Sequence[str] = (),
    comment: str = "",
    category: str = "other",
    forward: bool = False,
    uri: str | None = None,
) -> Report | None:
    """Keep a report. `uri` is the id of a Flag from elsewhere, whose second copy gives None.

    `posts` that are not the subject's are left out. Raises Unprocessable (too long, unknown category).
    """
    if len(comment) > _LONGEST_COMMENT:
        raise Unprocessable(f"Validation failed: Comment is longer than {_LONGEST_COMMENT} characters")
    if category not in CATEGORIES:
        raise Unprocessable("Validation failed: Category is not included in the list", cause=category[:40])
    if uri is not None and len(uri) > _LONGEST_URI:
        raise Unprocessable(f"An address is longer than {_LONGEST_URI} characters.", cause=uri[:200])
    number = tx.new_id()
    address = uri if uri and not reporter.local else f"{tx.store.settings.origin}/activities/{number}"
    forwarded = forward and reporter.local and not subject.local
    named = list(posts)[:_MOST_POSTS]
    row = await tx.change_one(SQL.keep, number, reporter.id, subject.id, named, comment, category, forwarded, address)
    if row is None:
        return None
    report = Report(**row)
    if reporter.local:
        event = ReportFiled(
            report=number,
            uri=address,
            subject=subject.id,
            posts=list(report.posts),
            comment=comment,
            forwarded=forwarded,
        )
        await tx.emit(event)
    return report


async def waiting(tx: Tx, *, limit: int = 100) -> list[Report]:
    """What nobody has resolved yet, the oldest first."""
    return [Report(**row) for row in await tx.rows(SQL.waiting, limit)]


async def resolve(tx: Tx, report: int) -> None:
    """Somebody has dealt with it. Raises Missing."""
    if not await tx.run(SQL.resolve, report):
        raise Missing("There is no such report that waits.")
