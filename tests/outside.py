"""Strangers on loopback sockets: servers with TLS on addresses of their own, and a client that may reach them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import orjson
import trustme
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from phyle.federation.net import Lookup, Net, Reach
from phyle.federation.signatures import Signer

ACTIVITY = "application/activity+json"
NAMES = ("good.example", "evil.example", "third.example", "two.example")
REACHABLE = "127.1.0.1"
BARRED = "127.0.0.1"

Reply = tuple[int, Mapping[str, str], bytes]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """A request as it came: `target` is the raw request target."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: object


@dataclass
class Stranger:
    """A server that answers from `replies` (by raw target, with or without query) and remembers what it was asked."""

    name: str
    scheme: str
    port: int = 0
    replies: dict[str, Reply | Handler] = field(default_factory=dict)
    requests: list[Received] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"{self.name}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.requests]

    def serve(self, path: str, body: Any, content_type: str = ACTIVITY, status: int = 200) -> str:
        """Answer `path` with a document; returns its address."""
        self.replies[path] = (status, {"Content-Type": content_type}, orjson.dumps(body))
        return self.origin + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        """Answer `path` with a redirect; returns its address."""
        self.replies[path] = (status, {"Location": location}, b"")
        return self.origin + path

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        target = request.raw_path
        body = await request.read()
        self.requests.append(Received(request.method, target, request.headers, body, request.transport))
        reply = self.replies.get(target) or self.replies.get(target.partition("?")[0])
        if reply is None:
            return web.Response(status=404)
        if callable(reply):
            return await reply(request)
        status, headers, content = reply
        return web.Response(status=status, headers=headers, body=content)


@asynccontextmanager
async def stranger(
    name: str = "good.example", *, address: str = REACHABLE, scheme: str = "https"
) -> AsyncIterator[Stranger]:
    """A running stranger; `name` is how it is called, `address` where it listens."""
    made = Stranger(name=name, scheme=scheme)
    runner = web.ServerRunner(web.Server(made.answer), shutdown_timeout=0.1)
    await runner.setup()
    context = server_context() if scheme == "https" else None
    site = web.TCPSite(runner, address, 0, ssl_context=context)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_stranger(talk: Talk) -> AsyncIterator[str]:
    """A plain http server that says what `talk` says, whatever HTTP thinks of it; yields its origin."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@cache
def signer() -> Signer:
    """The service actor that signs what the tests fetch."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Signer(key_id="https://ours.example/actors/1#main-key", key=key)


def names(table: Mapping[str, Sequence[str]] | None = None) -> Lookup:
    """A look-up by table; the usual names are at the reachable address."""
    known = dict.fromkeys(NAMES, (REACHABLE,)) | dict(table or {})

    async def lookup(host: str) -> Sequence[str]:
        if host not in known:
            raise OSError(f"{host} is not known")
        return known[host]

    return lookup


def reach(**other: Any) -> Reach:
    """A guard that lets through 127.1.0.0/16 and trusts the strangers' certificates."""
    return Reach(allow_networks=(ip_network("127.1.0.0/16"),), ca_file=ca_file(), **other)


@asynccontextmanager
async def client(lookup: Lookup | None = None) -> AsyncIterator[Net]:
    """A guarded client that reaches the strangers."""
    async with Net.open(reach(), lookup=lookup or names()) as net:
        yield net


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def ca_file() -> Path:
    """The certificate of the strangers' authority, in a file."""
    path = Path(mkdtemp(prefix="phyle-test-ca-")) / "ca.pem"
    _authority().cert_pem.write_to_path(str(path))
    return path


@cache
def server_context() -> ssl.SSLContext:
    """TLS for all strangers: one certificate with all their names and addresses."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(*NAMES, REACHABLE, BARRED, "127.1.0.2").configure_cert(context)
    return context
