"""`phyle demo`: tells the story where it is not told yet, says what to look at, and serves until it is stopped."""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from phyle.cli import arguments
from phyle.cli.demo import afterwards, folder, story
from phyle.cli.demo.folder import MARK, Memory
from phyle.cli.demo.people import Refusal
from phyle.cli.demo.phyles import both
from phyle.cli.demo.telling import Telling
from phyle.errors import Unavailable
from phyle.powers import OPERATOR

_FOLDER = ".phyle-demo"


def register(commands: arguments.Commands) -> None:
    """Adds the command."""
    says = "Tell a story of two phyles on this machine, and serve both until Ctrl-C."
    parser = arguments.add_offline(commands, "demo", _demo, says=says)
    parser.set_defaults(power=OPERATOR)
    parser.add_argument("--folder", metavar="DIR", help=f"where it is kept (PHYLE_DEMO, {_FOLDER})")
    parser.add_argument("--reset", action="store_true", help="forget it all: the next one begins anew")
    parser.add_argument("--once", action="store_true", help="end when the story is told")


def _demo(given: argparse.Namespace) -> int:
    chosen = Path(given.folder or os.environ.get("PHYLE_DEMO") or _FOLDER).absolute()
    if given.reset:
        print(f"{chosen} is gone." if folder.forget(chosen) else f"There is no demonstration in {chosen}.")
        return 0
    if shutil.which("git") is None:
        raise Unavailable("The story is told with git, which is not installed here: install it first.")
    with folder.owned(chosen) as lock, _stoppable():
        memory = Memory(chosen / MARK)
        makers, housing = both(chosen, memory)
        try:
            asyncio.run(_told(Telling(memory, makers, housing), chosen, lock, once=given.once))
        except Refusal as refusal:
            raise Unavailable(f"A server said no: {refusal}") from refusal
        except KeyboardInterrupt:
            print("\nStopping. `make demo` goes on where it was; `make demo-reset` forgets it all.", flush=True)
        finally:
            for phyle in (makers, housing):
                phyle.stop()
    return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _told(telling: Telling, place: Path, lock: int, *, once: bool) -> None:
    phyles = (telling.makers, telling.housing)
    for phyle in phyles:
        phyle.launch(lock)
    telling.say(f"Starting {telling.makers.origin} and {telling.housing.origin}, each with a PostgreSQL of its own")
    for phyle in phyles:
        await phyle.ready()
    await story.tell(telling, place)
    for line in afterwards.lines(telling, place):
        print(line, flush=True)
    if not once:
        print(f"\n{afterwards.SERVED}", flush=True)
    while not once:
        await asyncio.sleep(1)
        for phyle in phyles:
            phyle.check()
