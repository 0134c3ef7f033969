"""The whole command line, and how its errors read: one line, what is wrong and what to do."""

import argparse
import errno
import sys
from collections.abc import Iterator, Sequence
from socket import gaierror

import asyncpg

from phyle import __doc__ as about
from phyle import __version__
from phyle.cli import (
    accounts,
    audit,
    credential,
    database,
    doctor,
    jobs,
    keys,
    ledger,
    licence,
    peers,
    reports,
    tally,
    up,
    withholding,
)
from phyle.cli.arguments import perform
from phyle.cli.demo import command as demo
from phyle.errors import Refusal, SettingError
from phyle.powers import Declared, Power, declared

_MODULES = (
    up,
    accounts,
    peers,
    reports,
    withholding,
    tally,
    audit,
    credential,
    licence,
    ledger,
    keys,
    jobs,
    database,
    doctor,
    demo,
)


def parser() -> argparse.ArgumentParser:
    """Every command, in the order of the help."""
    parser = argparse.ArgumentParser(prog="phyle", description=about)
    parser.add_argument("--version", action="version", version=f"phyle {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in _MODULES:
        module.register(commands)
    return parser


def powers(of: argparse.ArgumentParser) -> tuple[Declared, ...]:
    """What each command takes. ValueError for one that does not say it: then none can be given."""
    return declared("command", _powers(of))


def _powers(of: argparse.ArgumentParser) -> Iterator[tuple[str, Power]]:
    inner = [choice for action in of._actions if isinstance(action.choices, dict) for choice in action.choices.values()]
    if not inner:
        yield of.prog, of.get_default("power")
    for choice in inner:
        yield from _powers(choice)


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or failed, 2 a setting or the usage is wrong (argparse exits with 2 itself)."""
    known = parser()
    known.set_defaults(powers=powers(known))
    arguments = known.parse_args(words)
    try:
        return perform(arguments)
    except KeyboardInterrupt:
        return 130
    except SettingError as error:
        return _complain(str(error), 2)
    except Refusal as error:
        return _complain(str(error), 1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return _complain(_sentence(error), 1)


def _complain(sentence: str, code: int) -> int:
    print(f"phyle: {' '.join(sentence.split())}", file=sys.stderr)
    return code


def _sentence(error: Exception) -> str:
    """What an error of the machine or of the database means here."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT) or isinstance(error, asyncpg.DiskFullError):
        return f"The disk is full: make room, then start again ({error})."
    if number == errno.EADDRINUSE:
        return f"The port is in use: stop what listens there, or choose another with --port ({error})."
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | ConnectionError | TimeoutError | gaierror):
        return f"The database cannot be used: {error or type(error).__name__}. Check PHYLE_DATABASE_URL."
    return str(error)
