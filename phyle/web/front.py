"""The thin layer before everything: which requests are sane, who answers them raw, and what every answer carries."""

import asyncio
import contextlib
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, NamedTuple

from phyle.errors import Malformed, NotAllowed, Unavailable
from phyle.powers import Power
from phyle.settings import Settings
from phyle.web import clients, cors, errors
from phyle.web.answers import Answer
from phyle.web.door import refusal_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,255})(:[0-9]{1,5})?")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src * data:; media-src *; base-uri 'none'; frame-ancestors 'none'",
    ),
)
_LINGER = 60.0  # seconds for which a body that nobody wants is still taken
_log = logging.getLogger(__name__)
_ONLY_TLS = (b"strict-transport-security", b"max-age=31536000")


class Raw(NamedTuple):
    """A path that is answered without Quart: `handler(scope, receive, send)`. The parts of the path that match
    `<name>` are in `scope["path_args"]`, the client's address in `scope["client"]`. `power`: as of a route.
    """

    method: str
    path: str
    handler: App
    power: Power


class Reading:
    """The body of a request, read to its end whoever answers earlier: the server beneath waits, with the answer in its
    hands, until somebody has taken what came."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._over = not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])

    async def receive(self) -> Message:
        """The next message."""
        message = await self._receive()
        self._over = self._over or message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def give_up(self) -> None:
        """Nobody wants what is still to come; it is taken and dropped, as long as it does come."""
        if not self._over:
            self._over = True
            task = asyncio.create_task(self._rest(), name="what nobody wants")
            _unwanted.add(task)
            task.add_done_callback(_unwanted.discard)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while (await self._receive())["type"] != "http.disconnect":
                    pass


_unwanted: set[asyncio.Task[None]] = set()


class Front:
    """The ASGI application: the raw table first, then `behind`."""

    def __init__(self, behind: App, raw: Iterable[Raw], settings: Settings) -> None:
        self._behind = behind
        self._exact: dict[str, dict[str, App]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, App]]] = []
        self._proxies = settings.trusted_proxies
        self._always = _ALWAYS if settings.insecure_local else (*_ALWAYS, _ONLY_TLS)
        for entry in raw:
            self._place(entry)

    def _place(self, entry: Raw) -> None:
        methods: dict[str, App]
        if "<" not in entry.path:
            methods = self._exact.setdefault(entry.path, {})
        else:
            pattern = re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", re.escape(entry.path)))
            methods = next((known for other, known in self._patterns if other.pattern == pattern.pattern), {})
            if not methods:
                self._patterns.append((pattern, methods))
        if entry.method in methods:
            raise ValueError(f"{entry.method} {entry.path} is in the table twice")
        methods[entry.method] = entry.handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await _no_streaming(scope, receive, send)
        else:
            await self._behind(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = scope["request_id"] = secrets.token_hex(8)
        extra = (*self._always, (b"x-request-id", request_id.encode()))
        if crossing := cors.opened(scope["path"]):
            extra += cors.ANSWER

        reading = Reading(scope, receive)
        began = False

        async def dressed(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                message["headers"] = [*message["headers"], *extra]
            elif not message.get("more_body", False):
                reading.give_up()
            await send(message)

        try:
            self._check(scope)
            if crossing and scope["method"] == "OPTIONS":
                await answered(dressed, 204, cors.PREFLIGHT[2:])
                return
            await (self._raw(scope) or self._behind)(scope, reading.receive, dressed)
        except Exception as error:
            refusal = refusal_of(error)
            if began:  # it cannot be answered any more: the connection breaks off, which says enough
                _log.info("%s broke off: %s", request_id, refusal or "", exc_info=None if refusal else error)
                return
            answer = (
                errors.refused(refusal, as_html=False, request_id=request_id)
                if refusal
                else errors.failed(error, as_html=False, request_id=request_id)
            )
            await give(dressed, answer)
        finally:
            reading.give_up()

    def _check(self, scope: Scope) -> None:
        """Refuses what no honest client sends, and puts right the path and the client's address."""
        if scope["method"] not in _METHODS:
            raise NotAllowed(f"The method {scope['method'][:20]} is not known here.")
        if scope.get("http_version") == "2":  # a proxy that passes on an upgrade does not see whom it lets in
            raise Malformed("This server speaks HTTP/1.1 only; HTTP/2 is for the proxy in front of it.")
        path: str = scope["path"]
        if not path.startswith("/") or "\0" in path or "\ufffd" in path:
            raise Malformed("This is not a proper address.")
        if len(path) > 1 and path.endswith("/"):
            scope["path"] = path.rstrip("/") or "/"
        hosts = [value for name, value in scope["headers"] if name in (b"host", b":authority")]
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            raise Malformed("A request names exactly one host.")
        if self._proxies and scope.get("client"):
            scope["client"] = (clients.address(scope["client"][0], scope["headers"], self._proxies), scope["client"][1])

    def _raw(self, scope: Scope) -> App | None:
        path, method = scope["path"], scope["method"]
        scope["path_args"] = {}
        methods = self._exact.get(path)
        if methods is None:
            for pattern, known in self._patterns:
                if match := pattern.fullmatch(path):
                    scope["path_args"] = match.groupdict()
                    methods = known
                    break
            else:
                return None
        return methods.get("GET" if method == "HEAD" else method)


async def give(send: Send, answer: Answer) -> None:
    """Send a whole answer, the raw way."""
    headers = [(b"content-type", answer.content_type.encode("latin-1"))]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in answer.cookies]
    await answered(send, answer.status, headers, answer.body)


async def answered(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> None:
    """Send status, headers and body with its length."""
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _no_streaming(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses WebSockets with 503, so that clients fall back to asking now and then."""
    await receive()
    if "websocket.http.response" in (scope.get("extensions") or {}):
        answer = errors.refused(Unavailable("Streaming is not offered yet.", retry_after=3600), as_html=False)
        head = [(b"content-type", b"application/json"), (b"retry-after", b"3600")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": head})
        await send({"type": "websocket.http.response.body", "body": answer.body, "more_body": False})
    else:
        await send({"type": "websocket.close", "code": 1013})
