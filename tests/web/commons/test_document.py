"""The document of the API says what is so of the commons: the shape of every answer, of a project that has lived."""

from pathlib import Path
from typing import Any

import pytest

from phyle.commons import repositories
from phyle.web.commons.table import ENDPOINTS
from tests.instance import Instance
from tests.servers import eventually
from tests.web.commons.test_uses import COOP
from tests.web.commons.works import AT, CHANGE, Working, working
from tests.web.cooperative.living import API
from tests.web.cooperative.test_document import PART, fits

ELSEWHERE = {f"{API}/{each}" for each in ("offers", "errands", "declarations", "uses/elsewhere")}
"""What was done in other phyles, of which there is none in these tests."""


@pytest.fixture
async def work(whole: Instance, tmp_path: Path) -> Working:
    return await working(whole, tmp_path / "anas")


async def forked(whole: Instance, work: Working) -> None:
    """Bob has a fork with a change in it, and offers that."""
    made = await work.bob.post(f"{API}/forks", origin="seeder", name="seeder_of_bob")
    progress = f"{API}/repositories/seeder_of_bob/progress"

    async def there() -> bool:
        return bool((await work.bob.get(progress))["finished_at"])

    await eventually(there)
    await work.shop.branch("topic")
    await work.shop.commit({"sow.py": "rows = 3\nseeds = 2\n"}, "Sow three rows", sign_off=True)
    await work.shop.push(repositories.folder(whole.store.settings, int(made["id"])), "topic")


async def lived(whole: Instance, work: Working) -> dict[str, str]:
    """A project with something of every kind; what stands for the parts of addresses."""
    ana, bob = work.ana, work.bob
    await forked(whole, work)
    ticket = await bob.post(f"{AT}/tickets", title="It sows crooked", text="Rows are *not* straight.")
    await ana.post(f"{AT}/tickets/{ticket['number']}/comments", text="How crooked?")
    await ana.post(f"{AT}/tickets/{ticket['number']}/needed", skill="python", hours=3)
    change = {"title": "Sow more", "origin": "seeder_of_bob", "branch": "topic", "sign_off": True}
    merge = (await bob.post(f"{AT}/merge_requests", **change))["ticket"]
    await ana.post(f"{AT}/merge_requests/{merge['number']}/reviews", verdict="comment", version=1, text="Why three?")
    await ana.post(f"{AT}/releases", tag="v1.0", title="The first", at="main")
    answer = await ana.ask("PUT", f"{AT}/wiki/Home", json={"text": "# Home\n", "message": "Begin a wiki"})
    assert answer.status_code == 200, answer.text
    await ana.post(f"{AT}/invitations", who="@bob", role="contributor")
    await ana.ask("PATCH", AT, json={"rule": "majority"})
    await ana.post(f"{AT}/invitations", who="@eve", role="maintainer")
    claim = await bob.post(f"{AT}/contributions", **CHANGE, subject="c0" * 20)
    await ana.post(f"{AT}/contributions/{claim['payload']['contribution']}/validate", text="I have read it.")
    use = await bob.post(f"{AT}/uses", **COOP, evidence=[{"what": "statutes", "text": "All surplus is shared."}])
    return {
        "contribution": claim["payload"]["contribution"],
        "use": use["payload"]["use"],
        "ticket": str(ticket["number"]),
        "merge": str(merge["number"]),
        "commit": (await ana.get(f"{AT}/branches"))[0]["commit"],
    }


def address(path: str, ids: dict[str, str]) -> str:
    """The address of something that there is. KeyError for a part that nothing stands for."""
    name = "seeder_of_bob" if path.endswith(("/progress", "/obligations")) else "seeder"
    rest = {"compare": "main...main", "licences": "main", "tree": "main", "commits": "main/sow.py"}
    parts = {
        **ids,
        "name": name,
        "number": ids["merge" if "/merge_requests/" in path else "ticket"],
        "rest": rest.get(path.split("/")[3] if path.count("/") > 2 else "", "main/sow.py"),
        "title": "Home",
        "tag": "v1.0",
    }
    found = PART.sub(lambda part: parts[part[1]], path)
    return f"{found}?q=rows" if path.endswith("/search") else found


async def test_every_answer_is_as_the_document_says(whole: Instance, work: Working) -> None:
    ids = await lived(whole, work)
    found: Any = (await whole.client.get(f"{API}/openapi.json")).json()
    asked = [each for each in ENDPOINTS if each.route.method == "GET"]
    for endpoint in asked:
        path = address(endpoint.route.path.removeprefix(API), ids)
        await fits(whole, work.ana, path, found, endpoint.media)
        if endpoint.route.who == "anyone":
            await fits(whole, None, path, found, endpoint.media)
    for path in ("/contributions/export", "/uses/export", "/repositories/seeder/uses/export"):
        answer = await whole.client.get(f"{API}{path}", params={"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv")
    lists = [each for each in asked if each.listed and each.route.path not in ELSEWHERE and "<" not in each.route.path]
    for endpoint in lists:
        assert (await work.ana.get(endpoint.route.path)) != [], endpoint.route.path
