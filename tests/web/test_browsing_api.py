"""Looking into a repository at the API."""

import base64

from tests.commons.browsing.made import Work, git, repository
from tests.instance import Instance, Member

BASE = "/api/phyle/v1/repositories/seeder"


async def project(here: Instance) -> tuple[Member, Work]:
    ana = await here.member("ana")
    _, work = await repository(here.store, ana.actor, visibility="private")
    work.commit(
        {"README.md": "# Seeder\n", "src/a.py": "one\ntwo\n", b"caf\xe9": b"\0\1", "wiki/Home.md": "Hello"}, "Begin"
    )
    work.commit({"src/a.py": "one\nthree\n"}, "Change\n\nBecause.")
    work.branch("x/y")
    work.commit({"new": "x"}, "More", branch="x/y")
    work.tag("v1", "First")
    return ana, work


async def test_folders_and_files(here: Instance) -> None:
    ana, work = await project(here)
    found = await ana.get(f"{BASE}/tree")
    assert found["ref"] == "main"
    assert found["commit"] == work.tip()
    assert {(each["kind"], each["path"]) for each in found["entries"]} == {
        ("folder", "src"),
        ("folder", "wiki"),
        ("file", "README.md"),
        ("file", '"caf\\351"'),
    }
    odd = next(each for each in found["entries"] if each["path"].startswith('"'))
    file = await ana.get(f"{BASE}/file/main/{odd['path']}")
    assert base64.b64decode(file["base64"]) == b"\0\1"
    assert file["text"] is None
    file = await ana.get(f"{BASE}/file/x/y/src/a.py")
    assert (file["ref"], file["path"], file["text"], file["base64"]) == ("x/y", "src/a.py", "one\nthree\n", None)
    assert (await ana.ask("GET", f"{BASE}/file/main/src")).status_code == 404
    assert (await ana.ask("GET", f"{BASE}/tree/main/README.md")).status_code == 404


async def test_history_and_differences(here: Instance) -> None:
    ana, work = await project(here)
    history = await ana.get(f"{BASE}/commits/main/src/a.py")
    assert [step["commit"]["message"] for step in history["steps"]] == ["Change\n\nBecause.", "Begin"]
    assert history["more"] is None
    diff = await ana.get(f"{BASE}/commit/{work.tip()}")
    lines = [(line["sign"], line["text"]) for hunk in diff["files"][0]["hunks"] for line in hunk]
    assert lines == [(" ", "one"), ("-", "two"), ("+", "three")]
    assert diff["commit"]["parents"] == git(work.folder, "rev-parse", "main^").decode().split()
    compared = await ana.get(f"{BASE}/compare/main...x/y")
    assert compared["base"] == work.tip()
    assert [each["new"] for each in compared["files"]] == ["new"]
    blame = await ana.get(f"{BASE}/blame/main/src/a.py")
    assert [(each["first"], each["lines"]) for each in blame] == [(1, ["one"]), (2, ["three"])]
    assert [each["name"] for each in await ana.get(f"{BASE}/branches")] == ["x/y", "main"]
    (tag,) = await ana.get(f"{BASE}/tags")
    assert (tag["name"], tag["commit"], tag["subject"]) == ("v1", work.tip(), "First")


async def test_search_and_wiki(here: Instance) -> None:
    ana, work = await project(here)
    hits = await ana.get(f"{BASE}/search", q="three")
    assert hits["lines"] == [{"path": "src/a.py", "lines": [[2, "three"]]}]
    assert (await ana.get(f"{BASE}/search", q="because"))["commits"][0]["id"] == work.tip()
    assert (await ana.ask("GET", f"{BASE}/search")).status_code == 400
    (page,) = await ana.get(f"{BASE}/wiki")
    assert (page["title"], page["text"]) == ("Home", "Hello")
    stale = await ana.ask("PUT", f"{BASE}/wiki/Home", json={"text": "Other"})
    assert stale.status_code == 409
    done = await ana.ask("PUT", f"{BASE}/wiki/Home", json={"text": "Other", "was": page["oid"], "message": "Say it"})
    assert done.json() == {"commit": git(work.folder, "rev-parse", "main").decode().strip()}
    assert (await ana.get(f"{BASE}/wiki/home"))["text"] == "Other\n"
    bob = await here.member("bob")
    assert (await bob.ask("PUT", f"{BASE}/wiki/Home", json={"text": "x"})).status_code == 404
    assert (await here.client.put(f"{BASE}/wiki/Home", json={"text": "x"})).status_code == 401


async def test_what_is_described_is_what_is_answered(here: Instance) -> None:
    """The document of the API knows every member of an answer."""
    ana, work = await project(here)
    document = (await here.client.get("/api/phyle/v1/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for path, name in (
        ("tree", "Folder"),
        ("file/main/src/a.py", "File"),
        ("commits", "History"),
        (f"commit/{work.tip()}", "Diff"),
        ("compare/main...x/y", "Comparison"),
    ):
        described = schemas[f"browsing_shapes.{name}"]["properties"]
        assert set(await ana.get(f"{BASE}/{path}")) == set(described), path
