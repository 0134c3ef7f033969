"""Writing pages of a wiki: a commit on the default branch, by whoever may push there."""

from dataclasses import dataclass
from pathlib import Path

from phyle.commons import edits, permission
from phyle.commons.browsing import wiki
from phyle.commons.browsing.places import Place
from phyle.commons.git import names, objects, refs, storage
from phyle.commons.permission import Action
from phyle.commons.repositories import Repository
from phyle.errors import Conflict, Missing, TooLarge
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`title` of the page, its whole `text`, why (`message`), and `was`: the id of its file when the writer read it, ""
    where there was none. `sign_off`: whether they certify that they may give it (DCO)."""

    title: str
    text: str
    message: str
    was: str
    sign_off: bool = False


def action(repository: Repository) -> Action:
    """What writing the wiki takes: the same as writing any file of the branch that it is on."""
    return edits.action(repository, repository.default_branch)


async def may_write(tx: Tx, viewer: int | None, repository: Repository) -> bool:
    """Whether somebody may."""
    return viewer is not None and await permission.allowed(tx, viewer, repository, action(repository))


async def write(store: Store, writer: Actor, repository: Repository, edit: Edit) -> str:
    """The commit. Raises Refused, Unprocessable (no title, nothing changed), TooLarge, Conflict when the page was
    changed by somebody else meanwhile. Not inside a transaction."""
    async with store.reading() as tx:
        await permission.require(tx, writer.id, repository, action(repository))
    if len(edit.text) > wiki.LONGEST:
        raise TooLarge(f"A page that is written here has at most {wiki.LONGEST} characters.")
    folder = await storage.existing(store.settings, repository.id)
    ref = names.branch(repository.default_branch)
    tip = (await refs.oids(folder, [ref])).get(ref)
    if tip is None and await refs.listing(folder, most=1):
        raise Missing("The default branch is not there. Push it first.")
    path = await _path(folder, tip, edit)
    text = edit.text.replace("\r\n", "\n").rstrip() + "\n"
    message = edit.message.strip() or f"Write {path.rpartition('/')[2]}"
    content = {path: text.encode("utf-8", "replace")}
    return await edits.commit(store, writer, repository, ref, content, message, sign_off=edit.sign_off, tip=tip)


async def _path(folder: Path, tip: str | None, edit: Edit) -> str:
    """Where the page is kept, if it still is as the writer read it."""
    place = Place(ref=tip, kind="commit", commit=tip) if tip else None
    found = None
    if place is not None:
        async with objects.opened(folder) as reading:
            page = wiki.named(await wiki.pages(reading, place), edit.title)
            found = await wiki.read(reading, place, page) if page is not None else None
    if (found.oid if found is not None else "") != edit.was:
        raise Conflict("Somebody changed this page while you wrote. Copy your text, look at theirs, and write again.")
    if found is None:
        return wiki.path_of(edit.title)
    try:
        return found.page.path.decode()
    except UnicodeDecodeError:
        raise Conflict("The file of this page has a name that can only be handled with git.") from None
