"""Stores with jobs of a test's own, which leave their effects in a table, and workers that do them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg

from phyle.settings import Settings
from phyle.store.jobs import Body, Job
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from phyle.store.worker import Worker

EFFECT = Query("INSERT INTO store.effects (what) VALUES ($1)")
EFFECTS = Query("SELECT what FROM store.effects ORDER BY number")
LEFT = Query("SELECT * FROM store.jobs ORDER BY id")


def as_owner(database: str) -> str:
    """The same database, through the owner's door."""
    return database.replace("phyle_server@", "phyle_owner@")


async def write(tx: Tx, body: Body) -> None:
    """A local job: its effect is a row."""
    await tx.run(EFFECT, body["what"])


@contextlib.asynccontextmanager
async def prepared(settings: Settings, database: str, jobs: Mapping[str, Job]) -> AsyncIterator[Store]:
    """The first store on the database, with a table for effects."""
    owner = await asyncpg.connect(as_owner(database))
    try:
        await owner.execute("CREATE TABLE store.effects (number serial, what text)")
        await owner.execute("GRANT INSERT, SELECT ON store.effects TO phyle_server")
        await owner.execute("GRANT USAGE ON SEQUENCE store.effects_number_seq TO phyle_server")
    finally:
        await owner.close()
    async with opened(settings, database, jobs=jobs, subscriptions={}) as store:
        yield store


@contextlib.asynccontextmanager
async def at_work(*stores: Store) -> AsyncIterator[None]:
    """A worker on each store."""
    tasks = [asyncio.create_task(Worker(store, object()).run()) for store in stores]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(end, asyncio.CancelledError), end


async def queue(store: Store, job: str, *bodies: Mapping[str, Any], order_key: str | None = None) -> None:
    """All of them in one commit."""
    async with store.transaction() as tx:
        for body in bodies:
            await tx.queue(job, body, order_key=order_key)


async def effects(store: Store) -> list[str]:
    """In the order in which they were written."""
    async with store.reading() as tx:
        return [row["what"] for row in await tx.rows(EFFECTS)]


async def left(store: Store) -> list[Any]:
    """The jobs that are there."""
    async with store.reading() as tx:
        return list(await tx.rows(LEFT))
