"""Removing what proves nothing any more. A recurring job, about once an hour."""

from collections.abc import Mapping
from typing import Any

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def sweep(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Old codes, sessions, revoked tokens and counts."""
    for query in (SQL.codes, SQL.sessions, SQL.guests, SQL.tokens, SQL.limits):
        await tx.run(query)
