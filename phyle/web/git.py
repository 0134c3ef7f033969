"""Git over HTTP (gitprotocol-http(5)), before Quart: who asks is proven as everywhere, then the real git answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import parse_qs

from phyle.commons import permission, protection, pushes, repositories
from phyle.commons.git import pktline, receiving, serving, storage
from phyle.commons.git.pktline import FLUSH
from phyle.commons.git.receiving import Asked, Reception, Report
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal, Refused, Unproven
from phyle.identity import basic
from phyle.identity.limits import place
from phyle.identity.viewer import ANYONE, Viewer, by_token
from phyle.powers import NONE, SELF
from phyle.store.transaction import Store
from phyle.web import door, errors, routes
from phyle.web.front import App, Message, Raw, Receive, Scope, Send, answered
from phyle.web.metering import Metering
from phyle.web.streams import Answering, Body, GoneError, Pace, header, sentence_of

INFO, FETCH, PUSH = "/@<name>.git/info/refs", "/@<name>.git/git-upload-pack", "/@<name>.git/git-receive-pack"
_CHALLENGE = (b"www-authenticate", b'Basic realm="Phyle: any user name, and an application password", charset="UTF-8"')
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_FRESH = (b"cache-control", b"no-cache, max-age=0, must-revalidate")
_LARGEST_QUESTION = 32 << 20
_AGAIN = 4.0
"""Seconds after which it is asked again whether somebody may still do what they are doing."""
_DUMB = (
    "This is answered by git's smart protocol only, and something else was asked for: by a very old git, or a proxy."
)
_NONE = "There is no such repository, or not for you."
_T = TypeVar("_T")


async def _never(_: object) -> None:
    raise RuntimeError("the front answers this path")


_READS = routes.get(INFO, _never, who="anyone", scope="read:repositories")
_WRITES = routes.post(PUSH, _never, who="user", scope="write:repositories")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks for which repository. `client`: under which name processes are counted."""

    viewer: Viewer
    repository: Repository
    client: str


class Git:
    """The three addresses that git asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._metering = Metering(store)

    async def advertise(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET info/refs: which refs there are, for a fetch or a push."""
        service = _service(scope)
        caller = await self._admitted(scope, writes=service == "receive-pack")
        folder = await storage.existing(self._store.settings, caller.repository.id)
        version = serving.protocol(header(scope, b"git-protocol"), service)
        answer = _answering(send, Pace(), f"application/x-git-{service}-advertisement")
        if version == serving.VERSION_2:
            await answer.end(await serving.capabilities(folder))
            return
        async with serving.advertised(folder, service, version=version, client=caller.client) as running:
            await answer.write(pktline.line(f"# service=git-{service}\n".encode()) + FLUSH)
            async for piece in running.stdout:
                await answer.write(piece)
        await answer.end()

    async def fetch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST git-upload-pack: what is missing, as a pack."""
        _check_type(scope, "upload-pack")
        caller = await self._admitted(scope, writes=False)
        folder = await storage.existing(self._store.settings, caller.repository.id)
        version = serving.protocol(header(scope, b"git-protocol"), "upload-pack")
        pace = Pace()
        body = Body(scope, receive, pace, most=_LARGEST_QUESTION)
        answer = _answering(send, pace, "application/x-git-upload-pack-result")

        async def ask() -> None:
            try:
                while piece := await body.read():
                    await running.stdin.write(piece)
            except BrokenPipeError:
                await body.drain()
            running.stdin.close()
            await body.gone()

        async def tell() -> None:
            async for piece in running.stdout:
                await answer.write(piece)

        async with serving.served(folder, version=version, client=caller.client) as running:
            await _first_of(tell(), ask(), self._watch(scope, writes=False))
            await answer.end()

    async def push(self, scope: Scope, receive: Receive, send: Send) -> None:
        """POST git-receive-pack: commands, then a pack; and at the end, what became of each."""
        _check_type(scope, "receive-pack")
        caller = await self._admitted(scope, writes=True)
        pace = Pace()
        body = Body(scope, receive, pace, most=storage.LARGEST + _LARGEST_QUESTION)
        reader = pktline.Reader(body.read)
        answer = _answering(send, pace, "application/x-git-receive-pack-result")
        asked = await receiving.asked(reader)
        if not asked.commands:  # a probe, before something large is sent
            await body.drain()
            await answer.end()
            return
        try:
            report = await self._pushed(scope, caller, asked, reader, answer)
        except Refusal as refusal:
            if not asked.band:
                raise
            # git shows no text of a status at this point, but this it does.
            await answer.end(pktline.banded(3, sentence_of(refusal), most=asked.band) + FLUSH)
            return
        await answer.end(report.framed(asked))

    async def _pushed(
        self, scope: Scope, caller: Caller, asked: Asked, reader: pktline.Reader, answer: Answering
    ) -> Report:
        """Judged, intended, received, settled: in this order, so that whatever is answered is known."""
        repository, person = caller.repository, caller.viewer.actor_id
        folder = await storage.existing(self._store.settings, repository.id)
        room, full = await protection.room(folder, asked.commands)
        async with self._store.reading() as tx:
            refused = await protection.refused(
                tx, person, repository, asked.commands, atomic="atomic" in asked.words, full=full
            )
        left = replace(asked, commands=tuple(each for each in asked.commands if each.ref not in refused))
        if not left.commands:
            while await reader.rest():
                pass
            return Report().refusing(refused)
        strictly = any(protection.is_protected(repository, each.ref) for each in left.commands)

        async def still() -> None:
            await self._still(scope, writes=True)
            async with self._store.reading() as tx:
                now = await protection.refused(tx, person, repository, left.commands, atomic=False)
            if now:
                raise Refused(next(iter(now.values())))

        async with pushes.under_way(self._store, repository.id, person, left.commands) as push:
            async with receiving.received(
                folder, left, client=caller.client, room=room, strictly=strictly
            ) as reception:
                report = await self._conversation(scope, reception, reader, answer, still)
            if not report.whole:  # what git left there is for `recover`, which also sees how far it got
                return report.refusing(refused)
            taken = report.taken
            happened = [each for each in left.commands if taken is not None and each.ref in taken]
            if taken is None:
                happened = await pushes.compared(folder, left.commands)
            disk = await pushes.looked(folder, happened)
            async with self._store.transaction() as tx:
                await pushes.settle(tx, push, happened, disk)
        return report.refusing(refused)

    async def _conversation(
        self,
        scope: Scope,
        reception: Reception,
        reader: pktline.Reader,
        answer: Answering,
        still: Callable[[], Awaitable[None]],
    ) -> Report:
        async def whole() -> AsyncIterator[bytes]:
            """What follows, its last piece only if whoever sends it still may: with it, refs change."""
            held = await reader.rest()
            while piece := await reader.rest():
                yield held
                held = piece
            await still()
            yield held

        async def tell() -> Report:
            telling = asyncio.create_task(reception.tell(whole()))
            reporting = asyncio.create_task(reception.report(answer.write))
            try:
                await telling
                return await reporting
            finally:
                for task in (telling, reporting):
                    task.cancel()
                await asyncio.gather(telling, reporting, return_exceptions=True)

        return await _first_of(tell(), self._watch(scope, writes=True))

    async def _watch(self, scope: Scope, *, writes: bool) -> None:
        """Ends with a refusal as soon as whoever asks may not do this any more."""
        while True:
            await asyncio.sleep(_AGAIN)
            await self._still(scope, writes=writes)

    async def _still(self, scope: Scope, *, writes: bool) -> None:
        """Whether what was admitted a while ago still is; as `_admitted`."""
        authorization = header(scope, b"authorization")
        viewer = ANYONE
        if authorization:
            async with self._store.reading() as tx:
                viewer = await by_token(tx, basic.credentials(authorization)[1])
        await self._caller(scope, viewer, writes=writes)

    async def _admitted(self, scope: Scope, *, writes: bool) -> Caller:
        """Who asks, and that they may. Raises Unproven, Refused, Missing, TooMany."""
        authorization = header(scope, b"authorization")
        address = (scope.get("client") or ("",))[0]
        await self._metering.count_raw(basic.credentials(authorization)[1] if authorization else "", address)
        viewer = await basic.proven(self._store, authorization, address) if authorization else ANYONE
        return await self._caller(scope, viewer, writes=writes)

    async def _caller(self, scope: Scope, viewer: Viewer, *, writes: bool) -> Caller:
        door.admit(_WRITES if writes else _READS, viewer)
        async with self._store.reading() as tx:
            repository = await repositories.named(tx, scope["path_args"]["name"])
            if repository is None or not await permission.allowed(tx, viewer.actor_id, repository, "read"):
                # Nobody learns what is there: whoever has shown nothing yet is asked who they are, either way.
                raise Missing(_NONE) if viewer.known else errors.not_logged_in()
            if writes:
                await permission.require(tx, viewer.actor_id, repository, "push")
        client = f"actor {viewer.actor_id}" if viewer.actor_id else place((scope.get("client") or ("",))[0])
        return Caller(viewer=viewer, repository=repository, client=client)


async def _first_of(work: Coroutine[Any, Any, _T], *watches: Coroutine[Any, Any, None]) -> _T:
    """What `work` gives; or what one of the watches raises before, whereupon everything else ends."""
    working = asyncio.create_task(work)
    tasks: list[asyncio.Task[Any]] = [working, *(asyncio.create_task(each) for each in watches)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if working not in done:
            for task in done:
                await task
            raise GoneError  # a watch that ends without a word saw the client go
        return await working
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _service(scope: Scope) -> serving.Service:
    asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10).get("service", [""])[-1]
    if asked == "git-upload-pack":
        return "upload-pack"
    if asked == "git-receive-pack":
        return "receive-pack"
    raise Refused(_DUMB)


def _check_type(scope: Scope, service: serving.Service) -> None:
    """A form of another site cannot send this type, so no browser can be made to push."""
    if header(scope, b"content-type") != f"application/x-git-{service}-request":
        raise Refused(_DUMB)


def _answering(send: Send, pace: Pace, kind: str) -> Answering:
    return Answering(send, pace, [(b"content-type", kind.encode()), _FRESH])


def _speaking(handler: Callable[[Scope, Receive, Send], Awaitable[None]]) -> App:
    """The handler, with refusals in plain text, which git shows to whoever sits before it."""

    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def noting(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await handler(scope, receive, noting)
        except GoneError:
            return
        except Exception as error:
            refusal = door.refusal_of(error)
            if refusal is None or began:
                raise
            await _refused(send, refusal, scope["request_id"])

    return answers


async def _refused(send: Send, refusal: Refusal, request_id: str) -> None:
    told = errors.refused(refusal, as_html=False, request_id=request_id)
    extra = [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
    if isinstance(refusal, Unproven):
        extra = [_CHALLENGE]
    await answered(send, refusal.status, [_TEXT, *extra], sentence_of(refusal))


def table(store: Store) -> tuple[Raw, ...]:
    """The raw routes."""
    git = Git(store)
    return (
        Raw("GET", INFO, _speaking(git.advertise), NONE),
        Raw("POST", FETCH, _speaking(git.fetch), NONE),
        Raw("POST", PUSH, _speaking(git.push), SELF),
    )
