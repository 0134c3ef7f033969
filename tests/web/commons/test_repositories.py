"""Repositories at the API: made, found, changed, deleted; and not found by whoever may not read them."""

import pytest

from phyle.commons import creating, repositories
from phyle.conversation import publishing
from phyle.conversation.publishing import Draft
from phyle.identity import actors
from tests.instance import Instance, Member

BASE = "/api/phyle/v1/repositories"
JSON = {"Accept": "application/activity+json"}


async def made(member: Member, name: str = "seeder", **how: object) -> dict[str, object]:
    """A repository through the API."""
    answer: dict[str, object] = await member.post(BASE, name=name, **how)
    return answer


async def test_a_repository_is_made_with_a_group_a_grant_and_a_folder(here: Instance) -> None:
    ana = await here.member("ana")
    shown = await made(ana, description="Sows *evenly*.", kind="tools")
    assert (shown["name"], shown["kind"], shown["standing"]) == ("seeder", "tools", "maintainer")
    assert shown["url"] == f"{here.origin}/@seeder.git"
    folder = repositories.folder(here.store.settings, int(str(shown["id"])))
    assert (folder / "objects").is_dir()
    (holder,) = await ana.get(f"{BASE}/seeder/grants")
    assert (holder["role"], holder["account"]["acct"], holder["given_by"]) == ("maintainer", "ana", None)
    group = (await here.client.get(str(shown["group"]["uri"]), headers=JSON)).json()  # type: ignore[index]  # JSON
    actor = (await here.client.get(str(shown["uri"]), headers=JSON)).json()
    assert (group["type"], actor["type"]) == ("Group", "Repository")
    assert f"{here.origin}/@seeder.git" in group["attachment"][0]["value"]
    assert (group["phyle:repository"], actor["phyle:group"]) == (actor["id"], group["id"])
    assert actor["cloneUri"] == shown["url"]
    found = (
        await here.client.get("/.well-known/webfinger", params={"resource": f"acct:seeder.git@{here.origin[7:]}"})
    ).json()
    assert actor["id"] in [link.get("href") for link in found["links"]]


async def test_a_lost_folder_is_made_again(here: Instance) -> None:
    ana = await here.member("ana")
    shown = await made(ana)
    folder = repositories.folder(here.store.settings, int(str(shown["id"])))
    await here.settled()
    (folder / "HEAD").unlink()
    folder.rename(folder.with_name("lost"))
    async with here.store.transaction() as tx:
        await creating.mend(tx, {})
    assert (folder / "HEAD").is_file()


@pytest.mark.threat("E7")
@pytest.mark.parametrize("visibility", ["members", "private"])
async def test_what_one_may_not_read_is_nowhere(here: Instance, visibility: str) -> None:
    ana, bob = await here.member("ana"), await here.member("bob")
    shown = await made(ana, visibility=visibility, description="Very secret seeds.")
    number, group = str(shown["id"]), shown["group"]["id"]  # type: ignore[index]  # JSON
    assert (await ana.get(f"{BASE}/seeder"))["visibility"] == visibility
    for path in (
        f"{BASE}/seeder",
        f"{BASE}/seeder/grants",
        f"{BASE}/seeder/motions",
        f"{BASE}/seeder/forks",
        f"/actors/{number}",
        f"/actors/{number}/outbox",
        f"/actors/{number}/forks",
        f"/actors/{number}/likes",
        f"/actors/{number}/team",
        f"/actors/{number}/followers",
        f"/actors/{number}/branches/main",
        f"/actors/{number}/commits/{'0' * 40}",
        f"/actors/{group}",
        f"/actors/{group}/outbox",
        "/@seeder",
        "/@seeder.git",
        f"/.well-known/webfinger?resource=acct:seeder.git@{here.origin[7:]}",
        f"/.well-known/webfinger?resource=acct:seeder@{here.origin[7:]}",
    ):
        for answer in (await here.client.get(path, headers=JSON), await bob.ask("GET", path)):
            assert answer.status_code == 404, (path, answer.status_code, answer.text[:200])
            assert "secret" not in answer.text
    assert await bob.get(BASE) == []
    for path in (
        group,
        number,
        "lookup?acct=seeder",
        "lookup?acct=seeder.git",
        f"{group}/statuses",
        f"{group}/followers",
    ):
        assert (await bob.ask("GET", f"/api/v1/accounts/{path}")).status_code == 404, path
    assert await bob.get("/api/v1/accounts", **{"id[]": group}) == []
    assert (await bob.ask("POST", f"/api/v1/accounts/{group}/follow")).status_code == 404
    assert (await bob.get("/api/v2/search", q="seeder"))["accounts"] == []
    assert "seeder" not in (await bob.ask("GET", "/commons")).text


async def test_settings_are_changed_by_maintainers_only(here: Instance) -> None:
    ana, bob = await here.member("ana"), await here.member("bob")
    await made(ana)
    assert (await bob.ask("PATCH", f"{BASE}/seeder", json={"archived": True})).status_code == 403
    changed = (await ana.ask("PATCH", f"{BASE}/seeder", json={"description": "New", "protected": ["release/*"]})).json()
    assert (changed["description"], changed["protected"]) == ("New", ["release/*"])
    for wrong in ({"protected": ["a b"]}, {"visibility": "nobody"}, {"rule": "dice"}, {"description": "x" * 2001}):
        assert (await ana.ask("PATCH", f"{BASE}/seeder", json=wrong)).status_code == 422, wrong
    assert (await ana.ask("PATCH", f"{BASE}/seeder", json={"default_branch": "nosuch"})).status_code == 404
    assert (await ana.ask("PATCH", f"{BASE}/seeder", json={"rule": "decision"})).status_code == 409


async def test_deleting_takes_two_steps_and_leaves_a_tombstone(here: Instance) -> None:
    ana, bob = await here.member("ana"), await here.member("bob")
    shown = await made(ana)
    assert (await bob.ask("DELETE", f"{BASE}/seeder")).status_code == 403
    assert (await ana.ask("DELETE", f"{BASE}/seeder")).status_code == 409
    await ana.ask("PATCH", f"{BASE}/seeder", json={"archived": True})
    async with here.store.transaction() as tx:
        circle = await actors.by_id(tx, int(shown["group"]["id"]))  # type: ignore[index]  # JSON
        post = await publishing.publish_as(tx, circle, Draft(text="We are here."))
    assert (await ana.ask("DELETE", f"{BASE}/seeder")).status_code == 200
    await here.settled()
    assert (await ana.ask("GET", f"{BASE}/seeder")).status_code == 404
    gone = await here.client.get(str(shown["uri"]), headers=JSON)
    assert (gone.status_code, gone.json()["formerType"]) == (410, "Repository")
    assert not repositories.folder(here.store.settings, int(str(shown["id"]))).exists()
    assert (await ana.ask("POST", BASE, json={"name": "seeder"})).status_code == 409
    assert (await ana.ask("GET", f"/api/v1/statuses/{post.id}")).status_code == 404
    assert (await here.client.get(post.uri, headers=JSON)).status_code == 410


async def test_who_is_suspended_does_not_come_back_by_other_words(here: Instance) -> None:
    ana = await here.member("ana")
    shown = await made(ana)
    async with here.store.transaction() as tx:
        await tx.run(actors.SQL.set_suspended, int(shown["group"]["id"]), True)  # type: ignore[index]  # JSON
    await ana.ask("PATCH", f"{BASE}/seeder", json={"description": "New words", "visibility": "public"})
    assert (await here.client.get(f"/actors/{shown['group']['id']}", headers=JSON)).status_code == 404  # type: ignore[index]  # JSON


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 27, "phyle", "ana", "ümlaut", "-x"])
async def test_names_that_cannot_be(here: Instance, name: str) -> None:
    ana = await here.member("ana")
    assert (await ana.ask("POST", BASE, json={"name": name})).status_code in (409, 422)
