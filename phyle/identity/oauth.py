"""OAuth 2: a person lets a program act for them (RFC 6749; PKCE by RFC 7636; both as RFC 9700 restricts them).

asked       what a program asks for at /oauth/authorize, checked before the person sees it
authorize   the person agreed: a code, good for ten minutes and one use
exchange    the program gives the code and gets a token; a second use of the code revokes that token
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from phyle.identity import applications, bearer, redirect_uris, scopes, tokens
from phyle.identity.applications import Application
from phyle.identity.oauth_errors import InvalidGrant, InvalidRequest, UnsupportedGrant
from phyle.identity.tokens import IssuedToken
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx

SQL = queries(__file__)

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # the SHA-256 of the verifier, in base64url
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_INVALID = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a program may be given, if the person agrees. `challenge`: of PKCE, S256."""

    application: Application
    redirect_uri: str
    scopes: str
    challenge: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The parameters of POST /oauth/token; '' or None where one was not sent."""

    grant_type: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    code: str = field(default="", repr=False)
    redirect_uri: str = ""
    code_verifier: str | None = field(default=None, repr=False)


async def asked(
    tx: Tx,
    *,
    response_type: str,
    client_id: str,
    redirect_uri: str,
    scope: str | None,
    code_challenge: str | None = None,
    code_challenge_method: str | None = None,
) -> Request:
    """The checked parameters of /oauth/authorize; whatever is wrong is shown on our page and sent nowhere.

    Raises InvalidClient, InvalidRequest, InvalidScope.
    """
    application = await applications.by_client_id(tx, client_id)
    uri = redirect_uris.chosen(redirect_uri, application.redirect_uris)
    if response_type != "code":
        raise InvalidRequest("response_type must be code.")
    return Request(
        application=application,
        redirect_uri=uri,
        scopes=scopes.narrow(scope, application.scopes),
        challenge=_challenge(code_challenge or None, code_challenge_method or None),
    )


def _challenge(challenge: str | None, method: str | None) -> str | None:
    """RFC 7636 (4.3): a challenge without a method would be `plain`, which protects nothing."""
    if challenge is None:
        if method is not None:
            raise InvalidRequest("code_challenge_method was sent without code_challenge.")
        return None
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge must be the base64url form of a SHA-256, 43 characters without padding.")
    return challenge


async def authorize(tx: Tx, request: Request, actor: int) -> str:
    """The code for a request to which the person agreed."""
    code = bearer.new()
    await tx.run(
        SQL.insert_code,
        bearer.digest(code),
        request.application.id,
        actor,
        request.redirect_uri,
        request.scopes,
        request.challenge,
    )
    return code


async def exchange(store: Store, given: Exchange) -> IssuedToken:
    """The token for what a program gave. Opens its own transaction, because a replayed code is refused *and* revokes.

    Raises UnsupportedGrant, InvalidClient, InvalidGrant, InvalidRequest, InvalidScope.
    """
    if given.grant_type == "client_credentials":
        async with store.transaction() as tx:
            application = await applications.prove(tx, given.client_id, given.client_secret)
            granted = scopes.narrow(given.scope, application.scopes)
            return await tokens.issue(tx, application=application.id, actor=None, scopes=granted)
    if given.grant_type != "authorization_code":
        raise UnsupportedGrant("The grant types here are authorization_code and client_credentials.")
    async with store.transaction() as tx:
        application = await applications.prove(tx, given.client_id, given.client_secret)
        token = await _by_code(tx, application, given)
    if token is None:
        raise InvalidGrant(_INVALID, cause=f"a code was used twice, now by {application.name}")
    return token


async def _by_code(tx: Tx, application: Application, given: Exchange) -> IssuedToken | None:
    """The token for a code; None if it was used before, in which case its token has been revoked."""
    code = bearer.digest(given.code)
    row = await tx.row(SQL.code, code)
    if row is None:
        raise InvalidGrant(_INVALID, cause="no such code")
    if row["used_token"] is not None:
        await tokens.end(tx, row["used_token"])
        return None
    _check(row, application, given)
    granted = scopes.narrow(given.scope or row["scopes"], row["scopes"])
    if await tx.value(SQL.hold_account, row["actor"]) != "active":
        raise InvalidGrant(_INVALID, cause="the account is not active")
    number = tx.new_id()
    if not await tx.run(SQL.use_code, code, number):
        await _take_back(tx, code)
        return None
    return await tokens.issue(tx, application=application.id, actor=row["actor"], scopes=granted, number=number)


async def _take_back(tx: Tx, code: bytes) -> None:
    """Another request used the code a moment ago, or the person's access ended."""
    row = await tx.row(SQL.code, code)
    if row is not None and row["used_token"] is not None:
        await tokens.end(tx, row["used_token"])


def _check(row: Record, application: Application, given: Exchange) -> None:
    """A code is good for the application and the address for which it was made, with the verifier of its challenge."""
    if row["application"] != application.id:
        raise InvalidGrant(_INVALID, cause=f"the code of another application, shown by {application.name}")
    if row["expired"]:
        raise InvalidGrant(_INVALID, cause="the code has expired")
    if row["redirect_uri"] != given.redirect_uri:
        raise InvalidGrant(_INVALID, cause="another redirect_uri")
    _check_verifier(row["challenge"], given.code_verifier or None)


def _check_verifier(challenge: str | None, verifier: str | None) -> None:
    if (challenge is None) != (verifier is None):  # dropping either half must not help (RFC 9700, 2.1.1)
        raise InvalidGrant(_INVALID, cause="code_verifier and code_challenge must come together")
    if challenge is None or verifier is None:
        return
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()).rstrip(b"=")
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(made, challenge.encode("ascii")):
        raise InvalidGrant(_INVALID, cause="the code_verifier does not match")
