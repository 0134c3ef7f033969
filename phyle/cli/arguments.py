"""What every command shares: its place in the parser, its settings, and the database for its duration."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import uvloop

from phyle.powers import NONE, Power
from phyle.powers import power as declared
from phyle.settings import Settings, read
from phyle.store.embedded import Doors, attach

Command: TypeAlias = Callable[[Settings, argparse.Namespace], Awaitable[int]]
Offline: TypeAlias = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_FLAGS = ("home", "port", "bind", "domain", "insecure_local")


def add(commands: Commands, name: str, command: Command, power: Power, *, says: str) -> argparse.ArgumentParser:
    """A new command of `phyle` or of a group. `says` is its line in the help; it returns the exit code. `power`: what
    it takes; whoever gives it has access to the machine, so this is `operator` for all that changes anything."""
    parser = commands.add_parser(name, help=says, description=says)
    parser.add_argument("--home", metavar="DIR", help="the folder of this instance (PHYLE_HOME)")
    parser.set_defaults(command=command, power=declared(power))
    return parser


def add_offline(commands: Commands, name: str, command: Offline, *, says: str) -> argparse.ArgumentParser:
    """A new command that needs no instance, and so no power: neither settings nor a database are looked at."""
    parser = commands.add_parser(name, help=says, description=says)
    parser.set_defaults(offline=command, power=NONE)
    return parser


def group(commands: Commands, name: str, *, says: str) -> Commands:
    """A word with commands of its own, such as `phyle database`."""
    return commands.add_parser(name, help=says, description=says).add_subparsers(metavar="COMMAND", required=True)


def perform(arguments: argparse.Namespace) -> int:
    """Runs the chosen command; its exit code. Raises SettingError, Refusal, OSError and what the database raises."""
    offline: Offline | None = getattr(arguments, "offline", None)
    if offline is not None:
        return offline(arguments)
    settings = read({name: getattr(arguments, name, None) for name in _FLAGS}, os.environ)

    async def chosen() -> int:
        return int(await arguments.command(settings, arguments))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(chosen())


def progress(line: str) -> None:
    """What is happening, for whoever waits; not part of what the command answers."""
    print(line, file=sys.stderr, flush=True)


@contextlib.asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Doors]:
    """The database of the settings; our own is started for the duration if it does not run.

    Raises Unavailable, SettingError.
    """
    if settings.database_url:
        yield Doors(dsn_owner=settings.database_owner_url or settings.database_url, dsn_server=settings.database_url)
        return
    async with attach(settings.home, progress=progress) as doors:
        yield doors
