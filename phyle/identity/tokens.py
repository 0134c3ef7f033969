"""Tokens: what a program shows with each request. They last until they are revoked."""

from dataclasses import dataclass, field
from datetime import datetime

from phyle.identity import bearer
from phyle.identity.applications import Application
from phyle.identity.oauth_errors import NotYourToken
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


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


async def issue(
    tx: Tx, *, application: int | None, actor: int | None, scopes: str, number: int | None = None
) -> IssuedToken:
    """A token for a person, or with `actor=None` for the application itself."""
    secret = bearer.new()
    number = number or tx.new_id()
    rows = await tx.change(SQL.insert, number, bearer.digest(secret), application, actor, scopes)
    return IssuedToken(id=number, secret=secret, scopes=scopes, created_at=rows[0]["created_at"])


async def revoke(tx: Tx, application: Application, secret: str) -> None:
    """Ends a token of this application (RFC 7009). An unknown one is ended already. Raises NotYourToken."""
    row = await tx.row(SQL.by_hash, bearer.digest(secret))
    if row is None:
        return
    if row["application"] != application.id:
        raise NotYourToken("You are not authorized to revoke this token")
    await end(tx, row["id"])


async def end(tx: Tx, token: int) -> None:
    """Revokes by id; nothing happens when it is revoked already."""
    rows = await tx.change(SQL.revoke, token)
    if rows:
        await tx.emit(TokenRevoked(token=token, actor=rows[0]["actor"]))
