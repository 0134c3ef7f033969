"""A new epoch: what was published and is lost for good is named in the open, and the ledger goes on without it."""

from phyle.cooperative.law.epochs import next_origin
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import append, checkpoints, heads, inbox, reading, signing
from phyle.cooperative.ledger.deciding import Batch, Waiting, decide
from phyle.cooperative.ledger.openings import seal
from phyle.cooperative.ledger.writing import write
from phyle.cooperative.tree.checkpoints import Head
from phyle.errors import Refused, Unavailable, Unprocessable
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

EVERYTHING = 1_000_000
LONGEST_REASON = 2000


async def restart(tx: Tx, reason: str) -> str:
    """Enter the `restart`, after all that waits and is due, and go on; the origin of the new epoch.

    Refused when nothing is lost, Unprocessable without a reason. The members must confirm it before they decide on
    anything else.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Unprocessable(f"Give a reason of at most {LONGEST_REASON} characters: it will be shown publicly.")
    await tx.run(SQL.lock, append.LEDGER)
    lost = await _lost(tx)
    sealed = seal("reason", reason.strip(), audience="public")
    origin = next_origin(await signing.origin(tx))
    payload = {
        "origin": origin,
        "old": {"size": lost.size, "root": lost.root.hex()},
        "reason": sealed.commitment,
    }
    given = inbox.given(await signing.as_operator(tx, "restart", payload), author="operator", openings=[sealed])
    await tx.value(append.SQL.alone, inbox.RECEIVERS)
    await inbox.receive(tx, [given])
    await _enter_all(tx, given.hash)
    await append.resume(tx)
    return origin


async def _lost(tx: Tx) -> Head:
    """The newest head of ours that anybody has shown, beyond what is here."""
    origin = await signing.origin(tx)
    head = heads.kept(tx.store.settings.home, await checkpoints.log_keys(tx), origin=origin)
    if head is None or await checkpoints.missing(tx, head) is None:
        raise Refused("Nothing that was published is missing here: the ledger needs no new epoch.")
    return head


async def _enter_all(tx: Tx, hash: str) -> None:
    """One commit with everything that waits, the act with this hash last. Raises why it was refused."""
    rows = await tx.rows(inbox.SQL.waiting, EVERYTHING)
    waiting = [Waiting(**{name: row[name] for name in Waiting.__slots__}) for row in rows]
    batch = Batch(state=State(whole=False), now=rows[0]["now"], quiet=rows[0]["now"])
    await decide(tx, batch, waiting, all_of_them=False)
    if batch.failed:
        raise Unavailable(f"The ledger cannot go on: {batch.failed}")
    await write(tx, batch, await reading.frontier(tx))
    answer = next((answer for answer in batch.answers if answer.hash == hash), None)
    refusal = answer.refusal() if answer else Unavailable("Too much waits to be entered; try again.")
    if refusal is not None:
        raise refusal
