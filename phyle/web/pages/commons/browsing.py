"""The pages of what is in a repository: its overview, folders and files."""

import asyncio
from dataclasses import dataclass

from phyle.commons import repositories
from phyle.commons.browsing import contents, history, places, showing, trees
from phyle.commons.browsing.contents import Content
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.showing import Around, Code, Model, Table
from phyle.commons.browsing.trees import Entry
from phyle.commons.git import names, objects, refs
from phyle.commons.git.objects import Objects
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal
from phyle.identity import actors
from phyle.web import actors as documents
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.commons.beside import licences, sections
from phyle.web.pages.commons.crumbs import around, crumbs, parent
from phyle.web.pages.commons.frame import CODE, REFS, base, folder, framed, opened, permitted, tag, unchanged
from phyle.web.pages.commons.rows import numbered
from phyle.web.pages.profiles import for_servers

_READMES = ("readme.md", "readme.markdown", "readme.txt", "readme", "readme.rst", "readme.org")
_MOST_REFS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme:
    """What a folder says of itself: `html` rendered, or else `text` as it was typed."""

    name: str
    html: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A folder to be shown. `count`: of all that it holds, which may be more than are here."""

    entries: list[Entry]
    count: int
    readme: Readme | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A file to be shown: one of its faces, or none with a `reason`."""

    content: Content
    size: int
    executable: bool = False
    code: Code | None = None
    rows: str = ""
    table: Table | None = None
    html: str | None = None
    model: Model | None = None
    link: str = ""
    reason: str = ""


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git: what the project is, what is in it, how to get it. Servers get the actor's document."""
    if for_servers(asked):
        return await _document(asked)
    repository = await opened(asked)
    git = folder(asked, repository)
    place = await places.first(git, repository.default_branch)
    beside = await sections(asked, repository)
    clone = repositories.clone_address(asked.settings, repository)
    if place is None:
        return framed(asked, "empty", repository, tab=CODE, sections=beside, clone=clone)
    version = tag(asked, repository, place, beside)
    if answer := unchanged(asked, version):
        return answer
    listed, latest, licence = await asyncio.gather(
        _listed(asked, repository, place), history.one(git, place.commit), licences(git, repository, place.commit)
    )
    return framed(
        asked,
        "overview",
        repository,
        tab=CODE,
        tag=version,
        place=place,
        listed=listed,
        latest=latest,
        sections=[*([licence] if licence else []), *beside],
        clone=clone,
    )


async def _document(asked: Asked) -> Answer:
    async with asked.store.reading() as tx:
        asked.tx = tx
        repository = await permitted(tx, asked)
        return await documents.answer_for(asked, await actors.by_id(tx, repository.id))


async def tree(asked: Asked) -> Answer:
    """GET /@NAME.git/tree/REF/PATH: a folder."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind == "file":
            return redirect(f"{base(repository)}/blob/{place.address}")
        listed = await _read(reading, repository, place, entry)
    return framed(
        asked, "tree", repository, tab=CODE, tag=version, place=place, listed=listed, crumbs=crumbs(place), latest=None
    )


async def _listed(asked: Asked, repository: Repository, place: Place) -> Listed:
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        return await _read(reading, repository, place, entry)


async def _read(reading: Objects, repository: Repository, place: Place, entry: Entry) -> Listed:
    entries = await trees.folder(reading, entry.oid)
    found = {each.name.lower().decode(errors="replace"): each for each in entries if each.kind == "file"}
    named = next((found[name] for name in _READMES if name in found), None)
    readme = await _readme(reading, repository, place, named) if named is not None else None
    return Listed(entries=entries[: trees.MOST], count=len(entries), readme=readme)


async def _readme(reading: Objects, repository: Repository, place: Place, entry: Entry) -> Readme | None:
    found = await reading.look(entry.oid)
    if found is None or found.size > contents.SHOWN:
        return None
    raw = (await reading.read(entry.oid, most=contents.SHOWN))[1]
    content = contents.of(entry.name, raw, len(raw))
    if content.kind == "markdown":
        html = await showing.prose(entry.oid, raw, around(repository, place, words(place.path)))
        return Readme(name=entry.words, html=html, text=contents.decoded(raw))
    return Readme(name=entry.words, html=None, text=contents.decoded(raw)) if content.kind == "text" else None


async def blob(asked: Asked) -> Answer:
    """GET /@NAME.git/blob/REF/PATH: a file; `?plain=1` its text where it would be rendered."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind == "folder":
            return redirect(f"{base(repository)}/tree/{place.address}")
        if entry.kind == "submodule":
            raise Missing("This is a commit of another repository, which is not kept here.")
        found, raw = await _content(reading, entry)
    shown = await _shown(entry, raw, found.size, around(repository, place, parent(place)), plain=asked.flag("plain"))
    return framed(
        asked, "file", repository, tab=CODE, tag=version, place=place, entry=entry, shown=shown, crumbs=crumbs(place)
    )


async def _content(reading: Objects, entry: Entry) -> tuple[objects.Found, bytes]:
    """The file, whole if it may be shown, else nothing of it."""
    found = await reading.look(entry.oid)
    if found is None:
        raise Missing
    most = showing.MODELS if entry.name.lower().endswith(b".stl") else 4 * contents.SHOWN
    return found, (await reading.read(entry.oid, most=most))[1] if found.size <= most else b""


async def _shown(entry: Entry, raw: bytes, size: int, around: Around, *, plain: bool) -> Shown:
    """A file with the best face that it has."""
    if entry.kind == "link":
        return Shown(content=Content(kind="text", media=None), size=size, link=words(raw[:4096]))
    content = contents.of(entry.name, raw, size)
    if size and not raw:
        return Shown(content=Content(kind="binary", media=None), size=size, reason="It is too large to be shown here.")
    try:
        return await _faced(entry, raw, content, around, plain=plain)
    except Refusal as refusal:
        return Shown(content=content, size=size, reason=refusal.sentence)


async def _faced(entry: Entry, raw: bytes, content: Content, around: Around, *, plain: bool) -> Shown:
    size, html, table = len(raw), None, None
    if content.kind == "model":
        return Shown(content=content, size=size, model=await showing.model(entry.oid, raw))
    if content.kind in ("picture", "document", "binary"):
        return Shown(content=content, size=size)
    if size > contents.SHOWN:
        return Shown(content=content, size=size, reason="It is too long to be shown here.")
    if content.kind == "markdown" and not plain:
        html = await showing.prose(entry.oid, raw, around)
    if content.kind == "table" and not plain:
        table = showing.table(entry.name, raw)
    if html is not None or table is not None:
        return Shown(content=content, size=size, html=html, table=table)
    code = await showing.code(entry.oid, entry.name, raw)
    return Shown(content=content, size=size, executable=entry.executable, code=code, rows=numbered(code.lines))


async def branches(asked: Asked) -> Answer:
    """GET /@NAME.git/branches: branches and tags, the latest first."""
    repository = await opened(asked)
    git = folder(asked, repository)
    heads, tags = await asyncio.gather(
        *(refs.listing(git, prefix, most=_MOST_REFS) for prefix in (names.BRANCHES, names.TAGS))
    )
    return framed(asked, "branches", repository, tab=REFS, heads=heads, tags=tags, most=_MOST_REFS)
