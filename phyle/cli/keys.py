"""`phyle keys`: new keys of the ledger, which two members with mandates must endorse before they are turned to."""

import argparse

from phyle.cli import arguments
from phyle.cli.instance import instance
from phyle.cooperative.ledger import acts, rotating, signing
from phyle.powers import OPERATOR
from phyle.settings import Settings


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "keys", says="New keys of the ledger.")
    for name, command, says in (
        ("prepare", _prepare, "Make a new key, for two holders of mandates with the scope keys to endorse."),
        ("turn", _turn, "Use the key that was prepared and endorsed from now on."),
    ):
        parser = arguments.add(group, name, command, OPERATOR, says=says)
        parser.add_argument("which", choices=("log", "credential"))


async def _prepare(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.transaction() as tx:
        key = await rotating.prepare(tx, given.which)
    print(key)
    return 0


async def _turn(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store:
        async with store.transaction() as tx:
            document = await signing.as_host(tx, "rotate_key", await rotating.turn(tx, given.which))
        await acts.submit(store, document, author="host")
    print(f"The {given.which} key was turned. Witnesses follow, because both keys sign for 90 days.")
    return 0
