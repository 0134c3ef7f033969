"""What accounts go through."""

import asyncio

import pytest

from phyle.errors import Conflict, Missing, Refused, Unprocessable
from phyle.identity import accounts, actors
from phyle.identity.accounts import Account
from phyle.settings import Registration
from phyle.store.transaction import Store
from tests.newcomers import newcomer, pems


async def _now(store: Store, account: Account) -> Account:
    async with store.reading() as tx:
        return await accounts.by_actor(tx, account.actor.id)


async def test_a_newcomer_has_an_actor_with_keys(store: Store) -> None:
    ana = await newcomer(store, "Ana")
    assert (ana.actor.name, ana.state, ana.email, ana.locale) == ("Ana", "active", "Ana@coop.example", "en")
    assert ana.actor.uri == f"http://localhost:8080/actors/{ana.actor.id}"
    assert not ana.actor.gone
    async with store.reading() as tx:
        assert set(await actors.public_keys(tx, ana.actor)) == {"rsa", "ed25519"}


async def _taken(store: Store, name: str, email: str) -> dict[str, list[str]]:
    rsa, ed25519 = pems()
    with pytest.raises(Unprocessable) as refusal:
        async with store.transaction() as tx:
            await accounts.register(
                tx, name=name, email=email, password_hash="x", rsa=rsa, ed25519=ed25519, state="active"
            )
    return {field: [one["error"] for one in found] for field, found in refusal.value.details.items()}


async def test_names_and_addresses_are_taken_in_any_case(store: Store) -> None:
    await newcomer(store, "ana")
    assert await _taken(store, "ANA", "other@coop.example") == {"username": ["ERR_TAKEN"]}
    assert await _taken(store, "other", "ANA@Coop.example") == {"email": ["ERR_TAKEN"]}
    assert set(await _taken(store, "ana", "ana@coop.example")) == {"username", "email"}
    async with store.reading() as tx:
        assert [each.actor.name for each in await accounts.listing(tx)] == ["ana"]
        assert await actors.by_name(tx, "other") is None


async def test_of_two_at_once_one_gets_the_name(store: Store) -> None:
    results = await asyncio.gather(*(newcomer(store, "ana") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, Account) for result in results) == 1
    assert sum(isinstance(result, Unprocessable) for result in results) == 3


async def test_one_logs_in_with_name_or_address(store: Store) -> None:
    ana = await newcomer(store, "ana")
    async with store.reading() as tx:
        for login in ("ana", "ANA", "@ana", " ana ", "ana@coop.example", "ANA@COOP.example"):
            found = await accounts.by_login(tx, login)
            assert found is not None
            assert found.actor.id == ana.actor.id
        for login in ("", "@", "bea", "bea@coop.example", "an", "ana%", "\0", "\ud800"):
            assert await accounts.by_login(tx, login) is None


async def test_who_waits_is_shown_to_nobody_until_approved(store: Store) -> None:
    ana = await newcomer(store, "ana", state="pending")
    assert ana.actor.gone
    with pytest.raises(Refused, match="approval"):
        accounts.check_active(ana)
    async with store.transaction() as tx:
        await accounts.approve(tx, ana)
    approved = await _now(store, ana)
    accounts.check_active(approved)
    assert not approved.actor.gone
    with pytest.raises(Conflict, match="ana is active, not pending"):
        async with store.transaction() as tx:
            await accounts.approve(tx, approved)


async def test_who_is_rejected_stays_so(store: Store) -> None:
    ana = await newcomer(store, "ana", state="pending")
    async with store.transaction() as tx:
        await accounts.reject(tx, ana)
    assert (await _now(store, ana)).state == "rejected"
    for act in (accounts.approve, accounts.suspend, accounts.restore):
        with pytest.raises(Conflict):
            async with store.transaction() as tx:
                await act(tx, ana)


async def test_suspending_and_restoring(store: Store) -> None:
    ana = await newcomer(store, "ana")
    async with store.transaction() as tx:
        await accounts.suspend(tx, ana)
    suspended = await _now(store, ana)
    assert suspended.state == "suspended"
    assert suspended.actor.gone
    async with store.transaction() as tx:
        await accounts.restore(tx, ana)
    restored = await _now(store, ana)
    assert restored.state == "active"
    assert not restored.actor.gone


async def test_listing_by_state_and_page(store: Store) -> None:
    ana, bea = await newcomer(store, "ana"), await newcomer(store, "bea", state="pending")
    async with store.reading() as tx:
        assert [each.actor.id for each in await accounts.listing(tx, state="pending")] == [bea.actor.id]
        assert [each.actor.id for each in await accounts.listing(tx, limit=1)] == [ana.actor.id]
        assert [each.actor.id for each in await accounts.listing(tx, after=ana.actor.id)] == [bea.actor.id]
        assert await accounts.counts(tx, seen_since=ana.seen_on) == (1, 1)
        with pytest.raises(Missing):
            await accounts.by_actor(tx, 1)


async def test_preferences_are_merged(store: Store) -> None:
    ana = await newcomer(store)
    async with store.transaction() as tx:
        await accounts.set_preferences(tx, ana.actor.id, {"privacy": "unlisted", "sensitive": False})
        await accounts.set_preferences(tx, ana.actor.id, {"sensitive": True}, locale="pt-BR")
    now = await _now(store, ana)
    assert now.preferences == {"privacy": "unlisted", "sensitive": True}
    assert now.locale == "pt-BR"
    async with store.transaction() as tx:
        await accounts.set_preferences(tx, ana.actor.id, {}, locale="<script>" * 10)
    assert (await _now(store, ana)).locale == "en"


@pytest.mark.parametrize(("registration", "state"), [("open", "active"), ("application", "pending")])
def test_how_newcomers_begin(registration: Registration, state: str) -> None:
    assert accounts.state_of_newcomer(registration) == state


def test_closed_is_closed() -> None:
    with pytest.raises(Refused, match="closed"):
        accounts.state_of_newcomer("closed")
