"""Looking into repositories at the API: folders, files, history, differences, blame, search, wiki."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from phyle.commons import edits, manifests, wikis
from phyle.commons.browsing import (
    blaming,
    commits,
    comparing,
    contents,
    diffs,
    history,
    naming,
    places,
    searching,
    trees,
    wiki,
)
from phyle.commons.browsing.places import Place
from phyle.commons.git import objects, refs
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, Missing
from phyle.web import routes
from phyle.web.asked import Asked
from phyle.web.commons import browsing_shapes as shapes
from phyle.web.commons.opening import folder, opened
from phyle.web.commons.turns import costly
from phyle.web.cooperative.endpoints import BASE, Endpoint, change
from phyle.web.cooperative.shapes import shown

READ, WRITE = "read:repositories", "write:repositories"
_MOST = 1 << 20
"""Bytes of a file that are given out in JSON."""


async def list_branches(asked: Asked) -> list[shapes.Ref]:
    """The branches, the latest first; at most a thousand."""
    return [_ref(each) for each in await refs.listing(await _folder(asked))]


async def list_tags(asked: Asked) -> list[shapes.Ref]:
    """The tags, the latest first; at most a thousand."""
    return [_ref(each) for each in await refs.listing(await _folder(asked), "refs/tags/")]


async def show_folder(asked: Asked) -> shapes.Folder:
    """What a folder holds. The address ends with REF/PATH, or with REF alone."""
    git, place = await _place(asked)
    async with objects.opened(git) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind != "folder":
            raise Missing("There is no such folder.")
        entries = await trees.folder(reading, entry.oid)
    return shapes.Folder(
        ref=place.ref,
        commit=place.commit,
        path=naming.written(place.path),
        entries=[_entry(place, each) for each in entries[: trees.MOST]],
        whole=len(entries) <= trees.MOST,
    )


async def show_file(asked: Asked) -> shapes.File:
    """A file. The address ends with REF/PATH. No symbolic link is followed: its content is where it leads."""
    git, place = await _place(asked)
    async with objects.opened(git) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        found = await reading.look(entry.oid) if entry.kind in ("file", "link") else None
        if found is None:
            raise Missing("There is no such file.")
        raw = (await reading.read(entry.oid, most=_MOST))[1] if found.size <= _MOST else None
    text = raw is not None and contents.of(entry.name, raw, len(raw)).media in contents.TEXTS
    return shapes.File(
        ref=place.ref,
        commit=place.commit,
        path=naming.written(place.path),
        kind=entry.kind,
        oid=entry.oid,
        size=found.size,
        text=contents.decoded(raw) if raw is not None and text else None,
        base64=b64encode(raw).decode() if raw is not None and not text else None,
    )


async def show_history(asked: Asked) -> shapes.History:
    """What led to a place, thirty commits at a time. The address ends with REF/PATH; without, it is all of the default
    branch. One file is followed through its renames."""
    git, place = await _place(asked)
    follow = False
    if place.path:
        async with objects.opened(git) as reading:
            follow = (await trees.entry_at(reading, place.commit, place.path)).kind == "file"
    part = await history.log(git, place, skip=asked.number("skip") or 0, follow=follow)
    steps = [
        shapes.Step(commit=_commit(each.commit), path=naming.written(each.path) if each.path else None)
        for each in part.steps
    ]
    return shapes.History(ref=place.ref, commit=place.commit, steps=steps, more=part.more)


async def show_commit(asked: Asked) -> shapes.Diff:
    """A commit by its id, and what it changed as against the first that it was made on."""
    git = await _folder(asked)
    place = await places.tip(git, asked.args["commit"])
    commit = await history.one(git, place.commit)
    diff = await comparing.of_commit(git, commit)
    return shapes.Diff(commit=_commit(commit), files=[_file(each) for each in diff.files], whole=diff.whole)


async def show_comparison(asked: Asked) -> shapes.Comparison:
    """What B has that A has not, since they parted. The address ends with A...B, branches, tags or commits."""
    git = await _folder(asked)
    first, dots, second = asked.args["rest"].partition("...")
    if not dots:
        raise Malformed("Write what to compare as A...B.")
    old, new = await places.tip(git, first), await places.tip(git, second)
    found = await comparing.three_dots(git, old.commit, new.commit)
    return shapes.Comparison(
        base=found.base,
        commits=[_commit(each) for each in found.commits],
        all_commits=found.all_commits,
        files=[_file(each) for each in found.diff.files],
        whole=found.diff.whole,
    )


async def show_blame(asked: Asked) -> list[shapes.Block]:
    """Which commit each line of a file comes from. The address ends with REF/PATH."""
    git, place = await _place(asked)
    await blaming.check(git, place)
    return [
        shapes.Block(
            commit=each.origin.oid,
            author=_person(each.origin.author),
            subject=each.origin.subject,
            first=each.first,
            lines=list(each.lines),
        )
        for each in await blaming.blame(git, place)
    ]


async def search(asked: Asked) -> shapes.Hits:
    """Words as they stand, in names of files, their lines, and messages of commits."""
    query = asked.text("q", most=searching.LONGEST).strip()
    if not query or "\n" in query:
        raise Malformed("q must hold the words that are searched for.")
    git, place = await _place(asked, asked.text("ref", most=250))
    named, lines, found = await asyncio.gather(
        searching.names(git, place, query), searching.lines(git, place, query), history.saying(git, place, query)
    )
    return shapes.Hits(
        commit=place.commit,
        names=[_hit(each) for each in named.hits],
        lines=[_hit(each) for each in lines.hits],
        commits=[_commit(each) for each in found[0]],
        whole=named.whole and lines.whole and found[1],
    )


async def show_licences(asked: Asked) -> shapes.Licences:
    """The licence manifest (REUSE 3.3, SPDX): under which licence each file is, whose it is, and what is missing."""
    git, place = await _place(asked)
    found = await manifests.of_commit(git, place.commit)
    return shapes.Licences(ref=place.ref, commit=place.commit, whole=found.whole, manifest=found.manifest)


async def write_file(asked: Asked) -> shapes.Written:
    """Write a file, given by branch and path: a commit on the branch. `was` is the `oid` that was read, "" for a new
    file; if it is another by now, that is a conflict."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    if place.kind != "branch":
        raise Missing("Files are changed on branches.")
    edit = edits.Edit(
        branch=place.ref,
        path=place.path.decode("utf-8", "replace"),
        text=asked.text("text", most=2 * edits.LONGEST),
        message=asked.text("message", most=2_000),
        was=asked.text("was", most=64),
        sign_off=asked.flag("sign_off"),
    )
    return shapes.Written(commit=await edits.write(asked.store, asked.me, repository, edit))


async def list_pages(asked: Asked) -> list[shapes.Page]:
    """The pages of the wiki, with their texts."""
    git, place = await _place(asked)
    async with objects.opened(git) as reading:
        written = [await wiki.read(reading, place, each) for each in (await wiki.pages(reading, place))[:200]]
    return [_page(each) for each in written]


async def show_page(asked: Asked) -> shapes.Page:
    """A page of the wiki by its title."""
    git, place = await _place(asked)
    async with objects.opened(git) as reading:
        page = wiki.named(await wiki.pages(reading, place), asked.args["title"])
        if page is None:
            raise Missing("There is no such page in this wiki.")
        return _page(await wiki.read(reading, place, page))


async def write_page(asked: Asked) -> shapes.Written:
    """Write a page of the wiki: a commit on the default branch. `was` is the `oid` that was read; if it is another by
    now, that is a conflict."""
    repository = await opened(asked)
    edit = wikis.Edit(
        title=asked.args["title"],
        text=asked.text("text", most=2 * wiki.LONGEST),
        message=asked.text("message", most=2_000),
        was=asked.text("was", most=40),
        sign_off=asked.flag("sign_off"),
    )
    return shapes.Written(commit=await wikis.write(asked.store, asked.me, repository, edit))


async def _folder(asked: Asked) -> Any:
    return folder(asked, await opened(asked))


async def _place(asked: Asked, ref: str = "") -> tuple[Any, Place]:
    """Where the repository lies, and the place that the address names, or the default branch."""
    repository: Repository = await opened(asked)
    git, rest = folder(asked, repository), ref or asked.args.get("rest", "")
    place = await places.find(git, rest) if rest else await places.first(git, repository.default_branch)
    if place is None:
        raise Missing("Nothing has been pushed here yet.")
    return git, place


def _ref(ref: refs.Ref) -> shapes.Ref:
    at = int(ref.at.timestamp() * 1000) if ref.at else None
    return shapes.Ref(name=ref.short, oid=ref.oid, commit=ref.target, at=at, subject=ref.subject)


def _person(person: commits.Person) -> shapes.Person:
    at = int(person.at.timestamp() * 1000) if person.at else None
    return shapes.Person(name=person.name, email=person.email, at=at)


def _commit(commit: commits.Commit) -> shapes.Commit:
    return shapes.Commit(
        id=commit.oid,
        tree=commit.tree,
        parents=list(commit.parents),
        author=_person(commit.author),
        committer=_person(commit.committer),
        message=commit.message,
    )


def _entry(place: Place, entry: trees.Entry) -> shapes.Entry:
    return shapes.Entry(
        name=naming.written(entry.name),
        path=naming.written(place.below(entry.name).path),
        kind=entry.kind,
        oid=entry.oid,
        executable=entry.executable,
    )


def _file(file: diffs.File) -> shapes.Change:
    return shapes.Change(
        change=file.change,
        old=naming.written(file.old),
        new=naming.written(file.new),
        binary=file.binary,
        whole=file.whole,
        hunks=[[_line(line) for line in hunk.lines] for hunk in file.hunks],
    )


def _line(line: diffs.Line) -> shapes.Line:
    return shapes.Line(sign=line.sign, old=line.old, new=line.new, text=line.text)


def _hit(hit: searching.Hit) -> shapes.Hit:
    return shapes.Hit(path=naming.written(hit.path), lines=list(hit.lines))


def _page(written: wiki.Written) -> shapes.Page:
    return shapes.Page(
        title=written.page.title,
        path=naming.written(written.page.path),
        oid=written.oid,
        text=contents.decoded(written.raw),
    )


def _get(
    path: str, handler: Callable[[Asked], Awaitable[Any]], answers: Any, query: Mapping[str, str] | None = None
) -> Endpoint:
    """Something that is read while no connection is held, because git may take its time."""

    @costly
    async def run(asked: Asked) -> Any:
        return shown(await handler(asked))

    run.__doc__, run.__name__ = handler.__doc__, getattr(handler, "__name__", "look")
    where = f"{BASE}/repositories/<name>{path}"
    route = routes.get(where, run, who="anyone", scope=READ, holds="nothing")
    return Endpoint(route=route, answers=answers, query=query or {})


_SKIP = {"skip": "So many commits are left out, as `more` said."}
_SEARCH = {"q": "The words, at most 200 characters.", "ref": "A branch, tag or commit; else the default branch."}
ENDPOINTS: tuple[Endpoint, ...] = (
    _get("/branches", list_branches, list[shapes.Ref]),
    _get("/tags", list_tags, list[shapes.Ref]),
    _get("/tree", show_folder, shapes.Folder),
    _get("/tree/<path:rest>", show_folder, shapes.Folder),
    _get("/file/<path:rest>", show_file, shapes.File),
    _get("/commits", show_history, shapes.History, _SKIP),
    _get("/commits/<path:rest>", show_history, shapes.History, _SKIP),
    _get("/commit/<commit>", show_commit, shapes.Diff),
    _get("/compare/<path:rest>", show_comparison, shapes.Comparison),
    _get("/blame/<path:rest>", show_blame, list[shapes.Block]),
    _get("/search", search, shapes.Hits, _SEARCH),
    _get("/licences", show_licences, shapes.Licences),
    _get("/licences/<path:rest>", show_licences, shapes.Licences),
    _get("/wiki", list_pages, list[shapes.Page]),
    _get("/wiki/<path:title>", show_page, shapes.Page),
    change(
        "PUT",
        "/repositories/<name>/file/<path:rest>",
        write_file,
        shapes.Written,
        body=shapes.Writing,
        scope=WRITE,
    ),
    change(
        "PUT",
        "/repositories/<name>/wiki/<path:title>",
        write_page,
        shapes.Written,
        body=shapes.Writing,
        scope=WRITE,
    ),
)
