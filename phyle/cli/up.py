"""`phyle up`: serve the instance until it is told to stop."""

import argparse
import errno
import resource
import socket

from phyle.app import serve
from phyle.cli import arguments, logs
from phyle.commons.git import commands as git
from phyle.errors import Unavailable
from phyle.powers import OPERATOR
from phyle.settings import Settings

_MOST_FILES = 65_536


def register(commands: arguments.Commands) -> None:
    """Adds the command."""
    parser = arguments.add(commands, "up", _up, OPERATOR, says="Serve the instance.")
    parser.add_argument("--port", metavar="N", help="the port to listen on (PHYLE_PORT, 8080)")
    parser.add_argument("--bind", metavar="ADDRESS", help="the address to listen on (PHYLE_BIND, 127.0.0.1)")
    parser.add_argument("--domain", metavar="HOST", help="the name the world knows (PHYLE_DOMAIN, localhost:PORT)")
    parser.add_argument(
        "--insecure-local",
        action="store_true",
        default=None,
        help="plain http and peers on this machine; only with a domain that is this machine (PHYLE_INSECURE_LOCAL)",
    )


async def _up(settings: Settings, given: argparse.Namespace) -> int:
    check_port(settings)
    _open_files()
    logs.begin()
    try:
        await git.version()
    except Unavailable as refusal:
        arguments.progress(f"{refusal.sentence} Everything but repositories works without it.")
    await serve(settings, progress=arguments.progress, commands=given.powers)
    return 0


def _open_files() -> None:
    """As many connections at a time as the system lets us have: the usual 1,024 files are fewer than our deliveries."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def check_port(settings: Settings) -> None:
    """Whether we may listen, asked before the database is started. Raises Unavailable."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.bind, settings.port))
        except OSError as error:
            raise Unavailable(_why(settings, error), cause=str(error)) from error


def _why(settings: Settings, error: OSError) -> str:
    place = f"{settings.bind}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use: stop what listens on {place}, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs root: choose one above 1023 with --port, behind a reverse proxy."
    return f"It is not possible to listen on {place}: choose another address with --bind or port with --port."
