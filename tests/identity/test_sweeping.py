"""What proves nothing any more is removed, and nothing else."""

from phyle.identity import oauth, sessions, sweeping, tokens
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from tests.newcomers import REDIRECT, newcomer, program

_KEPT = """
    SELECT (SELECT count(*) FROM identity.authorization_codes), (SELECT count(*) FROM identity.sessions),
           (SELECT count(*) FROM identity.tokens)"""


async def _left(tx: Tx) -> tuple[int, ...]:
    return tuple((await tx.rows(Query(_KEPT)))[0])


async def test_codes_sessions_and_tokens_go_when_they_are_over(store: Store) -> None:
    ana = await newcomer(store)
    application, _ = await program(store)
    async with store.transaction() as tx:
        request = await oauth.asked(
            tx, response_type="code", client_id=application.client_id, redirect_uri=REDIRECT, scope=None
        )
        for _ in range(2):
            await oauth.authorize(tx, request, ana.actor.id)
            await sessions.begin(tx, ana)
            await tokens.issue(tx, application=application.id, actor=ana.actor.id, scopes="read")
        await sweeping.sweep(tx, {})
        assert await _left(tx) == (2, 2, 2)
        for table, column, ago in (
            ("authorization_codes", "expires_at", "25 hours"),
            ("sessions", "expires_at", "1 minute"),
            ("tokens", "revoked_at", "31 days"),
        ):
            over = f"UPDATE identity.{table} SET {column} = now() - interval '{ago}'"
            await tx.run(Query(f"{over} WHERE ctid = (SELECT min(ctid) FROM identity.{table})"))
        await tx.run(Query("UPDATE identity.tokens SET revoked_at = now() WHERE revoked_at IS NULL"))
        await sweeping.sweep(tx, {})
        assert await _left(tx) == (1, 1, 1)
