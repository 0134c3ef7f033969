"""Under which kinds the commons keep ids: what the table of activities is looked up by."""

from collections.abc import Sequence

from phyle.commons import grants
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

REPOSITORY = "repository"
"""An actor of ForgeFed's type Repository, here or elsewhere."""
GRANT = "grant"
INVITATION = "invitation"
STAR = "star"


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Grants, invitations and stars are known by the id of the activity that they came or went by."""
    found = {row["uri"]: row["kind"] for row in await tx.rows(SQL.kinds, list(uris))}
    for uri in uris:
        number = grants.number_of(tx.store.settings, uri)
        if number is not None and await tx.value(SQL.is_grant, number):
            found[uri] = GRANT
    return found
