"""Applications: the programs that people use this instance with. Each has a name and a secret of its own."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from phyle.errors import Unprocessable
from phyle.identity import bearer, redirect_uris, scopes
from phyle.identity.oauth_errors import InvalidClient
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

LONGEST_NAME, LONGEST_WEBSITE = 200, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A registered program. `scopes`: the most that a token for it can hold."""

    id: int
    client_id: str
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: str


async def register(
    tx: Tx,
    *,
    name: str,
    redirect_uris_sent: str | Iterable[str],
    scopes_asked: str | Iterable[str] | None = None,
    website: str | None = None,
) -> tuple[Application, str]:
    """A new application, and its secret, which is shown this once.

    Raises Unprocessable, InvalidRequest, InvalidScope.
    """
    name = well_formed(name).strip()
    if not name:
        raise Unprocessable("Validation failed: Application name can't be blank")
    if len(name) > LONGEST_NAME:
        raise Unprocessable(f"Validation failed: Application name is longer than {LONGEST_NAME} characters")
    uris = redirect_uris.read(redirect_uris_sent)
    most = scopes.read(scopes_asked)
    secret = bearer.new()
    application = Application(
        id=tx.new_id(),
        client_id=bearer.new(),
        name=name,
        website=_website(website),
        redirect_uris=uris,
        scopes=most,
    )
    await tx.run(
        SQL.insert,
        application.id,
        application.client_id,
        bearer.digest(secret),
        name,
        application.website,
        list(uris),
        most,
    )
    return application, secret


def _website(sent: str | None) -> str | None:
    """It is shown as a link, so it is http or https. Raises Unprocessable."""
    if not sent:
        return None
    try:
        parts = urlsplit(sent)
        fit = len(sent) <= LONGEST_WEBSITE and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fit = False
    if not fit or well_formed(sent) != sent:
        raise Unprocessable("Validation failed: Website must be a valid URL")
    return sent


async def by_client_id(tx: Tx, client_id: str) -> Application:
    """Raises InvalidClient for an unknown one."""
    row = await _row(tx, client_id)
    if row is None:
        raise InvalidClient("The application is unknown here. Let it register again.")
    return _from_row(row)


async def by_id(tx: Tx, number: int | None) -> Application | None:
    """The application that a token belongs to; None for a token without one."""
    row = await tx.row(SQL.by_id, number) if number is not None else None
    return _from_row(row) if row else None


async def prove(tx: Tx, client_id: str, client_secret: str) -> Application:
    """The application that knows this secret. Raises InvalidClient, without saying which of the two is wrong."""
    row = await _row(tx, client_id)
    given = bearer.digest(client_secret)
    if not hmac.compare_digest(row["client_secret_hash"] if row else bytes(len(given)), given) or row is None:
        raise InvalidClient(
            "Client authentication failed due to unknown client, no client authentication included, or unsupported "
            "authentication method."
        )
    return _from_row(row)


async def _row(tx: Tx, client_id: str) -> Record | None:
    if len(client_id) > bearer.LONGEST or well_formed(client_id) != client_id:
        return None
    return await tx.row(SQL.by_client_id, client_id)


def _from_row(row: Record) -> Application:
    return Application(
        id=row["id"],
        client_id=row["client_id"],
        name=row["name"],
        website=row["website"],
        redirect_uris=tuple(row["redirect_uris"]),
        scopes=row["scopes"],
    )
