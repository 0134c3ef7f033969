"""Another server: a small one that we write ourselves, with actors, keys, documents, and an inbox that remembers."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web

from phyle.clock import now
from phyle.federation import signatures, wire
from phyle.federation.signatures import Signer, Style
from phyle.identity import keys

ACTIVITY = "application/activity+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_keys = [keys.new_rsa() for _ in range(2)]
_numbers = itertools.count(1)


@dataclass
class Received:
    """One delivery, as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Peer:
    """One host. `documents`: path -> what is served there; `asked`: every GET; `received`: every POST.

    `lazily` makes documents when they are asked for; `decide` may answer a delivery in its own way.
    """

    origin: str
    documents: dict[str, Any] = field(default_factory=dict)
    content_type: str = ACTIVITY
    asked: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    pems: dict[str, str] = field(default_factory=dict)
    answer: int = 202
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    lazily: Callable[[str], Any] | None = None
    decide: Callable[[Received], Awaitable[web.Response | None]] | None = None

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]

    def actor(self, name: str, /, *, locked: bool = False, pem: str | None = None, **more: Any) -> str:
        """A new actor with a key; its id."""
        uri = f"{self.origin}/users/{name}"
        self.pems[uri] = pem or _keys[len(self.pems) % len(_keys)]
        self.documents[f"/users/{name}"] = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri,
            "type": "Person",
            "preferredUsername": name,
            "inbox": f"{uri}/inbox",
            "outbox": f"{uri}/outbox",
            "followers": f"{uri}/followers",
            "endpoints": {"sharedInbox": f"{self.origin}/inbox"},
            "manuallyApprovesFollowers": locked,
            "url": f"{self.origin}/@{name}",
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": self._public(uri)},
            **more,
        }
        self.documents[f"/.well-known/webfinger?resource=acct:{name}@{self.host}"] = {
            "subject": f"acct:{name}@{self.host}",
            "links": [{"rel": "self", "type": ACTIVITY, "href": uri}],
        }
        return uri

    def rotate(self, uri: str) -> None:
        """The actor takes a new key under the same id."""
        self.pems[uri] = keys.new_rsa()
        document = self.documents[uri.removeprefix(self.origin)]
        document["publicKey"] = {**document["publicKey"], "publicKeyPem": self._public(uri)}

    def _public(self, uri: str) -> str:
        return keys.public_pem(keys.private_key(self.pems[uri]))

    def note(self, author: str, content: str = "<p>Hello</p>", **more: Any) -> dict[str, Any]:
        """A public Note of the author, served under its id."""
        path = f"/notes/{next(_numbers)}"
        note = {
            "id": f"{self.origin}{path}",
            "type": "Note",
            "attributedTo": author,
            "content": content,
            "published": now().isoformat(),
            "to": [PUBLIC],
            "cc": [f"{author}/followers"],
            **more,
        }
        self.documents[path] = {"@context": "https://www.w3.org/ns/activitystreams", **note}
        return note

    def activity(self, kind: str, actor: str, thing: Any, **more: Any) -> dict[str, Any]:
        """An activity of the actor with an id of its own."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.origin}/activities/{next(_numbers)}",
            "type": kind,
            "actor": actor,
            "object": thing,
            **more,
        }

    def signer(self, uri: str) -> Signer:
        return Signer(key_id=f"{uri}#main-key", key=keys.rsa(self.pems[uri]))

    async def send(
        self, inbox: str, activity: dict[str, Any], *, signer: Signer | None = None, style: Style = "cavage"
    ) -> httpx.Response:
        """Sign as the activity's actor (or as somebody else) and deliver."""
        body = wire.dump(activity)
        return await deliver(inbox, body, signed(inbox, body, signer or self.signer(activity["actor"]), style))

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The bodies received so far that are of this type."""
        return [received.body for received in self.received if received.body["type"] == kind]

    async def _get(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        document = self.documents.get(request.path_qs, self.documents.get(request.path))
        if document is None and self.lazily is not None:
            document = self.lazily(request.path)
        if isinstance(document, int):
            return web.Response(status=document)
        if document is None:
            return web.Response(status=404)
        return web.Response(body=wire.dump(document), content_type=self.content_type)

    async def _post(self, request: web.Request) -> web.Response:
        body = wire.parse(await request.read())
        received = Received(request.path, {k.lower(): v for k, v in request.headers.items()}, body)
        self.received.append(received)
        self.arrived.set()
        decided = await self.decide(received) if self.decide is not None else None
        return decided or web.Response(status=self.answer)


def signed(inbox: str, body: bytes, signer: Signer, style: Style = "cavage") -> dict[str, str]:
    """The headers of a correct delivery."""
    return signatures.sign(
        signer, method="POST", url=inbox, now=now(), body=body, style=style, headers={"Content-Type": ACTIVITY}
    )


async def deliver(inbox: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    """POST exactly this."""
    async with httpx.AsyncClient(timeout=30) as client:
        return await client.post(inbox, content=body, headers=headers)


@contextlib.asynccontextmanager
async def peer(*, port: int = 0) -> AsyncIterator[Peer]:
    """A peer on this machine for the time of the block."""
    app = web.Application()
    runner = web.AppRunner(app)
    built = Peer(origin="")
    app.router.add_get("/{path:.*}", built._get)
    app.router.add_post("/{path:.*}", built._post)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    built.origin = f"http://localhost:{runner.addresses[0][1]}"
    try:
        yield built
    finally:
        await runner.cleanup()
