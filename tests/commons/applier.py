"""Applies a change in a process of its own, which a test can kill: DSN HOME ANA REPOSITORY TICKET HEAD."""

import asyncio
import sys
from pathlib import Path

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.commons import applying, repositories, tickets
from phyle.commons.applying import Wish
from phyle.identity import actors
from phyle.settings import read
from phyle.store.pool import opened


async def main() -> None:
    dsn, home, by, repository, ticket, head = sys.argv[1:]
    settings = read({"home": Path(home)}, {"PHYLE_LIMITS": "off"})
    async with opened(settings, dsn, jobs=JOBS, subscriptions=SUBSCRIPTIONS) as store:
        async with store.reading() as tx:
            who, where = await actors.by_id(tx, int(by)), await repositories.get(tx, int(repository))
            what = await tickets.get(tx, int(ticket))
        await applying.apply(store, who, where, what, Wish(head=head))


if __name__ == "__main__":
    asyncio.run(main())
