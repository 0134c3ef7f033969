"""What people do on their own machines: the real git, in a folder of theirs, over HTTP."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from phyle.cli.demo.people import Person
from phyle.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A work tree."""

    folder: Path

    async def git(self, *words: str, who: Person | None = None, at: datetime | None = None) -> str:
        """What git says. Raises Unavailable with what it complains of."""
        process = await asyncio.create_subprocess_exec(
            "git",
            *words,
            cwd=self.folder,
            env=_environment(who, at),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode:
            raise Unavailable(f"git {words[0]} failed: {err.decode(errors='replace').strip()}")
        return out.decode(errors="replace").strip()

    async def commit(self, who: Person, at: datetime, message: str, files: dict[str, str | bytes]) -> str:
        """A commit of these files, with a sign-off; its id."""
        for path, content in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        await self.git("add", "--all")
        await self.git("commit", "--quiet", "--signoff", "-m", message, who=who, at=at)
        return await self.git("rev-parse", "HEAD")

    async def push(self, who: Person, repository: str, *refs: str) -> None:
        """To a repository of the person's phyle, with their token for a password."""
        await self.git("push", "--quiet", "--force", address(who, repository), *refs)


def address(who: Person, repository: str) -> str:
    """Where somebody pushes to."""
    return f"http://{who.name}:{who.token}@{who.phyle.host}/@{repository}.git"


def _environment(who: Person | None, at: datetime | None) -> dict[str, str]:
    """No configuration of whoever runs this takes part."""
    chosen = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/nonexistent"}
    chosen |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    if who is not None:
        for role in ("AUTHOR", "COMMITTER"):
            chosen |= {f"GIT_{role}_NAME": who.full_name, f"GIT_{role}_EMAIL": who.email}
    if at is not None:
        chosen |= {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()}
    return chosen
