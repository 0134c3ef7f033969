"""The content of a commit as one file to download."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from phyle.commons.git import names
from phyle.commons.git.spawning import spawned
from phyle.errors import Missing, TooLarge, Unavailable

Format = Literal["tar.gz", "zip"]
LARGEST = 1 << 30
"""Bytes that an archive may have: a small tree can name the same folder a million times."""
SECONDS = 600.0


async def stream(repository: Path, oid: str, kind: Format, prefix: str, *, client: str = "") -> AsyncIterator[bytes]:
    """The pieces of the archive of a commit (id), everything in it below the folder `prefix`.

    Raises TooLarge when it breaks off beyond `LARGEST`; Unavailable, TooMany.
    """
    if not names.OID.fullmatch(oid):
        raise Missing
    words = ("archive", f"--format={kind}", f"--prefix={prefix.strip('/')}/", "--end-of-options", oid)
    sent = 0
    async with spawned(repository, *words, kind="serve", client=client, seconds=SECONDS, talks=False) as running:
        async for piece in running.stdout:
            sent += len(piece)
            if sent > LARGEST:
                raise TooLarge(f"An archive may have {LARGEST >> 30} GiB. Clone the repository instead.")
            yield piece
        if await running.code():
            raise Unavailable("git could not make this archive.", cause=await running.complaints())
