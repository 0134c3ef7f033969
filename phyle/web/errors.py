"""One renderer for every way the server says no: JSON for clients and servers, a small page for people."""

import logging
from html import escape
from http import HTTPStatus
from typing import Any

from phyle.errors import Missing, Refusal, Refused, TooMany, Unavailable, Unprocessable, Unproven
from phyle.web.answers import Answer, html, json

_log = logging.getLogger(__name__)

INTERNAL = "Something went wrong on our side. It has been noted under the number that comes with this answer."

_MISSING = Missing().sentence
"""Words that programs know."""
_NOTHING_HERE = (
    "There is nothing at this address, or it is not for everybody to read. If it is for you, log in and come back;"
    " otherwise go one part of the address up."
)
"""The same for people."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<link rel="stylesheet" href="/static/style.css"><link rel="icon" type="image/svg+xml" href="/static/favicon.svg"></head>
<body><header class="top"><div class="wide"><a class="home" href="/"><img src="/static/favicon.svg" alt="" width="28"
height="28"> <span>To the front page</span></a></div></header>
<main class="narrow"><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""


def refused(refusal: Refusal, *, as_html: bool, request_id: str = "") -> Answer:
    """The answer to a refusal: its public sentence, never its cause, which only the log sees."""
    if refusal.cause or refusal.status >= 500:
        _log.info("%s answered %d: %s", request_id, refusal.status, refusal)
    headers = _headers(refusal)
    if as_html:
        return html(_page(refusal.status, refusal.sentence), status=refusal.status, headers=headers)
    return json(_body(refusal), status=refusal.status, headers=headers)


def failed(error: BaseException, *, as_html: bool, request_id: str) -> Answer:
    """The answer to what nobody expected. Nothing of it leaves the house."""
    _log.error("%s failed", request_id, exc_info=error)
    if as_html:
        return html(_page(500, INTERNAL), status=500)
    return json({"error": INTERNAL}, status=500)


def _body(refusal: Refusal) -> dict[str, Any]:
    if code := getattr(refusal, "code", ""):  # of OAuth (RFC 6749, 5.2): for software first, then for people
        return {"error": code, "error_description": refusal.sentence}
    body: dict[str, Any] = {"error": refusal.sentence}
    if isinstance(refusal, Unprocessable) and refusal.details:
        body["details"] = refusal.details
    return body


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, TooMany | Unavailable):
        return {"Retry-After": str(refusal.retry_after)}
    if isinstance(refusal, Unproven):
        return {"WWW-Authenticate": 'Bearer realm="Phyle", error="invalid_token"'}
    return {}


def _page(status: int, sentence: str) -> str:
    words = _NOTHING_HERE if sentence == _MISSING else sentence
    return _PAGE.format(title=HTTPStatus(status).phrase, sentence=escape(words))


def invalid_token() -> Unproven:
    """No token, or one that proves nothing: the words that clients look for."""
    return Unproven("The access token is invalid")


def not_logged_in() -> Unproven:
    """Nobody, where a page is for members."""
    return Unproven("Please log in first.")


def outside_scope() -> Refused:
    """A good token that may not do this: the words that clients look for."""
    return Refused("This action is outside the authorized scopes")


def guest() -> Refused:
    """Somebody with an account elsewhere, where one here is needed."""
    return Refused(
        "This needs an account on this server. In the booth, with your account elsewhere, you can do what members do."
    )


def no_person() -> Refused:
    """A token of an application, where a person is needed."""
    return Refused("This method requires an authenticated user")
