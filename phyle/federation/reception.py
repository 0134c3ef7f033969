"""What arrives at an inbox: proven, kept once, answered. All refusals are in the answer itself, none comes later."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import blake2b

from phyle.clock import now
from phyle.errors import Malformed, Unproven
from phyle.federation import authority, evidence, peers, signatures, wire
from phyle.federation.dispatch import Asks, never
from phyle.federation.inbound import order_key
from phyle.federation.intake import Intake, Proven
from phyle.federation.keyring import Keyring, KnownKey
from phyle.federation.people import address
from phyle.federation.reading import Activity, check, read_activity
from phyle.federation.signatures import Claim, Request
from phyle.federation.urls import host_of, is_local, same_origin
from phyle.store.transaction import Store

_HEARD_EVERY = 10.0
_SAME = timedelta(minutes=5)
"""A Follow that comes again so soon is the same one, sent twice."""


class Reception:
    """Takes what comes to any inbox of this instance. `hosts` are the names under which we are addressed; `asks` says
    of which activities the request itself may have to be shown later."""

    def __init__(self, store: Store, keyring: Keyring, hosts: Collection[str], *, asks: Asks = never) -> None:
        self._store = store
        self._keyring = keyring
        self._hosts = frozenset(hosts)
        self._heard: dict[str, float] = {}
        self._intake = Intake(store)
        self._asks = asks

    async def receive(self, request: Request) -> None:
        """Returns when the activity is kept and will take effect; its bytes are then safe whatever happens to us.

        Raises Malformed 400, Unproven 401, Refused 403, TooLarge 413, Unavailable 503. Nothing was written then, and
        nothing fetched but the key.
        """
        claim = signatures.claimed(request, hosts=self._hosts, now=now())
        document = wire.parse(request.body)
        check(document)
        activity = read_activity(document)
        actor = activity.actor
        if actor is None:
            raise Unproven("The activity names no single `actor`.")
        if not same_origin(claim.key_id, actor) or is_local(actor, self._store.settings.origin):
            raise Unproven("The key that signed is not the actor's.", cause=f"{claim.key_id} signed for {actor}")
        if not await self._proven(claim, request, activity):
            return
        if not authority.owns_id(activity):
            raise Malformed("The activity's id lies on another host than its actor.", cause=f"{activity.id}")
        authority.may_speak_of(activity)
        await self._heard_from(host_of(actor), rfc9421=claim.style == "rfc9421")
        await self._keep(activity, request, signatures.signed_at(claim, request))

    async def _proven(self, claim: Claim, request: Request, activity: Activity) -> bool:
        """Raises Unproven; False for what needs neither proof nor attention: strangers who delete themselves (A16)."""
        known = await self._keyring.known(claim.key_id)
        if known is not None and _fits(known, claim, request, activity):
            return True
        if known is None and activity.type == "Delete" and activity.object_id == activity.actor:
            return False
        fresh = await self._keyring.asked(claim.key_id, again=known is not None)
        if not _fits(fresh, claim, request, activity):
            raise Unproven("The signature does not fit the key that your server gives.", cause=claim.key_id)
        return True

    async def _heard_from(self, host: str, *, rfc9421: bool) -> None:
        """Most of the time a look at the clock: a host that speaks all the time is noted every few seconds."""
        moment = time.monotonic()
        if moment - self._heard.get(host, -_HEARD_EVERY) < _HEARD_EVERY:
            return
        if len(self._heard) > 10_000:
            self._heard.clear()
        self._heard[host] = moment
        async with self._store.transaction() as tx:
            await peers.heard(tx, host, rfc9421=rfc9421)

    async def _keep(self, activity: Activity, request: Request, signed_at: datetime | None) -> None:
        """Once for each actor and id; an activity without an id counts as itself, byte for byte.

        Misskey gives all Follows between two the same id, and their Undos too: signed anew after a while, they are new.
        """
        actor = address(activity.actor or "")
        name = activity.id.encode() if activity.id else request.body
        seen = blake2b(actor.encode() + b"\n" + name, digest_size=16).digest()
        kind = activity.inner.type if activity.type == "Undo" and activity.inner else activity.type
        again = signed_at - _SAME if signed_at and kind == "Follow" else None
        shown = request if len(request.body) <= evidence.LARGEST and self._asks(activity) else None
        order = order_key(activity)
        await self._intake.keep(Proven(seen=seen, activity=activity.raw, order_key=order, again=again, evidence=shown))


def _fits(known: KnownKey, claim: Claim, request: Request, activity: Activity) -> bool:
    """The proof, and then the comparison with what the activity claims (A7, B11). Raises Unproven for the latter."""
    if not signatures.verify(claim, request, known.key):
        return False
    authority.actor_matches(known.owner, activity)
    return True
