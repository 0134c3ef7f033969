"""`phyle reports`: what people complained of and nobody has dealt with yet."""

import argparse

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cli.lines import shown
from phyle.conversation import reports
from phyle.conversation.reports import Report
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "reports", says="What people complained of.")
    listing = arguments.add(group, "list", _list, OPERATOR, says="The oldest ones that nobody has dealt with.")
    listing.add_argument("--limit", metavar="N", type=int, default=100, help="at most so many (100)")


async def _list(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.reading() as tx:
        found = await reports.waiting(tx, limit=max(1, min(given.limit, 10_000)))
        people = await actors.by_ids(tx, [actor for report in found for actor in (report.reporter, report.subject)])
    for report in found:
        print(_line(report, people[report.reporter], people[report.subject]))
        for uri in report.posts:
            print(f"    {shown(uri, most=2048)}")
    return 0


def _line(report: Report, reporter: Actor, subject: Actor) -> str:
    said = shown(report.comment, most=1000) or "(no comment)"
    return (
        f"{report.id}  {report.created_at:%Y-%m-%d}  {report.category:<9}  "
        f"{shown(reporter.acct)} on {shown(subject.acct)}: {said}"
    )
