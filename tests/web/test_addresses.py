"""The addresses that never change: what the page promises, an instance answers."""

import re
from pathlib import Path

import httpx

from phyle.commons import pushes
from phyle.conversation import groups
from phyle.cooperative.ledger import blobs, checkpoints, sheets, witnesses
from phyle.identity import accounts
from tests.commons.browsing import made
from tests.cooperative.ledger.entries import begun, entered
from tests.cooperative.tree.signers import LOG, ORIGIN, head
from tests.cooperative.tree.trees import leaves
from tests.instance import Instance, Member

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


async def ledger(here: Instance) -> dict[str, tuple[str, dict[str, str]]]:
    """What is served of a ledger of three entries, of which one names a blob, and of another one that is watched."""
    await begun(here.store)
    await entered(here.store, 3)
    async with here.store.transaction() as tx:
        await checkpoints.publish(tx)
        hash = await blobs.keep_blob(tx, b"A charter")
        await tx.run(blobs.SQL.named, [hash], [1])
        await tx.run(sheets.SQL.publish, "b", hash, b"[]", "public", 2)
        await witnesses.watch(tx, origin=ORIGIN, host="a.example", keys=[LOG.public])
        await witnesses.cosign(tx, ORIGIN, head(leaves(3)).note, old=0, proof=[])
    paths = {
        "EPOCH/checkpoint": "1/checkpoint",
        "EPOCH/tile/LEVEL/INDEX": "1/tile/0/000.p/3",
        "EPOCH/tile/entries/INDEX": "1/tile/entries/000.p/3",
        "entries/SEQ": "entries/0",
        "entries/SEQ/proof": "entries/0/proof",
        "proofs/inclusion?seq=": "proofs/inclusion?seq=0",
        "proofs/consistency?from=": "proofs/consistency?from=1",
        "blobs?since=": "blobs?since=0",
        "blobs/SHA256": f"blobs/{hash}",
        "ballots/BALLOT": "ballots/b",
        "keys": "keys",
        "witnessed": "witnessed",
        "witnessed/HASH/checkpoint": f"witnessed/{witnesses.origin_hash(ORIGIN)}/checkpoint",
        "equivocations": "equivocations",
    }
    return {f"/ledger/{name}": (f"/ledger/{path}", {}) for name, path in paths.items()}


async def forge(here: Instance, ana: Member) -> dict[str, tuple[str, dict[str, str]]]:
    """What is served of a repository with a branch, a commit and a push."""
    repository, work = await made.repository(here.store, ana.actor, "seeder")
    commit = work.commit({"README.md": "A promise"})
    await pushes.swapping(here.store, repository.id, ana.actor.id)(work.folder, "refs/heads/x", new=commit, old=None)
    push = await here.value("SELECT id FROM commons.pushes")
    paths = {
        "branches/NAME": "branches/main",
        "commits/SHA": f"commits/{commit}",
        "pushes/ID/N": f"pushes/{push}/0",
        "forks": "forks",
        "likes": "likes",
    }
    return {
        "/@NAME.git": ("/@seeder.git", HTML),
        "/@NAME.git/forks": ("/@seeder.git/forks", HTML),
        "/@NAME.git/uses": ("/@seeder.git/uses", HTML),
        "/commons": ("/commons", HTML),
        "/commons/uses": ("/commons/uses", HTML),
        **{f"/actors/ID/{name}": (f"/actors/{repository.id}/{path}", ACTIVITY) for name, path in paths.items()},
    }


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
        "/phyle/members": ("/phyle/members", HTML),
        "/.well-known/webfinger?resource=": (
            f"/.well-known/webfinger?resource=acct:ana@{here.client.base_url.netloc.decode()}",
            {},
        ),
        "/.well-known/host-meta": ("/.well-known/host-meta", {}),
        "/.well-known/nodeinfo": ("/.well-known/nodeinfo", {}),
        "/.well-known/oauth-authorization-server": ("/.well-known/oauth-authorization-server", {}),
    }
    asked |= await ledger(here)
    asked |= await forge(here, ana)
    inboxes = {"/inbox": "/inbox", "/actors/ID/inbox": f"{actor}/inbox"}
    reserved = {"/ledger/EPOCH", "/ledger/add-checkpoint", "/ledger/draws/sign"}
    founded = {
        "/commons/licences/ID",
        "/phyle/proposals/ID",
        "/phyle/booth/BALLOT",
        "/phyle/decisions/ID",
        "/phyle/enter",
    }
    assert promised() == asked.keys() | inboxes.keys() | reserved | founded

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
