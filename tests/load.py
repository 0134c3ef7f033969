"""Load that keeps account of what it was promised: members post, and people elsewhere write, like, boost and follow.

Whatever is not answered is sent again until it is, as every client and every server does; so what was answered, and
nothing else, is what must be there in the end.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from phyle.clock import now
from phyle.federation import signatures, wire
from tests.peer import ACTIVITY, PUBLIC, Peer
from tests.servers import Person


@dataclass
class Promised:
    """What was answered with 200 or 202. Posts are named by their uri, people by their id."""

    posts: dict[str, str] = field(default_factory=dict)  # ours: uri -> id
    edited: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)  # theirs
    replies: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    likes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    boosts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    followers: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)

    @property
    def kept(self) -> list[str]:
        """Our posts that nobody edits or deletes: others react to them."""
        return [uri for uri in self.posts if uri not in self.edited | self.deleted]


class Load:
    """`run` until `over` is set; everything begun is ended before it returns."""

    def __init__(self, ana: Person, uri: str, peer: Peer, people: list[str], chance: random.Random) -> None:
        self.promised = Promised()
        self.over = asyncio.Event()
        self._ana = ana
        self._uri = uri
        self._peer = peer
        self._people = people
        self._chance = chance
        self._number = 0
        self._client = httpx.AsyncClient(base_url=ana.server.origin, timeout=10)

    async def run(self) -> None:
        """One member and everybody elsewhere, at once."""
        busy = [self._posting, self._posting, self._writing, *[self._reacting] * 3]
        async with self._client, asyncio.TaskGroup() as group:
            for one in busy:
                group.create_task(self._again_and_again(one))
            for person in self._people[1:]:
                group.create_task(self._again_and_again(partial(self._following, person)))

    async def _again_and_again(self, one: Callable[[], Awaitable[None]]) -> None:
        while not self.over.is_set():
            await one()
            await asyncio.sleep(self._chance.uniform(0, 0.15))

    async def _insist(self, ask: Callable[[], Awaitable[httpx.Response]], *, fine: tuple[int, ...]) -> httpx.Response:
        """Until there is an answer that is one; 503 is honest, anything else is noted as strange."""
        while True:
            try:
                answer = await ask()
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code in fine:
                return answer
            if answer.status_code != 503 or "retry-after" not in answer.headers:
                self.promised.strange.append(f"{answer.request.url}: {answer.status_code} {answer.text}")
            await asyncio.sleep(0.1)

    # Here

    async def _api(self, method: str, path: str, *, fine: tuple[int, ...] = (200,), **kwargs: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._ana.token}", **kwargs.pop("headers", {})}
        answer = await self._insist(lambda: self._client.request(method, path, headers=headers, **kwargs), fine=fine)
        return answer.json()

    async def _posting(self) -> None:
        """A post; some are edited, some deleted, some both."""
        self._number += 1
        key = {"Idempotency-Key": f"key {self._number}"}
        said = {"status": f"Post {self._number} of the load"}
        posted = await self._api("POST", "/api/v1/statuses", headers=key, json=said)
        what = self._chance.random()
        uri, path = posted["uri"], f"/api/v1/statuses/{posted['id']}"
        if what < 0.3:
            self.promised.edited.add(uri)
        if what < 0.15 or what > 0.9:
            self.promised.deleted.add(uri)
        self.promised.posts[uri] = posted["id"]
        if uri in self.promised.edited:
            await self._api("PUT", path, json={"status": f"{said['status']}, edited"})
        if uri in self.promised.deleted:
            await self._api("DELETE", path, fine=(200, 404))

    # Elsewhere

    async def _tell(self, activity: dict[str, Any]) -> None:
        """Until it is taken, and then perhaps again."""
        body = wire.dump(activity)
        who = self._peer.signer(activity["actor"])
        inbox = f"{self._ana.server.origin}/inbox"

        async def post() -> httpx.Response:
            kind = {"Content-Type": ACTIVITY}
            headers = signatures.sign(who, method="POST", url=inbox, now=now(), body=body, headers=kind)
            return await self._client.post(inbox, content=body, headers=headers)

        for _ in range(self._chance.randint(1, 3)):
            await self._insist(post, fine=(202,))

    async def _writing(self) -> None:
        """A post of the one whom Ana follows; or an answer to her, by anybody."""
        kept = self.promised.kept
        if kept and self._chance.random() < 0.5:
            uri = self._chance.choice(kept)
            writer = self._chance.choice(self._people)
            note = self._peer.note(writer, inReplyTo=uri)
            self.promised.replies[uri].add(note["id"])
        else:
            writer = self._people[0]
            note = self._peer.note(writer)
        await self._tell(self._peer.activity("Create", writer, note, to=note["to"], cc=note["cc"]))
        self.promised.notes.add(note["id"])

    async def _reacting(self) -> None:
        """A like or a boost, which may be taken back; and then the first word comes once more."""
        kept = self.promised.kept
        if not kept:
            return
        uri, who = self._chance.choice(kept), self._chance.choice(self._people)
        kind = self._chance.choice(("Like", "Announce"))
        done = (self.promised.likes if kind == "Like" else self.promised.boosts)[uri]
        if who in done:
            return
        done.add(who)
        activity = self._peer.activity(kind, who, uri, to=[PUBLIC])
        await self._tell(activity)
        if self._chance.random() < 0.3:
            inner = {name: activity[name] for name in ("id", "type", "actor", "object")}
            await self._tell(self._peer.activity("Undo", who, inner))
            await self._tell(activity)
            done.remove(who)

    async def _following(self, person: str) -> None:
        """Follow, and perhaps no longer."""
        follow = self._peer.activity("Follow", person, self._uri)
        await self._tell(follow)
        self.promised.followers.add(person)
        await asyncio.sleep(self._chance.uniform(0, 0.5))
        if self._chance.random() < 0.6:
            await self._tell(self._peer.activity("Undo", person, follow))
            self.promised.followers.discard(person)
        await asyncio.sleep(self._chance.uniform(0, 0.5))
