"""The phyles that are to sign draws of ours: which of them are still to be asked, when, and how it went."""

from dataclasses import dataclass

from phyle.cooperative.law.draws import Draw
from phyle.cooperative.law.values import Id
from phyle.cooperative.ledger import checkpoints, reading, signing, trees
from phyle.cooperative.ledger.acts import submit_in
from phyle.cooperative.ledger.draw_signatures import Request
from phyle.errors import Conflict, Missing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

AT_ONCE = 100
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A draw that waits for somebody's signature by `key`. `entry`: the leaf hash of its pool's entry, number `index`,
    whose bytes are `leaf`."""

    draw: str
    origin: str
    key: str
    entry: str
    index: int
    leaf: bytes

    @property
    def host(self) -> str:
        return self.origin.partition("/")[0]


async def due(tx: Tx) -> list[tuple[str, str]]:
    """(draw, origin) of who is to be asked now; each counts as asked for a minute. What is over is forgotten."""
    await tx.run(SQL.forget)
    await tx.run(SQL.take_up)
    return [(row["draw"], row["origin"]) for row in await tx.change(SQL.due, AT_ONCE)]


async def asking(tx: Tx, draw: str, origin: str) -> Asking | None:
    """What to ask for; None if nobody waits for it any more."""
    found = await reading.get(tx, Draw, draw)
    if found is None or found.phase != "signing" or found.entry is None:
        return None
    partner = next((each for each in found.partners if each.origin == origin and each.signature is None), None)
    row = await tx.row(SQL.pool, bytes.fromhex(found.entry))
    if partner is None or row is None:
        return None
    return Asking(
        draw=draw, origin=origin, key=partner.key, entry=found.entry, index=row["seq"], leaf=bytes(row["leaf"])
    )


async def shown(tx: Tx, wanted: Asking) -> bool:
    """Whether a checkpoint of ours covers the pool."""
    newest = await checkpoints.newest(tx)
    return newest is not None and wanted.index < newest.size


async def request(tx: Tx, wanted: Asking, size: int) -> Request:
    """The request, with the proof for a tree of so many entries. Missing if we have not shown so many."""
    newest = await checkpoints.newest(tx)
    if newest is None or not wanted.index < size <= newest.size:
        raise Missing("No checkpoint covers the pool of this draw yet.")
    return Request(
        origin=await signing.origin(tx),
        draw=Id(wanted.draw),
        index=wanted.index,
        size=size,
        leaf=wanted.leaf,
        proof=tuple(await trees.inclusion(tx, wanted.index, size)),
    )


async def signed(tx: Tx, wanted: Asking, signature: str) -> None:
    """The host hands the signature in; whoever waits for the entry waits for what follows from it."""
    payload = {"draw": wanted.draw, "origin": wanted.origin, "signature": signature}
    document = await signing.as_host(tx, "sign_draw", payload)
    try:
        await submit_in(tx, document, author="host")
    except Conflict:  # another process was faster
        return


async def failed(tx: Tx, draw: str, origin: str, reason: str) -> None:
    """They did not sign; they are asked again later."""
    await tx.run(SQL.failed, draw, origin, reason[:LONGEST_ERROR])


async def troubles(tx: Tx, draw: str) -> dict[str, str]:
    """Why who has not signed has not, as far as we know: by origin."""
    return {row["origin"]: row["last_error"] for row in await tx.rows(SQL.troubles, draw)}
