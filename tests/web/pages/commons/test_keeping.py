"""Keeping repositories by links and forms alone: making, inviting, settling, forking, deleting."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commons.git.cloning import address, begun, made, password
from tests.instance import PASSWORD, Instance
from tests.servers import eventually
from tests.web.pages.browser import Browser
from tests.web.pages.commons.looking import Look, browsers


@pytest.fixture
async def look(here: Instance) -> AsyncIterator[Look]:
    async with browsers(here) as found:
        yield found


async def until(browser: Browser, path: str, words: str) -> None:
    """The page says so, once what was asked for has happened."""

    async def said() -> bool:
        return words in " ".join((await browser.open(path)).words.split())

    await eventually(said)


async def test_a_repository_is_made_by_a_form(here: Instance, look: Look) -> None:
    await here.member("ana")
    stranger = await look()
    await stranger.open("/commons/new")
    assert stranger.path.startswith("/auth/sign_in?next=")
    await stranger.press("Log in", login="ana", password=PASSWORD)
    assert stranger.path == "/commons/new"
    await stranger.press("Make it", 422, name="a b")
    assert "letters, digits and underscores" in stranger.page.words
    await stranger.press("Make it", name="seeder", description="Sows.")
    assert stranger.path == "/@seeder.git"
    assert f"{here.origin}/@seeder.git" in stranger.page.words
    assert f"@seeder@{here.client.base_url.netloc.decode()}, from any server" in stranger.page.words
    await stranger.open("/commons/new")
    await stranger.press("Make it", 409, name="Seeder")
    assert "is taken" in stranger.page.words
    assert stranger.page.form.values["name"] == "Seeder"
    await stranger.open("/commons/mine")
    assert "seeder" in stranger.page.links


async def test_somebody_is_invited_accepts_and_is_taken_out_again(here: Instance, look: Look) -> None:
    ana, _ = await here.member("ana"), await here.member("bob")
    await made(here.store, ana.actor)
    hers, his = await look("ana"), await look("bob")
    await hers.open("/@seeder.git/people")
    await hers.press("Invite", 404, who="@nobody", words="x")
    assert hers.page.value("words") == "x"
    await hers.press("Invite", who="@bob", role="maintainer", words="Please <b>help</b>.")
    assert "on its way" in hers.page.words
    await his.open("/commons/mine")
    assert "Please <b>help</b>." in his.page.words
    await his.press("Accept")
    assert "yours" in his.page.words
    await his.open("/@seeder.git/people")
    await his.press("Give it back")
    await his.open("/@seeder.git/people")
    await his.press("Ask", words="Once more")
    await hers.open("/@seeder.git/people")
    await hers.press("Let them in")
    await his.open("/commons/mine")
    await his.press("Give it back")
    await hers.open("/@seeder.git/people")
    assert "bob" not in " ".join(hers.page.links)
    await hers.press("Give it back", 403)
    assert "Nobody would maintain it" in hers.page.words


async def test_settings_are_read_by_all_and_changed_by_maintainers(here: Instance, look: Look, tmp_path: Path) -> None:
    ana, _ = await here.member("ana"), await here.member("bob")
    repository = await made(here.store, ana.actor)
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    target = address(here.origin, repository, await password(here.store, ana.actor))
    await work.git("push", "--quiet", target, "main", "main:refs/heads/next")
    hers, his = await look("ana"), await look("bob")
    await his.open("/@seeder.git/settings")
    assert not [form for form in his.page.forms if "Save" in form.buttons]
    proof = his.page.forms[0].values
    refused = await his.client.post("/@seeder.git/settings", data={**proof, "archived": "1"})
    assert refused.status_code == 403
    await hers.open("/@seeder.git/settings")
    await hers.press("Save", description="New words", default_branch="next", protected="release/*\nstable")
    assert "It is changed." in hers.page.words
    assert hers.page.value("default_branch") == "next"
    assert hers.page.value("protected") == "release/*\nstable"
    assert (await work.one("ls-remote", "--symref", target, "HEAD")).startswith("ref: refs/heads/next")
    await hers.press("Save", 422, protected="a~b")
    await hers.open("/@seeder.git/settings")
    await hers.press("Delete seeder for good", 409, name="seeder")
    await hers.open("/@seeder.git/settings")
    await hers.press("Save", archived="1")
    await hers.press("Delete seeder for good", 422, name="other")
    await hers.open("/@seeder.git/settings")
    await hers.press("Delete seeder for good", name="seeder")
    assert "deleted" in hers.page.words
    await his.open("/@seeder.git", 404)


async def test_a_fork_is_made_by_a_form_and_brought_up_to_date(
    here: Instance, beyond: Instance, look: Look, tmp_path: Path
) -> None:
    ana, _ = await here.member("ana"), await beyond.member("bob")
    repository = await made(here.store, ana.actor)
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    target = address(here.origin, repository, await password(here.store, ana.actor))
    await work.git("push", "--quiet", target, "main")
    async with browsers(beyond) as others:
        his = await others("bob")
        await his.open("/commons/fork")
        await his.press("Fork it", 404, origin="nosuch")
        await his.press("Fork it", origin=f"{here.origin}/@seeder.git", name="sower")
        assert his.path == "/@sower.git/forks"
        await until(his, "/@sower.git/forks", "Its whole history is here.")
        assert his.page.links["seeder"] == f"{here.origin}/@seeder.git"
        await his.open("/@sower.git")
        assert "a.txt" in his.page.links
        hers = await look("ana")
        await until(hers, "/@seeder.git/forks", f"at {beyond.origin.partition('://')[2]}")
        await work.commit("b.txt", "b")
        await work.git("push", "--quiet", target, "main")
        await until(his, "/@sower.git/forks", "Its origin has changed since.")
        await his.press("Bring it up to date")
        await until(his, "/@sower.git/forks", "1 branches follow")
        await his.open("/@sower.git")
        assert "b.txt" in his.page.links


@pytest.mark.threat("F11")
async def test_nothing_is_done_by_looking_or_without_proof(here: Instance, look: Look) -> None:
    ana = await here.member("ana")
    await made(here.store, ana.actor)
    hers = await look("ana")
    for path in (
        "/commons/mine/answer",
        "/commons/mine/ask",
        "/commons/mine/leave",
        "/@seeder.git/people/invite",
        "/@seeder.git/people/revoke",
        "/@seeder.git/people/answer",
        "/@seeder.git/people/second",
        "/@seeder.git/settings/delete",
        "/@seeder.git/forks/name",
        "/@seeder.git/forks/update",
    ):
        assert (await hers.client.get(path)).status_code == 405, path
        assert (await hers.client.post(path, data={})).status_code == 403, path
