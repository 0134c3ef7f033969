"""Interventions: what stewards moderated, what the operator withholds, and what was done at the command line."""

from dataclasses import dataclass

from phyle.conversation.paging import Page
from phyle.cooperative import lists, seeing
from phyle.cooperative.law.moderations import Moderation
from phyle.cooperative.law.withholdings import Withholding
from phyle.cooperative.seeing import Sight
from phyle.identity import operator_acts
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownModeration:
    """`target` and `reason`: for members. `until`: when it lapses unless it is confirmed, 0 for what a decision did."""

    id: str
    action: str
    target: str | None
    reason: str | None
    by: str | None
    confirmed_by: str | None
    since: int
    until: int
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWithholding:
    """What the operator withholds, and why, as far as one may see it. `until`: when it lapses unless confirmed."""

    id: str
    target: str | None
    reason: str | None
    by: str | None
    since: int
    until: int
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAct:
    """What was done with access to the machine, to whom, and why. Public. `at`: milliseconds."""

    id: int
    at: int
    kind: str
    subject: str
    reason: str


async def moderations(tx: Tx, viewer: Sight, page: Page) -> tuple[list[ShownModeration], list[int]]:
    """A page of moderations, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Moderation, page)
    said = await seeing.opened(tx, viewer, [hash for it in held for hash in (it.value.target, it.value.reason)])
    shown = [
        ShownModeration(
            id=each.id,
            action=it.action,
            target=_words(said.get(it.target)),
            reason=_words(said.get(it.reason or "")),
            by=it.by,
            confirmed_by=it.confirmed_by,
            since=it.since,
            until=it.until,
            phase=it.phase,
        )
        for each in held
        for it in [each.value]
    ]
    return shown, [each.began for each in held]


async def withholdings(tx: Tx, viewer: Sight, page: Page) -> tuple[list[ShownWithholding], list[int]]:
    """A page of what is or was withheld, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Withholding, page)
    said = await seeing.opened(tx, viewer, [hash for it in held for hash in (it.value.target, it.value.reason)])
    shown = [
        ShownWithholding(
            id=each.id,
            target=_words(said.get(it.target)),
            reason=_words(said.get(it.reason)),
            by=it.by,
            since=it.since,
            until=it.until,
            phase=it.phase,
        )
        for each in held
        for it in [each.value]
    ]
    return shown, [each.began for each in held]


def _words(value: object) -> str | None:
    return None if value is None else str(value)


async def operator(tx: Tx, page: Page) -> tuple[list[OperatorAct], list[int]]:
    """A page of what was done at the command line, the newest first; and the numbers by which it is paged."""
    found = await operator_acts.listing(tx, before=page.max_id, limit=page.limit)
    shown = [
        OperatorAct(id=it.id, at=int(it.at.timestamp() * 1000), kind=it.kind, subject=it.subject, reason=it.reason)
        for it in found
        if it.id > page.above
    ]
    return shown, [it.id for it in shown]
