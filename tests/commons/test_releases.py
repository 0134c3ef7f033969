"""Releases: told to all, looked at for their licences, and published whatever is missing."""

from pathlib import Path

from tests.commons.between import answered, maker
from tests.commons.workshop import workshop
from tests.instance import Instance

MIT = "SPDX-FileCopyrightText: 2025 Ana\nSPDX-License-Identifier: MIT\n"


async def test_a_release_is_told_and_its_licences_are_looked_at(here: Instance, tmp_path: Path) -> None:
    ana = await maker(here, "ana", "seeder")
    bob = await maker(here, "bob", "other")
    work = await workshop(tmp_path / "anas")
    await work.push(ana.folder, "main")
    given = {"tag": "v1.0", "title": "The first", "text": "It *sows*."}
    refused = await bob.ask("POST", "/repositories/seeder/releases", json=given)
    assert refused.status_code == 403
    made = answered(await ana.ask("POST", "/repositories/seeder/releases", json=given))
    assert any("do not say under which licence" in words for words in made["missing"])
    assert made["commit"] == await work.git("rev-parse", "HEAD")
    assert "v1.0" in await work.git("ls-remote", "--tags", str(ana.folder))
    again = await ana.ask("POST", "/repositories/seeder/releases", json=given)
    assert again.status_code == 409
    await here.settled()
    document = (await here.client.get(made["uri"], headers={"Accept": "application/activity+json"})).json()
    assert (document["type"], document["context"], document["tagName"]) == ("Release", ana.uri, "v1.0")
    (note,) = await here.fetch("SELECT * FROM conversation.posts WHERE id = $1", int(made["status"]))
    assert "seeder v1.0: The first" in note["content"]
    pushed = await here.value("SELECT count(*) FROM commons.pushes WHERE repository = $1", ana.repository.id)
    assert pushed == 1  # the tag was made by the server, and is told like any other

    await work.commit(dict.fromkeys(("README.md", "sow.py"), MIT) | {"LICENSES/MIT.txt": "As is.\n"})
    await work.push(ana.folder, "main")
    made = await ana.post("/repositories/seeder/releases", tag="v2.0", title="With licences", at="main")
    assert made["missing"] == []
    changed = await ana.ask("PUT", "/repositories/seeder/releases/v2.0", json={"title": "Licensed"})
    assert changed.json()["title"] == "Licensed"
    assert [each["tag"] for each in await bob.get("/repositories/seeder/releases")] == ["v2.0", "v1.0"]
    page = await here.client.get("/@seeder.git/releases", headers={"Accept": "text/html"})
    assert "Licensed" in page.text
    for tag in ("--upload-pack=x", "a b", "../x"):
        wrong = await ana.ask("POST", "/repositories/seeder/releases", json={"tag": tag, "title": "x"})
        assert wrong.status_code == 422
