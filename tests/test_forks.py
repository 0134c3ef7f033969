"""Forks between two phyles, with the real git and nothing but the network between them."""

from pathlib import Path
from typing import Any

import pytest

from phyle.commons import repositories
from phyle.commons.repositories import Repository
from phyle.federation import peers
from phyle.identity import actors
from tests.commons.git.cloning import Work, address, begun, made, on_disk, password
from tests.instance import Instance, Member
from tests.servers import eventually

API = "/api/phyle/v1"
JSON = {"Accept": "application/activity+json"}


async def pushed(
    here: Instance, ana: Member, folder: Path, name: str = "seeder", **how: Any
) -> tuple[Repository, Work, str]:
    """Ana's repository with three commits, a branch and a tag; her work tree and where she pushes to."""
    repository = await made(here.store, ana.actor, name, **how)
    work = await begun(folder)
    for number in range(3):
        await work.commit(f"file{number}.txt", f"{number}\n" * 50)
    await work.git("branch", "topic/soil", "HEAD~1")
    await work.git("tag", "-m", "first", "v1")
    target = address(here.origin, repository, await password(here.store, ana.actor))
    await work.git("push", "--quiet", target, "main", "topic/soil", "v1")
    return repository, work, target


async def forked(member: Member, origin: str, **how: Any) -> dict[str, Any]:
    """A fork through the API, once its objects are there."""
    shown: dict[str, Any] = await member.post(f"{API}/forks", origin=origin, **how)

    async def done() -> bool:
        progress = await member.get(f"{API}/repositories/{shown['name']}/progress")
        assert progress["state"] != "failed", progress
        return bool(progress["state"] == "done")

    await eventually(done)
    return shown


async def listed(here: Instance, name: str = "seeder") -> list[str]:
    """The forks that anybody sees."""
    answer = await here.client.get(f"{API}/repositories/{name}/forks")
    assert answer.status_code == 200, answer.text
    return [each["uri"] for each in answer.json()]


async def lists(here: Instance, name: str, uri: str) -> None:
    async def there() -> bool:
        return uri in await listed(here, name)

    await eventually(there)


async def refs_of(folder: Path) -> str:
    return await Work(folder).one("for-each-ref", "--format=%(refname) %(objectname)")


@pytest.mark.parametrize("way", ["page", "handle", "group", "actor"])
async def test_a_fork_has_the_whole_history_and_is_listed_where_it_came_from(
    here: Instance, beyond: Instance, tmp_path: Path, way: str
) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    repository, _, _ = await pushed(here, ana, tmp_path / "work")
    host = here.origin.partition("://")[2]
    named = {
        "page": f"{here.origin}/@seeder.git",
        "handle": f"@seeder.git@{host}",
        "group": f"@seeder@{host}",
        "actor": f"{here.origin}/actors/{repository.id}",
    }
    fork = await forked(bob, named[way])
    assert (fork["name"], fork["standing"]) == ("seeder", "maintainer")
    assert [each["id"] for each in fork["chain"]] == [f"{here.origin}/actors/{repository.id}"]
    copy = repositories.folder(beyond.store.settings, int(fork["id"]))
    assert await refs_of(copy) == await refs_of(on_disk(here.store, repository))
    assert not (copy / "objects" / "info" / "alternates").exists()
    await lists(here, "seeder", fork["uri"])
    actor = (await beyond.client.get(fork["uri"], headers=JSON)).json()
    assert actor["origin"] == actor["forkedFrom"] == f"{here.origin}/actors/{repository.id}"
    collection = (await here.client.get(f"/actors/{repository.id}/forks", headers=JSON)).json()
    assert collection["orderedItems"] == [fork["uri"]]


async def test_a_fork_of_a_fork_keeps_the_chain_and_is_listed_at_both(
    here: Instance, beyond: Instance, tmp_path: Path
) -> None:
    ana, bob, eve = await here.member("ana"), await beyond.member("bob"), await here.member("eve")
    repository, _, _ = await pushed(here, ana, tmp_path / "work")
    first = await forked(bob, f"{here.origin}/@seeder.git", name="sower")
    await lists(here, "seeder", first["uri"])
    second = await forked(eve, f"{beyond.origin}/@sower.git", name="reaper")
    origin = f"{here.origin}/actors/{repository.id}"
    assert [each["id"] for each in second["chain"]] == [first["uri"], origin]
    await lists(beyond, "sower", second["uri"])
    await lists(here, "seeder", second["uri"])
    local = await forked(ana, "reaper", name="harvester")
    assert [each["id"] for each in local["chain"]] == [second["uri"], first["uri"], origin]
    await lists(here, "reaper", local["uri"])
    await lists(beyond, "sower", local["uri"])


async def test_a_fork_follows_its_origin_as_far_as_it_has_nothing_of_its_own(
    here: Instance, beyond: Instance, tmp_path: Path
) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    _, work, target = await pushed(here, ana, tmp_path / "work")
    fork = await forked(bob, f"{here.origin}/@seeder.git")
    copy = repositories.folder(beyond.store.settings, int(fork["id"]))
    latest = await work.commit("more.txt", "more\n")
    await work.git("checkout", "--quiet", "topic/soil")
    await work.commit("soil.txt", "loam\n")
    await work.git("push", "--quiet", target, "main", "topic/soil", "main:refs/heads/new")
    mine = Work(tmp_path / "mine", "Bob")
    await mine.git("clone", "--quiet", "--branch=topic/soil", f"{beyond.origin}/@seeder.git", str(mine.folder))
    own = await mine.commit("sand.txt", "sand\n")
    async with beyond.store.reading() as tx:
        kept = await repositories.get(tx, int(fork["id"]))
    secret = await password(beyond.store, bob.actor)
    await mine.git("push", "--quiet", address(beyond.origin, kept, secret), "topic/soil")

    await bob.post(f"{API}/repositories/seeder/update")

    async def moved() -> bool:
        return f"refs/heads/main {latest}" in await refs_of(copy)

    await eventually(moved)
    await beyond.settled()
    now = await refs_of(copy)
    assert f"refs/heads/new {latest}" in now
    assert f"refs/heads/topic/soil {own}" in now
    assert "upstream" not in now
    assert "topic/soil" in (await bob.get(f"{API}/repositories/seeder/progress"))["said"]


@pytest.mark.threat("B20")
async def test_exit_by_fork_is_never_refused(here: Instance, beyond: Instance, tmp_path: Path) -> None:
    """Not to who is banned there, and not to a phyle that is blocked there."""
    ana, bob = await here.member("ana"), await beyond.member("bob")
    await pushed(here, ana, tmp_path / "work")
    await ana.get("/api/v2/search", q=f"@bob@{beyond.origin.partition('://')[2]}", resolve="true")
    async with here.store.transaction() as tx:
        known = await actors.by_uri(tx, bob.actor.uri)
        assert known is not None
        await tx.run(actors.SQL.set_suspended, known.id, True)
    first = await forked(bob, f"{here.origin}/@seeder.git", name="banned")
    await lists(here, "seeder", first["uri"])  # it is the fork that speaks, not who was banned
    async with here.store.transaction() as tx:
        await peers.block(tx, "localhost", "test")
    assert first["uri"] in await listed(here)
    second = await forked(bob, f"{here.origin}/@seeder.git", name="blocked")
    await beyond.settled(deliveries=False)
    assert second["uri"] not in await listed(here)
    # Whoever has an account there can name it, though the servers do not speak.
    await ana.post(f"{API}/repositories/seeder/forks", address=second["uri"])
    await lists(here, "seeder", second["uri"])


async def test_nothing_takes_a_fork_out_of_the_list(here: Instance, tmp_path: Path) -> None:
    ana = await here.member("ana")
    repository, _, _ = await pushed(here, ana, tmp_path / "work")
    fork = await forked(ana, "seeder", name="other")
    await lists(here, "seeder", fork["uri"])
    with pytest.raises(Exception, match="permission denied"):
        await here.fetch("DELETE FROM commons.forks WHERE repository = $1", repository.id)
    await ana.ask("PATCH", f"{API}/repositories/other", json={"visibility": "private"})
    await ana.ask("PATCH", f"{API}/repositories/other", json={"archived": True})
    await ana.ask("DELETE", f"{API}/repositories/other")
    await here.settled()
    assert await listed(here) == [fork["uri"]]
    for method in ("DELETE", "PUT", "PATCH"):
        assert (await ana.ask(method, f"{API}/repositories/seeder/forks")).status_code == 405


@pytest.mark.threat("E7")
async def test_forks_of_what_is_not_for_everybody_stay_so(here: Instance, beyond: Instance, tmp_path: Path) -> None:
    ana, bob, eve = await here.member("ana"), await beyond.member("bob"), await here.member("eve")
    repository, _, _ = await pushed(here, ana, tmp_path / "work", visibility="private")
    for origin in (f"{here.origin}/@seeder.git", f"{here.origin}/actors/{repository.id}"):
        assert (await bob.ask("POST", f"{API}/forks", json={"origin": origin})).status_code in (404, 502)
    assert (await eve.ask("POST", f"{API}/forks", json={"origin": "seeder"})).status_code == 404
    wide = await ana.ask("POST", f"{API}/forks", json={"origin": "seeder", "name": "wide"})
    assert wide.status_code == 403
    fork = await forked(ana, "seeder", name="narrow", visibility="private")
    await here.settled()
    assert await ana.get(f"{API}/repositories/seeder/forks") == []
    assert (await eve.ask("GET", f"{API}/repositories/narrow")).status_code == 404
    assert int(fork["forks"]) == 0


@pytest.mark.threat("B6")
async def test_who_only_claims_to_be_a_fork_is_not_listed(here: Instance, there: Any) -> None:
    """A Create says what it likes; what the fork's own server says counts, and for its own host alone."""
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    origin = f"{here.origin}/actors/{repository.id}"
    forge = there.actor("forge", type="Repository", cloneUri=f"{there.origin}/forge.git")
    claim = {"id": forge, "type": "Repository", "name": "forge", "cloneUri": f"{there.origin}/f.git", "origin": origin}
    other = {**claim, "id": "http://localhost:9/elsewhere"}
    for thing in (claim, other):
        await there.send(here.inbox, there.activity("Create", forge, thing))
        await here.settled(deliveries=False)
    assert await listed(here) == []
    there.documents["/users/forge"]["origin"] = origin
    await there.send(here.inbox, there.activity("Create", forge, claim))
    await lists(here, "seeder", forge)


@pytest.mark.threat("D7")
@pytest.mark.parametrize(
    "clone", ["ext::sh -c id", "file:///etc", "ssh://-oProxyCommand=id/x", "http://10.0.0.1/x.git"]
)
async def test_a_fork_is_fetched_from_nowhere_else(here: Instance, there: Any, clone: str) -> None:
    bob = await here.member("bob")
    forge = there.actor("forge", type="Repository", cloneUri=clone)
    answer = await bob.ask("POST", f"{API}/forks", json={"origin": forge, "name": "forged"})
    if answer.status_code == 200:

        async def tried() -> bool:
            return bool((await bob.get(f"{API}/repositories/forged/progress"))["tries"])

        await eventually(tried)
        await here.settled(deliveries=False)
        assert (await bob.get(f"{API}/repositories/forged/progress"))["state"] in ("waiting", "failed")
    else:
        assert answer.status_code == 400, answer.text


async def test_a_fork_says_what_it_must_keep_and_what_it_dropped(
    here: Instance, beyond: Instance, tmp_path: Path
) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    _, work, target = await pushed(here, ana, tmp_path / "work")
    marked = "# SPDX-FileCopyrightText: 2026 Ana <script>\n# SPDX-License-Identifier: PPL\n"
    await work.commit("sow.py", f"{marked}print()\n")
    await work.commit("LICENSES/PPL.txt", "The text.\n")
    await work.git("push", "--quiet", target, "main")
    fork = await forked(bob, f"{here.origin}/@seeder.git")
    path = f"{API}/repositories/seeder/obligations"
    found = await bob.get(path)
    assert found["kept"] is True
    assert [(each["licence"], each["files"]) for each in found["keep"]] == [("PPL", 1)]
    async with beyond.store.reading() as tx:
        kept = await repositories.get(tx, int(fork["id"]))
    mine = Work(tmp_path / "mine", "Bob")
    await mine.git("clone", "--quiet", f"{beyond.origin}/@seeder.git", str(mine.folder))
    await mine.commit("sow.py", "# SPDX-License-Identifier: MIT\nprint()\n")
    secret = await password(beyond.store, bob.actor)
    await mine.git("push", "--quiet", address(beyond.origin, kept, secret), "main")
    found = await bob.get(path)
    assert found["kept"] is False
    assert {(each["path"], each["what"]) for each in found["dropped"]} == {("sow.py", "licence"), ("sow.py", "notice")}
    page = (await beyond.client.get("/@seeder.git/forks/obligations", headers={"Accept": "text/html"})).text
    assert "Some of it is not said any more" in page
    assert "<script>" not in page
    assert (await ana.ask("GET", path)).status_code == 404


async def test_a_fork_that_becomes_public_is_told_then_and_not_before(
    here: Instance, beyond: Instance, tmp_path: Path
) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    await pushed(here, ana, tmp_path / "work")
    fork = await forked(bob, f"{here.origin}/@seeder.git", visibility="private")
    await beyond.settled()
    assert await listed(here) == []
    assert (await beyond.client.get(fork["uri"], headers=JSON)).status_code == 404
    await bob.ask("PATCH", f"{API}/repositories/seeder", json={"visibility": "public"})
    await lists(here, "seeder", fork["uri"])


@pytest.mark.threat("H8")
async def test_a_fork_here_shares_no_object_with_its_origin(here: Instance, tmp_path: Path) -> None:
    ana = await here.member("ana")
    repository, _, _ = await pushed(here, ana, tmp_path / "work")
    fork = await forked(ana, "seeder", name="other")
    origin, copy = on_disk(here.store, repository), repositories.folder(here.store.settings, int(fork["id"]))
    assert await refs_of(origin) == await refs_of(copy)
    assert not (copy / "objects" / "info" / "alternates").exists()
    inodes = {path.stat().st_ino for path in origin.rglob("*") if path.is_file()}
    assert not inodes & {path.stat().st_ino for path in copy.rglob("*") if path.is_file()}


async def test_what_is_empty_can_be_forked_too(here: Instance, beyond: Instance) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    await made(here.store, ana.actor)
    fork = await forked(bob, f"{here.origin}/@seeder.git")
    await lists(here, "seeder", fork["uri"])
    assert (await bob.ask("GET", f"{API}/repositories/seeder/obligations")).status_code == 404


@pytest.mark.threat("F19")
async def test_a_chain_of_any_length_fits(here: Instance, there: Any) -> None:
    bob = await here.member("bob")
    long = [
        {
            "id": f"https://far.example/{number}/" + "x" * 1900,
            "name": "n" * 500,
            "clone": f"https://far.example/{number}.git",
        }
        for number in range(80)
    ]
    forge = there.actor("forge", type="Repository", cloneUri=f"{there.origin}/forge.git", **{"phyle:chain": long})
    shown = await bob.post(f"{API}/forks", origin=forge, name="forged")
    assert shown["chain"][0]["id"] == forge
    assert 10 < len(shown["chain"]) <= 50


async def test_of_a_fork_that_is_deleted_while_it_is_fetched_nothing_stays(
    here: Instance, beyond: Instance, tmp_path: Path
) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    await pushed(here, ana, tmp_path / "work")
    fork = await bob.post(f"{API}/forks", origin=f"{here.origin}/@seeder.git")
    await bob.ask("PATCH", f"{API}/repositories/seeder", json={"archived": True})
    assert (await bob.ask("DELETE", f"{API}/repositories/seeder")).status_code == 200
    await beyond.settled()

    async def gone() -> bool:
        return not repositories.folder(beyond.store.settings, int(fork["id"])).exists()

    await eventually(gone)
