"""What people find on the pages of a repository."""

import asyncio
import io
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest

from phyle.commons import forks, grants
from phyle.commons.browsing.workshop import shop
from tests.commons.browsing.made import Work, git, repository
from tests.commons.browsing.test_workshop import stl
from tests.instance import Instance
from tests.servers import eventually
from tests.web.pages.browser import ACCEPT
from tests.web.pages.commons.looking import browsers

README = "# Seeder\n\nSee the [guide](docs/guide.md#usage) and ![the picture](docs/ring.png).\n"
CODE = "".join(f"def row_{number}():\n    return {number}\n" for number in range(40))


async def project(here: Instance, name: str = "seeder") -> Work:
    """A project of Ana's with something of everything."""
    ana = await here.member("ana")
    _, work = await repository(here.store, ana.actor, name, description="A seed drill.")
    work.commit(
        {
            "README.md": README,
            "docs/guide.md": "# Guide\n\n## Usage\n\nBack to [the start](../README.md).\n",
            "docs/ring.png": b"\x89PNG\r\n\x1a\n",
            "src/rows.py": CODE,
            "parts/list.csv": "part,count\nwheel,2\n",
            "parts/ring.stl": stl((0, 0, 0, 10, 0, 0, 0, 20, 5)),
        },
        "Begin\n\nWith everything.",
    )
    work.commit({"src/rows.py": CODE.replace("return 7", "return 70")}, "Correct the seventh row")
    work.branch("feature/four-rows")
    work.commit({"src/four.py": "rows = 4\n"}, "Four rows", branch="feature/four-rows")
    work.tag("v1.0", "The first that works")
    return work


async def test_a_visitor_goes_from_the_commons_to_a_line(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look()
        await browser.open("/commons")
        page = await browser.click("seeder")
        assert browser.path == "/@seeder.git"
        for words in ("A seed drill.", "Correct the seventh row", f"{here.origin}/@seeder.git", "Maintainers", "@ana@"):
            assert words in page.words
        assert page.links["guide"] == "/@seeder.git/blob/main/docs/guide.md#md-usage"
        assert {"src": "/@seeder.git/raw/main/docs/ring.png", "alt": "the picture"} in page.all("img")
        page = await browser.click("guide")
        assert "md-usage" in page.ids
        await browser.click("the start")
        assert browser.path == "/@seeder.git/blob/main/README.md"
        await browser.click("seeder")
        await browser.click("src/")
        page = await browser.click("rows.py")
        assert "return 70" in page.words
        assert "L16" in page.ids
        page = await browser.click("Lasting link")
        assert page.links["Raw"] == browser.path.replace("/blob/", "/raw/")
        page = await browser.click("Blame")
        assert page.words.count("Ana") == 3  # two blocks of the first commit, one of the second between them
        await browser.click("before")
        assert "return 7\n" in browser.page.words + "\n"


async def test_history_leads_to_what_was_changed(here: Instance) -> None:
    work = await project(here)
    async with browsers(here) as look:
        browser = await look()
        await browser.open("/@seeder.git/blob/main/src/rows.py")
        page = await browser.click("History")
        assert "Correct the seventh row" in page.links
        page = await browser.click("Correct the seventh row")
        assert browser.path == f"/@seeder.git/commit/{work.tip()}"
        assert "return 7" in page.words
        rows = page.document.partition('<table class="diff">')[2]
        assert rows.count('<tr class="new">') == rows.count('<tr class="old">') == 1
        page = await browser.click("Patch")
        assert browser.response.text.startswith("diff --git a/src/rows.py b/src/rows.py")
        short = await browser.client.get(f"/@seeder.git/commit/{work.tip()[:9]}")
        assert short.headers["location"] == f"/@seeder.git/commit/{work.tip()}"


async def test_long_histories_are_read_in_parts(here: Instance) -> None:
    ana = await here.member("ana")
    _, work = await repository(here.store, ana.actor)
    for number in range(65):
        work.commit({"a": str(number)}, f"Number {number}.")
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/@seeder.git/commits")
        seen = [words for words in page.links if words.startswith("Number")]
        while "Earlier" in page.links:
            page = await browser.click("Earlier")
            seen += [words for words in page.links if words.startswith("Number")]
        assert seen == [f"Number {number}." for number in reversed(range(65))]
        await browser.open("/@seeder.git/commits/main?skip=20001", 422)
        await browser.open("/@seeder.git/commits/main?skip=x", 400)


async def test_branches_are_compared(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/@seeder.git/branches")
        assert {"main", "feature/four-rows", "v1.0"} <= page.links.keys()
        await browser.click("Compare")
        assert browser.path == "/@seeder.git/compare/main...feature/four-rows"
        assert "rows = 4" in browser.page.words
        await browser.press("Compare", **{"from": "feature/four-rows", "to": "main"})
        assert browser.path == "/@seeder.git/compare/feature/four-rows...main"
        assert "0 files" in browser.page.words
        await browser.open("/@seeder.git/compare/main...gone", 404)
        await browser.open("/@seeder.git/compare/main", 400)


async def test_words_are_found_in_names_lines_and_messages(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look()
        await browser.open("/@seeder.git")
        page = await browser.press("Search", q="ROW_7")
        assert page.links["15"] == "/@seeder.git/blob/main/src/rows.py#L15"
        page = await browser.open("/@seeder.git/search?q=guide")
        assert page.links["docs/guide.md"] == "/@seeder.git/blob/main/docs/guide.md"
        page = await browser.open("/@seeder.git/search?q=seventh&in=commits")
        assert "Correct the seventh row" in page.links
        for query in (".*", "row_[0-9]", "a^b", "-e x", "\\"):  # words as they stand, never patterns
            page = await browser.open(f"/@seeder.git/search?q={query}")
            assert "Nothing here" in page.words
        await browser.open("/@seeder.git/search?q=" + "x" * 201, 422)


@pytest.mark.parametrize("ref", ["main", "feature/four-rows", "v1.0"])
async def test_archives_hold_what_the_commit_holds(here: Instance, ref: str) -> None:
    work = await project(here)
    expected = set(git(work.folder, "ls-tree", "-r", "--name-only", ref).decode().split())
    folder = f"seeder-{ref.replace('/', '-')}"
    answer = await here.client.get(f"/@seeder.git/archive/{ref}.tar.gz")
    assert answer.headers["content-type"] == "application/gzip"
    assert f'filename="{folder}.tar.gz"' in answer.headers["content-disposition"]
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as packed:
        assert {each.name for each in packed if each.isfile()} == {f"{folder}/{name}" for name in expected}
    answer = await here.client.get(f"/@seeder.git/archive/{ref}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert {name for name in zipped.namelist() if not name.endswith("/")} == {f"{folder}/{n}" for n in expected}
        assert zipped.read(f"{folder}/README.md").decode() == README
    assert (await here.client.head(f"/@seeder.git/archive/{ref}.zip")).status_code == 200
    assert (await here.client.get(f"/@seeder.git/archive/{ref}.exe")).status_code == 404


async def test_whoever_stops_an_archive_stops_git(here: Instance) -> None:
    ana = await here.member("ana")
    _, work = await repository(here.store, ana.actor, "large")
    work.commit({f"f{number}": bytes(range(256)) * 40_000 for number in range(3)})
    for _ in range(6):  # more than one client may have at once: each is over when its reader is gone
        async with here.client.stream("GET", "/@large.git/archive/main.zip") as answer:
            assert answer.status_code == 200
            async for _ in answer.aiter_bytes(1000):
                break

    async def all_over() -> bool:
        return (await here.client.get("/@large.git/archive/main.tar.gz", timeout=60)).status_code == 200

    await eventually(all_over)


async def test_tables_models_and_pictures_are_shown(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/@seeder.git/blob/main/parts/list.csv")
        assert '<th scope="col" dir="auto">part</th>' in page.document
        assert "part,count" in (await browser.click("As text")).words
        page = await browser.open("/@seeder.git/blob/main/parts/ring.stl")
        assert "1 triangles; 10 × 20 × 5" in page.words
        picture = next(each for each in page.all("img") if "/picture/" in each["src"])
        answer = await browser.client.get(picture["src"])
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")
        assert (await browser.client.get("/@seeder.git/picture/main/README.md")).status_code == 404
        page = await browser.open("/@seeder.git/blob/main/docs/ring.png")
        assert any(each["src"] == "/@seeder.git/raw/main/docs/ring.png" for each in page.all("img"))


async def test_what_was_seen_is_not_sent_again_until_it_changes(here: Instance) -> None:
    work = await project(here)
    paths = ("", "/tree/main/src", "/blob/main/src/rows.py", "/commits/main", "/blame/main/src/rows.py", "/wiki")
    tags = {}
    for path in paths:
        answer = await here.client.get(f"/@seeder.git{path}", headers={"Accept": ACCEPT})
        tags[path] = answer.headers["etag"]
        again = await here.client.get(f"/@seeder.git{path}", headers={"Accept": ACCEPT, "If-None-Match": tags[path]})
        assert (again.status_code, again.content) == (304, b"")
    work.commit({"src/rows.py": "rows = 2\n"}, "Two rows")
    for path in paths:
        headers = {"Accept": ACCEPT, "If-None-Match": tags[path]}
        assert (await here.client.get(f"/@seeder.git{path}", headers=headers)).status_code == 200, path
    raw = await here.client.get(f"/@seeder.git/raw/{work.tip()}/src/rows.py")
    assert raw.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await here.client.get("/@seeder.git/raw/main/src/rows.py")).headers["cache-control"] == "public, no-cache"


async def test_one_who_is_logged_in_gets_pages_of_their_own(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look("ana")
        await browser.open("/@seeder.git")
        assert "etag" not in browser.response.headers
        assert browser.response.headers["cache-control"] == "private, no-store"


async def test_an_empty_repository_says_how_to_begin(here: Instance) -> None:
    ana = await here.member("ana")
    await repository(here.store, ana.actor, "empty")
    async with browsers(here) as look:
        browser = await look()
        for path in ("", "/commits", "/branches", "/wiki", "/search?q=x", "/compare"):
            await browser.open(f"/@empty.git{path}")
        assert f"git clone {here.origin}/@empty.git" in (await browser.open("/@empty.git")).words
        await browser.open("/@empty.git/tree/main", 404)


async def test_code_is_shown_plain_while_nobody_can_colour_it(here: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    work = await project(here)
    work.commit({"src/new.py": "def seen_by_nobody_yet():\n    return 1\n"})
    shop.close()
    monkeypatch.setattr(shop, "_BEGIN", "raise SystemExit")
    page = await here.client.get("/@seeder.git/blob/main/src/new.py", headers={"Accept": ACCEPT})
    assert page.status_code == 200
    assert "def seen_by_nobody_yet():" in page.text
    monkeypatch.undo()
    page = await here.client.get("/@seeder.git", headers={"Accept": ACCEPT})
    assert page.status_code == 200


async def test_servers_get_the_document_of_the_actor(here: Instance) -> None:
    await project(here)
    answer = await here.client.get("/@seeder.git", headers={"Accept": "application/activity+json"})
    assert answer.status_code == 200
    assert answer.json()["type"] == "Repository"


async def test_the_list_is_searched_by_words_and_kind(here: Instance) -> None:
    ana = await here.member("ana")
    for number in range(35):
        await repository(here.store, ana.actor, f"tool{number}", kind="tools", description=f"Number {number} of many")
    await repository(here.store, ana.actor, "wheat", kind="seeds", description="A grain")
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/commons?kind=seeds")
        assert "wheat" in page.links
        assert "tool1" not in page.links
        page = await browser.open("/commons?q=GRAIN")
        assert [words for words in page.links if words in ("wheat", "tool1")] == ["wheat"]
        page = await browser.open("/commons?kind=tools")
        seen = [words for words in page.links if words.startswith("tool")]
        await browser.click("Earlier ones")
        seen += [words for words in browser.page.links if words.startswith("tool")]
        assert seen == [f"tool{number}" for number in reversed(range(35))]
        await browser.open("/commons?kind=spoons", 404)


async def test_maintainers_write_the_wiki_and_others_read_it(here: Instance) -> None:
    work = await project(here)
    await here.member("bob")
    async with browsers(here) as look:
        ana, bob = await look("ana"), await look("bob")
        await ana.open("/@seeder.git/wiki")
        await ana.click("Write it")
        await ana.press(
            "Save as a commit", text="# Welcome\r\n\r\nSee [[How to mend]].", message="Begin the wiki", sign_off="1"
        )
        assert ana.path == "/@seeder.git/wiki/Home"
        assert ana.page.links["How to mend"] == "/@seeder.git/wiki/How%20to%20mend"
        said = git(work.folder, "log", "-1", "--format=%an%n%ae%n%B", "main").decode()
        assert said.startswith(f"ana\nana@{here.origin.partition('//')[2]}\nBegin the wiki\n\nSigned-off-by: ana <")
        assert git(work.folder, "show", "main:wiki/Home.md") == b"# Welcome\n\nSee [[How to mend]].\n"
        await ana.press("Write", new="How to mend")
        await ana.press("Save as a commit", text="With care.")
        page = await bob.open("/@seeder.git/wiki/how-to-mend")
        assert "With care." in page.words
        assert "Edit" not in page.links
        await bob.open("/@seeder.git/wiki/Home?edit=1", 403)
        await bob.open("/@seeder.git/wiki/Nowhere", 404)
        assert await here.value("SELECT count(*) FROM commons.pushes WHERE settled_at IS NOT NULL") == 2


async def test_two_who_write_one_page_do_not_lose_a_word(here: Instance) -> None:
    await project(here)
    bob = await here.member("bob")
    async with here.store.transaction() as tx:
        found = await tx.value("SELECT id FROM commons.repositories")
        await grants.give(tx, found, bob.actor.id, "maintainer", given_by=None)
    async with browsers(here) as look:
        ana, other = await look("ana"), await look("bob")
        await ana.open("/@seeder.git/wiki/Home?edit=1")
        await other.open("/@seeder.git/wiki/Home?edit=1")
        await other.press("Save as a commit", text="Bob's words")
        page = await ana.press("Save as a commit", 409, text="Ana's words")
        assert "Somebody changed this page" in page.words
        assert page.value("text") == "Ana's words"
        await ana.open("/@seeder.git/wiki/Home?edit=1")
        await ana.press("Save as a commit", text="Both words")
        assert "Both words" in (await other.open("/@seeder.git/wiki")).words


async def test_files_are_changed_in_the_browser_by_whoever_may_push(here: Instance) -> None:
    work = await project(here)
    await here.member("bob")
    before = git(work.folder, "show", "main:src/rows.py").decode()
    async with browsers(here) as look:
        ana, bob = await look("ana"), await look("bob")
        await ana.open("/@seeder.git/blob/main/src/rows.py")
        page = await ana.click("Change")
        assert page.value("text").replace("\r\n", "\n") == before
        was = page.value("was")
        await ana.press("Save as a commit", text=before.replace("\n", "\r\n") + "# sown", message="Sow", sign_off="1")
        assert ana.path == "/@seeder.git/blob/main/src/rows.py"
        assert git(work.folder, "show", "main:src/rows.py").decode() == before + "# sown\n"
        assert git(work.folder, "log", "-1", "--format=%an: %s", "main") == b"ana: Sow\n"
        form = {"path": "src/rows.py", "text": "mine", "was": was}
        page = await ana.open("/@seeder.git/edit/main/src/rows.py")
        page = await ana.press("Save as a commit", 409, **form)
        assert "Somebody changed this file" in page.words
        await ana.open("/@seeder.git/edit/main/src")
        await ana.press("Save as a commit", path="src/new/beans.txt", text="Plant them.")
        assert git(work.folder, "show", "main:src/new/beans.txt") == b"Plant them.\n"
        for path in ("../out", ".git/config", "src/rows.py/below", "src/new"):
            await ana.open("/@seeder.git/edit/main/src")
            await ana.press("Save as a commit", 422 if path != "src/new" else 409, path=path, text="x")
        await bob.open("/@seeder.git/edit/main/src/rows.py", 403)
        await ana.open(f"/@seeder.git/edit/{work.tip()}/src/rows.py", 404)


async def test_forms_of_the_wiki_are_not_sent_from_elsewhere(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        ana = await look("ana")
        form = {"text": "x", "was": ""}
        answer = await ana.client.post("/@seeder.git/wiki/Home", data=form, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        answer = await here.client.post("/@seeder.git/wiki/Home", data=form, headers={"Origin": here.origin})
        assert answer.status_code in (401, 403)


async def test_feeds_tell_the_latest(here: Instance) -> None:
    work = await project(here)
    feed = (await here.client.get("/@seeder.git/feed.atom")).text
    assert f"{here.origin}/@seeder.git/commit/{work.tip()}" in feed
    at = datetime.fromtimestamp(int(git(work.folder, "log", "-1", "--format=%ct", "main")), UTC)
    assert at.isoformat().removesuffix("+00:00") in feed
    assert "Four rows" in (await here.client.get("/@seeder.git/feed.atom?ref=feature/four-rows")).text
    assert "v1.0" in (await here.client.get("/@seeder.git/tags.atom")).text
    assert (await here.client.get("/@seeder.git/feed.atom?ref=gone")).status_code == 404


async def test_many_who_look_at_once_all_see_it(here: Instance) -> None:
    await project(here)
    paths = ("", "/commits", "/blob/main/src/rows.py", "/blame/main/src/rows.py", "/search?q=row")
    asked = [here.client.get(f"/@seeder.git{path}", headers={"Accept": ACCEPT}) for path in paths * 8]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


async def test_licences_are_shown_file_by_file_and_what_is_missing(here: Instance) -> None:
    ana = await here.member("ana")
    _, work = await repository(here.store, ana.actor, "seeder")
    said = "# SPDX-FileCopyrightText: 2026 Ana\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
    table = (
        'version = 1\n[[annotations]]\npath = "parts/**"\nSPDX-License-Identifier = "CC-BY-SA-4.0"\n'
        'SPDX-FileCopyrightText = "2026 Bob"\n'
    )
    files: dict[str | bytes, bytes | str | None] = {
        "a.py": f"{said}x = 1\n",
        "parts/ring.stl": b"\0" * (2 << 20),
        "long.py": said + "y = 2\n" * 400_000,
        b"caf\xe9.txt": "nobody says",
        "REUSE.toml": table,
        "LICENSES/GPL-3.0-or-later.txt": "text",
    }
    work.commit(files, links={"link": "a.py"})
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/@seeder.git/licences")
        for words in ("a.py", "long.py", "GPL-3.0-or-later", "CC-BY-SA-4.0", "2026 Bob", "caf\\xe9.txt", "none said"):
            assert words in page.words, words
        assert "Licences whose text is not in LICENSES/: 1" in page.words
        assert "link" not in page.links
        await browser.click("caf\\xe9.txt")
        before = work.tip()
        work.commit({b"caf\xe9.txt": said})
        assert "none said" not in (await browser.open("/@seeder.git/licences/main")).words
        assert "none said" in (await browser.open(f"/@seeder.git/licences/{before}")).words
    told = (await here.client.get("/api/phyle/v1/repositories/seeder/licences")).json()
    assert {file["path"]: file["licences"] for file in told["manifest"]["files"]}["a.py"] == ["GPL-3.0-or-later"]


async def test_beside_the_overview_stands_what_else_there_is(here: Instance) -> None:
    work = await project(here)
    work.commit({"a.py": "# SPDX-License-Identifier: MIT\n"})
    origin = await here.value("SELECT id FROM commons.repositories")
    async with here.store.transaction() as tx:
        for name in ("one", "<b>two"):
            where = f"https://other.example/{name}"
            await forks.tell(tx, origin, uri=where, name=name, clone=where, verified=True)
    async with browsers(here) as look:
        browser = await look()
        page = await browser.open("/@seeder.git")
        assert page.links["MIT (incomplete)"] == f"/@seeder.git/licences/{work.tip()}"
        assert page.links["one"] == "https://other.example/one"
        assert "<b>two" in page.links
        assert "Nothing at present." in page.words
        answer = await browser.client.get("/@seeder.git/releases.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")


async def test_a_project_and_its_group_lead_to_each_other(here: Instance) -> None:
    await project(here)
    async with browsers(here) as look:
        browser = await look()
        await browser.open("/@seeder.git")
        await browser.click(f"@seeder@{here.origin.partition('//')[2]}")
        assert browser.path == "/@seeder"
        await browser.click("Files and history of this project")
        assert browser.path == "/@seeder.git"
