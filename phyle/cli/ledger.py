"""`phyle ledger`: writing the ledger into a file, what to do when entries of it are lost, and beacons for draws."""

import argparse
from pathlib import Path

from phyle.cli import arguments, exporting
from phyle.cli.instance import instance
from phyle.cooperative import draws
from phyle.cooperative.ledger import append, importing, restarting, restoring
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "ledger", says="The ledger: export it, take lost entries back, or begin anew.")
    exporting.register(group)
    taking = arguments.add(group, "import", _import, OPERATOR, says="Take lost entries back from an exported file.")
    taking.add_argument("file", metavar="FILE", type=Path)
    again = arguments.add(
        group, "restart", _restart, OPERATOR, says="Begin a new epoch, when published entries are lost for good."
    )
    again.add_argument("--reason", metavar="R", required=True, help="what happened; it is shown publicly")
    beacon = arguments.add(
        group, "beacon", _beacon, OPERATOR, says="Enter what a public source of chance said, which a draw had named."
    )
    beacon.add_argument("draw", metavar="DRAW", help="the id of the draw")
    beacon.add_argument("output", metavar="HEX", help="what it said: 32 bytes")
    beacon.add_argument("evidence", metavar="FILE", type=Path, help="what it published, for everybody to verify")


async def _beacon(settings: Settings, given: argparse.Namespace) -> int:
    evidence = given.evidence.read_bytes()
    async with instance(settings, given) as store:
        await draws.bring_beacon(store, given.draw, given.output, evidence)
    print("It is entered, and will be mixed with what members give.")
    return 0


async def _import(settings: Settings, given: argparse.Namespace) -> int:
    file = importing.read_file(given.file)
    async with instance(settings, given) as store:
        count = await importing.take_back(store, file)
        print(f"{count} entries were taken back." if count else "The file has no entry that is missing here.")
        async with store.transaction() as tx:
            if await append.stopped(tx) is None:
                return 0
            reason = await restoring.complete(tx)
    print(reason or "The ledger is whole again and goes on.")
    return 1 if reason else 0


async def _restart(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        origin = await restarting.restart(tx, given.reason)
    print(f"The ledger goes on as {origin}. The members must confirm that before they decide on anything else.")
    return 0
