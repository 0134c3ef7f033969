"""H. Git: nothing is executed, nothing escapes, nobody gets what is not theirs; with the real git and a real server."""

import asyncio
import hashlib
import os
import stat
import struct
import zlib
from pathlib import Path

import httpx
import pytest

from phyle.clock import now
from phyle.commons import repositories
from phyle.commons.git import commands, copying, editing, names, objects, places, refs, spawning, storage
from phyle.commons.git.people import Person
from phyle.commons.git.pktline import FLUSH, line
from phyle.commons.git.places import Room
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal, Unprocessable
from tests.commons.git.cloning import Work, address, begun, granted, made, on_disk, password
from tests.instance import Instance, Member

MAIN, NUL = "refs/heads/main", "\0"
OPTIONS = ["--exec=touch /tmp/x", "--output=x", "-o", "-", "--upload-pack=x", "--help"]


@pytest.fixture
async def ana(here: Instance) -> Member:
    return await here.member("ana")


@pytest.fixture
async def repository(here: Instance, ana: Member) -> Repository:
    return await made(here.store, ana.actor)


@pytest.fixture
async def work(here: Instance, ana: Member, repository: Repository, tmp_path: Path) -> Work:
    """Ana's work tree with a commit, pushed."""
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    await work.git("push", "--quiet", await _target(here, ana, repository), "main")
    return work


async def _target(here: Instance, who: Member, repository: Repository) -> str:
    return address(here.origin, repository, await password(here.store, who.actor))


async def _raw_push(
    here: Instance, who: Member, repository: Repository, *commands: str, pack: bytes = b""
) -> httpx.Response:
    """A push as no honest git sends it. Commands: `OLD NEW REF`."""
    first, *others = commands
    body = (
        line(f"{first}{'' if NUL in first else NUL} report-status".encode())
        + b"".join(line(each.encode()) for each in others)
        + FLUSH
        + pack
    )
    return await here.client.post(
        f"/@{repository.name}.git/git-receive-pack",
        content=body,
        headers={"Content-Type": "application/x-git-receive-pack-request"},
        auth=("any", await password(here.store, who.actor)),
    )


def _pack(*entries: bytes) -> bytes:
    body = b"PACK" + struct.pack(">II", 2, len(entries)) + b"".join(entries)
    return body + hashlib.sha1(body).digest()


def _entry(kind: int, size: int, content: bytes, base: bytes = b"") -> bytes:
    """An object of a pack: its head says the size that it claims to have."""
    head, size = bytearray([(kind << 4) | (size & 15)]), size >> 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head) + base + zlib.compress(content)


@pytest.mark.threat("H1")
@pytest.mark.parametrize("name", OPTIONS)
async def test_no_name_is_an_option(here: Instance, ana: Member, repository: Repository, work: Work, name: str) -> None:
    oid = await work.one("rev-parse", "HEAD")
    answer = await _raw_push(here, ana, repository, f"{names.ZERO} {oid} refs/heads/{name}", pack=_pack())
    assert f"ng refs/heads/{name} " in answer.text
    with pytest.raises(Missing):
        await refs.resolve(on_disk(here.store, repository), name)
    with pytest.raises(Unprocessable):
        names.branch(name)
    with pytest.raises(Missing):
        objects.at(name, "a.txt")


@pytest.mark.threat("H1")
@pytest.mark.parametrize(
    "ref",
    [
        *(
            "HEAD",
            "refs/heads/",
            "refs/heads/a..b",
            "refs/heads/a.lock",
            "refs/heads/.a",
            "refs/heads/a/../../../config",
        ),
        *(
            "refs/heads/a b",
            "refs/heads/a\x7f",
            "refs/heads/a~1",
            "refs/heads/a:b",
            "refs/heads/@{0}",
            "refs/heads/HEAD",
        ),
        *("refs/replace/" + "1" * 40, "config", "../../x", "refs/heads/a\u202etxt", "refs/heads/" + "x" * 300),
    ],
)
async def test_names_that_no_ref_has(here: Instance, ana: Member, repository: Repository, work: Work, ref: str) -> None:
    oid = await work.one("rev-parse", "HEAD")
    answer = await _raw_push(here, ana, repository, f"{names.ZERO} {oid} {ref}", pack=_pack())
    assert answer.status_code == 200
    assert "\nok " not in answer.text
    assert f"ng {ref} " in answer.text
    assert list(await refs.oids(on_disk(here.store, repository), [MAIN])) == [MAIN]
    assert await refs.count(on_disk(here.store, repository)) == 1


@pytest.mark.threat("H3")
async def test_nothing_is_written_through_a_symbolic_link(
    here: Instance, ana: Member, repository: Repository, work: Work, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("before")
    (work.folder / "link").symlink_to(outside)
    (work.folder / "file").symlink_to(outside / "secret")
    await work.git("add", "link", "file")
    head = await work.commit("b.txt", "b")
    await work.git("push", "--quiet", await _target(here, ana, repository), "main")
    folder = on_disk(here.store, repository)
    person = Person(name="Ana", email="ana@example.org", at=now())
    for path in ("link/secret", "link", "file"):
        with pytest.raises(Unprocessable):
            await editing.edit(folder, MAIN, {path: b"after"}, "Edit", person, person, expected=head)
    assert (outside / "secret").read_text() == "before"
    assert (await commands.run(folder, "rev-parse", "--is-bare-repository")).strip() == b"true"
    assert not [path for path in folder.rglob("*") if path.is_symlink() or path.name in ("a.txt", "link", "file")]


@pytest.mark.threat("H4")
async def test_only_numbers_are_in_paths(here: Instance, ana: Member, repository: Repository) -> None:
    folder = on_disk(here.store, repository)
    assert folder.name == f"{repository.id}.git"
    assert folder.parent == here.store.settings.home / "repositories"
    for name in ("../x", "..", "a/b", "x.git", "a\\b", ".", "-x", "a" * 27, "é"):
        with pytest.raises(Refusal):
            repositories.check_name(here.store.settings, name)
    for path in (
        "..%2Fseeder",
        "%2e%2e%2fseeder",
        f"..%2F..%2Frepositories%2F{repository.id}",
        "seeder%00",
        f"{repository.id}",
    ):
        answer = await here.client.get(f"/@{path}.git/info/refs?service=git-upload-pack", auth=("x", ana.token))
        assert answer.status_code in (400, 404), path


@pytest.mark.threat("H5")
async def test_no_hook_and_no_configuration_of_others_is_run(
    here: Instance, ana: Member, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap, home = tmp_path / "trap", tmp_path / "home"
    script = f"#!/bin/sh\ntouch {trap}\nexit 1\n"
    for place in (on_disk(here.store, repository) / "hooks", home / "hooks"):
        place.mkdir(parents=True)
        for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive"):
            (place / name).write_text(script)
            (place / name).chmod(0o755)
    words = f"[core]\nhooksPath={home}/hooks\n[uploadpack]\npackObjectsHook={home}/hooks/update\n"
    (home / ".gitconfig").write_text(words)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.hooksPath'='{home}/hooks'")
    spawning._environment.cache_clear()
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    await work.git("push", "--quiet", await _target(here, ana, repository), "main")
    await work.git("clone", "--quiet", address(here.origin, repository), str(tmp_path / "clone"))
    assert not trap.exists()
    made_here = on_disk(here.store, await made(here.store, ana.actor, "other"))
    assert sorted(path.name for path in made_here.iterdir()) == ["HEAD", "config", "objects", "refs"]


async def _evil_tree(work: Work, name: str, content: bytes = b"x") -> str:
    """A commit with a file that git itself would never make."""
    blob = (await work.git("hash-object", "-w", "--stdin", stdin=content)).said.strip()
    raw = b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    tree = (await work.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)).said.strip()
    return await work.one("commit-tree", tree, "-m", "evil")


@pytest.mark.threat("H6")
@pytest.mark.parametrize("name", [".git", ".GIT", ".Git", "git~1", ".git ", ".git\u200c", ".."])
async def test_trees_that_would_write_into_a_repository(
    here: Instance, ana: Member, repository: Repository, work: Work, name: str
) -> None:
    evil = await _evil_tree(work, name)
    refused = await work.git("push", await _target(here, ana, repository), f"{evil}:refs/heads/evil", check=False)
    assert refused.code
    assert "unpacker error" in refused.said or "fsck error" in refused.said
    folder = on_disk(here.store, repository)
    assert await refs.count(folder) == 1
    assert await objects.look(folder, [evil]) == [None]


@pytest.mark.threat("H6")
@pytest.mark.parametrize(
    "words",
    [
        '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n',
        '[submodule "../x"]\n\tpath = x\n\turl = https://a.example/x\n',
        '[submodule "x"]\n\tpath = -x\n\turl = https://a.example/x\n',
        '[submodule "x"]\n\tpath = x\n\turl = https://a.example/x\n\tupdate = !touch x\n',
        '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c x\n\turl = "http://a\\nb"\n',
    ],
)
async def test_submodules_that_mean_no_good(
    here: Instance, ana: Member, repository: Repository, work: Work, words: str
) -> None:
    evil = await _evil_tree(work, ".gitmodules", words.encode())
    refused = await work.git("push", await _target(here, ana, repository), f"{evil}:refs/heads/evil", check=False)
    assert refused.code
    assert await refs.count(on_disk(here.store, repository)) == 1


@pytest.mark.threat("H7")
async def test_copies_share_no_file(here: Instance, ana: Member, repository: Repository, work: Work) -> None:
    source = on_disk(here.store, repository)
    target = on_disk(here.store, await made(here.store, ana.actor, "fork"))
    await copying.copy(source, target)
    files = [path for path in target.rglob("*") if path.is_file()]
    assert all(path.stat().st_nlink == 1 and stat.S_ISREG(path.lstat().st_mode) for path in files)
    assert not (target / "objects/info/alternates").exists()
    await storage.remove(here.store.settings, repository.id)
    await commands.run(target, "fsck", "--strict")


@pytest.mark.threat("H8")
@pytest.mark.threat("H11")
async def test_an_object_of_a_private_repository_is_not_to_be_had_through_its_public_fork(
    here: Instance, ana: Member, tmp_path: Path
) -> None:
    private = await made(here.store, ana.actor, "private", "private")
    public = await made(here.store, ana.actor, "open")
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    target = await _target(here, ana, private)
    await work.git("push", "--quiet", target, "main")
    await copying.copy(on_disk(here.store, private), on_disk(here.store, public))
    secret = await work.commit("secret.txt", "secret")
    await work.git("push", "--quiet", target, "main")
    await work.git("push", "--quiet", "--force", target, f"{secret}~1:refs/heads/side")
    open_address, closed = address(here.origin, public), address(here.origin, private)
    for version in ("0", "2"):
        refused = await work.git("-c", f"protocol.version={version}", "fetch", open_address, secret, check=False)
        asked = await begun(tmp_path / f"asking{version}")
        refused = await asked.git("-c", f"protocol.version={version}", "fetch", open_address, secret, check=False)
        assert refused.code
        assert (await asked.git("cat-file", "-e", secret, check=False)).code
        refused = await asked.git("-c", f"protocol.version={version}", "fetch", closed, secret, check=False)
        assert refused.code
        assert "could not read Username" in refused.said
    assert await objects.look(on_disk(here.store, public), [secret]) == [None]
    with pytest.raises(Missing):
        await refs.resolve(on_disk(here.store, public), secret)


@pytest.mark.threat("H9")
async def test_a_pack_that_is_too_large(
    here: Instance, ana: Member, repository: Repository, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = on_disk(here.store, repository)
    monkeypatch.setattr(storage, "LARGEST", await storage.size(folder) + 1_000_000)
    target = await _target(here, ana, repository)
    await work.commit("large", os.urandom(3_000_000))
    refused = await work.git("push", target, "main", check=False)
    assert refused.code
    assert "exceeds maximum" in refused.said or "too large" in refused.said
    assert await storage.size(folder) < 100_000
    monkeypatch.setattr(storage, "LARGEST", 1)
    refused = await work.git("push", target, "HEAD~1:refs/heads/side", check=False)
    assert "A repository may have" in refused.said


@pytest.mark.threat("H9")
async def test_a_delta_that_becomes_gigabytes(here: Instance, ana: Member, repository: Repository) -> None:
    """15 MB, copied 250 times by a kilobyte of instructions: git is stopped by its limit, and we are not."""
    base = bytes(15 << 20)
    oid = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()
    copy = bytes([0b11110000]) + struct.pack("<I", len(base))[:3]
    size = len(base) * 250
    delta = _varint(len(base)) + _varint(size) + copy * 250
    bomb = _pack(_entry(3, len(base), base), _entry(7, len(delta), delta, base=oid))
    assert len(bomb) < 100_000
    answer = await _raw_push(here, ana, repository, f"{names.ZERO} {'1' * 40} refs/heads/x\0 side-band-64k", pack=bomb)
    assert "unpack ok" not in answer.text
    assert "ng refs/heads/x" in answer.text
    assert "Out of memory" in answer.text
    assert (await here.client.get("/api/v2/instance")).status_code == 200
    assert await storage.size(on_disk(here.store, repository)) < 100_000


def _varint(number: int) -> bytes:
    said = bytearray()
    while number > 0x7F:
        said.append(0x80 | (number & 0x7F))
        number >>= 7
    return bytes(said) + bytes([number])


@pytest.mark.threat("H9")
async def test_too_many_refs(
    here: Instance, ana: Member, repository: Repository, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    oid = await work.one("rev-parse", "HEAD")
    many = [f"{names.ZERO} {oid} refs/heads/b{number}" for number in range(2001)]
    answer = await _raw_push(here, ana, repository, *many, pack=_pack())
    assert answer.status_code == 413
    monkeypatch.setattr(refs, "MOST", 3)
    answer = await _raw_push(here, ana, repository, *many[:3], pack=_pack())
    assert answer.text.count("ng refs/heads/b") == 3
    answer = await _raw_push(here, ana, repository, *many[:2], pack=_pack())
    assert answer.text.count("ok refs/heads/b") == 2


@pytest.mark.threat("H9")
async def test_what_is_no_protocol(here: Instance, ana: Member, repository: Repository) -> None:
    secret = await password(here.store, ana.actor)
    zero, one = names.ZERO, "1" * 40
    for body in (
        *(b"zzzz", b"0003", b"fff1" + b"x" * 10, b"0005", b"0010short", line(b"push-cert\0 x") + FLUSH),
        line(f"{zero} {zero} refs/heads/x\0 ".encode()) + FLUSH,
        line(f"{zero} {one} refs/heads/x\0 push-options".encode()) + FLUSH,
        line(f"{zero} {one} refs/heads/x\0 object-format=sha256".encode()) + FLUSH,
        line(f"{zero} {one} refs/heads/x\0 ".encode()) + line(f"{zero} {one} refs/heads/x".encode()) + FLUSH,
        line(b"--exec=x y refs/heads/x\0 ") + FLUSH,
    ):
        answer = await here.client.post(
            f"/@{repository.name}.git/git-receive-pack",
            content=body,
            headers={"Content-Type": "application/x-git-receive-pack-request"},
            auth=("any", secret),
        )
        assert answer.status_code == 400, body
    assert await here.value("SELECT count(*) FROM commons.pushes") == 0


@pytest.mark.threat("H9")
async def test_one_client_has_only_so_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(places.ROOMS, "serve", Room(all=2, each=1, patience=0.2))  # type: ignore[arg-type]
    monkeypatch.setattr(places, "_places", type(places._places)())
    async with places.place("serve", "ana"):
        with pytest.raises(Refusal, match="Too much git work"):
            await _take("ana")
        waiting = [asyncio.create_task(_take("ana")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="At most 1"):
            await _take("ana")
        async with places.place("serve", "ben"):
            with pytest.raises(Refusal, match="Too much git work"):
                await _take("eve")
        await asyncio.gather(*waiting, return_exceptions=True)
        await _take("eve")
    await asyncio.gather(*(_take("ana") for _ in range(4)))


async def _take(client: str) -> None:
    async with places.place("serve", client):
        await asyncio.sleep(0)


@pytest.mark.threat("H10")
@pytest.mark.threat("F1")
@pytest.mark.threat("F2")
async def test_a_token_does_with_git_what_its_scopes_say(
    here: Instance, ana: Member, repository: Repository, work: Work
) -> None:
    async def statuses(scopes: str) -> tuple[int, int]:
        secret = await password(here.store, ana.actor, scopes)
        asked = []
        for service in ("git-upload-pack", "git-receive-pack"):
            path = f"/@{repository.name}.git/info/refs?service={service}"
            basic = await here.client.get(path, auth=("any", secret))
            bearer = await here.client.get(path, headers={"Authorization": f"Bearer {secret}"})
            assert basic.status_code == bearer.status_code
            asked.append(basic.status_code)
        return asked[0], asked[1]

    assert await statuses("read:repositories") == (200, 403)
    assert await statuses("write:repositories") == (403, 200)
    assert await statuses("read") == (200, 403)
    assert await statuses("read write") == (200, 200)
    assert await statuses("read:statuses") == (403, 403)
    assert await statuses("profile") == (403, 403)


@pytest.mark.threat("H10")
async def test_the_doors_of_a_push_do_not_trust_each_other(
    here: Instance, ana: Member, repository: Repository, work: Work
) -> None:
    """Whoever skips the first question, and whoever has only a part of what it takes."""
    oid = await work.one("rev-parse", "HEAD")
    ben = await here.member("ben")
    command = f"{names.ZERO} {oid} refs/heads/bens"
    assert (await _raw_push(here, ben, repository, command, pack=_pack())).status_code == 403
    await granted(here.store, repository, ben.actor, "contributor")
    assert "ok refs/heads/bens" in (await _raw_push(here, ben, repository, command, pack=_pack())).text
    for ref in (MAIN, "refs/tags/v1"):
        old = oid if ref == MAIN else names.ZERO
        answer = await _raw_push(here, ben, repository, f"{old} {oid} {ref}", pack=_pack())
        assert f"ng {ref} This branch is protected" in answer.text
    anonymous = await here.client.post(
        f"/@{repository.name}.git/git-receive-pack",
        content=FLUSH,
        headers={"Content-Type": "application/x-git-receive-pack-request"},
    )
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.threat("H11")
async def test_ids_of_another_repository(here: Instance, ana: Member, repository: Repository, work: Work) -> None:
    other = await made(here.store, ana.actor, "other")
    oid = await work.one("rev-parse", "HEAD")
    answer = await _raw_push(here, ana, other, f"{names.ZERO} {oid} refs/heads/x", pack=_pack())
    assert "\nok " not in answer.text
    assert "ng refs/heads/x" in answer.text
    assert await refs.count(on_disk(here.store, other)) == 0
    with pytest.raises(Missing):
        await refs.resolve(on_disk(here.store, other), oid)
