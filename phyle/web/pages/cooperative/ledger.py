"""The ledger: who has signed where it stands, its entries page by page, and each entry with its proof."""

import orjson

from phyle.cooperative import records, seeing
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import reading
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import LEDGER, framed, older, part_of, sight
from phyle.web.pages.cooperative.happenings import called

_ENTRIES = 40


async def show(asked: Asked) -> Answer:
    """GET /phyle/ledger"""
    part = part_of(asked, most=_ENTRIES)
    entries, indices = await records.entries(asked.tx, part)
    viewer = await sight(asked)
    return framed(
        asked,
        "ledger",
        viewer,
        part=LEDGER,
        head=await records.head(asked.tx),
        known=await records.known_witnesses(asked.tx),
        entries=entries,
        names=await seeing.called(asked.tx, viewer, {each.by for each in entries if each.by}),
        strangers=await _strangers(asked.tx, {each.by for each in entries if each.by}),
        called=called,
        first=part.max_id is None,
        older=older(part, indices) or None,
    )


async def _strangers(tx: Tx, authors: set[str]) -> set[str]:
    """Who of the authors of entries never was a member: whoever declared a use from elsewhere has no page here."""
    return {each for each in authors if await reading.get(tx, Member, each) is None}


async def show_entry(asked: Asked) -> Answer:
    """GET /phyle/ledger/SEQ"""
    found = await records.entry(asked.tx, asked.id("seq"))
    viewer = await sight(asked)
    return framed(
        asked,
        "entry",
        viewer,
        part=LEDGER,
        found=found,
        strangers=await _strangers(asked.tx, {found.entry.by or ""}),
        called=called,
        entry=found.entry,
        names=await seeing.called(asked.tx, viewer, [found.entry.by or ""]),
        whole=orjson.dumps(found.entry.entry, option=orjson.OPT_INDENT_2).decode(),
        size=(await records.head(asked.tx)).entries,
    )
