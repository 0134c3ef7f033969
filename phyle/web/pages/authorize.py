"""A person lets a program act for them (RFC 6749, 4.1): the question, the answer, the code on a page of its own."""

import re

from phyle.errors import Malformed
from phyle.identity import oauth
from phyle.identity.oauth import Request
from phyle.identity.oauth_errors import InvalidClient, InvalidRequest, InvalidScope
from phyle.identity.redirect_uris import OUT_OF_BAND, answer
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages import words
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in, here

NATIVE = "/oauth/authorize/native"
_CARRIED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
_CODE = re.compile(r"[A-Za-z0-9_-]{20,200}")


async def show(asked: Asked) -> Answer:
    """GET /oauth/authorize: what is asked, for whom. Nobody is sent to an address that was not registered."""
    try:
        request = await _request(asked)
    except (InvalidClient, InvalidRequest, InvalidScope) as refusal:
        return page(asked, "authorize_error.html", status=400, sentence=refusal.sentence)
    if asked.viewer.actor is None:
        return first_log_in(asked)
    if asked.flag("force_login"):
        return first_log_in(asked, without="force_login")
    return page(
        asked,
        "authorize.html",
        application=request.application,
        allowed=words.scopes(request.scopes),
        goal=None if request.redirect_uri == OUT_OF_BAND else _goal(request.redirect_uri),
        carried={name: asked.text(name) for name in _CARRIED if asked.has(name)},
        again=here(asked),
    )


async def decide(asked: Asked) -> Answer:
    """POST /oauth/authorize: the code, or that the person said no, goes to the program."""
    try:
        request = await _request(asked)
    except (InvalidClient, InvalidRequest, InvalidScope) as refusal:
        return page(asked, "authorize_error.html", status=400, sentence=refusal.sentence)
    if asked.viewer.actor is None:
        return first_log_in(asked)
    if asked.text("decision") != "approve":
        return _denied(asked, request)
    code = await oauth.authorize(asked.tx, request, asked.me.id)
    if request.redirect_uri == OUT_OF_BAND:
        return redirect(answer(NATIVE, code=code))
    return redirect(answer(request.redirect_uri, code=code, state=_state(asked)))


async def native(asked: Asked) -> Answer:
    """GET /oauth/authorize/native: the code for a program that cannot be sent to, to be copied by hand."""
    code = asked.text("code", most=1000)
    if not _CODE.fullmatch(code):
        raise Malformed("There is no proper code in this address.")
    return page(asked, "authorize_native.html", code=code)


def _denied(asked: Asked, request: Request) -> Answer:
    if request.redirect_uri == OUT_OF_BAND:
        return page(asked, "authorize_denied.html", application=request.application)
    return redirect(
        answer(
            request.redirect_uri,
            error="access_denied",
            error_description="The resource owner or authorization server denied the request.",
            state=_state(asked),
        )
    )


def _state(asked: Asked) -> str | None:
    return asked.text("state") if asked.has("state") else None


async def _request(asked: Asked) -> Request:
    return await oauth.asked(
        asked.tx,
        response_type=asked.text("response_type"),
        client_id=asked.text("client_id"),
        redirect_uri=asked.text("redirect_uri"),
        scope=asked.text("scope") or None,
        code_challenge=asked.text("code_challenge") or None,
        code_challenge_method=asked.text("code_challenge_method") or None,
    )


def _goal(uri: str) -> str:
    """The part of an address by which one can tell who gets the code: scheme, and host if it has one."""
    scheme, _, rest = uri.partition(":")
    return f"{scheme}://{rest[2:].partition('/')[0].partition('?')[0]}" if rest.startswith("//") else f"{scheme}:"
