"""Disputes: charges with what was said and replied, appeals, and requests to be known by a new key."""

from collections.abc import Sequence
from dataclasses import dataclass

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals, seeing
from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.ledger import reading
from phyle.cooperative.lists import Held
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCharge:
    """A charge. `says` and `replies`: for members alone. Times in milliseconds, 0 for never. `state`: where it stands:
    `answerable`, `ripe` (it can be put to the members), `expelled` or `withdrawn`."""

    id: str
    member: str
    by: str
    account: Account | None
    articles: str
    state: str
    brought: int
    reply_until: int
    replied: int
    expelled: int
    appeal_until: int
    withdrawn: int
    says: str | None
    replies: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAppeal:
    """An appeal: against what, on which grounds, who are the parties, who judges, and by which proposal."""

    id: str
    against: str
    target: str
    by: str
    grounds: str | None
    parties: tuple[str, ...]
    brought: int
    phase: str
    draw: str | None
    proposal: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRebinding:
    """Somebody asks that a membership be known by a new key. `until`: when it takes effect, unless somebody objects."""

    id: str
    old: str
    via: str
    asked: int
    phase: str
    vouchers: tuple[str, ...]
    until: int
    objections: tuple[str, ...]


async def charges(tx: Tx, viewer: Sight, page: Page) -> tuple[list[ShownCharge], list[int]]:
    """A page of charges, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Charge, page)
    return await _charges(tx, viewer, held), [each.began for each in held]


async def charge(tx: Tx, viewer: Sight, id: str) -> ShownCharge:
    """One of them. Missing."""
    found = await reading.get(tx, Charge, id)
    if found is None:
        raise Missing("There is no such charge.")
    return (await _charges(tx, viewer, [Held(id=id, value=found, began=found.brought)]))[0]


async def _charges(tx: Tx, viewer: Sight, held: Sequence[Held[Charge]]) -> list[ShownCharge]:
    accounts = await seeing.names(tx, viewer, [each.value.member for each in held])
    said = await seeing.opened(tx, viewer, [hash for it in held for hash in (it.value.reasons, it.value.reply)])
    now = await seeing.at(tx)
    return [
        ShownCharge(
            id=each.id,
            member=it.member,
            by=it.by,
            account=accounts.get(it.member),
            articles=it.articles,
            state=_state(it, now),
            brought=it.brought,
            reply_until=it.reply_until,
            replied=it.replied,
            expelled=it.expelled,
            appeal_until=it.appeal_until,
            withdrawn=it.withdrawn,
            says=said.get(it.reasons),
            replies=said.get(it.reply or ""),
        )
        for each in held
        for it in [each.value]
    ]


def _state(charge: Charge, now: int) -> str:
    if charge.withdrawn:
        return "withdrawn"
    if charge.expelled:
        return "expelled"
    return "ripe" if charge.replied or now >= charge.reply_until else "answerable"


async def appeals(tx: Tx, page: Page) -> tuple[list[ShownAppeal], list[int]]:
    """A page of appeals, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Appeal, page)
    return [await _appeal(tx, each.id, each.value) for each in held], [each.began for each in held]


async def appeal(tx: Tx, id: str) -> ShownAppeal:
    """One of them. Missing."""
    found = await reading.get(tx, Appeal, id)
    if found is None:
        raise Missing("There is no such appeal.")
    return await _appeal(tx, id, found)


async def _appeal(tx: Tx, id: str, appeal: Appeal) -> ShownAppeal:
    return ShownAppeal(
        id=id,
        against=appeal.against,
        target=appeal.target,
        by=appeal.by,
        grounds=await proposals.text(tx, appeal.text),
        parties=appeal.parties,
        brought=appeal.brought,
        phase=appeal.phase,
        draw=appeal.draw,
        proposal=appeal.proposal,
    )


async def rebindings(tx: Tx, page: Page) -> tuple[list[ShownRebinding], list[int]]:
    """A page of requests, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Rebinding, page)
    return [_rebinding(each.id, each.value) for each in held], [each.began for each in held]


async def rebinding(tx: Tx, id: str) -> ShownRebinding:
    """One of them. Missing."""
    found = await reading.get(tx, Rebinding, id)
    if found is None:
        raise Missing("There is no such request.")
    return _rebinding(id, found)


def _rebinding(id: str, it: Rebinding) -> ShownRebinding:
    return ShownRebinding(
        id=id,
        old=it.old,
        via=it.introduction.via,
        asked=it.asked,
        phase=it.phase,
        vouchers=it.vouchers,
        until=it.until,
        objections=it.objections,
    )
