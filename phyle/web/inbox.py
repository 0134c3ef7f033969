"""The inboxes, before Quart: bytes in under a cap, one call to the reception, 202 or the reason why not."""

import asyncio
from typing import Any

from phyle.errors import Malformed, TooLarge
from phyle.federation.reception import Reception
from phyle.federation.signatures import Request
from phyle.federation.wire import LARGEST
from phyle.powers import NONE
from phyle.web.front import Raw, Receive, Scope, Send, answered

ACTOR_INBOX = "/actors/<number>/inbox"
SHARED_INBOX = "/inbox"
PATIENCE = 30.0
"""Seconds that the whole body of an activity may take."""


def routes(reception: Reception, *, scheme: str) -> tuple[Raw, ...]:
    """Both kinds of inbox take the same: who is meant, an activity says itself. `scheme` is what peers connect by."""

    async def inbox(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _in_time(scope, receive)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        request = Request.received("POST", _target(scope), headers, body=body, scheme=scheme)
        await reception.receive(request)
        await answered(send, 202, [(b"content-type", b"application/json")], b"{}")

    return (Raw("POST", SHARED_INBOX, inbox, NONE), Raw("POST", ACTOR_INBOX, inbox, NONE))


def _target(scope: Scope) -> str:
    """The request target exactly as it was sent: it is what was signed."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


async def _in_time(scope: Scope, receive: Receive) -> bytes:
    """The body, if it comes before our patience ends: one byte now and then would hold a connection for ever."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _body(scope, receive)
    except TimeoutError:
        raise Malformed(f"The body of an activity must be here within {PATIENCE:g} seconds.") from None


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, which fits a cap, whether or not its length was announced."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > LARGEST:
        raise TooLarge(f"An activity may have at most {LARGEST} bytes.")
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The request ended before its body did.")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise TooLarge(f"An activity may have at most {LARGEST} bytes.")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
