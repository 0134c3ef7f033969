"""Leaving for good: what the instance knows of a person goes at once, and nobody ever gets their name again."""

from dataclasses import dataclass

from phyle.identity import accounts, actors
from phyle.identity.accounts import Account
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDeleted:
    """`actor` has no account any more. Its row stays, so that its name stays taken and its address can say so."""

    actor: int


async def delete(tx: Tx, account: Account) -> None:
    """The account goes with its e-mail address, password, sessions, tokens, and all that was the person's alone; of the
    actor only name and keys stay, the keys because its servers elsewhere have yet to be told.

    `account` was read before its password was verified. Raises Unproven if it has changed since then.
    """
    await accounts.hold(tx, account)
    await tx.emit(accounts.AccessEnded(actor=account.actor.id))
    await tx.run(SQL.forget, account.actor.id)
    await tx.run(actors.SQL.set_deleted, account.actor.id)
    await tx.emit(AccountDeleted(actor=account.actor.id))
