"""A whole instance inside the test's process, on a real socket, whose database the test can look into."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config

from phyle import app
from phyle.federation.net import Net
from phyle.identity import accounts, actors, passwords, tokens
from phyle.identity.actors import Actor
from phyle.identity.beginning import begin
from phyle.settings import Settings
from phyle.store.pool import opened
from phyle.store.transaction import Store
from tests.servers import eventually, free_port

PASSWORD = "everybody here has the same password"
JOBS_LEFT = "SELECT count(*) FROM store.jobs WHERE failed_at IS NULL AND run_at <= now()"
DELIVERIES_LEFT = "SELECT count(*) FROM federation.deliveries WHERE next_at <= now()"


_made: dict[str, Any] = {}


async def _some_keys() -> tuple[str, str]:
    """Keys are expensive, and tests need only some."""
    if "keys" not in _made:
        _made["keys"] = await accounts.new_keys()
    pair: tuple[str, str] = _made["keys"]
    return pair


async def _some_hash() -> str:
    if "hash" not in _made:
        _made["hash"] = await passwords.digest(PASSWORD)
    hashed: str = _made["hash"]
    return hashed


@dataclass
class Instance:
    """The parts, to be looked at; `client` speaks to it without a token."""

    store: Store
    net: Net
    origin: str
    client: httpx.AsyncClient

    @property
    def inbox(self) -> str:
        return f"{self.origin}/inbox"

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """Look into the database, behind the server's back."""
        async with self.store.pool.acquire() as connection:
            return await connection.fetch(query, *args)

    async def value(self, query: str, *args: Any) -> Any:
        async with self.store.pool.acquire() as connection:
            return await connection.fetchval(query, *args)

    async def settled(self, *, deliveries: bool = True) -> None:
        """Until all jobs that can run have run, and all deliveries that are due have gone."""

        async def nothing_left() -> bool:
            waiting = await self.value(JOBS_LEFT)
            return not waiting and not (deliveries and await self.value(DELIVERIES_LEFT))

        await eventually(nothing_left)

    async def member(self, name: str, *, locked: bool = False) -> "Member":
        """Somebody with an account and a token for everything."""
        rsa, ed25519 = await _some_keys()
        hashed = await _some_hash()
        async with self.store.transaction() as tx:
            account = await accounts.register(
                tx,
                name=name,
                email=f"{name}@example.org",
                password_hash=hashed,
                reason="",
                rsa=rsa,
                ed25519=ed25519,
                state="active",
            )
            issued = await tokens.issue(tx, application=None, actor=account.actor.id, scopes="read write follow push")
        if locked:
            await self.fetch("UPDATE identity.actors SET locked = true WHERE id = $1", account.actor.id)
        async with self.store.reading() as tx:
            return Member(instance=self, actor=await actors.by_id(tx, account.actor.id), token=issued.secret)


@dataclass
class Member:
    """Somebody here, who speaks through the client API."""

    instance: Instance
    actor: Actor
    token: str

    async def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return await self.instance.client.request(method, path, headers=headers, **kwargs)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **data: Any) -> Any:
        answer = await self.ask("POST", path, json=data)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.asynccontextmanager
async def instance(settings: Settings, database: str, *, whole: bool = False) -> AsyncIterator[Instance]:
    """Serving, working and delivering for the time of the block, at http://localhost:PORT. `whole`: with its ledger and
    its groups, which take a moment to begin."""
    port = free_port()
    domain = f"localhost:{port}"
    here = replace(settings, port=port, domain=domain, account_domain=domain, insecure_local=True)
    session = {"plan_cache_mode": "force_generic_plan"}
    stores = opened(here, database, jobs=app.JOBS, subscriptions=app.SUBSCRIPTIONS, session=session)
    async with stores as store, Net.open(app.reach(here, print)) as net:
        await (app.begun(store) if whole else begin(store))
        stop = asyncio.Event()
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.graceful_timeout = 0.1
        work = [
            asyncio.create_task(serve(app.web(store, net), config, shutdown_trigger=stop.wait)),
            *(asyncio.create_task(each, name=name) for name, each in app.work(store, net).items()),
        ]
        async with httpx.AsyncClient(base_url=here.origin, timeout=30) as client:
            await _answers(client, work)
            yield Instance(store=store, net=net, origin=here.origin, client=client)
        stop.set()
        for task in work[1:]:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def _answers(client: httpx.AsyncClient, work: list[asyncio.Task[Any]]) -> None:
    async def alive() -> bool:
        for task in work:
            if task.done():
                task.result()
        try:
            return (await client.get("/.well-known/nodeinfo")).status_code == 200
        except httpx.TransportError:
            return False

    await eventually(alive)
