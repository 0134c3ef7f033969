"""`python -m bench [NAME...] [--quick]`: one line of JSON for each thing measured. Reports, and never fails."""

import argparse
import asyncio
import signal
import sys
import time

from bench import audit, browse, clone, decide, delivery, fork, growth, home, idle, inbox, ledger, push, tally, vote
from bench.report import failure, progress

BENCHES = {
    "delivery": delivery.measure,
    "inbox": inbox.measure,
    "home": home.measure,
    "growth": growth.measure,
    "idle": idle.measure,
    "tally": tally.measure,
    "audit": audit.measure,
    "ledger": ledger.measure,
    "vote": vote.measure,
    "decide": decide.measure,
    "clone": clone.measure,
    "push": push.measure,
    "fork": fork.measure,
    "browse": browse.measure,
}
_LONGEST = 600.0  # seconds that one may take


async def run(name: str, *, quick: bool) -> None:
    """One bench, within its time; what goes wrong is reported in a line of its own."""
    progress(f"{name}:")
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # so that everything is cleaned up
    began = time.monotonic()
    try:
        async with asyncio.timeout(_LONGEST):
            async for result in BENCHES[name](quick=quick):
                print(result.line(), flush=True)
    except Exception as error:
        print(failure(name, error), flush=True)
    progress(f"  {name} took {time.monotonic() - began:.0f} s")


def main() -> int:
    """Always 0: a benchmark is no test."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and 100,000 posts for 1,000,000")
    given = parser.parse_args()
    if unknown := set(given.names) - BENCHES.keys():
        parser.error(f"there is no bench named {', '.join(sorted(unknown))}")
    if not sys.platform.startswith("linux"):
        parser.exit(0, "CPU times are read from Linux's /proc; there is none here.\n")
    for name in given.names or BENCHES:
        try:
            asyncio.run(run(name, quick=given.quick))
        except asyncio.CancelledError:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
