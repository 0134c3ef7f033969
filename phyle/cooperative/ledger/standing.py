"""Whether our ledger may go on when a server starts: it must be as new as what was last shown of it."""

import asyncio
import logging

from phyle.cooperative.ledger import append, checkpoints, draw_keys, heads, partners, witness_keys
from phyle.cooperative.tree.checkpoints import Head
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

ASKING = "It is being asked of the witnesses whether this ledger is the newest there is."
CONFIRM = "cooperative.confirm"
RECOVER = "cooperative.recover"
SQL = queries(__file__)
_log = logging.getLogger(__name__)


async def begin(store: Store) -> None:
    """At the start of a server: compare with the head in the file beside the database; if there are witnesses, nothing
    is entered before they were asked what they hold, unless other processes are at work already."""
    alone = len(await store.wakes.live_slots()) <= 1
    async with store.transaction() as tx:
        await witness_keys.public(tx)
        await draw_keys.make(tx)
        reason = await checkpoints.contradicted(tx)
        if reason is not None:
            await behind(tx, reason)
        elif alone and await partners.every(tx) and await append.stopped(tx) in (None, ASKING):
            await append.stop(tx, ASKING)
            await tx.queue(CONFIRM, {}, order_key=CONFIRM)


async def behind(tx: Tx, reason: str, head: Head | None = None) -> None:
    """This ledger is not the newest: nothing is entered, and what is missing is fetched back. Our keys as a witness
    and for draws were in use after what we remember of it, so they sign no more. `head`: what shows it, if that is not
    the file's own; it becomes the file's."""
    if head is not None and await checkpoints.contradicted(tx) is None:
        await asyncio.to_thread(heads.keep, tx.store.settings.home, head.note)
    _log.critical("the ledger is read-only: %s", reason)
    await append.stop(tx, reason)
    await witness_keys.retire(tx)
    await draw_keys.retire(tx)
    await tx.queue(RECOVER, {}, order_key=RECOVER)


async def confirmed(tx: Tx, *, anybody: bool) -> bool:
    """The witnesses were asked; `anybody`: at least one answered. Whether the ledger goes on (or stands still for
    another reason, which is not ours to lift)."""
    why = await tx.value(SQL.locked)
    if why == ASKING and not anybody and not heads.there(tx.store.settings.home):
        return False
    if why == ASKING:
        if not anybody:
            _log.warning("no witness answered; the ledger goes on by the head in %s alone", heads.FILE)
        await append.resume(tx)
    return True
