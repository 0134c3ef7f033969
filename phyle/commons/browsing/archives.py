"""A commit's files as one file to download, or one of them, streamed as git gives them."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal

from phyle.commons.git.commands import Ended, failed, spawned
from phyle.commons.git.names import OID
from phyle.errors import Missing, TooLarge

Format = Literal["tar.gz", "zip"]

LARGEST = 1 << 30
_SECONDS = 600.0
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def title(name: str, ref: str) -> str:
    """What the archive, and the folder in it, are called: `name-ref`."""
    return f"{name}-{_UNFIT.sub('-', ref)[:80].strip('.-') or 'files'}"


async def stream(
    repository: Path, commit: str, form: Format, name: str, *, client: str = ""
) -> AsyncGenerator[bytes, None]:
    """The archive, piece by piece, everything in a folder of this name. `client`: who is served, for what one may have
    at once. Raises Unavailable, TooMany, TooLarge beyond a GiB."""
    if not OID.fullmatch(commit):
        raise Missing
    args = ("archive", f"--format={form}", f"--prefix={name}/", commit)
    async with spawned(repository, *args, kind="give", client=client, seconds=_SECONDS, talks=False) as running:
        sent = 0
        async for piece in running.stdout:
            sent += len(piece)
            if sent > LARGEST:
                raise TooLarge("This archive is too large; clone the repository instead.")
            yield piece
        code = await running.code()
        if code:
            raise failed(Ended(code=code, out=b"", complaints=await running.complaints()), *args)


async def blob(repository: Path, oid: str, *, client: str = "") -> AsyncGenerator[bytes, None]:
    """A file, piece by piece, by its id. `client`: as above. Raises Unavailable, TooMany."""
    if not OID.fullmatch(oid):
        raise Missing
    args = ("cat-file", "blob", oid)
    async with spawned(repository, *args, kind="give", client=client, seconds=_SECONDS, talks=False) as running:
        async for piece in running.stdout:
            yield piece
        code = await running.code()
        if code:
            raise failed(Ended(code=code, out=b"", complaints=await running.complaints()), *args)
