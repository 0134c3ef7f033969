"""The real git as people use it, against an instance that a test has built."""

import asyncio
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from phyle.commons import creating, grants, repositories
from phyle.commons.creating import Wanted
from phyle.commons.grants import Role
from phyle.commons.repositories import Repository, Visibility
from phyle.identity import tokens
from phyle.identity.actors import Actor
from phyle.store.transaction import Store

EVERYTHING = "read:repositories write:repositories"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    said: str


@dataclass(frozen=True)
class Work:
    """A folder with a work tree, and a person who works in it. Their global configuration is empty."""

    folder: Path
    person: str = "Ana"

    async def git(self, *args: str, check: bool = True, stdin: bytes | None = None, **environ: str) -> Done:
        """One command; both outputs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *("git", "-c", "protocol.file.allow=always", "-c", "http.lowSpeedTime=60", *args),
            cwd=self.folder,
            env=clean(self.person) | environ,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(stdin), 60)
        said = out.decode(errors="replace")
        assert not check or process.returncode == 0, f"git {' '.join(args)}: {said}"
        return Done(process.returncode or 0, said)

    async def one(self, *args: str) -> str:
        """What one command says, without the end of the line."""
        return (await self.git(*args)).said.strip()

    async def commit(self, name: str, content: str | bytes, message: str = "") -> str:
        """A file written and committed; the commit's id."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        await self.git("add", "--", name)
        await self.git("commit", "--quiet", "-m", message or f"Write {name}")
        return await self.one("rev-parse", "HEAD")


def clean(person: str) -> dict[str, str]:
    """An environment in which git reads nobody's configuration and asks nobody."""
    mail = f"{person.lower()}@example.org"
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": person,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": person,
        "GIT_COMMITTER_EMAIL": mail,
        "LC_ALL": "C",
    }


async def begun(folder: Path, person: str = "Ana") -> Work:
    """An empty repository with a work tree on the branch main."""
    work = Work(folder, person)
    await work.git("init", "--quiet", "--initial-branch=main")
    return work


async def made(store: Store, creator: Actor, name: str = "seeder", visibility: Visibility = "public") -> Repository:
    """A repository of this instance, empty, which its creator maintains."""
    return await creating.create(store, creator, Wanted(name=name, visibility=visibility))


async def granted(store: Store, repository: Repository, holder: Actor, role: Role) -> int:
    """A live grant; its number."""
    async with store.transaction() as tx:
        return (await grants.give(tx, repository.id, holder.id, role, given_by=None)).id


async def password(store: Store, actor: Actor, scopes: str = EVERYTHING) -> str:
    """A password for programs."""
    async with store.transaction() as tx:
        return (await tokens.issue(tx, application=None, actor=actor.id, scopes=scopes)).secret


def address(origin: str, repository: Repository, secret: str = "", name: str = "any") -> str:
    """What `git clone` takes, with a password if there is one."""
    scheme, _, rest = origin.partition("://")
    who = f"{name}:{quote(secret)}@" if secret else ""
    return f"{scheme}://{who}{rest}/@{repository.name}.git"


def on_disk(store: Store, repository: Repository) -> Path:
    """Where it lies."""
    return repositories.folder(store.settings, repository.id)
