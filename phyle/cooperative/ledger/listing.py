"""What stands beside the ledger and is named in it by its hash: blobs and public sheets, by entry."""

from typing import Any

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def named_since(tx: Tx, seq: int, *, before: int, most: int) -> list[dict[str, Any]]:
    """What entries from `seq` up to but without `before` were the first to name: `sha256`, `seq`, `length`, and for a
    sheet its `ballot`. At most `most`, but never only a part of what one entry names."""
    rows = await tx.rows(SQL.named, seq, before, most)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]
