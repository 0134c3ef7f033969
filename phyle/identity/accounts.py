"""Accounts: the people who can log in here. What an account may do follows from its state.

    (registered) ──> pending ──approve──> active <──restore── suspended
         │             └────reject────> rejected                 ^
         └──────────────────────────────> active ────suspend─────┘

The actor of an account that is not active is marked suspended, so that nothing of it is shown or takes effect. Who
leaves for good (`leaving`) has no account any more.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from phyle.errors import Conflict, Missing, Refused, Unproven
from phyle.identity import actors, keys, names
from phyle.identity.actors import Actor
from phyle.settings import Registration
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import fold, well_formed

SQL = queries(__file__)

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")

State = Literal["pending", "active", "suspended", "rejected"]

CLOSED: Mapping[str, str] = {
    "pending": "Your login is currently pending approval.",
    "rejected": "Your application to join was not accepted.",
    "suspended": "Your login is currently disabled.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person of this instance with what only they and the instance know of them."""

    actor: Actor
    email: str
    password_hash: str = field(repr=False)
    state: State
    reason: str
    locale: str
    preferences: Mapping[str, Any]
    joined_at: datetime
    seen_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRegistered:
    """`actor` has an account now; it can be used at once unless `state` is pending."""

    actor: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountApproved:
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRejected:
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSuspended:
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRestored:
    actor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEnded:
    """Whoever is still connected as `actor` must be let go: the password changed or the account was suspended."""

    actor: int


async def new_keys() -> tuple[str, str]:
    """Private PEMs for a new actor, RSA and Ed25519, made in a thread."""
    rsa, ed25519 = await asyncio.gather(asyncio.to_thread(keys.new_rsa), asyncio.to_thread(keys.new_ed25519))
    return rsa, ed25519


def state_of_newcomer(registration: Registration) -> State:
    """In which state one begins who registers themselves. Raises Refused when registrations are closed."""
    if registration == "closed":
        raise Refused("Registrations are closed on this instance.")
    return "active" if registration == "open" else "pending"


async def register(
    tx: Tx,
    *,
    name: str,
    email: str,
    password_hash: str,
    rsa: str,
    ed25519: str,
    state: State,
    reason: str = "",
    locale: str = "en",
) -> Account:
    """A new person. The fields were examined by `names.examine`. Raises Unprocessable when name or e-mail are taken."""
    await check_free(tx, name, email)
    try:
        actor = await actors.create(tx, name, rsa=rsa, ed25519=ed25519)
    except Conflict:
        raise _taken(name=True) from None
    rows = await tx.change(
        SQL.insert, actor.id, email, fold(email), password_hash, state, well_formed(reason), _language(locale)
    )
    if not rows:
        raise _taken(email=True)
    await tx.run(actors.SQL.set_suspended, actor.id, state != "active")
    await tx.emit(AccountRegistered(actor=actor.id, state=state))
    return await by_actor(tx, actor.id)


async def check_free(tx: Tx, name: str, email: str) -> None:
    """Raises Unprocessable when name or e-mail address are taken."""
    for row in await tx.rows(SQL.taken, fold(name), fold(email)):
        if row["name"] or row["email"]:
            raise _taken(name=row["name"], email=row["email"])


def _taken(*, name: bool = False, email: bool = False) -> Exception:
    faults: names.Faults = {}
    if name:
        faults["username"] = [names.fault("ERR_TAKEN")]
    if email:
        faults["email"] = [names.fault("ERR_TAKEN")]
    return names.refusal(faults)


def check_active(account: Account) -> None:
    """Raises Refused, saying why, for an account that is pending, rejected or suspended."""
    if account.state != "active":
        raise Refused(CLOSED[account.state], cause=account.actor.uri)


async def by_actor(tx: Tx, actor: int) -> Account:
    """Raises Missing when this actor is no person of this instance."""
    row = await tx.row(SQL.by_actor, actor)
    if row is None:
        raise Missing
    return _from_row(row)


async def by_login(tx: Tx, name_or_email: str) -> Account | None:
    """The account that a login means: a name, `@name`, or an e-mail address."""
    word = well_formed(name_or_email.strip())
    row = (
        await tx.row(SQL.by_email, fold(word)) if "@" in word[1:] else await tx.row(SQL.by_name, fold(word.lstrip("@")))
    )
    return _from_row(row) if row else None


async def listing(tx: Tx, *, state: State | None = None, after: int = 0, limit: int = 1000) -> list[Account]:
    """Accounts in the order in which they joined, from behind the actor id `after`."""
    return [_from_row(row) for row in await tx.rows(SQL.listing, after, state, limit)]


async def approve(tx: Tx, account: Account) -> None:
    """pending -> active. Raises Conflict from another state."""
    await _move(tx, account, ("pending",), "active")
    await tx.emit(AccountApproved(actor=account.actor.id))


async def reject(tx: Tx, account: Account) -> None:
    """pending -> rejected. Raises Conflict from another state."""
    await _move(tx, account, ("pending",), "rejected")
    await _end_access(tx, account)
    await tx.emit(AccountRejected(actor=account.actor.id))


async def suspend(tx: Tx, account: Account) -> None:
    """active -> suspended: tokens are refused from the next request on, sessions end. Raises Conflict."""
    await _move(tx, account, ("active",), "suspended")
    await tx.run(SQL.end_sessions, account.actor.id)
    await tx.run(SQL.end_codes, account.actor.id)
    await tx.emit(AccountSuspended(actor=account.actor.id))
    await tx.emit(AccessEnded(actor=account.actor.id))


async def restore(tx: Tx, account: Account) -> None:
    """suspended -> active; the tokens from before work again. Raises Conflict from another state."""
    await _move(tx, account, ("suspended",), "active")
    await tx.emit(AccountRestored(actor=account.actor.id))


async def hold(tx: Tx, account: Account) -> None:
    """Keeps the account as it is until the transaction ends. Raises Unproven if since it was read the password was
    changed, or it is no longer active."""
    if not await tx.value(SQL.hold, account.actor.id, account.password_hash):
        raise Unproven("Your account was changed a moment ago. Please try again.")


async def set_password(tx: Tx, account: Account, password_hash: str) -> None:
    """A new password, checked by `names.check_password`. All sessions, tokens and codes of the person end."""
    await tx.run(SQL.set_password, account.actor.id, password_hash)  # first: the row lock orders us and logins
    await _end_access(tx, account)


async def set_preferences(tx: Tx, actor: int, preferences: Mapping[str, Any], *, locale: str | None = None) -> None:
    """Merges these preferences into the person's."""
    await tx.run(SQL.set_preferences, actor, dict(preferences), _language(locale) if locale else None)


async def counts(tx: Tx, *, seen_since: date) -> tuple[int, int]:
    """How many active accounts there are, and how many of them were seen on that day or later."""
    return await tx.value(SQL.count_active), await tx.value(SQL.count_seen_since, seen_since)


async def _move(tx: Tx, account: Account, before: tuple[State, ...], after: State) -> None:
    if not await tx.run(SQL.move_state, account.actor.id, list(before), after):
        current = await by_actor(tx, account.actor.id)
        raise Conflict(f"{account.actor.name} is {current.state}, not {' or '.join(before)}.")
    await tx.run(actors.SQL.set_suspended, account.actor.id, after != "active")


async def _end_access(tx: Tx, account: Account) -> None:
    await tx.run(SQL.end_sessions, account.actor.id)
    await tx.run(SQL.end_codes, account.actor.id)
    await tx.run(SQL.revoke_tokens, account.actor.id)
    await tx.emit(AccessEnded(actor=account.actor.id))


def _language(locale: str) -> str:
    """The language of a page or a client that someone uses (BCP 47, as far as we need it); English if it is none."""
    return locale if len(locale) <= 20 and _LOCALE.fullmatch(locale) else "en"


def _from_row(row: Record) -> Account:
    return Account(
        actor=actors.from_row(row),
        email=row["email"],
        password_hash=row["password_hash"],
        state=row["state"],
        reason=row["reason"],
        locale=row["locale"],
        preferences=row["preferences"],
        joined_at=row["joined_at"],
        seen_on=row["seen_on"],
    )
