"""D11 and H9. Fetching from servers that answer never: they wait for themselves, and keep nobody else waiting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from phyle.commons import examining
from phyle.commons.git import fetching, places, refs
from phyle.errors import Unreachable
from phyle.federation.connections import Reach
from tests.commons.between import cloned, filled, maker
from tests.instance import Instance
from tests.servers import eventually

LOCAL = Reach(insecure_local=True)


@contextlib.asynccontextmanager
async def tarpit() -> AsyncIterator[str]:
    """A server that takes everything and says nothing; its address."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x.git"
    finally:
        server.close()


@pytest.mark.threat("D11")
@pytest.mark.threat("H9")
async def test_a_slow_server_keeps_only_itself_waiting(here: Instance, tmp_path: Path) -> None:
    ana, bob = await maker(here, "ana", "seeder"), await maker(here, "bob", "seeder_too")
    await filled(ana, tmp_path / "anas")
    work = await cloned(ana.folder, tmp_path / "bobs", "Bob")
    head = await work.commit({"sow.py": "rows = 3\n"})
    await work.push(bob.folder, "main")
    async with tarpit() as address:
        waiting = [asyncio.create_task(fetching.listing(LOCAL, ana.folder, address)) for _ in range(20)]

        async def full() -> bool:
            return places._of("fetch").free._value <= places.ROOMS["fetch"].all - places.ROOMS["fetch"].each

        await eventually(full)
        async with asyncio.timeout(20):
            listed = await fetching.listing(LOCAL, bob.folder, f"{here.origin}/@seeder.git")  # another server
            await examining.bring(bob.folder, ana.folder, head)  # and our own work
        assert listed["refs/heads/main"] != head
        assert await refs.commit_of(ana.folder, head) == head
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(each) for each in ended} <= {asyncio.CancelledError, Unreachable}
