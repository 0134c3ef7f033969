"""A real PostgreSQL for each test process, and a fresh migrated database for each test that asks for one."""

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.settings import Settings, read
from phyle.store import migrations
from phyle.store.embedded import Embedded, discard
from phyle.store.pool import opened
from phyle.store.transaction import Store, Tx
from tests.cooperative.travelling import Clock, clock_of
from tests.instance import Instance, instance
from tests.memory import memory, placed
from tests.peer import Peer, peer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def cluster() -> AsyncIterator[Embedded]:
    """PostgreSQL with a migrated template database; without fsync, because no test here pulls the plug on it."""
    with tempfile.TemporaryDirectory(prefix="phyle-test-", dir=memory()) as home:
        cluster = await Embedded.start(placed(Path(home)), fsync=False)
        try:
            await migrations.migrate(cluster.dsn_owner, progress=lambda _: None)
            yield cluster
        finally:
            await asyncio.to_thread(cluster.stop)
            discard(Path(home))


@contextlib.asynccontextmanager
async def fresh(cluster: Embedded) -> AsyncIterator[str]:
    """The address of a fresh migrated database, as the server's role."""
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(cluster.dsn_owner.replace("phyle_owner@/phyle?", "postgres@/postgres?"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE phyle OWNER phyle_owner')
        yield cluster.dsn_server.replace("/phyle?", f"/{name}?")
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


@pytest.fixture
async def database(cluster: Embedded) -> AsyncIterator[str]:
    """The address of a fresh migrated database, as the server's role."""
    async with fresh(cluster) as address:
        yield address


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An instance at http://localhost:8080 with open registration and without request limits."""
    return read({"home": tmp_path}, {"PHYLE_REGISTRATION": "open", "PHYLE_LIMITS": "off"})


@pytest.fixture
async def store(database: str, settings: Settings) -> AsyncIterator[Store]:
    """A store on a fresh database. The planner may not look at parameters: hot queries must be good without."""
    session = {"plan_cache_mode": "force_generic_plan"}
    async with opened(settings, database, jobs=JOBS, subscriptions=SUBSCRIPTIONS, session=session) as store:
        yield store


@pytest.fixture
async def tx(store: Store) -> AsyncIterator[Tx]:
    """A transaction that is rolled back at the end."""
    done = RuntimeError("rolled back")
    try:
        async with store.transaction() as tx:
            yield tx
            raise done
    except RuntimeError as error:
        if error is not done:
            raise


@pytest.fixture
async def here(database: str, settings: Settings) -> AsyncIterator[Instance]:
    """A whole instance on a real socket, in this process."""
    async with instance(settings, database) as built:
        yield built


@pytest.fixture
async def beyond(cluster: Embedded, settings: Settings) -> AsyncIterator[Instance]:
    """A second whole instance, for what happens between two."""
    async with fresh(cluster) as address, instance(settings, address) as built:
        yield built


@pytest.fixture
async def whole(database: str, settings: Settings) -> AsyncIterator[Instance]:
    """A whole instance with its ledger, agora and members' group, on a real socket, in this process."""
    async with instance(settings, database, whole=True) as built:
        yield built


@pytest.fixture
def clock(cluster: Embedded, database: str) -> Clock:
    """The ledger's clock, which can be set forward."""
    return clock_of(cluster, database)


@pytest.fixture
async def there() -> AsyncIterator[Peer]:
    """Another server, which is ours to command."""
    async with peer() as built:
        yield built
