"""The addresses that never change: what the page promises, an instance answers."""

import re
from pathlib import Path

import httpx

from phyle.conversation import groups
from phyle.identity import accounts
from tests.instance import Instance

PROMISES = Path(__file__).parents[2] / "docs" / "addresses.md"
ACTIVITY = {"Accept": "application/activity+json"}
HTML = {"Accept": "text/html"}


def promised() -> set[str]:
    """Every `ORIGIN/...` in the tables of the page, without fragments and query values."""
    return {found.partition("#")[0] for found in re.findall(r"\| `ORIGIN(/[^`]*)`", PROMISES.read_text())}


async def group(here: Instance) -> str:
    """The path of a group."""
    rsa, ed25519 = await accounts.new_keys()
    async with here.store.transaction() as tx:
        return (await groups.create(tx, "agora", rsa=rsa, ed25519=ed25519)).uri.removeprefix(here.origin)


async def test_every_promised_address_answers(here: Instance) -> None:
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="A #promise")
    number = post["uri"].rpartition("/")[2]
    actor = ana.actor.uri.removeprefix(here.origin)
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "/actors/ID": (actor, ACTIVITY),
        **{
            f"/actors/ID/{name}": (f"{actor}/{name}", ACTIVITY)
            for name in ("outbox", "followers", "following", "featured")
        },
        "/actors/ID/moderators": (f"{await group(here)}/moderators", ACTIVITY),
        "/objects/ID": (f"/objects/{number}", ACTIVITY),
        "/activities/ID": (f"/activities/{number}", ACTIVITY),
        "/@NAME": ("/@ana", HTML),
        "/@NAME/ID": (f"/@ana/{number}", HTML),
        "/tags/TAG": ("/tags/promise", HTML),
        "/.well-known/webfinger?resource=": (
            f"/.well-known/webfinger?resource=acct:ana@{here.client.base_url.netloc.decode()}",
            {},
        ),
        "/.well-known/host-meta": ("/.well-known/host-meta", {}),
        "/.well-known/nodeinfo": ("/.well-known/nodeinfo", {}),
        "/.well-known/oauth-authorization-server": ("/.well-known/oauth-authorization-server", {}),
    }
    inboxes = {"/inbox": "/inbox", "/actors/ID/inbox": f"{actor}/inbox"}
    reserved = {"/@NAME.git"}
    assert promised() == asked.keys() | inboxes.keys() | reserved

    for name, (path, headers) in asked.items():
        answer = await here.client.get(path, headers=headers)
        assert answer.status_code == 200, name
        if headers is ACTIVITY:
            assert answer.headers["content-type"].startswith("application/activity+json")
            assert answer.json()["id"] == f"{here.origin}{path}", name
    for path in inboxes.values():
        assert (await here.client.post(path, content=b"{}")).status_code == 401


async def test_names_are_in_no_id(here: Instance) -> None:
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="Nobody is named in an address")
    answer = await here.client.get(post["uri"], headers=ACTIVITY)
    note = answer.json()
    for uri in (note["id"], note["attributedTo"], *note["to"], *note["cc"]):
        assert "ana" not in httpx.URL(uri).path
