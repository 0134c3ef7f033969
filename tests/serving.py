"""The real application on a real socket, and people who talk to it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.identity import accounts
from phyle.identity.accounts import Account
from phyle.identity.actors import Actor
from phyle.settings import Settings, read
from phyle.store.pool import opened
from phyle.store.transaction import Store
from phyle.store.worker import Worker
from phyle.web.client.table import ROUTES
from phyle.web.create import create
from tests.newcomers import newcomer, token_for

EVERYTHING = "read write follow push profile"


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a token of every scope."""

    actor: Actor
    token: str
    client: httpx.AsyncClient

    @property
    def id(self) -> str:
        return str(self.actor.id)

    async def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return answered(await self.client.get(path, **options), status)

    async def post(self, path: str, status: int = 200, **options: Any) -> Any:
        return answered(await self.client.post(path, **options), status)

    async def put(self, path: str, status: int = 200, **options: Any) -> Any:
        return answered(await self.client.put(path, **options), status)

    async def patch(self, path: str, status: int = 200, **options: Any) -> Any:
        return answered(await self.client.patch(path, **options), status)

    async def delete(self, path: str, status: int = 200, **options: Any) -> Any:
        return answered(await self.client.request("DELETE", path, **options), status)

    async def says(self, text: str, **more: Any) -> Any:
        """Publishes a post."""
        return await self.post("/api/v1/statuses", json={"status": text, **more})


def answered(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, f"{response.request.url}: {response.status_code} {response.text[:500]}"
    return response.json()


class Server:
    """The application, where it listens, and its store."""

    def __init__(self, store: Store, port: int) -> None:
        self.store = store
        self.port = port
        self.origin = store.settings.origin
        self.clients: list[httpx.AsyncClient] = []

    def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        made = httpx.AsyncClient(base_url=self.origin, headers=headers, trust_env=False, timeout=10)
        self.clients.append(made)
        return made

    async def person(self, name: str) -> Person:
        """A new member with a token for everything."""
        account = await newcomer(self.store, name)
        token = await self.token(account)
        return Person(account.actor, token, self.client(token))

    async def token(self, account: Account | None, scopes: str = EVERYTHING) -> str:
        """A token of a person, or of an application for itself."""
        return await token_for(self.store, account, scopes=scopes)

    async def account(self, person: Person) -> Account:
        """The account of a person."""
        async with self.store.reading() as tx:
            return await accounts.by_actor(tx, person.actor.id)

    async def work(self) -> None:
        """Does the local jobs that wait."""
        worker = Worker(self.store, None)
        while await worker._local_round():
            pass


async def spoken(server: Server, request: bytes) -> bytes:
    """Says raw bytes to the server; the whole answer, or what came of it before the connection was gone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    said = b""
    with contextlib.suppress(ConnectionError):
        writer.write(request)
        await writer.drain()
        said = await asyncio.wait_for(reader.read(65_536), 10)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return said


Start = Callable[..., Awaitable[Server]]


@asynccontextmanager
async def running(database: str, settings: Settings, listening: socket.socket, **tables: Any) -> AsyncIterator[Server]:
    """A server with the client API on an open socket."""
    session = {"plan_cache_mode": "force_generic_plan"}
    async with opened(settings, database, jobs=JOBS, subscriptions=SUBSCRIPTIONS, session=session) as store:
        app = create(store, **{"routes": ROUTES, **tables})
        config = Config()
        port = listening.getsockname()[1]
        config.bind = [f"fd://{listening.detach()}"]  # the server closes it
        config.accesslog = config.errorlog = None
        config.graceful_timeout = 0.2
        stop = asyncio.Event()
        task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait, mode="asgi"))
        server = Server(store, port)
        try:
            yield server
        finally:
            for client in server.clients:
                await client.aclose()
            stop.set()
            await task


@pytest.fixture
async def start(database: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a server: `await start(PHYLE_LIMITS="on", raw=...)`."""
    stack: list[Any] = []

    async def begin(*, tables: dict[str, Any] | None = None, **variables: str) -> Server:
        listening = socket.create_server(("127.0.0.1", 0))
        chosen = {
            "PHYLE_DOMAIN": f"localhost:{listening.getsockname()[1]}",
            "PHYLE_REGISTRATION": "open",
            "PHYLE_LIMITS": "off",
            **variables,
        }
        context = running(database, read({"home": tmp_path}, chosen), listening, **(tables or {}))
        server = await context.__aenter__()
        stack.append(context)
        return server

    yield begin
    for context in reversed(stack):
        await context.__aexit__(None, None, None)


@pytest.fixture
async def server(start: Start) -> Server:
    """A server with open registration and without request limits."""
    return await start()


@pytest.fixture
async def ana(server: Server) -> Person:
    """Ana."""
    return await server.person("ana")


@pytest.fixture
async def ben(server: Server) -> Person:
    """Ben."""
    return await server.person("ben")
