"""Repositories made for tests: rows, grants and a folder as the server makes them, history as git makes it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from phyle.commons import grants, repositories
from phyle.commons.git import storage
from phyle.commons.repositories import Keys, Kind, Repository, Visibility
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.newcomers import pems

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@coop.example",
    "GIT_AUTHOR_DATE": "1700000000 +0100",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@coop.example",
    "GIT_COMMITTER_DATE": "1700000000 +0100",
}


def git(folder: Path, *args: str | bytes, stdin: bytes = b"", **environ: str) -> bytes:
    """What git says, run as a developer runs it."""
    command = ["git", "-C", str(folder), *args]
    return subprocess.run(command, input=stdin, env={**_ENVIRONMENT, **environ}, check=True, capture_output=True).stdout


class Work:
    """A bare repository of the server, in which a test makes commits as if they had been pushed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, dict[bytes, tuple[str, str]]] = {}
        self._at = 1_700_000_000

    def commit(
        self,
        files: Mapping[str | bytes, bytes | str | None],
        message: str = "Change",
        *,
        branch: str = "main",
        links: Mapping[str, str] | None = None,
        **environ: str,
    ) -> str:
        """One commit on a branch: these files as given (None removes), symbolic links; its id."""
        tree = self._files.setdefault(branch, {})
        for name, content in files.items():
            path = name.encode() if isinstance(name, str) else name
            if content is None:
                del tree[path]
            else:
                tree[path] = ("100644", self.blob(content.encode() if isinstance(content, str) else content))
        for link, target in (links or {}).items():
            tree[link.encode()] = ("120000", self.blob(target.encode()))
        lines = b"".join(f"{mode} {oid}\t".encode() + path + b"\0" for path, (mode, oid) in tree.items())
        environ["GIT_INDEX_FILE"] = str(self.folder / "test.index")
        (self.folder / "test.index").unlink(missing_ok=True)
        git(self.folder, "update-index", "-z", "--index-info", stdin=lines, **environ)
        return self._made(git(self.folder, "write-tree", **environ).decode().strip(), message, branch, environ)

    def _made(self, tree: str, message: str, branch: str, environ: dict[str, str]) -> str:
        self._at += 60
        when = {"GIT_AUTHOR_DATE": f"{self._at} +0000", "GIT_COMMITTER_DATE": f"{self._at} +0000", **environ}
        before = self.tip(branch)
        parents = ["-p", before] if before else []
        made = git(self.folder, "commit-tree", tree, *parents, stdin=message.encode(), **when).decode().strip()
        git(self.folder, "update-ref", f"refs/heads/{branch}", made)
        return made

    def blob(self, content: bytes) -> str:
        return git(self.folder, "hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def tip(self, branch: str = "main") -> str:
        found = git(self.folder, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        return found.decode().split("\n")[0]

    def branch(self, name: str, at: str = "main") -> None:
        git(self.folder, "update-ref", f"refs/heads/{name}", self.tip(at) or at)
        self._files[name] = dict(self._files.get(at, {}))

    def tag(self, name: str, message: str = "") -> None:
        git(self.folder, "tag", *(["-a", "-m", message] if message else []), name, self.tip())


async def repository(
    store: Store,
    creator: Actor,
    name: str = "seeder",
    *,
    visibility: Visibility = "public",
    kind: Kind = "software",
    description: str = "",
) -> tuple[Repository, Work]:
    """A repository of somebody, who maintains it, and its folder."""
    async with store.transaction() as tx:
        made = await repositories.create(
            tx,
            creator,
            name,
            kind=kind,
            visibility=visibility,
            description=description,
            keys=Keys(repository=pems(), circle=pems()),
        )
        await grants.give(tx, made.id, creator.id, "maintainer", given_by=None)
    return made, Work(await storage.create(store.settings, made.id))
