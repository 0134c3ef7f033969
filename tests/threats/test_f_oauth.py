"""Threats to logins, codes, tokens and sessions, at the law's own level."""

import asyncio
import base64
import hashlib
import logging
from dataclasses import replace

import asyncpg
import pytest

from phyle.errors import Refused, TooMany, Unprocessable, Unproven
from phyle.identity import accounts, bearer, joining, oauth, passwords, scopes, sessions, tokens
from phyle.identity.accounts import AccessEnded, Account
from phyle.identity.applications import Application
from phyle.identity.oauth import Exchange
from phyle.identity.oauth_errors import InvalidGrant, InvalidRequest, InvalidScope
from phyle.identity.viewer import ANYONE, viewer_of
from phyle.powers import NONE
from phyle.store.jobs import local, told
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from tests.newcomers import PASSWORD, REDIRECT, newcomer, password_hash, program, token_for

VERIFIER = "another-verifier-of-at-least-forty-three-chars"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def _code(store: Store, application: Application, account: Account, challenge: str | None = None) -> str:
    async with store.transaction() as tx:
        request = await oauth.asked(
            tx,
            response_type="code",
            client_id=application.client_id,
            redirect_uri=REDIRECT,
            scope="read",
            code_challenge=challenge,
            code_challenge_method="S256" if challenge else None,
        )
        return await oauth.authorize(tx, request, account.actor.id)


def _given(application: Application, secret: str, code: str) -> Exchange:
    return Exchange(
        grant_type="authorization_code",
        client_id=application.client_id,
        client_secret=secret,
        code=code,
        redirect_uri=REDIRECT,
    )


async def _proves(store: Store, secret: str) -> bool:
    async with store.reading() as tx:
        try:
            await viewer_of(tx, f"Bearer {secret}")
        except Unproven:
            return False
    return True


@pytest.mark.threat("F2")
def test_no_scope_is_met_by_another_or_by_none() -> None:
    for needed in scopes.KNOWN:
        assert not scopes.allows("", needed)
        assert not scopes.allows("everything * all admin", needed)
        for granted in scopes.KNOWN:
            if needed.startswith("write") and granted.startswith(("read", "push", "profile")):
                assert not scopes.allows(granted, needed)
    assert not scopes.allows(" ".join(scopes.KNOWN), "undeclared")


@pytest.mark.threat("F3")
async def test_an_applications_own_token_is_nobody(store: Store) -> None:
    secret = await token_for(store, None)
    async with store.reading() as tx:
        viewer = await viewer_of(tx, f"Bearer {secret}")
    assert viewer.actor is None
    assert viewer.actor_id is None


@pytest.mark.threat("F4")
async def test_a_suspended_account_is_refused_at_once(store: Store) -> None:
    ana = await newcomer(store)
    secret = await token_for(store, ana)
    async with store.transaction() as tx:
        cookie = await sessions.begin(tx, ana)
    async with store.transaction() as tx:
        await accounts.suspend(tx, ana)
    async with store.reading() as tx:
        with pytest.raises(Refused, match="disabled"):
            await viewer_of(tx, f"Bearer {secret}")
        assert await viewer_of(tx, None, cookie) is ANYONE


@pytest.mark.threat("F5")
async def test_a_new_password_ends_all_access(store: Store) -> None:
    async def nothing(_tx: Tx, _body: object) -> None: ...

    store.jobs = {"test.hang_up": local(nothing, NONE)}
    store.subscriptions = {AccessEnded: told(NONE, "test.hang_up")}
    ana, bea = await newcomer(store), await newcomer(store, "bea")
    application, secret = await program(store)
    mine, hers = await token_for(store, ana), await token_for(store, bea)
    code = await _code(store, application, ana)
    async with store.transaction() as tx:
        cookie, other = await sessions.begin(tx, ana), await sessions.begin(tx, bea)
    async with store.transaction() as tx:
        await accounts.set_password(tx, ana, password_hash())
    assert not await _proves(store, mine)
    assert await _proves(store, hers)
    with pytest.raises(InvalidGrant):
        await oauth.exchange(store, _given(application, secret, code))
    async with store.reading() as tx:
        assert await viewer_of(tx, None, cookie) is ANYONE
        assert (await viewer_of(tx, None, other)).actor_id == bea.actor.id
        assert await tx.value(Query("SELECT body FROM store.jobs")) == {"actor": ana.actor.id}


@pytest.mark.threat("F5")
async def test_a_login_that_raced_with_a_new_password_is_refused(store: Store) -> None:
    ana = await newcomer(store)
    async with store.transaction() as tx:
        await accounts.set_password(tx, ana, await passwords.digest("another horse"))
    with pytest.raises(Unproven, match="changed"):
        async with store.transaction() as tx:
            await sessions.begin(tx, ana)


@pytest.mark.threat("F5")
async def test_an_exchange_that_raced_with_a_new_password_gives_nothing_that_lasts(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    for _ in range(10):
        code = await _code(store, application, ana)

        async def reset() -> None:
            async with store.transaction() as tx:
                await accounts.set_password(tx, ana, password_hash())

        given = _given(application, secret, code)
        given_or_not, _ = await asyncio.gather(oauth.exchange(store, given), reset(), return_exceptions=True)
        if isinstance(given_or_not, InvalidGrant):
            continue
        assert isinstance(given_or_not, tokens.IssuedToken)
        assert not await _proves(store, given_or_not.secret)


@pytest.mark.threat("F7")
async def test_a_code_used_twice_is_refused_and_takes_the_token_back(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    given = _given(application, secret, await _code(store, application, ana))
    token = await oauth.exchange(store, given)
    assert await _proves(store, token.secret)
    with pytest.raises(InvalidGrant):
        await oauth.exchange(store, given)
    assert not await _proves(store, token.secret)


@pytest.mark.threat("F7")
async def test_of_many_uses_at_once_at_most_one_succeeds(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    given = _given(application, secret, await _code(store, application, ana))
    results = await asyncio.gather(*(oauth.exchange(store, given) for _ in range(8)), return_exceptions=True)
    issued = [result for result in results if isinstance(result, tokens.IssuedToken)]
    assert len(issued) == 1
    assert all(isinstance(result, InvalidGrant) for result in results if result is not issued[0])
    assert not await _proves(store, issued[0].secret)


@pytest.mark.threat("F7")
async def test_a_code_of_another_client_is_refused(store: Store) -> None:
    ana = await newcomer(store)
    (mine, _), (thief, secret) = await program(store), await program(store, name="Thief")
    with pytest.raises(InvalidGrant):
        await oauth.exchange(store, _given(thief, secret, await _code(store, mine, ana)))


@pytest.mark.threat("F7")
async def test_pkce_cannot_be_dropped_or_added(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    protected = _given(application, secret, await _code(store, application, ana, CHALLENGE))
    for verifier in (None, "", VERIFIER[:-1], VERIFIER + "x", CHALLENGE, "\ud800", "x" * 10_000):
        with pytest.raises(InvalidGrant):
            await oauth.exchange(store, replace(protected, code_verifier=verifier))
    await oauth.exchange(store, replace(protected, code_verifier=VERIFIER))
    plain = _given(application, secret, await _code(store, application, ana))
    with pytest.raises(InvalidGrant):
        await oauth.exchange(store, replace(plain, code_verifier=VERIFIER))


@pytest.mark.threat("F7")
async def test_nothing_widens_on_the_way(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store, scopes="read")
    code = await _code(store, application, ana)
    for wider in ("write", "read write", "push", "follow"):
        with pytest.raises(InvalidScope):
            await oauth.exchange(store, replace(_given(application, secret, code), scope=wider))
    narrow = await oauth.exchange(store, replace(_given(application, secret, code), scope="read:statuses"))
    assert narrow.scopes == "read:statuses"


@pytest.mark.threat("F7")
async def test_a_redirect_is_compared_to_the_letter(store: Store) -> None:
    ana = await newcomer(store)
    application, secret = await program(store)
    for uri in (
        REDIRECT + "/evil",
        REDIRECT + "?evil",
        REDIRECT + "#evil",
        "https://client.example/",
        REDIRECT + ".evil",
    ):
        with pytest.raises(InvalidRequest):
            async with store.transaction() as tx:
                await oauth.asked(
                    tx, response_type="code", client_id=application.client_id, redirect_uri=uri, scope="read"
                )
        code = await _code(store, application, ana)
        with pytest.raises(InvalidGrant):
            await oauth.exchange(store, replace(_given(application, secret, code), redirect_uri=uri))


@pytest.mark.threat("F9")
async def test_guessing_a_password_is_limited_per_person_from_anywhere(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(_password: str, _stored: str | None) -> bool:
        return False

    store.settings = replace(store.settings, limits=True)
    monkeypatch.setattr(passwords, "verify", wrong)
    await newcomer(store)
    for whom in ("ana", "nobody"):
        outcomes = [await _attempt(store, login, f"2001:db8:{n}::1") for n, login in enumerate(_spellings(whom))]
        assert outcomes == [Unproven] * 10 + [TooMany] * 2


def _spellings(whom: str) -> list[str]:
    return [whom, whom.upper(), f" {whom} "] * 4


@pytest.mark.threat("F9")
async def test_guessing_is_limited_per_network_whoever_it_is_about(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(_password: str, _stored: str | None) -> bool:
        return False

    store.settings = replace(store.settings, limits=True)
    monkeypatch.setattr(passwords, "verify", wrong)
    outcomes = [await _attempt(store, f"person{n}", f"2001:db8::{n:x}") for n in range(32)]
    assert outcomes == [Unproven] * 30 + [TooMany] * 2


async def _attempt(store: Store, login: str, address: str) -> type[Exception]:
    with pytest.raises((Unproven, TooMany)) as refusal:
        await joining.log_in(store, login, "guess", address=address, cookie=None)
    return refusal.type


@pytest.mark.threat("F9")
async def test_registrations_are_limited_per_network(store: Store) -> None:
    store.settings = replace(store.settings, limits=True)
    await newcomer(store, "taken")
    form = joining.Form(name="taken", email="other@coop.example", password=PASSWORD, agreement=True)
    refused: list[type[Exception]] = []
    for number in range(7):
        with pytest.raises((Unprocessable, TooMany)) as refusal:
            await joining.sign_up(store, form, address=f"2001:db8::{number}")
        refused.append(refusal.type)
    assert refused == [Unprocessable] * 5 + [TooMany] * 2


@pytest.mark.threat("F12")
async def test_a_login_gives_a_new_session_and_ends_the_one_before(store: Store) -> None:
    await newcomer(store)
    _, first = await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie="planted by someone")
    assert first != "planted by someone"
    _, second = await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie=first)
    async with store.reading() as tx:
        assert await viewer_of(tx, None, first) is ANYONE
        assert await viewer_of(tx, None, "planted by someone") is ANYONE
        assert (await viewer_of(tx, None, second)).known


@pytest.mark.threat("F12")
async def test_a_session_ends_after_thirty_days(store: Store) -> None:
    ana = await newcomer(store)
    async with store.transaction() as tx:
        cookie = await sessions.begin(tx, ana)
        await tx.run(Query("UPDATE identity.sessions SET expires_at = expires_at - interval '30 days'"))
        assert await viewer_of(tx, None, cookie) is ANYONE


@pytest.mark.threat("F13")
async def test_no_secret_lies_in_the_database(store: Store, database: str) -> None:
    ana = await newcomer(store)
    application, client_secret = await program(store)
    code, token = await _code(store, application, ana, CHALLENGE), await token_for(store, ana)
    async with store.transaction() as tx:
        cookie = await sessions.begin(tx, ana)
    connection = await asyncpg.connect(database)
    try:
        tables = ("accounts", "applications", "authorization_codes", "tokens", "sessions")
        kept = [
            str(row[0]) for name in tables for row in await connection.fetch(f"SELECT t::text FROM identity.{name} t")
        ]
    finally:
        await connection.close()
    assert len(kept) >= 5
    for secret in (client_secret, code, token, cookie, PASSWORD):
        assert not any(secret in row or secret.encode().hex() in row for row in kept)
        assert secret == PASSWORD or len(base64.urlsafe_b64decode(secret + "=")) == 32
    assert any(bearer.digest(token).hex() in row for row in kept)


@pytest.mark.threat("F13")
def test_secrets_do_not_repeat() -> None:
    assert len({bearer.new() for _ in range(10_000)}) == 10_000


@pytest.mark.threat("F16")
async def test_no_secret_is_in_an_error_or_a_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ana = await newcomer(store)
    application, secret = await program(store)
    given = _given(application, secret, await _code(store, application, ana))
    token = await oauth.exchange(store, given)
    told: list[str] = [repr(token), repr(given), repr(ana)]
    for attempt in (
        lambda: oauth.exchange(store, given),
        lambda: oauth.exchange(store, replace(given, client_secret="a wrong secret")),
        lambda: joining.log_in(store, "ana", "a wrong password", address="192.0.2.1", cookie="a cookie"),
        lambda: _look(store, f"Bearer {token.secret}"),
        lambda: _look(store, "Bearer a-wrong-token"),
        lambda: _look(store, "Basic a-wrong-token"),
    ):
        with pytest.raises((InvalidGrant, Unproven)) as refusal:
            await attempt()
        told += [str(refusal.value), repr(refusal.value), refusal.value.sentence, refusal.value.cause]
    told += [record.getMessage() for record in caplog.records]
    words = (token.secret, given.code, secret, "a wrong secret", "a wrong password", "a cookie", "a-wrong-token")
    assert not [word for word in words for line in told if word in line]
    assert not [line for line in told if "$argon2id$" in line]


async def _look(store: Store, authorization: str) -> None:
    async with store.reading() as tx:
        await viewer_of(tx, authorization)


@pytest.mark.threat("F19")
async def test_every_text_about_identity_has_a_length(database: str) -> None:
    unlimited = """
        SELECT c.relname || '.' || a.attname
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        WHERE c.relnamespace = 'identity'::regnamespace AND a.attnum > 0 AND a.atttypid = 'text'::regtype
          AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                          WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY(k.conkey))"""
    connection = await asyncpg.connect(database)
    try:
        assert [row[0] for row in await connection.fetch(unlimited)] == []
    finally:
        await connection.close()
