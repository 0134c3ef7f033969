"""`phyle reports`: what people complained of, until somebody has dealt with it."""

import argparse

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cli.lines import shown
from phyle.conversation import reports
from phyle.conversation.reports import Report
from phyle.identity import actors, operator_acts
from phyle.identity.actors import Actor
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "reports", says="What people complained of.")
    listing = arguments.add(group, "list", _list, OPERATOR, says="The oldest ones that nobody has dealt with.")
    listing.add_argument("--limit", metavar="N", type=int, default=100, help="at most so many (100)")
    resolving = arguments.add(group, "resolve", _resolve, OPERATOR, says="Say that a report was dealt with.")
    resolving.add_argument("report", metavar="NUMBER", type=int)
    resolving.add_argument("--reason", metavar="R", required=True, help="what came of it; it is shown publicly")


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


async def _resolve(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        await reports.resolve(tx, given.report)
        await operator_acts.record(tx, "resolve", str(given.report), given.reason)
    print(f"Report {given.report} was dealt with; shown at {store.settings.origin}/operator")
    return 0
