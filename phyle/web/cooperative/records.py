"""The ledger for programs: entries with their proofs, receipts, openings for audits by members, and witnesses."""

from typing import Any

from phyle.conversation.paging import Page
from phyle.cooperative import records
from phyle.cooperative.records import LedgerHead, Moment, OpenedEntries, ProvenEntry, ShownEntry, Witnesses
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed
from phyle.web.answers import JSON, Answer
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, get, pages


async def show_head(asked: Asked, viewer: Sight) -> LedgerHead:
    """Where the ledger is, and who has signed that."""
    return await records.head(asked.tx)


async def list_entries(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ShownEntry], list[int]]:
    """Entries, the newest first."""
    return await records.entries(asked.tx, page, kind=asked.text("kind", most=64))


async def show_entry(asked: Asked, viewer: Sight) -> ProvenEntry:
    """One entry, with the proof that it stands in the ledger."""
    return await records.entry(asked.tx, asked.id("seq"))


async def show_moment(asked: Asked, viewer: Sight) -> Moment:
    """Which entry was the last at a time: how things stood then is how they stood after it."""
    at = asked.number("at")
    if at is None:
        raise Malformed("at must be a time in milliseconds.")
    return await records.moment(asked.tx, at)


async def show_openings(asked: Asked, viewer: Sight) -> OpenedEntries:
    """Values and salts behind the commitments of some entries, for an audit by a member."""
    first, count = asked.number("first", 0), asked.number("count", records.MOST_OPENED)
    if first is None or count is None:
        raise Malformed("first and count must be whole numbers.")
    return await records.openings(asked.tx, viewer, first, count)


async def show_sheet(asked: Asked, viewer: Sight) -> Answer:
    """The papers of a counted ballot, opened: canonical JSON, as the ledger names it by its SHA-256."""
    return Answer(body=await records.sheet(asked.tx, viewer, asked.args["ballot"]), content_type=JSON)


async def show_receipt(asked: Asked, viewer: Sight) -> Any:
    """The phyle's signed word of what became of an act, by the act's hash."""
    return await records.receipt(asked.tx, asked.args["hash"])


async def show_witnesses(asked: Asked, viewer: Sight) -> Witnesses:
    """Who witnesses this ledger, and whom this phyle witnesses."""
    return await records.known_witnesses(asked.tx)


_RANGE = {"first": "The index of the first entry.", "count": f"How many, {records.MOST_OPENED} at the most."}

ENDPOINTS: tuple[Endpoint, ...] = (
    get("/ledger", show_head, LedgerHead),
    pages("/ledger/entries", list_entries, list[ShownEntry], query={"kind": "Only entries of this kind."}),
    get("/ledger/entries/<seq>", show_entry, ProvenEntry),
    get("/ledger/moment", show_moment, Moment, query={"at": "A time in milliseconds."}),
    get("/ledger/openings", show_openings, OpenedEntries, who="user", query=_RANGE),
    get("/ledger/ballots/<ballot>", show_sheet, list[Any]),
    get("/ledger/witnesses", show_witnesses, Witnesses),
    get("/receipts/<hash>", show_receipt, dict[str, Any]),
)
