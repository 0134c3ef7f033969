"""H and F. Git's long requests: slow ones, bombs, those that hang up, those whose right ends meanwhile."""

import asyncio
import base64
import contextlib
import gzip
import os
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from phyle.commons.git import commands, spawning
from phyle.commons.git.pktline import FLUSH, line
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, TooLarge, Unavailable
from phyle.identity import basic, tokens
from phyle.web import front, git, streams
from tests.commons.git.cloning import Work, address, begun, made, on_disk, password
from tests.instance import Instance, Member
from tests.servers import eventually

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
UPLOAD, RECEIVE = "git-upload-pack", "git-receive-pack"


@pytest.fixture
async def ana(here: Instance) -> Member:
    return await here.member("ana")


@pytest.fixture
async def private(here: Instance, ana: Member, tmp_path: Path) -> Repository:
    """A private repository with 16 MB in it: more than all buffers on the way take."""
    repository = await made(here.store, ana.actor, "private", "private")
    work = await begun(tmp_path / "work")
    await work.commit("large", os.urandom(16 << 20))
    await work.git("push", "--quiet", address(here.origin, repository, await password(here.store, ana.actor)), "main")
    return repository


@pytest.fixture
async def empty(here: Instance, ana: Member) -> Repository:
    """A repository with nothing in it."""
    return await made(here.store, ana.actor, "private", "private")


def _processes(repository: Path) -> list[str]:
    """The processes of git that work on a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(repository) in words:
                found.append(words)
    return found


async def _asking(
    here: Instance, repository: Repository, service: str, secret: str, body: bytes, *, length: int | None = None
) -> Connection:
    """A request as it goes over the wire, answer unread; `length`: how many bytes it says will come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.store.settings.port, limit=1 << 14)
    said = base64.b64encode(f"any:{secret}".encode()).decode()
    head = (
        f"POST /@{repository.name}.git/{service} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {said}\r\n"
        f"Content-Type: application/x-{service}-request\r\nGit-Protocol: version=2\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def _clone(
    here: Instance, repository: Repository, secret: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A clone that has begun to be answered, and of which nothing more is read."""
    head = (await commands.run(on_disk(here.store, repository), "rev-parse", "main")).decode().strip()
    lines = [b"command=fetch", b"object-format=sha1"]
    body = b"".join(line(each) for each in lines) + b"0001" + line(b"ofs-delta") + line(f"want {head}\n".encode())
    reader, writer = await _asking(here, repository, UPLOAD, secret, body + line(b"done\n") + FLUSH)
    assert (await reader.read(1000)).startswith(b"HTTP/1.1 200")
    return reader, writer


async def _ended(folder: Path, *, seconds: float = 10) -> None:
    async def none() -> bool:
        return not _processes(folder)

    await eventually(none, seconds=seconds)


@pytest.mark.threat("H9")
async def test_who_hangs_up_leaves_no_process(here: Instance, ana: Member, private: Repository) -> None:
    folder = on_disk(here.store, private)
    secret = await password(here.store, ana.actor)
    _, writer = await _clone(here, private, secret)
    assert _processes(folder)
    writer.transport.abort()
    await _ended(folder)
    _, writer = await _asking(here, private, RECEIVE, secret, b"00", length=10_000)
    writer.transport.abort()
    body = line(f"{'0' * 40} {'1' * 40} refs/heads/x\0 report-status".encode()) + FLUSH + b"PACK"
    _, writer = await _asking(here, private, RECEIVE, secret, body, length=10_000)

    async def some() -> bool:
        return bool(_processes(folder))

    writer.write(b"\0\0\0\2" + bytes(1000))
    await writer.drain()
    await eventually(some)
    writer.transport.abort()
    await _ended(folder)
    await eventually(lambda: here.value("SELECT count(*) = 0 FROM commons.pushes WHERE settled_at IS NULL"), seconds=30)


@pytest.mark.threat("F4")
async def test_what_is_revoked_ends_at_once(here: Instance, ana: Member, private: Repository) -> None:
    async with here.store.transaction() as tx:
        issued = await tokens.issue(tx, application=None, actor=ana.actor.id, scopes="read write")
    reader, writer = await _clone(here, private, issued.secret)
    async with here.store.transaction() as tx:
        await tokens.end(tx, issued.id)
    await _ended(on_disk(here.store, private), seconds=git._AGAIN + 1)
    assert len(await reader.read()) < 16 << 20
    writer.close()


@pytest.mark.threat("F4")
async def test_a_push_whose_right_ended_changes_nothing(here: Instance, ana: Member, tmp_path: Path) -> None:
    """Everything was sent but the last byte when the grant was taken away."""
    repository = await made(here.store, ana.actor)
    secret = await password(here.store, ana.actor)
    work = await begun(tmp_path / "work")
    oid = await work.commit("a.txt", "a")
    pack = await _packed(work)
    body = line(f"{'0' * 40} {oid} refs/heads/main\0 report-status".encode()) + FLUSH + pack
    reader, writer = await _asking(here, repository, RECEIVE, secret, body[:-1], length=len(body))
    await eventually(lambda: here.value("SELECT count(*) = 1 FROM commons.pushes"))
    await here.fetch("UPDATE commons.grants SET revoked_at = now()")
    writer.write(body[-1:])
    await writer.drain()
    answer = await reader.read(2000)
    assert b" 403 " in answer.split(b"\r\n")[0]
    assert (await commands.run(on_disk(here.store, repository), "for-each-ref")) == b""
    writer.close()


async def _packed(work: Work) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *("git", "pack-objects", "--all", "--stdout", "-q"), cwd=work.folder, stdout=-1, stdin=-1
    )
    out, _ = await process.communicate(b"")
    return out


@pytest.fixture
async def hurried(here: Instance, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """The same instance with little patience."""
    monkeypatch.setattr(streams, "PATIENCE", 0.5)
    return here


@pytest.mark.threat("D11")
@pytest.mark.threat("H9")
async def test_who_drips_is_given_up(hurried: Instance, ana: Member, private: Repository) -> None:
    folder = on_disk(hurried.store, private)
    secret = await password(hurried.store, ana.actor)
    reader, writer = await _asking(hurried, private, UPLOAD, secret, b"0fff", length=100_000)
    began = asyncio.get_running_loop().time()
    dripping = asyncio.create_task(_drip(writer))
    answer = await asyncio.wait_for(reader.read(1000), 10)
    dripping.cancel()
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b"too slow" in answer
    assert asyncio.get_running_loop().time() - began < 20
    await _ended(folder)
    writer.close()


async def _drip(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(0.1)
        writer.write(b"0")


@pytest.mark.threat("D11")
async def test_who_does_not_read_is_given_up(hurried: Instance, ana: Member, private: Repository) -> None:
    _, writer = await _clone(hurried, private, await password(hurried.store, ana.actor))
    await _ended(on_disk(hurried.store, private))
    writer.close()


@pytest.mark.threat("D12")
async def test_a_gigabyte_in_a_megabyte(here: Instance, ana: Member, empty: Repository) -> None:
    secret = await password(here.store, ana.actor)
    bomb = _bomb(1 << 30)
    assert len(bomb) < 2 << 20
    began = asyncio.get_running_loop().time()
    for service in (UPLOAD, RECEIVE):
        answer = await here.client.post(
            f"/@{empty.name}.git/{service}",
            content=bomb,
            headers={"Content-Type": f"application/x-{service}-request", "Content-Encoding": "gzip"},
            auth=("any", secret),
        )
        assert answer.status_code in (200, 400, 413), answer.text  # 200: git says what is wrong in the body
        assert len(answer.content) < 1000
    assert asyncio.get_running_loop().time() - began < 30
    await _ended(on_disk(here.store, empty))


@pytest.mark.threat("D12")
async def test_what_is_inflated_comes_in_pieces() -> None:
    bomb = _bomb(1 << 28)
    pieces = [bomb[start : start + 60_000] for start in range(0, len(bomb), 60_000)]

    async def receive() -> dict[str, object]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    body = streams.Body({"headers": [(b"content-encoding", b"gzip")]}, receive, streams.Pace(), most=10 << 20)
    got = 0

    async def all_of_it() -> None:
        nonlocal got
        while piece := await body.read():
            assert len(piece) <= streams.CHUNK
            got += len(piece)

    with pytest.raises(TooLarge):
        await all_of_it()
    assert got <= 10 << 20


def _bomb(size: int) -> bytes:
    deflating = zlib.compressobj(9, wbits=31)
    piece = b"0009done\n" * 111_111
    parts = [deflating.compress(piece) for _ in range(size // len(piece))]
    return b"".join(parts) + deflating.flush()


@pytest.mark.threat("D12")
@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip"])
async def test_codings_that_are_not_spoken(here: Instance, ana: Member, empty: Repository, coding: str) -> None:
    answer = await here.client.post(
        f"/@{empty.name}.git/{UPLOAD}",
        content=gzip.compress(b"0000"),
        headers={"Content-Type": f"application/x-{UPLOAD}-request", "Content-Encoding": coding},
        auth=("any", await password(here.store, ana.actor)),
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("whole", [True, False])
async def test_gzip_is_whole_or_refused(whole: bool) -> None:
    sent = gzip.compress(os.urandom(300_000) + b"end")
    pieces = [sent[start : start + 7000] for start in range(0, len(sent) if whole else len(sent) - 20, 7000)]
    if not whole:
        pieces[-1] = pieces[-1][:-20]

    async def receive() -> dict[str, object]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    body = streams.Body({"headers": [(b"content-encoding", b"gzip")]}, receive, streams.Pace(), most=1 << 20)
    if not whole:
        with pytest.raises(Malformed):
            await _all(body)
        return
    got = await _all(body)
    assert len(got) == 300_003
    assert got.endswith(b"end")


async def _all(body: streams.Body) -> bytes:
    got = b""
    while piece := await body.read():
        got += piece
    return got


@pytest.mark.threat("F9")
async def test_wrong_passwords_are_counted(here: Instance, ana: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(basic.GUESSES_OF_NAME, name="few", most=3)
    monkeypatch.setattr(basic, "GUESSES_OF_NAME", few)
    repository = await made(here.store, ana.actor, "closed", "private")
    secret = await password(here.store, ana.actor)
    path = f"/@{repository.name}.git/info/refs?service=git-upload-pack"
    monkeypatch.setattr(here.store, "settings", replace(here.store.settings, limits=True))
    assert (await here.client.get(path, auth=("ana", secret))).status_code == 200
    for expected in (401, 401, 401, 429):
        answer = await here.client.get(path, auth=("ana", "guess"))
        assert answer.status_code == expected, answer.text
    assert (await here.client.get(path, auth=("ana", secret))).status_code == 200  # strangers lock nobody out
    for _ in range(4):  # a name that is nobody's is no target
        assert (await here.client.get(path, auth=("git", "guess"))).status_code == 401
    assert (await here.client.get(path, auth=("git", secret))).status_code == 200


@pytest.mark.threat("H9")
async def test_a_process_ends_at_its_deadline(tmp_path: Path) -> None:
    folder = tmp_path / "1.git"
    await commands.run(folder, "init", "--quiet", "--bare", "--template=", kind="write")

    async def hang() -> None:
        async with spawning.spawned(folder, "cat-file", "--batch", kind="work", seconds=0.5) as running:
            started.append(running.pid)
            await running.stdout.read()

    started: list[int] = []
    with pytest.raises(Unavailable, match="too long"):
        await hang()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


@pytest.mark.threat("F17")
@pytest.mark.parametrize("path", ["/inbox", "/@private.git/git-receive-pack", "/api/v1/statuses"])
async def test_a_body_that_nobody_wants_holds_nothing(here: Instance, empty: Repository, path: str) -> None:
    """The answer comes before the body has; the connection ends, although the client goes on talking."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.store.settings.port)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: x/y\r\nContent-Length: {1 << 30}\r\n\r\n"
    writer.write(head.encode())

    async def talk() -> None:
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    talking = asyncio.create_task(talk())
    assert (await asyncio.wait_for(reader.read(12), 10)).startswith(b"HTTP/1.1 4")
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(talking, 10)
    writer.close()

    async def nothing() -> bool:
        return not front._unwanted

    await eventually(nothing)
