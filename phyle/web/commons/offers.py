"""Offers at the API: tickets and changes for projects elsewhere, and how those say that they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import offers, showing
from phyle.commons.activities import offers as on_the_wire
from phyle.commons.merge_requests import Terms
from phyle.commons.offers import ChangeOffered, Offer
from phyle.commons.tickets import Words
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Account, Sight, account
from phyle.errors import Missing
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.merge_requests import Agreeing, terms
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.cooperative.endpoints import Endpoint, change, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """`repository`: the address of the project elsewhere, or `@name.git@host`."""

    repository: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAway(Agreeing):
    """`origin`: the repository here that the branch is in; `into`: a branch of the project elsewhere."""

    repository: str
    title: str
    origin: str
    branch: str
    text: str = ""
    into: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """Something that was offered elsewhere. `state`: sent, open (it was taken), refused, resolved, applied, withdrawn;
    `reason`: what they say; `ticket`: its address there."""

    id: str
    kind: offers.Kind
    target: Account
    title: str
    text: str
    branch: str | None
    into: str | None
    head: str | None
    terms: Terms
    ticket: str | None
    state: offers.State
    reason: str
    sent_at: datetime
    changed_at: datetime


async def shown(tx: Tx, found: Sequence[Offer]) -> list[ShownOffer]:
    """As they are shown to who made them."""
    known = await actors.by_ids(tx, [each.target for each in found])
    return [
        ShownOffer(
            id=str(each.id),
            kind=each.kind,
            target=account(known[each.target]),
            title=each.title,
            text=each.source,
            branch=each.origin_branch,
            into=each.target_branch,
            head=each.head,
            terms=each.terms,
            ticket=each.ticket,
            state=each.state,
            reason=each.reason,
            sent_at=each.sent_at,
            changed_at=each.changed_at,
        )
        for each in found
    ]


async def list_offers(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """What one offered to projects elsewhere, newest first."""
    found = await offers.of(asked.tx, asked.me.id, below=page.max_id, limit=page.limit)
    return await shown(asked.tx, found), [each.id for each in found]


async def target(asked: Asked, name: str) -> Actor:
    """The repository elsewhere that is meant, asked for now. Missing. Not in a transaction."""
    number = await asked.resolve_actor(name.strip()) if name.strip() else None
    if number is None:
        raise Missing("There is no project at that address.")
    async with asked.store.reading() as tx:
        return await actors.by_id(tx, number)


async def offer_ticket(asked: Asked) -> ShownOffer:
    """Open a ticket at a project of another phyle. Its home answers within moments, if it is there."""
    there = await target(asked, asked.text("repository", most=2048))
    async with asked.store.transaction() as tx:
        made = await offers.offer_ticket(tx, asked.me, there, _words(asked))
        return (await shown(tx, [made]))[0]


async def offer_change(asked: Asked) -> ShownOffer:
    """Offer a branch of a public repository here to a project of another phyle, which fetches it."""
    there = await target(asked, asked.text("repository", most=2048))
    async with asked.store.reading() as tx:
        origin = await showing.found(tx, asked.me.id, asked.text("origin", most=100))
    given = ChangeOffered(
        words=_words(asked),
        origin=origin,
        branch=asked.text("branch", most=300),
        target_branch=asked.text("into", "main", most=300),
        terms=terms(asked),
    )
    made = await offers.offer_change(asked.store, asked.me, there, given)
    return await _again(asked, made)


def _words(asked: Asked) -> Words:
    return Words(title=asked.text("title", most=1000), source=asked.text("text", most=100_000))


async def _again(asked: Asked, offer: Offer) -> ShownOffer:
    async with asked.store.reading() as tx:
        return (await shown(tx, [await offers.get(tx, offer.id)]))[0]


async def renew(asked: Asked) -> ShownOffer:
    """Tell them what the branch has now. (What one pushes oneself is told at once.)"""
    async with asked.store.reading() as tx:
        mine = await offers.own(tx, asked.me.id, asked.id())
    return await _again(asked, await on_the_wire.renew(asked.store, asked.me, mine))


async def withdraw(asked: Asked) -> ShownOffer:
    """Take it back."""
    async with asked.store.transaction() as tx:
        mine = await offers.own(tx, asked.me.id, asked.id())
        return (await shown(tx, [await offers.withdraw(tx, asked.me.id, mine)]))[0]


ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/offers", list_offers, list[ShownOffer], scope=READ, who="user"),
    change("POST", "/offers/tickets", offer_ticket, ShownOffer, body=Away, scope=WRITE),
    change("POST", "/offers/merge_requests", offer_change, ShownOffer, body=ChangeAway, scope=WRITE),
    change("POST", "/offers/<id>/renew", renew, ShownOffer, scope=WRITE),
    change("POST", "/offers/<id>/withdraw", withdraw, ShownOffer, scope=WRITE),
)
