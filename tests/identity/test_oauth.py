"""A person lets a program act for them."""

import base64
import hashlib
from dataclasses import replace

import pytest

from phyle.errors import Malformed, Unprocessable, Unproven
from phyle.identity import applications, oauth
from phyle.identity.accounts import Account
from phyle.identity.applications import Application
from phyle.identity.oauth import Exchange
from phyle.identity.oauth_errors import InvalidGrant, InvalidRequest, InvalidScope, UnsupportedGrant
from phyle.identity.viewer import viewer_of
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.newcomers import REDIRECT, newcomer, program

VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def _code(store: Store, application: Application, account: Account, **more: str | None) -> str:
    asked = {"response_type": "code", "client_id": application.client_id, "redirect_uri": REDIRECT, "scope": "read"}
    async with store.transaction() as tx:
        request = await oauth.asked(tx, **(asked | more))  # type: ignore[arg-type]
        return await oauth.authorize(tx, request, account.actor.id)


def _exchange(application: Application, secret: str, code: str, **more: str | None) -> Exchange:
    given = Exchange(
        grant_type="authorization_code",
        client_id=application.client_id,
        client_secret=secret,
        code=code,
        redirect_uri=REDIRECT,
    )
    return replace(given, **more)  # type: ignore[arg-type]


async def test_from_the_page_to_a_token(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    code = await _code(
        store, application, ana, scope="read write", code_challenge=CHALLENGE, code_challenge_method="S256"
    )
    token = await oauth.exchange(store, _exchange(application, secret, code, code_verifier=VERIFIER))
    assert token.scopes == "read write"
    async with store.reading() as tx:
        viewer = await viewer_of(tx, f"Bearer {token.secret}")
        assert (viewer.actor_id, viewer.application, viewer.scopes) == (ana.actor.id, application.id, "read write")
        assert await applications.by_id(tx, viewer.application) == application
        assert await applications.by_id(tx, None) is None


async def test_an_application_for_itself(store: Store) -> None:
    application, secret = await program(store, scopes="read")
    given = Exchange(grant_type="client_credentials", client_id=application.client_id, client_secret=secret)
    token = await oauth.exchange(store, given)
    assert token.scopes == "read"
    with pytest.raises(InvalidScope):
        await oauth.exchange(store, replace(given, scope="write"))
    with pytest.raises(UnsupportedGrant):
        await oauth.exchange(store, replace(given, grant_type="password"))


WRONG: list[tuple[type[Exception], dict[str, str]]] = [
    (Unproven, {"client_id": "unknown"}),
    (Unproven, {"client_id": ""}),
    (Unproven, {"client_id": "a\0b"}),
    (InvalidRequest, {"response_type": "token"}),
    (InvalidScope, {"scope": "read write"}),
    (InvalidScope, {"scope": "nonsense"}),
    (InvalidRequest, {"redirect_uri": ""}),
    (InvalidRequest, {"redirect_uri": REDIRECT + "/more"}),
    (InvalidRequest, {"redirect_uri": REDIRECT[:-1]}),
    (InvalidRequest, {"redirect_uri": REDIRECT + "#fragment"}),
    (InvalidRequest, {"redirect_uri": REDIRECT + "?"}),
    (InvalidRequest, {"redirect_uri": REDIRECT.upper()}),
    (InvalidRequest, {"code_challenge": CHALLENGE}),  # without a method it would be plain
    (InvalidRequest, {"code_challenge_method": "S256"}),
    (InvalidRequest, {"code_challenge": VERIFIER, "code_challenge_method": "plain"}),
    (InvalidRequest, {"code_challenge": CHALLENGE + "=", "code_challenge_method": "S256"}),
    (InvalidRequest, {"code_challenge": "short", "code_challenge_method": "S256"}),
    (InvalidRequest, {"code_challenge": CHALLENGE, "code_challenge_method": "s256"}),
]


async def test_what_is_asked_for_is_checked_first(store: Store) -> None:
    ana = await newcomer(store)
    application, _ = await program(store, scopes="read")
    for error, parameters in WRONG:
        with pytest.raises(error):
            await _code(store, application, ana, **parameters)
    await _code(store, application, ana)


async def test_a_code_expires(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    code = await _code(store, application, ana)
    async with store.transaction() as tx:
        late = "UPDATE identity.authorization_codes SET expires_at = expires_at - interval '10 minutes'"
        assert await tx.run(Query(late)) == 1
    with pytest.raises(InvalidGrant) as refusal:
        await oauth.exchange(store, _exchange(application, secret, code))
    assert refusal.value.code == "invalid_grant"
    assert "expired" in refusal.value.cause


async def test_a_failed_attempt_leaves_the_code_to_its_owner(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    code = await _code(store, application, ana)
    for wrong in ({"redirect_uri": REDIRECT + "x"}, {"code_verifier": VERIFIER}, {"scope": "read write"}):
        with pytest.raises(Malformed):
            await oauth.exchange(store, _exchange(application, secret, code, **wrong))
    await oauth.exchange(store, _exchange(application, secret, code))


async def test_unknown_codes_and_wrong_secrets(store: Store) -> None:
    application, secret = await program(store)
    for code in ("", "unknown", "\0", "\ud800"):
        with pytest.raises(InvalidGrant):
            await oauth.exchange(store, _exchange(application, secret, code))
    for wrong in ("", "wrong", "\ud800", "x" * 10_000):
        with pytest.raises(Unproven, match="Client authentication failed"):
            await oauth.exchange(store, _exchange(application, wrong, "any"))


async def test_applications_are_examined(store: Store) -> None:
    async with store.transaction() as tx:
        for name, website in (
            ("", None),
            (" \n", None),
            ("x" * 201, None),
            ("Tool", "javascript:alert(1)"),
            ("Tool", "t"),
        ):
            with pytest.raises(Unprocessable, match="Validation failed"):
                await applications.register(tx, name=name, redirect_uris_sent=REDIRECT, website=website)
