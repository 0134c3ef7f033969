"""Sessions of pages: a cookie that is new at every login, lasts 30 days, and is stored as a hash only."""

from datetime import timedelta

from phyle.errors import Unproven
from phyle.identity import bearer, guests
from phyle.identity.accounts import Account
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

LIFETIME = timedelta(days=30)


async def begin(tx: Tx, account: Account, *, before: str | None = None) -> str:
    """The cookie of a new session; the session of the cookie `before`, whoever had it, ends.

    `account` was read before its password was verified. Raises Unproven if it has changed since then.
    """
    if not await tx.value(SQL.hold_account, account.actor.id, account.password_hash):
        raise Unproven("The password was changed a moment ago. Please log in again.")
    if before:
        await end(tx, before)
    cookie = bearer.new()
    await tx.run(SQL.insert, tx.new_id(), bearer.digest(cookie), account.actor.id)
    return cookie


async def end(tx: Tx, cookie: str) -> None:
    """Logging out, also of a guest; nothing happens when there is no such session."""
    await guests.end(tx, cookie)
