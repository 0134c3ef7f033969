"""`phyle jobs`: work that the server gave up after it failed too often, and trying it again."""

import argparse

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cli.lines import shown
from phyle.errors import Missing
from phyle.powers import OPERATOR
from phyle.settings import Settings
from phyle.store import failures


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "jobs", says="Work that the server gave up.")
    listing = arguments.add(group, "list", _list, OPERATOR, says="What was given up, the oldest first, each with why.")
    listing.add_argument("--limit", metavar="N", type=int, default=100, help="at most so many (100)")
    again = arguments.add(group, "retry", _retry, OPERATOR, says="Try what was given up again, as if it were new.")
    again.add_argument("job", metavar="NUMBER", type=int, nargs="*", help="which (all, if none is named)")


async def _list(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.reading() as tx:
        for each in await failures.given_up(tx, limit=max(1, min(given.limit, 10_000))):
            said = shown(each.error, most=1000)
            print(f"{each.id}  {each.failed_at:%Y-%m-%d %H:%M}  {each.name}, {each.attempts} times: {said}")
    return 0


async def _retry(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        count = await failures.retry(tx, given.job or None)
        if given.job and count != len(set(given.job)):
            raise Missing("Not all of these were given up; nothing was changed. `phyle jobs list` says what was.")
    print(f"{count} {'job is' if count == 1 else 'jobs are'} tried again.")
    return 0
