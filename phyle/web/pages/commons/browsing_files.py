"""Files as they are: bytes that no browser runs, archives, patches, pictures of models."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from urllib.parse import quote

from phyle.commons.browsing import archives, comparing, contents, history, places, showing, trees
from phyle.commons.browsing.archives import Format
from phyle.commons.browsing.contents import Content
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.git import objects
from phyle.commons.repositories import Repository
from phyle.errors import Missing, TooLarge
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import folder, opened

MOST = 64 << 20
"""Bytes of a file that is given out here; larger ones come with a clone."""
_AT_ONCE = 1 << 20
"""Bytes of a file that are held in memory; more is passed on piece by piece, as fast as it is taken."""
_PATIENCE = 60.0
"""Seconds that a browser may take over one piece."""
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
        found = await reading.look(entry.oid)
        size = found.size if found is not None else 0
        if size > MOST:
            raise TooLarge(f"This is larger than {MOST >> 20} MiB: clone the repository instead.")
        whole = (await reading.read(entry.oid))[1] if size <= _AT_ONCE else b""
    stream, head = None, whole
    if size > _AT_ONCE:
        head, stream = await _begun(archives.blob(folder(asked, repository), entry.oid, client=asked.address))
    content = contents.of(entry.name, head, size)
    if entry.kind == "link":
        content = Content(kind="text", media="text/plain; charset=utf-8")
    name = entry.name if entry.kind == "file" else b"link.txt"
    disposition = _named("inline" if content.media else "attachment", name)
    headers |= {**_HARMLESS, **disposition}
    return Answer(body=whole, stream=stream, content_type=content.media or _BYTES, headers=headers)


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
    return Answer(stream=await _streamed(asked, packed), content_type=media, headers={**headers, **_HARMLESS})


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
    written = comparing.patch(git, old, place.commit, client=asked.address)
    headers = {**_HARMLESS, **_named("inline", f"{repository.name}-{place.commit[:12]}.patch".encode())}
    return Answer(stream=await _streamed(asked, written), content_type="text/plain; charset=utf-8", headers=headers)


async def _streamed(asked: Asked, pieces: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes] | None:
    """What answers a GET; nothing where only the head is asked for."""
    return None if asked.method == "HEAD" else (await _begun(pieces))[1]


async def _begun(pieces: AsyncGenerator[bytes, None]) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first piece, and all of them with it: what goes wrong before that is answered with a status.

    A task of its own asks git, because a deadline belongs to one task, and Quart sends in another than it asks in. It
    ends, and git with it, when the browser is gone or takes nothing any more.
    """
    queue: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(1)
    pumping = asyncio.create_task(_pump(pieces, queue), name="a stream of git")
    try:
        first = await queue.get()
    except BaseException:
        pumping.cancel()
        raise
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

    return first or b"", all_of_it()


async def _pump(pieces: AsyncGenerator[bytes, None], queue: "asyncio.Queue[bytes | BaseException | None]") -> None:
    try:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                async with asyncio.timeout(_PATIENCE):
                    await queue.put(piece)
            await queue.put(None)
    except Exception as error:
        with contextlib.suppress(asyncio.QueueFull):  # nobody has come for a while, and nobody will
            queue.put_nowait(error)
