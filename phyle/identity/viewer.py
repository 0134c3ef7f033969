"""Who is asking: one value for every door, proven by one query."""

from dataclasses import dataclass

from phyle.errors import Refused, Unproven
from phyle.identity import actors, bearer
from phyle.identity import guests as guest_sessions
from phyle.identity.accounts import CLOSED
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

AWAY_DAYS = 30  # after which a home timeline is no longer kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Nobody, an application for itself, or a person: by a token (with scopes) or by a page's cookie (without).

    A cookie opens pages, never the API, so no form of another site can use the API in a person's name. A `guest` has an
    account elsewhere, and none here: only the routes that say so are for them.
    """

    actor_id: ActorId | None = None
    actor: Actor | None = None
    application: int | None = None
    scopes: str = ""
    token: int | None = None
    session: int | None = None
    guest: bool = False

    @property
    def known(self) -> bool:
        """Whether anything was proven at all."""
        return self.token is not None or self.session is not None


ANYONE = Viewer()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReturned:
    """Someone came back after so long that their home was no longer kept."""

    actor: int
    days_away: int


async def viewer_of(tx: Tx, authorization: str | None, cookie: str | None = None, *, guests: bool = False) -> Viewer:
    """The viewer that the `Authorization` header or else the session cookie proves, by one query. `guests`: whoever
    asks knows what they may do, and what not.

    Raises Unproven for a header that proves nothing or a token that was revoked, Refused for an account that is
    pending, rejected or suspended. A cookie that proves nothing is nobody. The secrets appear in no error.
    """
    if authorization is not None:
        token = _bearer(authorization)
        found = await _by_token(tx, token) or (await _guest(tx, token) if guests else None)
        if found is None:
            raise Unproven("The access token is invalid")
        return found
    if cookie is not None and len(cookie) <= bearer.LONGEST:
        return await _by_session(tx, cookie) or (await _guest(tx, cookie) if guests else None) or ANYONE
    return ANYONE


async def by_token(tx: Tx, token: str) -> Viewer:
    """The viewer that a token proves, where it does not come in a header (streaming). Raises as `viewer_of`."""
    found = await _by_token(tx, token)
    if found is None:
        raise Unproven("The access token is invalid")
    return found


async def _by_token(tx: Tx, token: str) -> Viewer | None:
    if not token or len(token) > bearer.LONGEST:
        raise Unproven("The access token is invalid")
    row = await tx.row(SQL.by_token, bearer.digest(token))
    if row is None:
        return None
    if row["revoked_at"] is not None:
        raise Unproven("The access token was revoked")
    if row["holder"] is None:
        return Viewer(application=row["application"], scopes=row["scopes"], token=row["token"])
    actor = await _admitted(tx, row)
    return Viewer(
        actor_id=actor.id, actor=actor, application=row["application"], scopes=row["scopes"], token=row["token"]
    )


async def _by_session(tx: Tx, cookie: str) -> Viewer | None:
    row = await tx.row(SQL.by_session, bearer.digest(cookie))
    if row is None:
        return None
    actor = await _admitted(tx, row)
    return Viewer(actor_id=actor.id, actor=actor, session=row["session"])


async def _guest(tx: Tx, secret: str) -> Viewer | None:
    row = await tx.row(guest_sessions.SQL.by_secret, bearer.digest(secret))
    if row is None:
        return None
    actor = actors.from_row(row)
    return Viewer(actor_id=actor.id, actor=actor, session=row["session"], guest=True)


def _bearer(authorization: str) -> str:
    """The token of a Bearer header (RFC 6750, 2.1)."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Unproven("The access token is invalid", cause="the Authorization header is not of the scheme Bearer")
    return token.strip()


async def _admitted(tx: Tx, row: Record) -> Actor:
    """The person, if they may come in; and that they were seen, written at most once a day."""
    if row["state"] != "active":
        raise Refused(CLOSED[row["state"]], cause=row["uri"])
    if row["deleted_at"] is not None:
        raise Unproven("The access token is invalid", cause=f"{row['uri']} was deleted")
    if row["suspended_at"] is not None:
        raise Refused(CLOSED["suspended"], cause=row["uri"])
    if row["days_away"] > 0:
        if row["days_away"] >= AWAY_DAYS:
            await tx.emit(AccountReturned(actor=row["id"], days_away=row["days_away"]))
        await tx.run(SQL.seen, row["id"])
    return actors.from_row(row)
