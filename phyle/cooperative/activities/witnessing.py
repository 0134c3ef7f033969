"""Asking others to cosign our ledger (c2sp.org/tlog-witness), and learning from them whether it is the newest."""

import asyncio
import logging
from datetime import timedelta
from http import HTTPStatus

from phyle.cooperative.activities.observing import OBSERVE
from phyle.cooperative.activities.remote import Remote
from phyle.cooperative.ledger import checkpoints, partners, signing, standing, trees, witnesses
from phyle.cooperative.ledger.partners import Partner
from phyle.cooperative.tree import witness
from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.witness import Submission
from phyle.errors import Missing, Refusal, Refused, Unavailable, Unproven, Unreachable
from phyle.federation import peers
from phyle.federation.net import Answer, Net
from phyle.store.jobs import Become, Body
from phyle.store.transaction import Store, Tx

TRIES = 3
PATIENCE = 8.0
"""Seconds for which a start waits for a witness."""
_log = logging.getLogger(__name__)


async def ask_witnesses(net: Net, store: Store, body: Body) -> None:
    """Network job `{}`: submit our newest checkpoint to everyone who is to be asked now."""
    async with store.reading() as tx:
        head = await checkpoints.newest(tx)
        found = await partners.due(tx, head.size) if head else []
    if head is not None:
        await asyncio.gather(*(_ask(net, store, partner, head) for partner in found))


async def meet(tx: Tx, body: Body) -> None:
    """Recurring job: take up new partners, ask those whose turn it is, and look at the ledgers whose turn it is."""
    await partners.meet(tx)
    head = await checkpoints.newest(tx)
    if head is not None and await partners.due(tx, head.size):
        await tx.queue(checkpoints.ASK, {}, order_key=checkpoints.ASK)
    for origin in await partners.logs_due(tx):
        await tx.queue(OBSERVE, {"origin": origin}, order_key=f"{OBSERVE} {origin}")


async def ask(net: Net, store: Store, host: str, *, more_than: int) -> int:
    """How many entries of our ledger a phyle holds. It is asked to cosign now if that is not more than so many; if it
    does not, the trouble is noted with it."""
    async with store.transaction() as tx:
        known = await partners.of_host(tx, host)
        if known is None or known.key is None or known.size <= more_than:
            await partners.invite(tx, host)
            known = await partners.of_host(tx, host)
        head = await checkpoints.newest(tx)
    if known is not None and head is not None and known.size <= more_than < head.size:
        await _ask(net, store, known, head)
        async with store.reading() as tx:
            known = await partners.of_host(tx, host)
    return known.size if known is not None else 0


async def _ask(net: Net, store: Store, partner: Partner, head: Head) -> None:
    """One partner. Whatever goes wrong with it is noted there and does not keep the others from being asked."""
    try:
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, net.address(partner.host, "/"))
        await introduce(net, store, partner.host)
        await _submit(net, store, partner, head)
    except Unavailable:
        raise
    except Refusal as refusal:
        async with store.transaction() as tx:
            await partners.failed(tx, partner.host, str(refusal), forget_key=isinstance(refusal, Unproven))


async def introduce_job(net: Net, store: Store, body: Body) -> None:
    """Network job `{host}`."""
    async with store.transaction() as tx:
        await partners.invite(tx, body["host"])
    await introduce(net, store, body["host"])


async def introduce(net: Net, store: Store, host: str) -> None:
    """Learn the keys of a phyle, unless they are known: as our witness, and of its ledger, which we watch from then on.

    Missing when there is no such ledger, Malformed when what is said of the keys does not fit the host.
    """
    async with store.reading() as tx:
        known = {partner.host for partner in await partners.every(tx)}
    if host in known:
        return
    keys = await Remote.at(net, host).keys(host)
    async with store.transaction() as tx:
        await partners.introduced(tx, host, keys.witness)
        await witnesses.watch(tx, origin=keys.origin, host=host, keys=keys.log)


async def _submit(net: Net, store: Store, partner: Partner, head: Head) -> None:
    """Refused when the partner does not cosign, Unreachable when it may later."""
    old = partner.size
    for _ in range(TRIES):
        answer = await _offer(net, store, partner.host, head, min(old, head.size))
        if answer.status == HTTPStatus.OK:
            await _keep(store, partner.host, head, answer.body_start)
            return
        if answer.status != HTTPStatus.CONFLICT:
            break
        old = witness.read_conflict(answer.body_start)
        if old > head.size:
            break
        async with store.transaction() as tx:
            await partners.holds(tx, partner.host, old)
    if answer.status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY):
        await compare(net, store, partner.host)
    raise Refused(f"{partner.host} does not cosign.", cause=f"status {answer.status}")


async def _offer(net: Net, store: Store, host: str, head: Head, old: int) -> Answer:
    async with store.reading() as tx:
        proof = await trees.consistency(tx, old, head.size)
    return await _post(net, host, Submission(old, tuple(proof), head.note))


async def _post(net: Net, host: str, submission: Submission) -> Answer:
    headers = {"Content-Type": witness.TEXT_TYPE, "User-Agent": net.reach.user_agent}
    url = net.address(host, "/ledger/add-checkpoint")
    answer = await net.post(url, headers=headers, body=bytes(submission))
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"{host} does not answer now.", cause=f"status {answer.status}")
    return answer


async def _keep(store: Store, host: str, head: Head, body: bytes) -> None:
    async with store.transaction() as tx:
        keys = [each.key for each in await partners.every(tx) if each.host == host and each.key]
        await checkpoints.keep_cosignatures(tx, head, witness.read_cosignatures(body, head.note, keys))
        await partners.cosigned(tx, host, head.size)


async def compare(net: Net, store: Store, host: str) -> bool:
    """Look at the head of our ledger that a partner holds. Whether it is part of what we have.

    If our own key signed it and it is not, this ledger is not the newest any more: nothing is entered from then on, and
    what is missing is fetched back. What our key did not sign is not believed (Unproven, Missing).
    """
    async with store.reading() as tx:
        keys, name = await checkpoints.log_keys(tx), await signing.origin(tx)
    remote = Remote.at(net, host).mirror(witnesses.origin_hash(name))
    head = verified(await remote.checkpoint(), keys, origin=name)
    async with store.transaction() as tx:
        reason = await checkpoints.missing(tx, head)
        if reason is None:
            return True
        await standing.behind(tx, f"{reason} {host} holds that head.", head)
    return False


async def confirm(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{}`: after a start, ask every witness which head of ours it holds."""
    async with store.reading() as tx:
        found = await partners.every(tx)
    answered = await asyncio.gather(*(_holds(net, store, partner.host) for partner in found))
    async with store.transaction() as tx:
        if await standing.confirmed(tx, anybody=any(answered)):
            return None
    return Become(job=standing.CONFIRM, body={}, after=timedelta(seconds=30))


async def _holds(net: Net, store: Store, host: str) -> bool:
    """Whether a witness said what it holds; that it holds nothing is an answer too."""
    try:
        async with asyncio.timeout(PATIENCE):
            await compare(net, store, host)
    except (Missing, Unproven):
        return True
    except (Refusal, TimeoutError) as error:
        _log.info("%s does not say what it holds of our ledger: %s", host, error)
        return False
    return True
