"""Signing up and logging in: the slow steps (Argon2, new keys) happen between short transactions, never inside one."""

import asyncio
import hashlib
from dataclasses import dataclass, field

from phyle.errors import Unproven
from phyle.identity import accounts, faces, limits, names, passwords, sessions
from phyle.identity.accounts import Account, State
from phyle.store.transaction import Store, Tx
from phyle.text import fold

_WRONG = "The name or e-mail address, or the password, is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a newcomer filled in."""

    name: str
    email: str
    password: str = field(repr=False)
    reason: str = ""
    agreement: bool = False
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What takes long to make: the password's hash, and the private keys of the actor (PEM)."""

    password_hash: str = field(repr=False)
    rsa: str = field(repr=False)
    ed25519: str = field(repr=False)


async def sign_up(store: Store, form: Form, *, address: str) -> Account:
    """A new person, active or pending as the instance is set. Not inside a transaction.

    Raises Refused when registrations are closed, TooMany, and Unprocessable with every fault of the form.
    """
    async with store.reading() as tx:
        state = accounts.state_of_newcomer((await faces.face(tx)).registration)
    faults = names.examine(
        store.settings,
        name=form.name,
        email=form.email,
        password=form.password,
        reason=form.reason,
        agreement=form.agreement,
        reason_needed=state == "pending",
    )
    if faults:
        raise names.refusal(faults)
    await limits.count(store, limits.REGISTRATIONS_FROM_ADDRESS, limits.place(address))
    prepared = await prepare(store, form)
    async with store.transaction() as tx:
        return await enter(tx, form, prepared, state=state)


async def prepare(store: Store, form: Form) -> Prepared:
    """The slow part for an examined form, not inside a transaction. Raises Unprocessable for what is taken already."""
    async with store.reading() as tx:
        await accounts.check_free(tx, form.name, form.email)
    password_hash, (rsa, ed25519) = await asyncio.gather(passwords.digest(form.password), accounts.new_keys())
    return Prepared(password_hash=password_hash, rsa=rsa, ed25519=ed25519)


async def enter(tx: Tx, form: Form, prepared: Prepared, *, state: State) -> Account:
    """The account of an examined form. Raises Unprocessable for what was taken meanwhile."""
    return await accounts.register(
        tx,
        name=form.name,
        email=form.email,
        password_hash=prepared.password_hash,
        rsa=prepared.rsa,
        ed25519=prepared.ed25519,
        state=state,
        reason=form.reason,
        locale=form.locale,
    )


async def log_in(
    store: Store, name_or_email: str, password: str, *, address: str, cookie: str | None
) -> tuple[Account, str]:
    """The account and the cookie of its new session; the session of the browser's `cookie` ends.

    Raises Unproven for a wrong password and for an unknown name alike, after the same work; Refused for an account that
    is not active, but only to one who knows its password; TooMany per account (known or not) and per address.
    """
    account = await prove(store, name_or_email, password, address=address)
    accounts.check_active(account)
    async with store.transaction() as tx:
        return account, await sessions.begin(tx, account, before=cookie)


async def prove(store: Store, name_or_email: str, password: str, *, address: str) -> Account:
    """The account whose password this is. Raises Unproven, TooMany."""
    async with store.reading() as tx:
        account = await accounts.by_login(tx, name_or_email)
    whom = str(account.actor.id) if account else hashlib.sha256(fold(name_or_email.strip()).encode()).hexdigest()
    await limits.count(store, limits.LOGINS_FROM_ADDRESS, limits.place(address))
    await limits.count(store, limits.LOGINS_OF_ACCOUNT, whom)
    if not await passwords.verify(password, account.password_hash if account else None) or account is None:
        raise Unproven(_WRONG)
    return account
