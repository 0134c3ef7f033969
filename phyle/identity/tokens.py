"""Tokens: what a program shows with each request. They last until they are revoked."""

from dataclasses import dataclass, field
from datetime import datetime

from phyle.errors import Missing, Unprocessable
from phyle.identity import bearer
from phyle.identity.applications import Application
from phyle.identity.oauth_errors import NotYourToken
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import well_formed

SQL = queries(__file__)

MOST_SHOWN = 200
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new token. `secret` is what the program keeps; it is nowhere else, and must not reach a log."""

    id: int
    secret: str = field(repr=False)
    scopes: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked:
    """Whatever is still open by this token must be closed."""

    token: int
    actor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A token as its owner sees it: which program (None: made at the command line) may do what since when. `password`:
    made by its owner for a program, under this name."""

    id: int
    name: str | None
    website: str | None
    scopes: str
    created_at: datetime
    password: bool


async def issue(
    tx: Tx,
    *,
    application: int | None,
    actor: int | None,
    scopes: str,
    number: int | None = None,
    name: str | None = None,
) -> IssuedToken:
    """A token for a person, or with `actor=None` for the application itself. `name`: of one without an application."""
    secret = bearer.new()
    number = number or tx.new_id()
    rows = await tx.change(SQL.insert, number, bearer.digest(secret), application, actor, scopes, name)
    return IssuedToken(id=number, secret=secret, scopes=scopes, created_at=rows[0]["created_at"])


async def make_password(tx: Tx, actor: int, name: str, scopes: str) -> IssuedToken:
    """A password for a program that knows only names and passwords, such as git: a token that its owner names.

    Raises Unprocessable for a name that cannot be, or when there are too many.
    """
    name = well_formed(name).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Unprocessable(f"Name what the password is for, in at most {LONGEST_NAME} characters.")
    if len(await held(tx, actor)) >= MOST_SHOWN:
        raise Unprocessable("So many programs have access already. Take it away from some that you do not use.")
    return await issue(tx, application=None, actor=actor, scopes=scopes, name=name)


async def revoke(tx: Tx, application: Application, secret: str) -> None:
    """Ends a token of this application (RFC 7009). An unknown one is ended already. Raises NotYourToken."""
    row = await tx.row(SQL.by_hash, bearer.digest(secret))
    if row is None:
        return
    if row["application"] != application.id:
        raise NotYourToken("You are not authorized to revoke this token")
    await end(tx, row["id"])


async def held(tx: Tx, actor: int) -> list[Access]:
    """What may act for this person, the latest first."""
    return [Access(**row) for row in await tx.rows(SQL.held, actor, MOST_SHOWN)]


async def withdraw(tx: Tx, actor: int, token: int) -> None:
    """A person takes back what they allowed. Raises Missing for what is not theirs, or ended already."""
    if not await tx.value(SQL.is_held, token, actor):
        raise Missing("This program has no access to your account any more.")
    await end(tx, token)


async def end(tx: Tx, token: int) -> None:
    """Revokes by id; nothing happens when it is revoked already."""
    rows = await tx.change(SQL.revoke, token)
    if rows:
        await tx.emit(TokenRevoked(token=token, actor=rows[0]["actor"]))
