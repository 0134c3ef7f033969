"""A workshop for tests: a folder in which somebody works with the real git, as on their own machine."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.git import storage
from phyle.commons.repositories import Repository
from phyle.store.transaction import Store

_ENVIRON = {"PATH": os.environ["PATH"], "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"}


async def git(folder: Path, *words: str, environ: dict[str, str] | None = None) -> str:
    """What git says; its complaint is the test's failure."""
    process = await asyncio.create_subprocess_exec(
        "git",
        *words,
        cwd=folder,
        env=_ENVIRON | (environ or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, f"git {' '.join(words)}: {err.decode()}"
    return out.decode().strip()


@dataclass(frozen=True)
class Workshop:
    """A work tree of one person."""

    folder: Path
    name: str = "Ana"

    @property
    def _who(self) -> tuple[str, ...]:
        return ("-c", f"user.name={self.name}", "-c", f"user.email={self.name.lower()}@example.org")

    async def git(self, *words: str) -> str:
        return await git(self.folder, *self._who, *words)

    async def commit(self, files: dict[str, str], message: str = "Work", *, sign_off: bool = False) -> str:
        """A commit of these files on the branch that is checked out; its id."""
        for path, content in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(content)
        await self.git("add", "--all")
        await self.git("commit", "--quiet", "-m", message, *(["--signoff"] if sign_off else []))
        return await self.git("rev-parse", "HEAD")

    async def branch(self, name: str, start: str = "main") -> None:
        await self.git("checkout", "--quiet", "-B", name, start)

    async def push(self, where: Path | str, branch: str, *, force: bool = False) -> None:
        await self.git("push", "--quiet", *(["--force"] if force else []), str(where), f"{branch}:refs/heads/{branch}")


async def workshop(folder: Path, name: str = "Ana") -> Workshop:
    """A new one, with a first commit on `main`."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    await git(folder, "init", "--quiet", "-b", "main")
    made = Workshop(folder, name)
    await made.commit({"README.md": "# Seeder\n\nSows seeds.\n", "sow.py": "rows = 1\nseeds = 2\n"}, "Begin")
    return made


async def opened(store: Store, repository: Repository) -> Path:
    """The folder of a repository of the instance, made if it is not there."""
    return await storage.create(store.settings, repository.id)
