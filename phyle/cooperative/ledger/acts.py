"""Handing in acts: durable at once, decided in order, answered when their entry is committed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative.law.acts import Author
from phyle.cooperative.ledger import append, inbox
from phyle.cooperative.ledger.inbox import Answer, answer, given
from phyle.cooperative.ledger.openings import Opening
from phyle.cooperative.ledger.receiving import receive
from phyle.errors import Conflict, Unavailable
from phyle.store.transaction import Store, Tx

__all__ = ["Answer", "answer", "submit", "submit_in", "wait"]

PATIENCE = 20.0
"""Seconds that a caller waits for the answer."""
_LATE = "Your act is kept and will be decided, but not as fast as usual. Ask again for its receipt."


async def submit(
    store: Store,
    document: Mapping[str, Any],
    *,
    author: Author,
    evidence: Sequence[Opening] = (),
    openings: Sequence[Opening] = (),
) -> Answer:
    """The act is durable, decided and entered when this returns; handed in again, it has the same answer.

    `openings`: of what the payload commits to; `evidence`: of what the entry shall commit to besides. Raises the
    Refusal of the law, Malformed for what is no act, Conflict if another act of this author has the same nonce, and
    Unavailable if it could not be decided in time: it is kept nevertheless. Not within a transaction.
    """
    act = given(document, author=author, evidence=evidence, openings=openings)
    future = append.of(store).awaited(act.hash)
    try:
        fresh = await receive(store, act)
    except BaseException:
        future.cancel()
        raise
    return _told(await _decided(store, future, PATIENCE) if fresh else await _known(store, act.hash, future, PATIENCE))


async def submit_in(
    tx: Tx,
    document: Mapping[str, Any],
    *,
    author: Author,
    evidence: Sequence[Opening] = (),
    openings: Sequence[Opening] = (),
    received: int | None = None,
) -> str:
    """The act waits from the commit of this transaction on; its hash. `received`: milliseconds, for what another door
    received earlier: that door must say so to `Sequencer.quiet`. Raises as `submit` does before anything is decided."""
    act = given(document, author=author, evidence=evidence, openings=openings, received=received)
    await inbox.receive(tx, [act])
    if await answer(tx, act.hash) is None:
        raise _used_up()
    return act.hash


async def wait(store: Store, hash: str, *, seconds: float = PATIENCE) -> Answer:
    """The answer to an act that was handed in. Raises as `submit` does."""
    return _told(await _known(store, hash, append.of(store).awaited(hash), seconds))


async def _known(store: Store, hash: str, future: asyncio.Future[Answer], seconds: float) -> Answer:
    """The answer to an act that came before."""
    try:
        known = await _kept(store, hash)
    except BaseException:
        future.cancel()
        raise
    if known.state != "waiting":
        future.cancel()
        return known
    return await _decided(store, future, seconds)


async def _kept(store: Store, hash: str) -> Answer:
    async with store.reading() as tx:
        known = await answer(tx, hash)
    if known is None:
        raise _used_up()
    return known


async def _decided(store: Store, future: asyncio.Future[Answer], seconds: float) -> Answer:
    append.of(store).poke()
    try:
        async with asyncio.timeout(seconds):
            return await future
    except TimeoutError:
        raise Unavailable(_LATE, retry_after=5) from None
    finally:
        future.cancel()


def _told(known: Answer) -> Answer:
    refusal = known.refusal()
    if refusal is not None:
        raise refusal
    return known


def _used_up() -> Conflict:
    return Conflict("Another act of the same author has this nonce. Sign this one anew, with a nonce of its own.")
