"""H9. Downloads of repositories: whoever hangs up or takes nothing leaves no git behind, and keeps nobody from it."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from phyle.commons.git import places
from phyle.commons.git.places import Kind
from tests.commons.between import Maker, filled, maker
from tests.commons.workshop import git
from tests.instance import Instance
from tests.servers import eventually

LARGE = os.urandom(24 << 20)  # more than sockets on the way take in


@pytest.fixture
async def ana(here: Instance, tmp_path: Path) -> Maker:
    """Whose repository holds a large file."""
    ana = await maker(here, "ana", "seeder")
    work = await filled(ana, tmp_path / "anas")
    (work.folder / "large").write_bytes(LARGE)
    await work.commit({"a.txt": "a"})
    await work.push(ana.folder, "main")
    return ana


@contextlib.asynccontextmanager
async def asked(here: Instance, path: str) -> AsyncIterator[None]:
    """A browser that asks and takes nothing, and is gone after the block without a word."""
    host, _, port = here.origin.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await writer.drain()
    try:
        yield
    finally:
        writer.transport.abort()


def free(kind: Kind) -> int:
    """How many places there are for a kind of work right now."""
    return places._of(kind).free._value


@pytest.mark.threat("H9")
@pytest.mark.parametrize("path", ["archive/main.tar.gz", "archive/main.zip", "raw/main/large", "patch/main"])
async def test_whoever_hangs_up_leaves_nothing_running(here: Instance, ana: Maker, path: str) -> None:
    before = free("give")
    async with asked(here, f"/@seeder.git/{path}"):

        async def begun() -> bool:
            return free("give") < before

        await eventually(begun)

    async def over() -> bool:
        return free("give") == before

    await eventually(over)


@pytest.mark.threat("H9")
async def test_whoever_takes_nothing_keeps_nobody_from_cloning(here: Instance, ana: Maker, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(8):
            for path in ("archive/main.zip", "patch/main"):
                await stack.enter_async_context(asked(here, f"/@seeder.git/{path}"))
        await git(tmp_path, "clone", "--quiet", f"{here.origin}/@seeder.git", "copy")
        answer = await asyncio.wait_for(here.client.get("/@seeder.git/tree/main"), 10)
    assert answer.status_code == 200
    assert (tmp_path / "copy" / "large").read_bytes() == LARGE


@pytest.mark.threat("H9")
async def test_a_large_file_comes_whole_and_piece_by_piece(here: Instance, ana: Maker) -> None:
    async with here.client.stream("GET", "/@seeder.git/raw/main/large") as answer:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "content-length" not in answer.headers
        assert b"".join([piece async for piece in answer.aiter_bytes()]) == LARGE
    head = await here.client.head("/@seeder.git/raw/main/large")
    assert (head.status_code, head.content) == (200, b"")
