"""Asking the phyles that a draw names for their signatures, which the host then enters."""

import json
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from phyle.cooperative.activities import witnessing
from phyle.cooperative.law.draws import message
from phyle.cooperative.law.seeds import signed_by
from phyle.cooperative.ledger import signatories
from phyle.cooperative.ledger.signatories import Asking
from phyle.cooperative.tree import witness
from phyle.errors import Malformed, Missing, Refusal, Refused, Unavailable, Unproven, Unreachable
from phyle.federation import peers
from phyle.federation.answers import Answer
from phyle.federation.net import Net
from phyle.store.jobs import Become, Body
from phyle.store.transaction import Store, Tx

ASK = "cooperative.ask_signature"
TRIES, MOST_WAITED = 4, 10
_log = logging.getLogger(__name__)


async def entered(tx: Tx, body: Body) -> None:
    """Subscriber of Entered: who is to sign a pool is asked at once."""
    if body["kind"] == "pool":
        await look(tx, {})


async def look(tx: Tx, _body: Body) -> None:
    """Recurring: whose signature is still missing is asked when it is their turn."""
    for draw, origin in await signatories.due(tx):
        await tx.queue(ASK, {"draw": draw, "origin": origin}, order_key=f"{ASK} {origin}")


async def ask(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{draw, origin, waited?}`. Whatever goes wrong is noted, and tried again until the time for it is
    over."""
    try:
        async with store.reading() as tx:
            wanted = await signatories.asking(tx, body["draw"], body["origin"])
            if wanted is None:
                return None
            if not await signatories.shown(tx, wanted):
                return _soon(body)
            await peers.refuse_blocked(tx, net.address(wanted.host, "/"))
        signature = await _signature(net, store, wanted)
        async with store.transaction() as tx:
            await signatories.signed(tx, wanted, signature)
    except Unavailable:
        raise
    except Refusal as refusal:
        async with store.transaction() as tx:
            await signatories.failed(tx, body["draw"], body["origin"], refusal.sentence)
        _log.info("a draw is not signed: %s", refusal)
    return None


def _soon(body: Body) -> Become | None:
    """Once more, because the next checkpoint covers the pool; where there is none for long, `look` asks again."""
    waited = int(body.get("waited", 0))
    if waited >= MOST_WAITED:
        return None
    return Become(job=ASK, body={**body, "waited": waited + 1}, after=timedelta(seconds=1))


async def _signature(net: Net, store: Store, wanted: Asking) -> str:
    """The signature, in hex, if it is theirs. They sign what they have cosigned: so they are asked for that first."""
    size = await _cosigned(net, store, wanted)
    for _ in range(TRIES):
        async with store.reading() as tx:
            request = await signatories.request(tx, wanted, size)
        answer = await _post(net, wanted.host, bytes(request))
        if answer.status == HTTPStatus.OK:
            return _checked(wanted, request.origin, answer.body_start)
        if answer.status != HTTPStatus.CONFLICT:
            break
        size = _held(answer.body_start)
        if size <= wanted.index:
            size = await _cosigned(net, store, wanted)
    raise Refused(f"{wanted.host} does not sign this draw.", cause=_says(answer))


async def _cosigned(net: Net, store: Store, wanted: Asking) -> int:
    """How many entries of ours they hold. Missing while that does not reach the pool."""
    size = await witnessing.ask(net, store, wanted.host, more_than=wanted.index)
    if size <= wanted.index:
        raise Missing(f"{wanted.host} has not cosigned the pool of this draw yet.")
    return size


async def _post(net: Net, host: str, body: bytes) -> Answer:
    headers = {"Content-Type": "application/json", "User-Agent": net.reach.user_agent}
    answer = await net.post(net.address(host, "/ledger/draws/sign"), headers=headers, body=body)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"{host} does not answer now.", cause=f"status {answer.status}")
    return answer


def _held(body: bytes) -> int:
    """What they say that they hold. Refused if they say another thing: that they signed another pool."""
    try:
        return witness.read_conflict(body)
    except Malformed as error:
        raise Refused("They say that they have signed another pool of this draw.", cause=repr(body[:200])) from error


def _checked(wanted: Asking, origin: str, body: bytes) -> str:
    """The signature in their answer. Unproven unless it is by the key that was named before."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{wanted.host} answers with no signature.", cause=repr(error)) from error
    signature = found.get("signature") if isinstance(found, dict) else None
    if not isinstance(signature, str):
        raise Malformed(f"{wanted.host} answers with no signature.")
    if not signed_by(wanted.key, signature, message(origin, wanted.draw, wanted.entry)):
        raise Unproven(
            f"{wanted.host} signs with another key than the one that was named here as its own.",
            cause=str(found.get("key"))[:100],
        )
    return signature


def _says(answer: Answer) -> str:
    return f"status {answer.status}: {answer.body_start[:200].decode('utf-8', 'replace')}"
