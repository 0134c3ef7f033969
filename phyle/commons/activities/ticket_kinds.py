"""Under which kinds tickets, and what is offered in and out, are kept."""

from collections.abc import Sequence

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

TICKET, VERSION, OFFERED, OFFER = "ticket", "version", "offered", "offer"
"""A ticket here; a version of a change here; an activity with which one came; an activity of somebody here with which
one went elsewhere."""
AWAY, SENT, ERRAND = "ticket elsewhere", "version sent", "errand"
"""A ticket elsewhere that came of what somebody here offered; the activity with a newer version of that; an activity by
which somebody here asked for something to be done with a ticket elsewhere."""


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Those of the ids that are tickets' or offers'."""
    found = {row["uri"]: row["kind"] for row in await tx.rows(SQL.kinds, list(uris))}
    place = f"{tx.store.settings.origin}/objects/"
    numbers = {int(n): uri for uri in uris if (n := uri.removeprefix(place)) != uri and n.isascii() and n.isdigit()}
    kept = [number for number in numbers if number < 1 << 63]
    rows = await tx.rows(SQL.objects, kept) if kept else []
    return found | {numbers[row["id"]]: row["kind"] for row in rows}
