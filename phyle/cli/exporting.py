"""`phyle ledger export`: the whole ledger in one file, for `phyle audit FILE` and against loss."""

import argparse
import sys
from pathlib import Path

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cooperative.ledger.exports import Level, export
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(group: arguments.Commands) -> None:
    """Adds the command to those of the ledger."""
    says = "Write the whole ledger into one file, which `phyle audit` reads; an unfinished one is continued."
    parser = arguments.add(group, "export", _export, OPERATOR, says=says)
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--members", action="store_true", help="with what only members may see: do not publish it")


async def _export(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store:
        size = await export(store, given.file, Level(public=not given.members), _progress)
    print(f"{size} entries in {given.file}")
    return 0


def _progress(done: int, size: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {size} entries", end="\n" if done == size else "", file=sys.stderr, flush=True)
