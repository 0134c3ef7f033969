"""Signing up and logging in."""

from dataclasses import replace

import pytest

from phyle.errors import Refused, Unprocessable, Unproven
from phyle.identity import accounts, joining, sessions
from phyle.identity.joining import Form
from phyle.identity.viewer import ANYONE, viewer_of
from phyle.store.transaction import Store
from tests.newcomers import PASSWORD, newcomer

FORM = Form(name="Ana", email="ana@coop.example", password=PASSWORD, agreement=True, locale="pt")


async def test_signing_up_and_logging_in(store: Store) -> None:
    ana = await joining.sign_up(store, FORM, address="192.0.2.1")
    assert (ana.state, ana.locale, ana.actor.name) == ("active", "pt", "Ana")
    account, cookie = await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie=None)
    assert account.actor.id == ana.actor.id
    async with store.reading() as tx:
        assert (await viewer_of(tx, None, cookie)).actor_id == ana.actor.id


async def test_an_instance_that_asks_for_a_reason(store: Store) -> None:
    store.settings = replace(store.settings, registration="application")
    with pytest.raises(Unprocessable) as refusal:
        await joining.sign_up(store, FORM, address="192.0.2.1")
    assert list(refusal.value.details) == ["reason"]
    ana = await joining.sign_up(store, replace(FORM, reason="I bake bread."), address="192.0.2.1")
    assert (ana.state, ana.reason) == ("pending", "I bake bread.")
    with pytest.raises(Refused, match="approval"):
        await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie=None)


async def test_an_instance_that_is_closed(store: Store) -> None:
    store.settings = replace(store.settings, registration="closed")
    with pytest.raises(Refused, match="closed"):
        await joining.sign_up(store, FORM, address="192.0.2.1")


async def test_a_taken_name_is_told_before_any_hashing(store: Store) -> None:
    await newcomer(store, "ana")
    with pytest.raises(Unprocessable) as refusal:
        await joining.sign_up(store, FORM, address="192.0.2.1")
    assert set(refusal.value.details) == {"username", "email"}


async def test_the_same_answer_for_a_wrong_password_and_for_nobody(store: Store) -> None:
    await newcomer(store, "ana")
    told = set()
    for login, password in (
        ("ana", "wrong horse"),
        ("bea", PASSWORD),
        ("ana", ""),
        ("ana", "x" * 5000),
        ("ana", "\ud800"),
    ):
        with pytest.raises(Unproven) as refusal:
            await joining.log_in(store, login, password, address="192.0.2.1", cookie=None)
        told.add(str(refusal.value))
    assert len(told) == 1


async def test_only_who_knows_the_password_learns_of_a_suspension(store: Store) -> None:
    ana = await newcomer(store, "ana")
    async with store.transaction() as tx:
        await accounts.suspend(tx, ana)
    with pytest.raises(Unproven):
        await joining.log_in(store, "ana", "wrong horse", address="192.0.2.1", cookie=None)
    with pytest.raises(Refused, match="disabled"):
        await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie=None)


async def test_logging_out(store: Store) -> None:
    await newcomer(store, "ana")
    _, cookie = await joining.log_in(store, "ana", PASSWORD, address="192.0.2.1", cookie=None)
    async with store.transaction() as tx:
        await sessions.end(tx, cookie)
        await sessions.end(tx, cookie)
        assert await viewer_of(tx, None, cookie) is ANYONE


def test_a_password_is_in_no_representation() -> None:
    assert PASSWORD not in repr(FORM)
