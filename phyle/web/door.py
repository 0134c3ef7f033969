"""What happens to every request, whichever door it came through: who asks, may they, the handler, the answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import asyncpg
import orjson

from phyle.errors import Malformed, Refusal, Unavailable, Unprocessable
from phyle.identity import scopes
from phyle.identity.limits import Standing
from phyle.identity.viewer import ANYONE, Viewer, viewer_of
from phyle.store.transaction import Tx
from phyle.web import cookies, errors, forgery, paging
from phyle.web.answers import Answer, Listing
from phyle.web.asked import Asked, Surroundings
from phyle.web.metering import Metering, told
from phyle.web.negotiation import wants_html
from phyle.web.routes import Route

_TRIES = 3


class Incoming(NamedTuple):
    """A request as it arrived: header names in lower case, `address` of the client as far as we can believe it."""

    method: str
    path: str
    args: Mapping[str, str]
    query_string: bytes
    headers: Mapping[str, str]
    body: bytes
    address: str
    request_id: str


class Door:
    """Answers requests by the table's routes."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._metering = Metering(around.store)
        self._session_cookie = cookies.session_name(around.settings)
        self._form_cookie = cookies.form_name(around.settings)

    async def answer(self, route: Route, incoming: Incoming) -> Answer:
        """The answer, whatever happens; a success only after what it says is committed."""
        try:
            asked = self._asked(route, incoming)
            standing = await self._metering.count(asked)
            return finished(await self._handled(route, asked), asked, standing)
        except Exception as error:
            as_html = route.door == "page" and wants_html(incoming.headers.get("accept", ""))
            refusal = refusal_of(error)
            if refusal is None:
                return errors.failed(error, as_html=as_html, request_id=incoming.request_id)
            return errors.refused(refusal, as_html=as_html, request_id=incoming.request_id)

    def _asked(self, route: Route, incoming: Incoming) -> Asked:
        of_page = route.door == "page"
        return Asked(
            around=self._around,
            method=incoming.method,
            path=incoming.path,
            args=incoming.args,
            query_string=incoming.query_string,
            headers=incoming.headers,
            body=incoming.body,
            address=incoming.address,
            request_id=incoming.request_id,
            cookie=cookies.read(incoming.headers, self._session_cookie) if of_page else None,
            form_cookie=cookies.read(incoming.headers, self._form_cookie) if of_page else None,
        )

    async def _handled(self, route: Route, asked: Asked) -> Any:
        if route.door == "page" and route.method != "GET":
            forgery.check(asked)
        if route.holds == "writing":
            return await self._written(route, asked)
        if route.holds == "nothing":
            await self._admit_beforehand(route, asked)
            return await route.handler(asked)
        async with self._around.store.reading() as tx:
            await _admit(route, asked, tx)
            asked.tx = tx
            return await route.handler(asked)

    async def _admit_beforehand(self, route: Route, asked: Asked) -> None:
        if not _credentials(route, asked):
            admit(route, ANYONE)
            return
        async with self._around.store.reading() as tx:
            await _admit(route, asked, tx)

    async def _written(self, route: Route, asked: Asked) -> Any:
        """In one transaction, again when two of them were in each other's way."""
        for left in reversed(range(_TRIES)):
            try:
                async with self._around.store.transaction() as tx:
                    await _admit(route, asked, tx)
                    asked.tx = tx
                    return await route.handler(asked)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                if not left:
                    raise
        raise AssertionError("unreachable")


def _credentials(route: Route, asked: Asked) -> bool:
    return asked.cookie is not None or (route.door == "api" and "authorization" in asked.headers)


async def _admit(route: Route, asked: Asked, tx: Tx) -> None:
    asked.viewer = ANYONE
    if _credentials(route, asked):
        authorization = asked.headers.get("authorization") if route.door == "api" else None
        asked.viewer = welcome(route, await viewer_of(tx, authorization, asked.cookie, guests=True))
    admit(route, asked.viewer)


def welcome(route: Route, viewer: Viewer) -> Viewer:
    """Who this is at the route. Guests are nobody where all are welcome, and told so where an account is needed."""
    if not viewer.guest or route.guests:
        return viewer
    if route.who == "anyone" and route.door == "page":
        return ANYONE
    raise errors.guest()


def admit(route: Route, viewer: Viewer) -> None:
    """Whether this viewer may walk this route at all. Unproven without a token, Refused with one that is not enough."""
    if not viewer.known:
        if route.who != "anyone":
            raise errors.invalid_token() if route.door == "api" else errors.not_logged_in()
        return
    if viewer.token is not None and route.scope and not scopes.allows(viewer.scopes, route.scope):
        raise errors.outside_scope()
    if route.who == "user" and viewer.actor is None:
        raise errors.no_person()


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an exception amounts to; None for what nobody expected."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, asyncpg.CheckViolationError | asyncpg.StringDataRightTruncationError):
        return Unprocessable("Something in the request is too long or not of the expected kind.", cause=str(error))
    if isinstance(error, asyncpg.DataError):
        return Malformed("Something in the request is not of the expected kind.", cause=str(error))
    if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        return Unavailable("Too many changes at once; please try again.", cause=str(error), retry_after=1)
    return None


def finished(result: Any, asked: Asked, standing: Standing | None = None) -> Answer:
    """What a handler gave back, as bytes, with what every answer to this viewer says besides."""
    headers = told(standing) if standing else {}
    if asked.viewer.known:
        headers["Cache-Control"] = "private, no-store"
    if isinstance(result, Answer):
        cookies = [*result.cookies, *asked.new_cookies]
        return replace(result, headers={**headers, **result.headers}, cookies=cookies)
    if isinstance(result, Listing):
        link = paging.link(result, address=f"{asked.settings.origin}{asked.path}", query=asked.query)
        if link:
            headers["Link"] = link
        result = result.items
    return Answer(body=orjson.dumps(result), headers=headers, cookies=asked.new_cookies)
