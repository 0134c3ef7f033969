"""What is fetched: git's upload-pack, without state, in whichever version of the protocol the client speaks."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from phyle.commons.git.spawning import Running, spawned

Service = Literal["upload-pack", "receive-pack"]
SECONDS = 3600.0
_PROTOCOL = re.compile(r"version=[0-2]")


def protocol(header: str, service: Service) -> str:
    """What of the header `Git-Protocol` git is told: the version and nothing else, and only where versions matter."""
    return header if service == "upload-pack" and _PROTOCOL.fullmatch(header) else ""


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
