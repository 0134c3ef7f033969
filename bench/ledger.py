"""`ledger`: votes entered per second, each durable before it is judged and answered when its entry is."""

import asyncio
import base64
import contextlib
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import floors
from bench.charter import CHARTER
from bench.report import Result, progress
from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.phyles import Agenda
from phyle.cooperative.ledger import append, reading, signing
from phyle.cooperative.ledger.acts import submit
from phyle.cooperative.ledger.beginning import begin
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.identity import multikey
from phyle.settings import read
from phyle.store import migrations
from phyle.store.embedded import Embedded
from phyle.store.embedded_place import locate
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store

MEMBERS, AT_ONCE, CONNECTIONS = 300, 256, 12
_TURN = Query("UPDATE cooperative.ledger SET nothing_before = $1")
_CLOCK = Query("SELECT cooperative.clock()")
_BARE = "CREATE TABLE IF NOT EXISTS public.bench_acts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)"


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Entries per second; the limit is how often as much can be committed, each act alone, by as many connections."""
    home = Path(tempfile.mkdtemp(prefix="phyle-bench-"))
    cluster = await Embedded.start(home, progress=progress)
    try:
        await migrations.migrate(cluster.dsn_owner, progress=progress)
        limit = await _commits(cluster.dsn_owner, seconds=1.0 if quick else 3.0)
        fsync = floors.fsync_ms(home)
        async with _store(home, cluster.dsn_server) as store:
            spent, count = await _votes(store, 2000 if quick else 6000)
    finally:
        await asyncio.to_thread(cluster.stop)
        shutil.rmtree(locate(home).folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    more = {"fdatasync_ms": round(fsync, 3), "at_once": AT_ONCE, "members": MEMBERS}
    yield Result(
        bench="ledger", value=count / spent, unit="entries per second", limit=limit, n=count, aim=1000.0, more=more
    )


@contextlib.asynccontextmanager
async def _store(home: Path, dsn: str) -> AsyncIterator[Store]:
    settings = read({"home": home}, {"PHYLE_DOMAIN": "bench.example"})
    async with opened(settings, dsn, jobs=JOBS, subscriptions=SUBSCRIPTIONS, size=CONNECTIONS) as store:
        yield store


async def _commits(dsn: str, *, seconds: float) -> float:
    """Rows of a vote's size per second, each in a commit of its own."""
    pool = await asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    await pool.execute(_BARE)
    until = time.monotonic() + seconds

    async def one() -> int:
        count = 0
        while time.monotonic() < until:
            await pool.execute("INSERT INTO public.bench_acts (body) VALUES ($1)", b"x" * 800)
            count += 1
        return count

    counts = await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    await pool.close()
    return sum(counts) / seconds


class _Person:
    """A member whose key is in our hands."""

    def __init__(self, number: int) -> None:
        self.id = base64.b32encode(random.Random(number).randbytes(16)).decode().rstrip("=").lower()
        self.key = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))

    async def act(self, store: Store, kind: str, payload: Any, openings: tuple[Opening, ...] = ()) -> None:
        await submit(store, await self.document(store, kind, payload), author="server-key", openings=openings)

    async def sign(self, store: Store, charter: str) -> None:
        actor = seal("actor", f"https://bench.example/actors/{self.id}", about=self.id)
        introduction = {
            "member": self.id,
            "key": multikey.encode(self.key.public_key()),
            "custody": "server",
            "via": "bench.example",
            "identity": {"actor": actor.commitment},
        }
        await self.act(store, "sign", {"charter": charter, **introduction}, (actor,))

    async def document(self, store: Store, kind: str, payload: Any) -> dict[str, Any]:
        async with store.reading() as tx:
            at, origin = int(await tx.value(_CLOCK)), await signing.origin(tx)
        return sign(signing.compose(origin, kind, self.id, payload, at=at), self.key, at=at)


async def _votes(store: Store, count: int) -> tuple[float, int]:
    """(seconds, entries) for votes that were signed before, handed in by so many at once."""
    people = await _founded(store)
    ballot = await _opened(store, people[0])
    waiting = []
    for number in range(count):
        sealed = seal("choice", {"paper": "for"}, audience="closed", about=ballot)
        person = people[number % len(people)]
        document = await person.document(store, "vote", {"ballot": ballot, "choice": sealed.commitment})
        waiting.append((document, sealed))
    began = time.monotonic()

    async def voter() -> None:
        while waiting:
            document, sealed = waiting.pop()
            await submit(store, document, author="server-key", openings=(sealed,))

    await asyncio.gather(*(voter() for _ in range(AT_ONCE)))
    return time.monotonic() - began, count


async def _founded(store: Store) -> list[_Person]:
    await begin(store)
    async with store.transaction() as tx:
        charter = await keep_blob(tx, CHARTER.encode())
    people = [_Person(number) for number in range(1, MEMBERS + 1)]
    await asyncio.gather(*(person.sign(store, charter) for person in people))
    founders = sorted(person.id for person in people)
    await people[0].act(store, "found", {"charter": charter, "founders": founders})
    return people


async def _opened(store: Store, by: _Person) -> str:
    """The id of a ballot that is open."""
    async with store.transaction() as tx:
        text = await keep_blob(tx, b"We bake bread.")
    options = [{"label": "Yes", "effects": [{"kind": "Resolve", "arguments": {"text": text}}]}]
    proposal = "b" * 26
    await by.act(store, "propose", {"proposal": proposal, "title": "Bread", "text": text, "options": options})
    while True:
        async with store.reading() as tx:
            ballots = await tx.rows(Query("SELECT id FROM cooperative.slices WHERE kind = 'ballot'"))
            agenda = await reading.get(tx, Agenda)
        if ballots:
            return str(ballots[0]["id"])
        async with store.transaction() as tx:
            await tx.run(_TURN, agenda.items[0][0] if agenda else 0)
        await append.drain(store)
