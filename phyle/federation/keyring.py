"""The public keys of those who speak to us: parsed once and kept, asked for once when unknown or changed."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from phyle.errors import Gone, Malformed, Missing, Refusal, Refused, TooMany, Unavailable, Unproven, Unreachable
from phyle.federation import fetch, peers, people
from phyle.federation.net import Net
from phyle.federation.reading import read_actor
from phyle.federation.urls import host_of
from phyle.identity import actors, keys, limits
from phyle.identity.keys import PublicKey
from phyle.store.sql import queries
from phyle.store.transaction import Store

SQL = queries(__file__)

WINDOW = timedelta(minutes=5)
"""A key that is unknown or unreachable is asked for at most once in this time, and one that we know but that does not
fit once more, because it may have changed (A14, A15)."""
NEW_KEYS = limits.Limit(name="keys", most=300, window=WINDOW)
"""How many unknown keys one domain may make us ask for (D16, D17)."""
_KEPT = 4096
_FRESH = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A parsed key and the id of the actor it proves."""

    key: PublicKey
    owner: str


class Keyring:
    """The keys of one process. What it has forgotten lies in the database."""

    def __init__(self, store: Store, net: Net) -> None:
        self._store = store
        self._net = net
        self._kept: OrderedDict[str, tuple[float, KnownKey]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[KnownKey]] = {}

    async def known(self, key_id: str) -> KnownKey | None:
        """The key if we have it: from memory for ten minutes, then from the database. None if it is to be asked for."""
        kept = self._kept.get(key_id)
        if kept is not None and time.monotonic() - kept[0] < _FRESH:
            return kept[1]
        return await self._stored(key_id)

    async def asked(self, key_id: str, *, again: bool = False) -> KnownKey:
        """The key as its server gives it now; `again` if we know one that does not fit.

        Raises Unproven if its server gives none, Refused if that is blocked, Unavailable if it cannot be asked now.
        """
        task = self._asking.get(key_id)
        if task is None:
            task = asyncio.create_task(self._ask(key_id, again))
            self._asking[key_id] = task
            task.add_done_callback(lambda _: self._asking.pop(key_id, None))
        return await asyncio.shield(task)

    async def _stored(self, key_id: str) -> KnownKey | None:
        async with self._store.reading() as tx:
            row = await actors.key(tx, key_id)
            if row is None or row.local:
                return None
            if await peers.is_blocked(tx, host_of(row.owner)):
                raise Refused("Your server is blocked here.", cause=row.owner)
        if row.owner_gone:
            raise Refused("This account is suspended or gone.", cause=row.owner)
        return self._keep(key_id, KnownKey(key=keys.public_key(row.public), owner=row.owner))

    def _keep(self, key_id: str, key: KnownKey) -> KnownKey:
        self._kept[key_id] = (time.monotonic(), key)
        self._kept.move_to_end(key_id)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return key

    async def _ask(self, key_id: str, again: bool) -> KnownKey:
        place = blake2b(f"{key_id}\n{again}".encode(), digest_size=16).digest()
        async with self._store.transaction() as tx:
            if await peers.is_blocked(tx, host_of(key_id)):
                raise Refused("Your server is blocked here.", cause=key_id)
            may = await tx.value(SQL.may_fetch, place, WINDOW)
            outcome = "" if may else await tx.value(SQL.outcome, place)
        if not may:
            stored = await self._stored(key_id) if outcome == "fetched" else None  # by another process, perhaps
            if stored is None:
                raise _answer(outcome, key_id)
            return stored
        try:
            await self._limit(key_id)
            key = await self._fetch(key_id)
        except (Malformed, Missing, Gone, Refused, Unproven) as error:
            await self._note(place, "refused")
            raise Unproven("The key that signed this request is not to be had.", cause=f"{key_id}: {error}") from error
        except Refusal as error:
            await self._note(place, "unreachable")
            raise _answer("unreachable", str(error)) from error
        await self._note(place, "fetched")
        return self._keep(key_id, key)

    async def _limit(self, key_id: str) -> None:
        domain = limits.domain(host_of(key_id))
        try:
            await limits.count(self._store, NEW_KEYS, domain)
        except TooMany as error:
            raise Unreachable("Too many unknown keys from one domain.", cause=domain) from error

    async def _fetch(self, key_id: str) -> KnownKey:
        signer = await people.service_signer(self._store)
        found = await fetch.key(self._net, key_id, signer=signer, local_origin=self._store.settings.origin)
        remote = read_actor(found.owner_document)
        async with self._store.transaction() as tx:
            actor = await people.save(tx, remote)
            row = await actors.key(tx, key_id)
        if row is None:
            raise Unproven(
                "The key is none that is taken here.", cause=f"{key_id}: RSA of 2048 bits or more, or Ed25519"
            )
        if actor.gone:
            raise Refused("This account is suspended here.", cause=actor.uri)
        return KnownKey(key=keys.public_key(row.public), owner=row.owner)

    async def _note(self, place: bytes, outcome: str) -> None:
        async with self._store.transaction() as tx:
            await tx.run(SQL.set_outcome, place, outcome)


def _answer(outcome: str, cause: str) -> Refusal:
    """What a sender hears whose key was asked for a moment ago: try later if that may help, else no."""
    if outcome in ("asked", "unreachable"):
        return Unavailable(
            "The server that holds your key does not answer. Try again later.", cause=cause, retry_after=300
        )
    return Unproven("The signature does not fit the key that your server gives.", cause=cause)
