"""Opening a store: the pool of connections, the process's slot, and how values travel."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import orjson

from phyle.ids import Sequence as IdSequence
from phyle.settings import Settings
from phyle.store.jobs import Job, Subscription
from phyle.store.listen import Wakes
from phyle.store.transaction import Store

_SESSION = {
    "application_name": "phyle",
    "jit": "off",
    "statement_timeout": "30s",
    # Planning a query anew for each set of parameters costs more than most of our queries; none of them depends on it.
    "plan_cache_mode": "force_generic_plan",
    # A plan is made when the queues are empty, and kept while they fill: what reads or hashes a whole table is best
    # then and ruinous later. Every query here has an index to walk; where there is none, these only raise a price.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}


def _encode(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _prepare(connection: Any) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=_encode, decoder=orjson.loads, schema="pg_catalog")


async def _keep_as_it_is(_connection: Any) -> None:
    """Nothing here changes session state, so nothing needs the extra exchange that resets it."""


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    dsn: str,
    *,
    listen_dsn: str | None = None,
    jobs: Mapping[str, Job],
    subscriptions: Mapping[type, Subscription],
    size: int = 12,
    session: Mapping[str, str] | None = None,
) -> AsyncIterator[Store]:
    """A store on the database at `dsn`. `session`: further PostgreSQL settings of each connection."""
    wakes = Wakes(listen_dsn or dsn)
    await wakes.open()
    sequence = IdSequence(wakes.slot)
    wakes.moved = sequence.move
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            init=_prepare,
            reset=_keep_as_it_is,
            statement_cache_size=600,
            max_cached_statement_lifetime=0,
            max_inactive_connection_lifetime=300,
            command_timeout=30,
            server_settings={**_SESSION, **(session or {})},
        )
        try:
            yield Store(
                settings=settings,
                pool=pool,
                sequence=sequence,
                wakes=wakes,
                jobs=jobs,
                subscriptions=subscriptions,
            )
        finally:
            await pool.close()
    finally:
        await wakes.close()
