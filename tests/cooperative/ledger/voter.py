"""A process that votes without end, for tests that kill it: `DSN BALLOT`. Prints the hash of each answered act."""

import asyncio
import itertools
import sys
from pathlib import Path

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cooperative.ledger import append
from phyle.settings import read
from phyle.store.pool import opened
from tests.cooperative.ledger.phyles import Phyle

AT_ONCE = 20


async def main(dsn: str, ballot: str) -> None:
    """Until it is killed."""
    settings = read({"home": Path("/nonexistent")}, {})
    async with opened(settings, dsn, jobs=JOBS, subscriptions=SUBSCRIPTIONS) as store:
        running = asyncio.create_task(append.of(store).run())
        phyle = Phyle(store=store)
        people = [phyle.person() for _ in range(3)]

        async def voter(number: int) -> None:
            for place in itertools.count(number):
                answer = "for" if place % 2 else "against"
                entered = await phyle.vote(people[place % 3], ballot, {"paper": answer})
                print(entered.hash, flush=True)

        await asyncio.gather(running, *(voter(number) for number in range(AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
