"""Withholding: a post that nobody but its author sees, for as long as somebody decided so; then it is as it was."""

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

WITHHELD = "withheld"


async def withhold(tx: Tx, post: int) -> bool:
    """Out of sight, for everybody but its author, with its boosts. False if it was already, or is not there."""
    if not await tx.run(SQL.withhold, post):
        return False
    await tx.run(SQL.forget_home, post)
    return True


async def show(tx: Tx, post: int) -> bool:
    """It is for those again whom it was for. False if it was not withheld."""
    return bool(await tx.run(SQL.show, post))
