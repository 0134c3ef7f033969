"""What is fetched: git's upload-pack, without state, in whichever version of the protocol the client speaks."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from phyle.commons.git.commands import run
from phyle.commons.git.spawning import Running, spawned

Service = Literal["upload-pack", "receive-pack"]
SECONDS = 3600.0
VERSION_2 = "version=2"
_capabilities: dict[str, bytes] = {}
_PROTOCOL = re.compile(r"version=[0-2]")


def protocol(header: str, service: Service) -> str:
    """What of the header `Git-Protocol` git is told: the version and nothing else, and only where versions matter."""
    return header if service == "upload-pack" and _PROTOCOL.fullmatch(header) else ""


async def capabilities(folder: Path) -> bytes:
    """What version 2 begins with (gitprotocol-v2(5), "Capability Advertisement"): it depends on git and on our
    configuration, and is the same for every repository, so git is asked once."""
    if "upload-pack" not in _capabilities:
        words = ("upload-pack", "--stateless-rpc", "--http-backend-info-refs", str(folder))
        _capabilities["upload-pack"] = await run(folder, *words, environ={"GIT_PROTOCOL": VERSION_2})
    return _capabilities["upload-pack"]


@asynccontextmanager
async def advertised(folder: Path, service: Service, *, version: str, client: str) -> AsyncIterator[Running]:
    """The refs that a service tells of first (gitprotocol-http(5), "Discovering references")."""
    words = (service, "--stateless-rpc", "--http-backend-info-refs", str(folder))
    environ = {"GIT_PROTOCOL": version} if version else {}
    async with spawned(
        folder, *words, kind="serve", client=client, seconds=120, environ=environ, talks=False
    ) as running:
        yield running


@asynccontextmanager
async def served(folder: Path, *, version: str, client: str) -> AsyncIterator[Running]:
    """One question of a client that fetches, and the answer."""
    words = ("upload-pack", "--stateless-rpc", "--strict", "--timeout=600", str(folder))
    environ = {"GIT_PROTOCOL": version} if version else {}
    async with spawned(folder, *words, kind="serve", client=client, seconds=SECONDS, environ=environ) as running:
        yield running
