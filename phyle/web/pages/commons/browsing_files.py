"""Files as they are: bytes that no browser runs, archives, patches, pictures of models."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from phyle.commons.browsing import archives, comparing, contents, history, places, showing, trees
from phyle.commons.browsing.archives import Format
from phyle.commons.browsing.contents import Content
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.git import objects
from phyle.commons.repositories import Repository
from phyle.errors import Missing
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import folder, opened

MOST = 64 << 20
"""Bytes of a file that is given out here; larger ones come with a clone."""
_FORMATS: Mapping[str, tuple[Format, str]] = {
    ".tar.gz": ("tar.gz", "application/gzip"),
    ".zip": ("zip", "application/zip"),
}
_HARMLESS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin"}
_BYTES = "application/octet-stream"


async def raw(asked: Asked) -> Answer:
    """GET /@NAME.git/raw/REF/PATH: text and pictures to look at, everything else to keep. Nothing is ever run."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        if entry.kind not in ("file", "link"):
            raise Missing("There is no such file.")
        headers = kept(repository, place, entry.oid)
        if _has(asked, headers):
            return Answer(status=304, content_type=_BYTES, headers=headers)
        body = (await reading.read(entry.oid, most=MOST))[1]
    content = contents.of(entry.name, body, len(body))
    if entry.kind == "link":
        content = Content(kind="text", media="text/plain; charset=utf-8")
    name = entry.name if entry.kind == "file" else b"link.txt"
    disposition = _named("inline" if content.media else "attachment", name)
    return Answer(body=body, content_type=content.media or _BYTES, headers={**headers, **_HARMLESS, **disposition})


def kept(repository: Repository, place: Place, oid: str) -> dict[str, str]:
    """How long a copy is good: for ever at a commit's own address, else until it is asked whether it still is. What is
    not for everybody stays with the one browser."""
    whose = "public" if repository.public else "private"
    how = "max-age=31536000, immutable" if place.pinned else "no-cache"
    return {"Cache-Control": f"{whose}, {how}", "ETag": f'"{oid}"', "Vary": "Cookie"}


def _has(asked: Asked, headers: Mapping[str, str]) -> bool:
    return headers["ETag"] in asked.headers.get("if-none-match", "")


def _named(how: str, name: bytes) -> dict[str, str]:
    """The name under which a browser keeps it (RFC 6266): without anything that a file system or a header misreads."""
    shown = words(name).replace("/", "_").replace("\\", "_")
    plain = "".join(letter if letter.isascii() and letter.isprintable() and letter != '"' else "_" for letter in shown)
    return {"Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"}


async def picture(asked: Asked) -> Answer:
    """GET /@NAME.git/picture/REF/PATH: a 3D model as a picture."""
    repository = await opened(asked)
    place = await places.find(folder(asked, repository), asked.args["rest"])
    async with objects.opened(folder(asked, repository)) as reading:
        entry = await trees.entry_at(reading, place.commit, place.path)
        headers = kept(repository, place, f"{entry.oid}-picture")
        if _has(asked, headers):
            return Answer(status=304, content_type="image/png", headers=headers)
        found = await reading.look(entry.oid)
        if entry.kind != "file" or found is None or found.size > showing.MODELS:
            raise Missing("There is no picture of this.")
        body = (await reading.read(entry.oid, most=showing.MODELS))[1]
    if contents.of(entry.name, body, len(body)).kind != "model":
        raise Missing("There is no picture of this.")
    model = await showing.model(entry.oid, body)
    return Answer(body=model.png, content_type="image/png", headers={**headers, **_HARMLESS})


async def archive(asked: Asked) -> Answer:
    """GET /@NAME.git/archive/REF.tar.gz or REF.zip: all files of a commit, in a folder `name-ref`."""
    repository = await opened(asked)
    rest = asked.args["rest"]
    suffix = next((each for each in _FORMATS if rest.endswith(each)), None)
    if suffix is None:
        raise Missing("Archives end with .tar.gz or .zip.")
    place = await places.tip(folder(asked, repository), rest.removesuffix(suffix))
    form, media = _FORMATS[suffix]
    name = archives.title(repository.name, place.ref[:12] if place.pinned else place.ref)
    headers = kept(repository, place, f"{place.commit}{suffix}") | _named("attachment", f"{name}{suffix}".encode())
    if _has(asked, headers):
        return Answer(status=304, content_type=media, headers=headers)
    packed = archives.stream(folder(asked, repository), place.commit, form, name, client=asked.address)
    return Answer(stream=await _begun(asked, packed), content_type=media, headers={**headers, **_HARMLESS})


async def patch(asked: Asked) -> Answer:
    """GET /@NAME.git/patch/ID or /@NAME.git/patch/A...B: the whole difference, for `git apply`."""
    repository = await opened(asked)
    git = folder(asked, repository)
    first, dots, second = asked.args["rest"].partition("...")
    place = await places.tip(git, second if dots else first)
    if dots:
        old = (await places.tip(git, first)).commit
        old = await comparing.base(git, old, place.commit)
    else:
        old = comparing.parent(await history.one(git, place.commit))
    written = comparing.patch(git, old, place.commit)
    headers = {**_HARMLESS, **_named("inline", f"{repository.name}-{place.commit[:12]}.patch".encode())}
    return Answer(stream=await _begun(asked, written), content_type="text/plain; charset=utf-8", headers=headers)


async def _begun(asked: Asked, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes] | None:
    """The same, once its first piece is there: what goes wrong before that is answered with a status.

    A task of its own asks git, because a deadline belongs to one task, and Quart sends in another than it asks in.
    """
    if asked.method == "HEAD":
        return None
    queue: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(1)
    pumping = asyncio.create_task(_pump(pieces, queue), name="a stream of git")
    first = await queue.get()
    if isinstance(first, BaseException):
        raise first

    async def all_of_it() -> AsyncIterator[bytes]:
        piece: bytes | BaseException | None = first
        try:
            while piece is not None:
                if isinstance(piece, BaseException):
                    raise piece  # the connection breaks, so that nobody takes this for all of it
                yield piece
                piece = await queue.get()
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)

    return all_of_it()


async def _pump(pieces: AsyncIterator[bytes], queue: "asyncio.Queue[bytes | BaseException | None]") -> None:
    try:
        async for piece in pieces:
            await queue.put(piece)
        await queue.put(None)
    except Exception as error:
        await queue.put(error)
