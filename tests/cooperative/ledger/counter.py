"""A process that enters what is due and ends, for tests that kill it: `DSN`. Prints a line when it begins."""

import asyncio
import sys
from pathlib import Path

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cooperative.ledger import append
from phyle.settings import read
from phyle.store.pool import opened


async def main(dsn: str) -> None:
    """Once."""
    settings = read({"home": Path("/nonexistent")}, {})
    async with opened(settings, dsn, jobs=JOBS, subscriptions=SUBSCRIPTIONS) as store:
        print("begins", flush=True)
        await append.drain(store)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
