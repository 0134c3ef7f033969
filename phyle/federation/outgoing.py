"""What leaves: an activity's bytes kept once, and a row for each inbox, in the commit that caused them."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b

from phyle.federation import peers, wire
from phyle.federation.digests import digest
from phyle.federation.vocabulary import PUBLIC
from phyle.identity.actors import Actor
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

Inbox = tuple[str, str]
"""(the host whose lane it takes, its address)."""

SILENCE = timedelta(days=90)
"""After which a lane is closed: the host neither took anything nor spoke."""


def inbox_of(actor: Actor, *, shared: bool = True) -> Inbox:
    """Where an activity for this remote actor goes."""
    address = actor.shared_inbox if shared and actor.shared_inbox else actor.inbox
    return (address.split("/", 3)[2], address)


async def send(tx: Tx, sender: Actor, activity: wire.Document, *, order_key: str, inboxes: Iterable[Inbox]) -> None:
    """Queue the activity for the inboxes, each once. Equal order keys reach a host one after the other, in this order.
    Who left says only that, and who is suspended nothing new."""
    if sender.gone and activity["type"] != "Delete":
        return  # decided on before: nothing may reach a peer after the word that the sender left
    recipients = sorted(set(inboxes))
    open_hosts = await peers.not_blocked(tx, {host for host, _ in recipients}) if recipients else set()
    recipients = [(host, inbox) for host, inbox in recipients if host in open_hosts]
    body = wire.dump(activity)
    public = PUBLIC in (*activity.get("to", ()), *activity.get("cc", ()))
    kept = await tx.change(SQL.keep, tx.new_id(), activity["id"], sender.id, body, digest(body), public)
    if recipients:
        short = blake2b(order_key.encode(), digest_size=16).hexdigest()
        hosts, addresses = [host for host, _ in recipients], [address for _, address in recipients]
        await tx.run(SQL.queue, kept[0]["id"], short, hosts, addresses)
        tx.wakes.add("deliveries")


async def supersede(tx: Tx, sender: Actor) -> set[Inbox]:
    """What of the sender still waits is not said any more; the inboxes for which it waited are to hear that it left."""
    return {(row["host"], row["inbox"]) for row in await tx.change(SQL.supersede, sender.id)}


async def silence_job(tx: Tx, body: Body) -> None:
    """Local job: what the suspended actor `body["actor"]` wrote and boosted reaches nobody any more who has not got it.
    What it took back is taken back."""
    await tx.run(SQL.silence, body["actor"])


async def published(tx: Tx, uri: str) -> bytes | None:
    """The bytes of an activity of ours that everyone may read, while its sender is here."""
    row = await tx.row(SQL.sent, uri)
    return row["body"] if row else None


async def close_silent_lanes(tx: Tx, _body: Body) -> None:
    """Recurring job: who has been silent too long is not waited for; when it speaks again it is told what it missed."""
    for row in await tx.rows(SQL.silent_lanes, SILENCE):
        await close_lane(tx, row["host"], f"silent for {SILENCE.days} days")


async def close_lane(tx: Tx, host: str, reason: str) -> None:
    """Nothing more is queued for the host until it speaks."""
    await tx.run(SQL.close_lane, host, reason)


async def forget_sent(tx: Tx, _body: Body) -> None:
    """Recurring job: bytes that nobody waits for."""
    await tx.run(SQL.forget_sent)
