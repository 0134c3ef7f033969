"""Errands at the API: what one asks projects elsewhere to do with their tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import errands
from phyle.commons.errands import Deed, Errand, State, Wish
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Account, Sight, account
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.commons.tickets import instant
from phyle.web.cooperative.endpoints import Endpoint, change, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`ticket`: its address. `deed`: what shall be done. `until`: of a claim, in milliseconds. `method`: of applying a
    change: merge, squash or fast-forward. `text`: why, of a review (`approve`, `changes`) of the newest version."""

    ticket: str
    deed: Deed
    until: int | None = None
    method: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownErrand:
    """What one asked for. `state`: sent, done or refused, with their `reason`; `target`: the repository, once it is
    known."""

    id: str
    deed: Deed
    ticket: str
    title: str
    target: Account | None
    until: datetime | None
    method: str
    state: State
    reason: str
    sent_at: datetime


async def shown_errands(tx: Tx, found: Sequence[Errand]) -> list[ShownErrand]:
    """As they are shown to who asked."""
    known = await actors.by_ids(tx, [each.target for each in found if each.target is not None])
    return [
        ShownErrand(
            id=str(each.id),
            deed=each.deed,
            ticket=each.ticket,
            title=each.title,
            target=account(known[each.target]) if each.target is not None else None,
            until=each.until,
            method=each.method,
            state=each.state,
            reason=each.reason,
            sent_at=each.sent_at,
        )
        for each in found
    ]


async def list_errands(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """What one asked projects elsewhere to do, newest first."""
    found = await errands.of(asked.tx, asked.me.id, below=page.max_id, limit=page.limit)
    return await shown_errands(asked.tx, found), [each.id for each in found]


async def ask(asked: Asked) -> ShownErrand:
    """Ask a project elsewhere to do something with one of its tickets: claim it or give it back; with a role there,
    resolve it, open it again, or apply a change."""
    until = instant(asked.number("until")) if asked.text("until") else None
    wish = Wish(
        deed=asked.text("deed", most=20),
        ticket=asked.text("ticket", most=2048),
        until=until,
        method=asked.text("method", most=20),
        words=asked.text("text", most=100_000),
    )
    async with asked.store.transaction() as tx:
        return (await shown_errands(tx, [await errands.make(tx, asked.me, wish)]))[0]


ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/errands", list_errands, list[ShownErrand], who="user", scope=READ),
    change("POST", "/errands", ask, ShownErrand, body=Asking, scope=WRITE),
)
