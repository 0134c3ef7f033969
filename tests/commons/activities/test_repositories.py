"""Repositories as actors: what they say of themselves, who likes them, what is told when they change or go."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from phyle.commons import creating, grants, repositories
from phyle.commons.activities import documents, remote
from phyle.commons.repositories import Change, Repository
from phyle.errors import Malformed
from phyle.federation import reading
from phyle.identity import actors
from tests.between import accepted, received
from tests.commons.git.cloning import address, begun, made, on_disk, password
from tests.instance import Instance, Member
from tests.peer import Peer
from tests.people import elsewhere
from tests.servers import eventually

JSON = {"Accept": "application/activity+json"}
EXAMPLES = Path(os.environ.get("PHYLE_DOCUMENTS", "")) / "forgefed"
given = pytest.mark.skipif(
    not os.environ.get("PHYLE_DOCUMENTS"), reason="PHYLE_DOCUMENTS names no folder of captured documents"
)


async def seeder(here: Instance, folder: Path) -> tuple[Member, Repository, str]:
    """Ana's repository with a commit; its commit."""
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    work = await begun(folder)
    commit = await work.commit("a.txt", "a", "Sow\n\nIn rows.")
    target = address(here.origin, repository, await password(here.store, ana.actor))
    await work.git("push", "--quiet", target, "main")
    return ana, repository, commit


async def document(here: Instance, path: str) -> dict[str, Any]:
    answer = await here.client.get(path, headers=JSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((EXAMPLES / name).read_bytes())
    return found


def like(ours: Any, theirs: Any, *, but: tuple[str, ...] = ()) -> None:
    """Ours has what the example has, of the same JSON types."""
    for name, value in theirs.items():
        if name in ("@context", "to", *but):
            continue
        assert name in ours, f"{name} is missing"
        if isinstance(value, dict):
            like(ours[name], value, but=but)
        elif not (isinstance(value, list) and isinstance(ours[name], str)):
            assert type(ours[name]) is type(value), name


@given
async def test_ours_have_what_the_examples_of_forgefed_have(here: Instance, there: Peer, tmp_path: Path) -> None:
    ana, repository, commit = await seeder(here, tmp_path / "work")
    uri = f"/actors/{repository.id}"
    like(await document(here, uri), example("29-repository.json"))
    like(await document(here, f"{uri}/branches/main"), example("28-branch.json"))
    like(
        await document(here, f"{uri}/commits/{commit}"),
        example("27-commit.json"),
        but=("committedBy", "filesAdded", "filesModified", "filesRemoved"),
    )
    (push,) = (await document(here, f"{uri}/outbox?page=true"))["orderedItems"]
    ours = await document(here, push)
    like(ours, example("30-push.json"), but=("hashBefore",))
    like(ours["object"]["orderedItems"][0], example("30-push.json")["object"]["orderedItems"][0])
    async with here.store.transaction() as tx:
        mia = await elsewhere(tx, "mia")
        grant = await grants.give(tx, repository.id, mia.id, "maintainer", given_by=ana.actor.id)
        settings = here.store.settings
        said = documents.grant(settings, repository, grant, mia, fulfills="https://far.example/invites/1")
        like(said, example("35-grant.json"), but=("endTime",))
        like(
            documents.revoke(settings, repository, grant, mia, uri=f"{here.origin}/activities/1"),
            example("38-revoke.json"),
        )


@given
async def test_what_we_send_has_what_the_examples_have(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    await made(here.store, ana.actor)
    there.actor("mia")
    loom = there.actor("loom", type="Repository", cloneUri=f"{there.origin}/loom.git")
    await ana.get("/api/v2/search", q=f"@mia@{there.host}", resolve="true")
    await ana.post("/api/phyle/v1/repositories/seeder/invitations", who=f"@mia@{there.host}", role="maintainer")
    like((await received(there, "Invite"))[0], example("33-invite.json"))
    await ana.post("/api/phyle/v1/commons/invitations", repository=loom, role="maintainer")
    join = (await received(there, "Join"))[0]
    like(join, example("20-join.json"))
    await accepted(here, there, there.activity("Grant", loom, "maintain", context=loom, target=ana.actor.uri))
    await ana.post("/api/phyle/v1/commons/grants/leave", repository=loom)
    like((await received(there, "Leave"))[0], example("37-leave.json"))


@given
@pytest.mark.parametrize(
    "name", ["29-repository.json", "44-repository.json", "45-repository.json", "46-repository.json"]
)
def test_repositories_of_the_specification_are_read(name: str) -> None:
    said = example(name)
    actor = reading.read_actor(said)
    assert actor.kind == "Repository"
    if "cloneUri" in said:
        found = remote.read_repository(said)
        assert (found.uri, found.name, found.clone) == (said["id"], said["name"], said["cloneUri"])
    else:
        with pytest.raises(Malformed, match="cloned"):
            remote.read_repository(said)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Person"},
        {"id": None},
        {"cloneUri": None},
        {"cloneUri": "git@coop.org:x.git"},
        {"cloneUri": "https://user:secret@coop.org/x.git"},
        {"cloneUri": "https://coop.org/x y.git"},
        {"cloneUri": ["--upload-pack=id", 7, {}]},
    ],
)
def test_what_cannot_be_cloned_is_no_repository_to_us(wrong: dict[str, Any]) -> None:
    said = {"id": "https://coop.org/x", "type": "Repository", "name": "X", "cloneUri": "https://coop.org/x.git"}
    assert remote.read_repository(said).clone == "https://coop.org/x.git"
    with pytest.raises(Malformed):
        remote.read_repository({**said, **wrong})


def test_a_chain_is_bounded_and_only_what_can_be_followed_is_in_it() -> None:
    good = {"id": "https://coop.org/1", "name": "x" * 900, "clone": "https://coop.org/1.git", "page": "javascript:1"}
    bad = [7, {}, {**good, "id": "javascript:1"}, {**good, "clone": "ext::id"}, {**good, "id": None}]
    said = {"id": "https://coop.org/x", "type": "Repository", "cloneUri": "https://coop.org/x.git"}
    found = remote.read_repository({**said, "phyle:chain": [*bad, *[good] * 200], "phyle:kind": {"a": 1}})
    assert len(found.chain) == remote.MOST_ANCESTORS - len(bad)
    assert {(len(each.name), each.page) for each in found.chain} == {(200, good["id"])}
    assert found.kind == "software"


async def test_likes_are_counted_once_and_taken_back(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    uri = repositories.uri(here.store.settings, repository)
    mia, eve = there.actor("mia"), there.actor("eve")
    first = there.activity("Like", mia, uri)
    for each in (first, there.activity("Like", mia, uri), there.activity("Like", eve, uri)):
        await accepted(here, there, each)
    assert (await document(here, f"{uri}/likes"))["totalItems"] == 2
    await accepted(here, there, there.activity("Undo", eve, first["id"]))
    await accepted(here, there, there.activity("Undo", eve, first))
    assert (await document(here, f"{uri}/likes"))["totalItems"] == 1  # her own, and not the one that she named
    await accepted(here, there, there.activity("Undo", mia, first["id"]))
    assert (await document(here, f"{uri}/likes"))["totalItems"] == 0


async def test_who_follows_it_hears_of_changes_and_of_its_end(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    uri = repositories.uri(here.store.settings, repository)
    await accepted(here, there, there.activity("Follow", there.actor("mia"), uri))
    await received(there, "Accept")
    async with here.store.transaction() as tx:
        await repositories.change(tx, repository, Change(description="New <b>words</b>", archived=True))
    (update,) = await received(there, "Update")
    assert (update["actor"], update["object"]["type"], update["object"]["isArchived"]) == (uri, "Repository", True)
    assert "&lt;b&gt;" in update["object"]["summary"]
    async with here.store.transaction() as tx:
        await creating.delete(tx, ana.actor.id, await repositories.get(tx, repository.id))
    (gone,) = await received(there, "Delete")
    assert gone["object"] == uri


async def test_a_repository_elsewhere_is_changed_only_by_itself(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    loom = there.actor("loom", type="Repository", name="Loom", cloneUri=f"{there.origin}/loom.git")
    mia = there.actor("mia")
    await ana.ask("POST", "/api/phyle/v1/commons/invitations", json={"repository": loom})
    said = {**there.documents["/users/loom"], "name": "Other"}
    await there.send(here.inbox, there.activity("Update", mia, said))
    await here.settled(deliveries=False)
    name = "SELECT display_name FROM identity.actors WHERE uri = $1"
    assert await here.value(name, loom) == "Loom"
    await accepted(here, there, there.activity("Update", loom, said))
    assert await here.value(name, loom) == "Other"
    async with here.store.reading() as tx:
        found = await actors.by_uri(tx, loom)
    assert found is not None
    assert found.kind == "Repository"
    await accepted(here, there, there.activity("Delete", loom, loom))

    async def gone() -> bool:
        return bool(await here.value("SELECT deleted_at IS NOT NULL FROM identity.actors WHERE uri = $1", loom))

    await eventually(gone)


@pytest.mark.threat("H1")
@pytest.mark.parametrize(
    "path",
    [
        "branches/--exec=id",
        "branches/main~0",
        "branches/main^{tree}",
        "branches/..%2f..%2fHEAD",
        "branches/nosuch",
        "commits/HEAD",
        "commits/--all",
        "commits/" + "0" * 40,
        "commits/" + "Z" * 40,
    ],
)
async def test_nothing_is_read_as_an_expression_or_an_option(here: Instance, tmp_path: Path, path: str) -> None:
    _, repository, _ = await seeder(here, tmp_path / "work")
    answer = await here.client.get(f"/actors/{repository.id}/{path}", headers=JSON)
    assert answer.status_code == 404, answer.text


@pytest.mark.threat("H11")
async def test_a_push_is_found_in_its_own_repository_only(here: Instance, tmp_path: Path) -> None:
    ana, repository, commit = await seeder(here, tmp_path / "work")
    other = await made(here.store, ana.actor, "other")
    number = await here.value("SELECT id FROM commons.pushes WHERE repository = $1", repository.id)
    assert (await here.client.get(f"/actors/{repository.id}/pushes/{number}/0")).status_code == 200
    for path in (f"{other.id}/pushes/{number}/0", f"{repository.id}/pushes/{number}/1", f"{other.id}/commits/{commit}"):
        assert (await here.client.get(f"/actors/{path}")).status_code == 404
    assert on_disk(here.store, other).is_dir()
