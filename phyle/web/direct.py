"""The few routes that are asked so often that they are answered before Quart, which would cost as much as the query."""

from phyle.web.door import Door, Incoming
from phyle.web.front import Raw, Receive, Scope, Send, give
from phyle.web.routes import Route


def direct(door: Door, route: Route) -> Raw:
    """The same route, through the same door, in the raw table."""

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        await give(send, await door.answer(route, _incoming(scope)))

    return Raw(route.method, route.path, handler, route.power)


def _incoming(scope: Scope) -> Incoming:
    return Incoming(
        method=scope["method"],
        path=scope["path"],
        args=scope["path_args"],
        query_string=scope["query_string"],
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"",
        address=(scope.get("client") or ("",))[0],
        request_id=scope["request_id"],
    )
