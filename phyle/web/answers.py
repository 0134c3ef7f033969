"""What a handler gives back besides plain data: a page of a list, a redirect, bytes, a status of its own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Bytes as they go out. `headers` besides the content type; set no security headers here, the front adds them.
    `stream`: the body piece by piece, in place of `body`, for what is too large for memory; not of what is hot."""

    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()
    """Whole `Set-Cookie` values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list. `newest` and `oldest` are the ids that the next requests page from (of the relation, where
    the list is of relations); None when the page is empty.
    """

    items: Sequence[Any]
    newest: int | None = None
    oldest: int | None = None
    upward: str = "min_id"
    """The parameter by which the link `prev` asks: `min_id`, or `since_id` as Mastodon's lists of relations do."""


def json(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Plain data with a status of its own."""
    return Answer(body=orjson.dumps(data), status=status, headers=headers or {})


def html(document: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A whole HTML document."""
    return Answer(body=document.encode(), status=status, content_type=HTML, headers=headers or {})


def redirect(where: str, *, status: int = 303, cookies: Sequence[str] = ()) -> Answer:
    """To another address; 303 so that what follows a form is a GET."""
    return Answer(status=status, content_type="text/plain", headers={"Location": where}, cookies=cookies)
