"""Who is asking."""

import pytest

from phyle.errors import Refused, Unproven
from phyle.identity import accounts, sessions, tokens
from phyle.identity.viewer import ANYONE, SQL, AccountReturned, viewer_of
from phyle.powers import NONE
from phyle.store.jobs import local, told
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from tests.newcomers import newcomer, password_hash, program, token_for


async def test_a_token_proves_a_person(store: Store) -> None:
    ana = await newcomer(store)
    secret = await token_for(store, ana, scopes="read:statuses")
    async with store.reading() as tx:
        for header in (f"Bearer {secret}", f"bearer  {secret} "):
            viewer = await viewer_of(tx, header)
            assert (viewer.actor_id, viewer.scopes, viewer.session) == (ana.actor.id, "read:statuses", None)
            assert viewer.known
            assert viewer.actor is not None
            assert viewer.actor.acct == "ana"


async def test_a_token_proves_an_application(store: Store) -> None:
    secret = await token_for(store, None)
    async with store.reading() as tx:
        viewer = await viewer_of(tx, f"Bearer {secret}")
    assert viewer.known
    assert viewer.application is not None
    assert (viewer.actor, viewer.actor_id) == (None, None)


async def test_a_cookie_proves_a_person_without_scopes(store: Store) -> None:
    ana = await newcomer(store)
    async with store.transaction() as tx:
        cookie = await sessions.begin(tx, ana)
        viewer = await viewer_of(tx, None, cookie)
    assert (viewer.actor_id, viewer.scopes, viewer.token, viewer.application) == (ana.actor.id, "", None, None)
    assert viewer.session is not None


async def test_nothing_is_anyone(store: Store) -> None:
    async with store.reading() as tx:
        assert await viewer_of(tx, None) is ANYONE
        for cookie in ("", "nonsense", "x" * 5000, "\ud800"):
            assert await viewer_of(tx, None, cookie) == ANYONE


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic YTpi",
        "nonsense",
        "Bearer " + "x" * 9999,
        "Bearer \ud800",
        "Bearer é",
    ],
)
async def test_a_header_that_proves_nothing_is_refused(store: Store, header: str) -> None:
    async with store.reading() as tx:
        with pytest.raises(Unproven, match="The access token is invalid"):
            await viewer_of(tx, header)


async def test_a_bad_header_is_not_mended_by_a_good_cookie(store: Store) -> None:
    ana = await newcomer(store)
    async with store.transaction() as tx:
        cookie = await sessions.begin(tx, ana)
        with pytest.raises(Unproven):
            await viewer_of(tx, "Bearer nonsense", cookie)


async def test_who_has_not_joined_is_refused(store: Store) -> None:
    ana = await newcomer(store, state="pending")
    secret = await token_for(store, ana)
    async with store.transaction() as tx:
        with pytest.raises(Refused, match="pending approval"):
            await viewer_of(tx, f"Bearer {secret}")
        await accounts.reject(tx, ana)
        with pytest.raises(Unproven, match="revoked"):
            await viewer_of(tx, f"Bearer {secret}")


async def test_one_query_and_one_write_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await newcomer(store)
    secret = await token_for(store, ana)
    asked: list[str] = []
    row, run = Tx.row, Tx.run

    async def counted_row(tx: Tx, query: Query, *args: object) -> object:
        asked.append(query)
        return await row(tx, query, *args)

    async def counted_run(tx: Tx, query: Query, *args: object) -> int:
        asked.append(query)
        return await run(tx, query, *args)

    async with store.reading() as tx:
        await tx.run(Query("UPDATE identity.accounts SET seen_on = current_date - 3"))
        monkeypatch.setattr(Tx, "row", counted_row)
        monkeypatch.setattr(Tx, "run", counted_run)
        for _ in range(3):
            await viewer_of(tx, f"Bearer {secret}")
    assert asked == [SQL.by_token, SQL.seen, SQL.by_token, SQL.by_token]


async def test_who_was_away_for_long_is_announced_once(store: Store) -> None:
    async def nothing(_tx: Tx, _body: object) -> None: ...

    ana = await newcomer(store)
    secret = await token_for(store, ana)
    store.jobs = {"test.refill": local(nothing, NONE)}
    store.subscriptions = {AccountReturned: told(NONE, "test.refill")}
    async with store.reading() as tx:
        for days in (29, 30):
            await tx.run(Query(f"UPDATE identity.accounts SET seen_on = current_date - {days}"))
            await viewer_of(tx, f"Bearer {secret}")
            await viewer_of(tx, f"Bearer {secret}")
        bodies = [row["body"] for row in await tx.rows(Query("SELECT body FROM store.jobs"))]
    assert bodies == [{"actor": ana.actor.id, "days_away": 30}]


async def test_revoking_needs_the_same_application(store: Store) -> None:
    ana = await newcomer(store)
    (mine, _), (other, _) = await program(store), await program(store, name="Other")
    async with store.transaction() as tx:
        token = await tokens.issue(tx, application=mine.id, actor=ana.actor.id, scopes="read")
        with pytest.raises(Refused, match="not authorized"):
            await tokens.revoke(tx, other, token.secret)
        await viewer_of(tx, f"Bearer {token.secret}")
        await tokens.revoke(tx, mine, token.secret)
        await tokens.revoke(tx, mine, token.secret)
        await tokens.revoke(tx, mine, "unknown")
        with pytest.raises(Unproven, match="revoked"):
            await viewer_of(tx, f"Bearer {token.secret}")


def test_the_hash_for_tests_is_a_real_one() -> None:
    assert password_hash().startswith("$argon2id$")
