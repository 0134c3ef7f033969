"""Sessions of guests: one each, for some hours, and nobody's to whoever does not ask for guests."""

from datetime import timedelta

import pytest

from phyle.errors import Unproven
from phyle.identity import accounts, guests, sessions, sweeping
from phyle.identity.actors import Actor
from phyle.identity.viewer import ANYONE, Viewer, by_token, viewer_of
from phyle.store.transaction import Tx

HOURS = timedelta(hours=4)


@pytest.fixture
async def zed(tx: Tx) -> Actor:
    """Anybody; whether an account is elsewhere is for others to know."""
    rsa, ed25519 = await accounts.new_keys()
    return (
        await accounts.register(
            tx, name="zed", email="z@example.org", password_hash="", reason="", rsa=rsa, ed25519=ed25519, state="active"
        )
    ).actor


async def seen(tx: Tx, secret: str) -> Viewer:
    return await viewer_of(tx, None, secret, guests=True)


async def test_a_guest_is_a_guest_by_cookie_and_by_token(tx: Tx, zed: Actor) -> None:
    secret = await guests.begin(tx, zed.id, lasts=HOURS)
    for viewer in (await seen(tx, secret), await viewer_of(tx, f"Bearer {secret}", guests=True)):
        assert viewer.guest
        assert viewer.known
        assert viewer.actor_id == zed.id
        assert (viewer.token, viewer.scopes) == (None, "")


@pytest.mark.threat("F2")
async def test_whoever_does_not_ask_for_guests_meets_none(tx: Tx, zed: Actor) -> None:
    secret = await guests.begin(tx, zed.id, lasts=HOURS)
    assert await viewer_of(tx, None, secret) is ANYONE
    with pytest.raises(Unproven):
        await viewer_of(tx, f"Bearer {secret}")
    with pytest.raises(Unproven):
        await by_token(tx, secret)


@pytest.mark.threat("F12")
async def test_a_new_session_ends_the_others(tx: Tx, zed: Actor) -> None:
    first = await guests.begin(tx, zed.id, lasts=HOURS)
    second = await guests.begin(tx, zed.id, lasts=HOURS)
    assert await seen(tx, first) is ANYONE
    account = await accounts.by_login(tx, "zed")
    assert account is not None
    cookie = await sessions.begin(tx, account, before=second)
    assert await seen(tx, second) is ANYONE
    third = await guests.begin(tx, zed.id, lasts=HOURS, before=cookie)
    assert await seen(tx, cookie) is ANYONE
    assert (await seen(tx, third)).guest


async def test_a_session_is_over(tx: Tx, zed: Actor) -> None:
    secret = await guests.begin(tx, zed.id, lasts=timedelta())
    assert await seen(tx, secret) is ANYONE
    await guests.begin(tx, zed.id, lasts=-HOURS)
    await sweeping.sweep(tx, {})
    assert await tx.value(guests.SQL.by_secret, b"") is None
    secret = await guests.begin(tx, zed.id, lasts=HOURS)
    await guests.leave(tx, zed.id)
    assert await seen(tx, secret) is ANYONE
