"""The pages on which files are written: a form with the text of one, and a commit on its branch."""

from dataclasses import dataclass

from phyle.commons import edits
from phyle.commons.browsing import contents, places, trees
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.git import objects
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import CODE, base, folder, framed, opened
from phyle.web.pages.visitors import first_log_in

_BY_GIT = "This can only be changed with git."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What the form shows: of a file that there is, or of one that shall be."""

    path: str = ""
    text: str = ""
    message: str = ""
    was: str = ""


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/edit/BRANCH/PATH: the form for a file; for a folder, that for a new file in it."""
    await opened(asked)
    if asked.viewer.actor is None:
        return first_log_in(asked)
    repository, place = await _place(asked)
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind == "folder":
            return _form(asked, repository, place, _Draft(path=f"{_path(place)}/" if place.path else ""))
        found = await reading.look(entry.oid) if entry.kind == "file" else None
        if found is None or found.size > edits.LONGEST:
            raise Unprocessable(_BY_GIT)
        raw = (await reading.read(entry.oid, most=edits.LONGEST))[1]
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Unprocessable(_BY_GIT) from None
    if contents.of(entry.name, raw, len(raw)).kind == "binary":
        raise Unprocessable(_BY_GIT)
    return _form(asked, repository, place, _Draft(path=_path(place), text=text, was=entry.oid))


async def write(asked: Asked) -> Answer:
    """POST /@NAME.git/edit/BRANCH/PATH: write the file that `path` names, as a commit on the branch."""
    repository, place = await _place(asked)
    draft = _Draft(
        path=asked.text("path", most=4_000).strip("/ "),
        text=asked.text("text", most=2 * edits.LONGEST),
        message=asked.text("message", most=2_000),
        was=asked.text("was", most=64),
    )
    edit = edits.Edit(
        branch=place.ref,
        path=draft.path,
        text=draft.text,
        message=draft.message,
        was=draft.was,
        sign_off=asked.flag("sign_off"),
    )
    try:
        await edits.write(asked.store, asked.me, repository, edit)
    except Refusal as refusal:
        if refusal.status not in (409, 413, 422):
            raise
        return _form(asked, repository, place, draft, fault=refusal)
    return redirect(f"{base(repository)}/blob/{place.at(draft.path.encode()).address}")


async def _place(asked: Asked) -> tuple[Repository, Place]:
    """Where on which branch, for whoever may write there."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    if place.kind != "branch":
        raise Missing("Files are changed on branches.")
    return await opened(asked, edits.action(repository, place.ref)), place


def _path(place: Place) -> str:
    try:
        return place.path.decode()
    except UnicodeDecodeError:
        raise Unprocessable(_BY_GIT) from None


def _form(asked: Asked, repository: Repository, place: Place, draft: _Draft, *, fault: Refusal | None = None) -> Answer:
    return framed(
        asked,
        "file_edit",
        repository,
        tab=CODE,
        fault=fault,
        place=place,
        draft=draft,
        title=words(draft.path) or "a new file",
        longest=edits.LONGEST,
    )
