"""`phyle peers`: the servers we speak with, and those we refuse to. Blocks are shown publicly, with their reasons."""

import argparse
from datetime import datetime

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cli.lines import shown
from phyle.federation import peers
from phyle.identity import operator_acts
from phyle.powers import OPERATOR
from phyle.settings import Settings
from phyle.store.transaction import Record


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "peers", says="Other servers.")
    arguments.add(group, "list", _list, OPERATOR, says="Every server that is known or blocked.")
    for kind, command, says in (
        ("block", _block, "Take nothing from a server and its subdomains, and send them nothing."),
        ("unblock", _unblock, "Take a block back."),
    ):
        parser = arguments.add(group, kind, command, OPERATOR, says=says)
        parser.add_argument("host", metavar="HOST")
        parser.add_argument("--reason", metavar="R", required=True, help="why; it is shown publicly")


async def _list(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.reading() as tx:
        for row in await peers.listing(tx):
            print(_line(row))
    return 0


def _line(row: Record) -> str:
    said = f"sent {_day(row['succeeded_at'])}  heard {_day(row['heard_at'])}  waiting {row['waiting']}"
    if row["blocked"] is not None:
        said = f"blocked: {shown(row['blocked'])}"
    elif row["closed_at"]:
        said += f"  closed {_day(row['closed_at'])}"
    elif row["failing_since"]:
        said += f"  failing since {_day(row['failing_since'])}: {shown(row['last_error'] or 'no answer')}"
    return f"{shown(row['host']):<40}  {said}"


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else "never"


async def _block(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        host = await peers.block(tx, given.host, given.reason)
        await operator_acts.record(tx, "block", host, given.reason)
    print(f"{host} is blocked; shown at {store.settings.origin}/operator")
    return 0


async def _unblock(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        host = await peers.unblock(tx, given.host)
        await operator_acts.record(tx, "unblock", host, given.reason)
    print(f"{host} is no longer blocked; shown at {store.settings.origin}/operator")
    return 0
