"""Guests: sessions of people whose accounts are elsewhere, proven by what their own server has signed."""

from datetime import timedelta

from phyle.identity import bearer
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def begin(tx: Tx, actor: int, *, lasts: timedelta, before: str | None = None) -> str:
    """The secret of a new session, for a cookie or as a token; any other of this guest ends, and the session of the
    cookie `before`, whoever had it."""
    if before:
        await end(tx, before)
    secret = bearer.new()
    await tx.run(SQL.begin, tx.new_id(), bearer.digest(secret), actor, lasts)
    return secret


async def end(tx: Tx, secret: str) -> None:
    """The session of this secret ends, of a guest or of somebody with an account here; if there is one."""
    await tx.run(SQL.end, bearer.digest(secret))
    await tx.run(SQL.end_session, bearer.digest(secret))


async def leave(tx: Tx, actor: int) -> None:
    """Somebody is no guest any more."""
    await tx.run(SQL.leave, actor)
