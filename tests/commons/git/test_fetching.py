"""Fetching from another server, by the real git from a real one, and from servers that mean no good."""

import os
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from phyle.commons.git import commands, fetching, objects
from phyle.errors import Malformed, Missing, Refusal, TooLarge, Unprocessable, Unreachable
from phyle.federation.connections import Reach
from tests.commons.git.cloning import Work, address, begun, made, on_disk, password
from tests.instance import Instance

HEADS = {"refs/upstream/main": "refs/heads/main"}
LOCAL = Reach(insecure_local=True)


@pytest.fixture
async def ours(tmp_path: Path) -> Path:
    """An empty bare repository."""
    folder = tmp_path / "repositories" / "1.git"
    folder.parent.mkdir()
    await commands.run(folder, "init", "--quiet", "--bare", "--template=", kind="write")
    return folder


@pytest.fixture
async def theirs(here: Instance, tmp_path: Path) -> tuple[Work, str, str]:
    """A work tree, and where it was pushed to: to read, and to push."""
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    target = address(here.origin, repository, await password(here.store, ana.actor))
    await work.git("push", "--quiet", target, "main")
    return work, address(here.origin, repository), target


async def test_refs_come_with_their_history(ours: Path, theirs: tuple[Work, str, str]) -> None:
    work, source, target = theirs
    first = await work.one("rev-parse", "HEAD")
    assert await fetching.listing(LOCAL, ours, source) == {"HEAD": first, "refs/heads/main": first}
    assert await fetching.fetch(LOCAL, ours, source, HEADS) == {"refs/upstream/main": first}
    second = await work.commit("b.txt", "b")
    await work.git("push", "--quiet", target, "main")
    told: list[int] = []
    assert await fetching.fetch(LOCAL, ours, source, HEADS, progress=told.append) == {"refs/upstream/main": second}
    await commands.run(ours, "fsck", "--strict")
    assert not (ours / "shallow").exists()
    assert not [path for path in (ours / "objects").iterdir() if path.name.startswith("fetching")]
    assert (await commands.run(ours, "rev-list", "--count", second)).strip() == b"2"


async def test_a_commit_by_its_id(ours: Path, theirs: tuple[Work, str, str]) -> None:
    work, source, _ = theirs
    first = await work.one("rev-parse", "HEAD")
    found = await fetching.fetch(LOCAL, ours, source, {"refs/merge-requests/1/1": first})
    assert found == {"refs/merge-requests/1/1": first}
    with pytest.raises(Unreachable):
        await fetching.fetch(LOCAL, ours, source, {"refs/merge-requests/1/2": "1" * 40})
    with pytest.raises(Unreachable, match="There is no strange"):
        await fetching.fetch(LOCAL, ours, source, {"refs/upstream/x": "refs/heads/strange"})


@pytest.mark.threat("H9")
async def test_what_is_too_large_leaves_nothing(ours: Path, theirs: tuple[Work, str, str]) -> None:
    work, source, target = theirs
    await work.commit("random", os.urandom(3_000_000))
    await work.git("push", "--quiet", target, "main")
    with pytest.raises(TooLarge):
        await fetching.fetch(LOCAL, ours, source, HEADS, most=1_000_000)
    assert sum(path.stat().st_size for path in (ours / "objects").rglob("*") if path.is_file()) < 1000


@pytest.mark.threat("H2")
@pytest.mark.threat("D7")
@pytest.mark.parametrize(
    "source",
    [
        "file:///etc",
        "ext::sh -c date",
        "ssh://-oProxyCommand=date/x",
        "git://good.example/x",
        "/etc",
        "../x",
        "-uinjected",
        "https://user:word@good.example/x.git",
        "https://good.example/x.git?a=b",
        "https://good.example/x y",
        "http://good.example/x.git",
        "https://127.0.0.1/x.git",
        "https://[::1]/x.git",
        "https://10.1.2.3/x.git",
        "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/x.git",
        "https://private.example/x.git",
        "https://mixed.example/x.git",
    ],
)
async def test_addresses_that_are_never_asked(ours: Path, source: str) -> None:
    async def lookup(host: str) -> Sequence[str]:
        return {"private.example": ["192.168.1.1"], "mixed.example": ["8.8.8.8", "127.0.0.1"]}.get(host, ["8.8.8.8"])

    with pytest.raises((Malformed, Unreachable)) as refused:
        await fetching.listing(Reach(), ours, source, lookup=lookup)
    assert "git" not in refused.value.cause.split()  # it was not even started


class _Server:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, answers: dict[str, web.Response]) -> None:
        self.asked: list[str] = []
        self.answers = answers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        found = self.answers.get(request.path)
        return (
            web.Response(status=404)
            if found is None
            else web.Response(status=found.status, body=found.body, headers=found.headers)
        )


async def _hostile(
    ours: Path, answers: dict[str, web.Response], *, name: str = "127.0.0.1"
) -> tuple[list[str], Refusal]:
    server = _Server(answers)
    runner = web.ServerRunner(web.Server(server.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    assert host == "127.0.0.1"
    try:
        with pytest.raises(Refusal) as refused:
            await fetching.fetch(LOCAL, ours, f"http://{name}:{port}/x.git", HEADS, seconds=20)
    finally:
        await runner.cleanup()
    return server.asked, refused.value


@pytest.mark.threat("D2")
async def test_redirects_are_not_followed(ours: Path, theirs: tuple[Work, str, str]) -> None:
    _, source, _ = theirs
    there = f"{source}/info/refs?service=git-upload-pack"
    asked, refused = await _hostile(ours, {"/x.git/info/refs": web.Response(status=302, headers={"Location": there})})
    assert len(asked) == 1
    assert "302" in refused.cause


@pytest.mark.threat("D7")
async def test_the_dumb_protocol_and_its_alternates_are_not_spoken(ours: Path) -> None:
    oid = "1" * 40
    asked, refused = await _hostile(
        ours,
        {
            "/x.git/info/refs": web.Response(body=f"{oid}\trefs/heads/main\n".encode()),
            "/x.git/HEAD": web.Response(body=b"ref: refs/heads/main\n"),
            "/x.git/objects/info/http-alternates": web.Response(body=b"http://127.0.0.1:1/inside\n"),
        },
    )
    assert not [path for path in asked if "objects" in path]
    assert "dumb http transport does not support shallow" in refused.cause


@pytest.mark.threat("D3")
async def test_the_address_that_was_judged_is_the_address_that_is_asked(ours: Path) -> None:
    """A name that the system knows nothing of is reached, because git is told where it is."""

    async def lookup(host: str) -> Sequence[str]:
        assert host == "pinned.example"
        return ["127.0.0.1"]

    reach = Reach(allow_networks=(ip_network("127.0.0.0/8"),))
    with pytest.raises(Unreachable) as refused:
        await fetching.listing(reach, ours, "https://pinned.example:1/x.git", lookup=lookup)
    assert "Failed to connect to pinned.example port 1" in refused.value.cause
    assert "resolve host" not in refused.value.cause


@pytest.mark.threat("H6")
async def test_objects_that_are_not_sound_are_not_taken(ours: Path, here: Instance, tmp_path: Path) -> None:
    """A tree with `.git` in it, which a server that checks nothing hands out."""
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor, "evil")
    bad = on_disk(here.store, repository)
    blob = (await commands.run(bad, "hash-object", "-w", "--stdin", stdin=b"x", kind="write")).strip()
    raw = b"100644 .git\0" + bytes.fromhex(blob.decode())
    words = ("hash-object", "-w", "-t", "tree", "--literally", "--stdin")
    tree = (await commands.run(bad, *words, stdin=raw, kind="write")).decode().strip()
    work = await begun(tmp_path / "empty")
    commit = await work.git("--git-dir", str(bad), "commit-tree", tree, "-m", "evil")
    await commands.run(bad, "update-ref", "refs/heads/main", commit.said.strip(), kind="write")
    with pytest.raises(Unprocessable, match="not sound"):
        await fetching.fetch(LOCAL, ours, address(here.origin, repository), HEADS)
    assert (await objects.look(ours, [tree]))[0] is None
    with pytest.raises(Missing):
        await objects.read(ours, tree)
