"""Editing files in a browser: a commit on a branch, by whoever may push there."""

from collections.abc import Mapping
from dataclasses import dataclass

from phyle.commons import applying, permission, protection, pushes
from phyle.commons.git import editing, names, objects, refs, storage
from phyle.commons.git.people import signed_off
from phyle.commons.permission import Action
from phyle.commons.repositories import Repository
from phyle.errors import Conflict, Missing, TooLarge
from phyle.identity.actors import Actor
from phyle.store.transaction import Store

LONGEST = 200_000
"""Characters of a file that is written in a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`path` on a `branch` (its short name), the whole `text`, why (`message`), and `was`: the id of the file when it
    was read, "" where there was none. `sign_off`: whether the writer certifies that they may give it (DCO)."""

    branch: str
    path: str
    text: str
    message: str
    was: str
    sign_off: bool = False


def action(repository: Repository, branch: str) -> Action:
    """What it takes: the same as pushing to the branch."""
    return "push-protected" if protection.is_protected(repository, names.branch(branch)) else "push"


async def write(store: Store, writer: Actor, repository: Repository, edit: Edit) -> str:
    """The commit. Raises Refused, Missing (no such branch), Unprocessable (no path, nothing changed),
    TooLarge, Conflict when somebody else changed the file meanwhile. Not inside a transaction."""
    async with store.reading() as tx:
        await permission.require(tx, writer.id, repository, action(repository, edit.branch))
    if len(edit.text) > LONGEST:
        raise TooLarge(f"A file that is written here has at most {LONGEST} characters: change it with git.")
    editing.check_path(edit.path)
    folder, ref = await storage.existing(store.settings, repository.id), names.branch(edit.branch)
    tip = (await refs.oids(folder, [ref])).get(ref)
    if tip is None:
        raise Missing("There is no such branch.")
    async with objects.opened(folder) as reading:
        found = await reading.look(objects.at(tip, edit.path))
        if (found.oid if found is not None else "") != edit.was:
            raise Conflict(
                "Somebody changed this file while you wrote. Copy your text, look at theirs, and write again."
            )
        before = (await reading.read(found.oid, most=editing.LARGEST))[1] if found and found.kind == "blob" else b""
    message = edit.message.strip() or f"{'Change' if found else 'Add'} {edit.path.rpartition('/')[2]}"
    content = {edit.path: _bytes(edit.text, before)}
    return await commit(store, writer, repository, ref, content, message, sign_off=edit.sign_off, tip=tip)


async def commit(
    store: Store,
    writer: Actor,
    repository: Repository,
    ref: str,
    content: Mapping[str, bytes],
    message: str,
    *,
    sign_off: bool,
    tip: str | None,
) -> str:
    """A commit on `tip` of a ref (None where there is nothing yet) by somebody here, told as a push is; its id. Raises
    as `editing.edit`. Who may write there is asked before."""
    person = applying.person(store, writer)
    said = signed_off(message, person) if sign_off else message
    swap = pushes.swapping(store, repository.id, writer.id)
    folder = await storage.existing(store.settings, repository.id)
    return await editing.edit(folder, ref, content, said, person, person, expected=tip, swap=swap)


def _bytes(text: str, before: bytes) -> bytes:
    """Browsers send their own line ends; the file keeps those that it had."""
    lines = text.replace("\r\n", "\n")
    whole = lines if not lines or lines.endswith("\n") else lines + "\n"
    return (whole.replace("\n", "\r\n") if b"\r\n" in before else whole).encode("utf-8", "replace")
