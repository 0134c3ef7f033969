"""`phyle withhold` and `phyle release`: unlawful content out of sight at once, in the open, for 72 hours at first."""

import argparse

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cooperative.activities import withholding
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(commands: arguments.Commands) -> None:
    """Adds both commands."""
    says = "Take a post from sight; a public entry, which lapses after 72 hours unless it is confirmed."
    parser = arguments.add(commands, "withhold", _withhold, OPERATOR, says=says)
    parser.add_argument("post", metavar="POST", help="its address or number")
    parser.add_argument("--reason", metavar="R", required=True, help="why; it is shown publicly")
    again = arguments.add(commands, "release", _release, OPERATOR, says="Show again what was withheld.")
    again.add_argument("withholding", metavar="ID", help="what `phyle withhold` printed")


async def _withhold(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store:
        id = await withholding.withhold(store, given.post, given.reason)
    print(f"{id}\nWithheld for 72 hours, and longer only if a steward or a decision confirms it.")
    return 0


async def _release(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store:
        await withholding.release(store, given.withholding)
    print("It is shown again.")
    return 0
