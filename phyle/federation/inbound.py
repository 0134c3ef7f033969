"""What was accepted at the inbox takes effect: a local job that finds the handler, after a network job if need be."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from phyle.errors import Gone, Refusal, Refused, Unavailable, Unreachable
from phyle.federation import authority, evidence, fetch, peers, people, tombstones, wire
from phyle.federation.dispatch import Arrival, Dispatcher, Handler
from phyle.federation.net import Net
from phyle.federation.reading import Activity, read_activity, read_actor
from phyle.federation.signatures import Signer
from phyle.federation.urls import host_of
from phyle.federation.wire import Document
from phyle.identity import actors, limits
from phyle.store.jobs import Become, Body, backoff
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

ROUNDS = 3
"""How often what was fetched may show that more is needed."""
MOST_FETCHES = 10
"""How many documents one activity may make us fetch (D16)."""
PATIENCE = 4
"""How often an unreachable document is asked for before the activity goes on without it."""
KEPT = limits.Limit(name="kept", most=1000, window=timedelta(days=1))
"""How many activities that nobody here knows are kept of one domain, and how large one may be (D17): what comes in a
month must not fill the disk."""
LARGEST_KEPT = 1 << 16
FOLLOWS_RETURN = timedelta(days=1)
"""For how long an Undo that came too early keeps its Follow out: some use the id of a Follow again, so not for ever."""

_log = logging.getLogger(__name__)


def order_key(activity: Activity) -> str:
    """Activities with the same key are never processed side by side, and in the order of their arrival.

    Each is of the actor or of its host, so that nobody can make the activities of strangers wait.
    """
    inner, actor = activity.inner, activity.actor or ""
    if activity.type in ("Create", "Update", "Delete"):
        about = f"{host_of(actor)}\n{activity.object_id}"
    elif activity.type == "Undo" and inner and inner.object_id:
        about = f"{actor}\n{inner.object_id}"
    elif inner and inner.object_id:
        about = f"{actor}\n{inner.actor}\n{inner.object_id}"
    else:
        about = f"{actor}\n{activity.object_id}"
    return blake2b(about.encode(), digest_size=16).hexdigest()


class Inbound:
    """The two jobs through which every received activity goes."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def arrive(self, tx: Tx, body: Body) -> Become | None:
        """Local job `federation.arrive`: {"activity", "known"?, "evidence"?, "received"?}. The effect and the end of
        the job are one commit. Of what is refused no request is kept."""
        before = tx.writes
        try:
            return await self._arrive(tx, body)
        except Refusal as refusal:
            if "evidence" not in body or refusal.status >= 500 or tx.writes != before:
                raise
            _log.info("%s refused: %s", body["activity"].get("id"), refusal)
            await _settle(tx, body)
            return None

    async def _arrive(self, tx: Tx, body: Body) -> Become | None:
        activity = read_activity(body["activity"])
        known: Mapping[str, Document | None] = body.get("known", {})
        actor = await self._sender(tx, activity)
        found = await self._dispatcher.find(tx, activity)
        if found is None:
            await _keep(tx, activity)
            await _settle(tx, body)
            return None
        handler, kind = found
        if "known" not in body and await self._missing(tx, handler, activity, {}):
            return Become(job="federation.gather", body=body)
        await handler.arrive(tx, _arrival(activity, actor, kind, known, body))
        await _settle(tx, body)
        return None

    async def gather(self, net: Net, store: Store, body: Body) -> Become | None:
        """Network job `federation.gather`: fetch what the handler needs, then go on as `federation.arrive`."""
        activity = read_activity(body["activity"])
        known: dict[str, Document | None] = {}
        tries = int(body.get("tries", 0)) + 1
        signer = await people.service_signer(store)
        for _ in range(ROUNDS):
            async with store.reading() as tx:
                found = await self._dispatcher.find(tx, activity)
                missing = await self._missing(tx, found[0], activity, known) if found else []
            if not missing or len(known) >= MOST_FETCHES:
                break
            for uri in missing[: MOST_FETCHES - len(known)]:
                try:
                    known[uri] = await _fetched(net, store, uri, signer)
                except Unreachable as error:
                    if tries < PATIENCE:
                        _log.info("%s waits for %s: %s", activity.id, uri, error)
                        return Become(job="federation.gather", body={**body, "tries": tries}, after=backoff(2 * tries))
                    known[uri] = None
        return Become(job="federation.arrive", body={**body, "known": known})

    async def _sender(self, tx: Tx, activity: Activity) -> actors.Actor:
        uri = people.address(activity.actor or "")
        about = [tombstones.key(uri, each) for each in (activity.id, activity.object_id) if each]
        within = FOLLOWS_RETURN if activity.type == "Follow" else None
        row = await tx.row(SQL.sender, uri, peers.names(host_of(uri)), about, within)
        actor = actors.from_row(row) if row else None
        if row is None or actor is None or actor.gone:
            raise Refused("The sender is not known here any more.", cause=uri)
        if row["blocked"] and not actor.local:
            raise Refused("The sender's server is blocked here.", cause=uri)
        if row["taken_back"] and activity.type not in ("Delete", "Undo"):
            raise Gone("Its sender has taken it back already.", cause=f"{activity.id}")
        return actor

    async def _missing(
        self, tx: Tx, handler: Handler, activity: Activity, known: Mapping[str, Document | None]
    ) -> list[str]:
        needed = [uri for uri in handler.needs(activity, known) if uri not in known]
        if not needed or handler.afresh:
            return needed
        kept = await self._dispatcher.kinds_of(tx, needed)
        return [uri for uri in needed if uri not in kept]


def _arrival(
    activity: Activity, actor: actors.Actor, kind: str, known: Mapping[str, Document | None], body: Body
) -> Arrival:
    received = body.get("received")
    return Arrival(
        activity=activity,
        actor=actor,
        kind=kind,
        known=known,
        evidence=body.get("evidence"),
        received_at=datetime.fromisoformat(received) if received else None,
    )


async def _settle(tx: Tx, body: Body) -> None:
    if (number := body.get("evidence")) is not None:
        await evidence.settle(tx, number)


async def _fetched(net: Net, store: Store, uri: str, signer: Signer) -> Document | None:
    """The document, kept at once if it is an actor; None if its server says no. Raises Unreachable, Unavailable."""
    try:
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, uri)
        document = await fetch.document(net, uri, signer=signer, local_origin=store.settings.origin)
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, document.uri)  # it need not lie where it was asked for
        remote = read_actor(document.body) if people.is_actor(document.body) else None
    except (Unreachable, Unavailable):
        raise
    except Refusal as refusal:
        _log.info("%s is not to be had: %s", uri, refusal)
        return None
    if remote is not None:
        async with store.transaction() as tx:
            await people.save(tx, remote)
    return document.body


async def _keep(tx: Tx, activity: Activity) -> None:
    """Nobody here knows what to do with it. A Delete or Undo is still the sender's word, and is remembered."""
    actor = people.address(activity.actor or "")
    forgotten = {activity.object_id, activity.inner.id if activity.inner else None} - {None}
    if activity.type in ("Delete", "Undo"):
        for uri in sorted(filter(None, forgotten)):
            authority.may_forget(actor, uri)
            await tombstones.remember(tx, actor, uri)
    if len(wire.dump(activity.raw)) <= LARGEST_KEPT and await limits.within(tx, KEPT, limits.domain(host_of(actor))):
        await tx.run(SQL.keep_unknown, actor, activity.type[:100], activity.raw)


async def forget(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring job: what need not be remembered any longer."""
    await tx.run(SQL.forget)


async def account_kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Every actor that is kept is an "account"; but for ForgeFed's repositories, which are no people and no groups of
    people: they are a "repository"."""
    known = await actors.by_uris(tx, uris)
    return {uri: "repository" if actor.kind == "Repository" else "account" for uri, actor in known.items()}
