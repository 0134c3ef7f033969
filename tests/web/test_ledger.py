"""What anyone may fetch of a ledger, and that it proves itself."""

import asyncio
import gzip

import httpx
import pytest

from phyle.cooperative.ledger import blobs, checkpoints, sheets
from phyle.cooperative.tree import hashing, ranges, tiles
from phyle.cooperative.tree.bundles import bundles_of, entries_of
from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.keys import VerifierKey, unbase64
from phyle.cooperative.tree.logged import Logged
from phyle.cooperative.tree.paths import bundle_path, tile_path
from phyle.cooperative.tree.proofs import verify_consistency, verify_inclusion
from tests.cooperative.ledger.entries import begun, entered
from tests.instance import Instance

SIZE = 700


@pytest.fixture
async def shown(here: Instance) -> Instance:
    """An instance that has published 700 entries."""
    await begun(here.store)
    await entered(here.store, SIZE)
    async with here.store.transaction() as tx:
        await checkpoints.publish(tx)
    return here


async def fetched(here: Instance, path: str, status: int = 200) -> httpx.Response:
    answer = await here.client.get(f"/ledger/{path}")
    assert answer.status_code == status, answer.text
    return answer


async def head_of(here: Instance) -> Head:
    keys = (await fetched(here, "keys")).json()
    data = (await fetched(here, "checkpoint")).content
    return verified(data, list(map(VerifierKey.read, keys["log"])), origin=keys["origin"])


async def test_the_whole_ledger_can_be_fetched_and_verified(shown: Instance) -> None:
    head = await head_of(shown)
    assert head.size == SIZE
    entries = [
        entry
        for bundle in bundles_of(head.size)
        for entry in entries_of((await fetched(shown, bundle_path(bundle))).content)
    ]
    everything = {tile.place: (await fetched(shown, tile_path(tile))).content for tile in tiles.tiles_of(head.size)}
    assert everything == tiles.built(hashing.leaves(entries))
    assert tiles.hash_of(ranges.Range(0, SIZE), everything) == head.root


async def test_the_headers_say_what_may_be_kept(shown: Instance) -> None:
    checkpoint = await fetched(shown, "checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["cache-control"] == "public, max-age=2"
    for path in ("tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/000", "tile/entries/002.p/188"):
        answer = await fetched(shown, path)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_each_epoch_has_its_own_address(shown: Instance) -> None:
    for path in ("checkpoint", "tile/0/000", "tile/entries/002.p/188"):
        assert (await fetched(shown, f"1/{path}")).content == (await fetched(shown, path)).content
        for epoch in ("2", "0", "x"):
            await fetched(shown, f"{epoch}/{path}", 404)


async def test_what_no_checkpoint_covers_is_not_shown(shown: Instance) -> None:
    await entered(shown.store, 10)
    for path in ("tile/0/002.p/189", "tile/0/003.p/1", "tile/entries/002.p/198", "tile/1/000.p/3", "tile/2/000.p/1"):
        await fetched(shown, path, 404)
    for path in ("tile/0/2", "tile/0/002.p/256", "tile/a/000", "tile/entries/x000/001"):
        await fetched(shown, path, 400)


async def test_bundles_are_packed_for_those_who_take_them_so(shown: Instance) -> None:
    plain = await shown.client.get("/ledger/tile/entries/000", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with shown.client.stream("GET", "/ledger/tile/entries/000", headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        data = b"".join([piece async for piece in packed.aiter_raw()])
    assert gzip.decompress(data) == plain.content


async def test_proofs(shown: Instance) -> None:
    head = await head_of(shown)
    told = (await fetched(shown, "proofs/inclusion?seq=300")).json()
    proof = list(map(unbase64, told["proof"]))
    verify_inclusion(index=300, size=SIZE, leaf=unbase64(told["leaf"]), proof=proof, root=head.root)
    leaf = (await fetched(shown, "entries/300")).content
    assert hashing.leaf(leaf) == unbase64(told["leaf"])
    old = (await fetched(shown, "proofs/consistency?from=300")).json()
    for_300 = tiles.hash_of(ranges.Range(0, 300), await leaves(shown, 300))
    proof = list(map(unbase64, old["proof"]))
    verify_consistency(old=300, size=SIZE, old_root=for_300, root=head.root, proof=proof)
    for path, status in (
        ("proofs/inclusion", 400),
        ("proofs/inclusion?seq=700", 400),
        ("proofs/inclusion?seq=3&size=701", 404),
        ("proofs/consistency?from=701", 400),
        ("entries/700", 404),
        ("entries/700/proof", 404),
    ):
        await fetched(shown, path, status)


async def leaves(here: Instance, count: int) -> tiles.Tiles:
    rows = await here.fetch("SELECT hash FROM cooperative.entries ORDER BY seq LIMIT $1", count)
    return tiles.built([row["hash"] for row in rows])


async def test_a_proof_to_keep(shown: Instance) -> None:
    keys = (await fetched(shown, "keys")).json()
    leaf = (await fetched(shown, "entries/3")).content
    proof = Logged.read((await fetched(shown, "entries/3/proof")).content)
    head = proof.verify(hashing.leaf(leaf), list(map(VerifierKey.read, keys["log"])), origin=keys["origin"])
    assert (proof.index, head.size) == (3, SIZE)


async def test_blobs_and_sheets(shown: Instance) -> None:
    async with shown.store.transaction() as tx:
        named, draft = await blobs.keep_blob(tx, b"a charter"), await blobs.keep_blob(tx, b"a draft")
        await tx.run(blobs.SQL.named, [named], [5])
        for ballot, audience in (("open", "public"), ("closed", "members")):
            await tx.run(sheets.SQL.publish, ballot, named[:-1] + ballot[0].replace("o", "0"), b"[]", audience, 6)
    assert (await fetched(shown, f"blobs/{named}")).content == b"a charter"
    await fetched(shown, f"blobs/{draft}", 404)
    await fetched(shown, "blobs/ABC", 404)
    assert (await fetched(shown, "ballots/open")).json() == []
    await fetched(shown, "ballots/closed", 404)
    listed = (await fetched(shown, "blobs?since=0")).json()
    assert [(row["seq"], row.get("ballot")) for row in listed["blobs"]] == [(5, None), (6, "open")]
    assert (await fetched(shown, "blobs?since=7")).json()["blobs"] == []


async def test_a_ledger_without_a_checkpoint(here: Instance) -> None:
    await begun(here.store)
    for path in ("checkpoint", "tile/0/000.p/1", "entries/0/proof"):
        await fetched(here, path, 404)


async def test_nobody_is_cosigned_whom_we_do_not_watch(here: Instance) -> None:
    answers = await asyncio.gather(
        *(here.client.post("/ledger/add-checkpoint", content=body) for body in (b"", b"old 0\n\nx", b"\xff" * 300_000))
    )
    assert [answer.status_code for answer in answers] == [400, 400, 413]
    assert (await here.client.get("/ledger/witnessed")).json() == {"ledgers": []}
    assert (await here.client.get(f"/ledger/witnessed/{'0' * 64}/checkpoint")).status_code == 404
