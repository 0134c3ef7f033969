"""The pages of what is needed, here and at all phyles that are known, and of what one offered to them."""

from datetime import datetime, timedelta

from phyle.clock import now
from phyle.commons import errands, offers, showing
from phyle.commons.activities import offers as on_the_wire
from phyle.commons.needs import Wanted, everywhere
from phyle.commons.offers import ChangeOffered
from phyle.commons.tickets import KINDS
from phyle.errors import Missing, Refusal
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.errands import shown_errands
from phyle.web.commons.merge_requests import terms
from phyle.web.commons.needs import claimed, shown
from phyle.web.commons.offers import shown as shown_offers
from phyle.web.commons.offers import target
from phyle.web.pages.commons.tickets import DAYS, words
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in

ON_A_PAGE = 40


async def listing(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /commons/needs"""
    wanted = Wanted(
        kind=asked.text("kind", most=40) or None,
        skill=asked.text("skill", most=40).strip().lower() or None,
        below=asked.number("below"),
        limit=ON_A_PAGE,
    )
    found = await everywhere(asked.tx, wanted)
    return page(
        asked,
        "commons/needs.html",
        status=200 if fault is None else fault.status,
        needs=[shown(each) for each in found],
        wanted=wanted,
        ticket_kinds=KINDS,
        days=DAYS,
        older=found[-1].id if len(found) == ON_A_PAGE else None,
        fault="" if fault is None else fault.sentence,
        done=asked.flag("claimed"),
    )


async def claim(asked: Asked) -> Answer:
    """POST /commons/needs: somebody does what is needed elsewhere."""
    try:
        await claimed(asked, asked.id_of("need") or 0, _until(asked))
    except Refusal as refusal:
        async with asked.store.reading() as tx:
            asked.tx = tx
            return await listing(asked, refusal)
    return redirect("/commons/needs?claimed=1")


async def offered(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /commons/offers: what one offered to projects elsewhere, and what one asked them to do."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    found = await offers.of(asked.tx, asked.me.id, below=asked.number("below"), limit=ON_A_PAGE)
    return page(
        asked,
        "commons/offers.html",
        status=200 if fault is None else fault.status,
        offers=await shown_offers(asked.tx, found),
        errands=await shown_errands(asked.tx, await errands.of(asked.tx, asked.me.id, limit=ON_A_PAGE)),
        days=DAYS,
        fault="" if fault is None else fault.sentence,
        typed=asked.text("ticket", most=2048),
        older=found[-1].id if len(found) == ON_A_PAGE else None,
    )


async def handle_offer(asked: Asked) -> Answer:
    """POST /commons/offers: `do` says whether one is taken back, or told what the branch has now."""
    number = asked.id_of("offer") or 0
    if asked.text("do", most=20) == "withdraw":
        async with asked.store.transaction() as tx:
            await offers.withdraw(tx, asked.me.id, await offers.own(tx, asked.me.id, number))
    elif asked.text("do", most=20) == "ask":
        return await _ask(asked)
    elif asked.text("do", most=20) == "renew":
        async with asked.store.reading() as tx:
            mine = await offers.own(tx, asked.me.id, number)
        await on_the_wire.renew(asked.store, asked.me, mine)
    else:
        raise Missing("There is no such thing to do.")
    return redirect("/commons/offers")


async def _ask(asked: Asked) -> Answer:
    """What a form asks a project elsewhere to do."""
    deed = asked.text("deed", most=20)
    until = _until(asked) if deed == "claim" else None
    try:
        async with asked.store.transaction() as tx:
            address, text = asked.text("ticket", most=2048), asked.text("text", most=100_000)
            wish = errands.Wish(deed=deed, ticket=address, until=until, words=text)
            await errands.make(tx, asked.me, wish)
    except Refusal as refusal:
        async with asked.store.reading() as tx:
            asked.tx = tx
            return await offered(asked, refusal)
    return redirect("/commons/offers")


def _until(asked: Asked) -> datetime:
    return now() + timedelta(days=min(asked.number("days") or DAYS[0], DAYS[-1])) - timedelta(minutes=1)


_TYPED = ("repository", "title", "text", "origin", "branch", "into", "licence")


async def new(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /commons/offers/new: the form, for a ticket or a change."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    typed = {name: asked.text(name, most=100_000) for name in _TYPED}
    flags = {"sign_off": asked.flag("sign_off"), "mandate": asked.flag("mandate")}
    return page(
        asked,
        "commons/offer_new.html",
        status=200 if fault is None else fault.status,
        typed={**typed, **flags},
        change=asked.flag("change"),
        fault="" if fault is None else fault.sentence,
    )


async def offer(asked: Asked) -> Answer:
    """POST /commons/offers/new"""
    try:
        there = await target(asked, asked.text("repository", most=2048))
        if not asked.flag("change"):
            async with asked.store.transaction() as tx:
                await offers.offer_ticket(tx, asked.me, there, words(asked))
            return redirect("/commons/offers")
        async with asked.store.reading() as tx:
            origin = await showing.found(tx, asked.me.id, asked.text("origin", most=100).strip().lstrip("@"))
        change = ChangeOffered(
            words=words(asked),
            origin=origin,
            branch=asked.text("branch", most=300).strip(),
            target_branch=asked.text("into", most=300).strip() or "main",
            terms=terms(asked),
        )
        await offers.offer_change(asked.store, asked.me, there, change)
    except Refusal as refusal:
        return await new(asked, refusal)
    return redirect("/commons/offers")
