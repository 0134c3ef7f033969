"""The ledger as anyone may fetch and verify it: checkpoint, tiles, entries, blobs, sheets, keys and proofs."""

import asyncio
import gzip
import re
from dataclasses import replace
from typing import Any

from phyle.cooperative.ledger import (
    blobs,
    checkpoints,
    draw_keys,
    listing,
    reading,
    sheets,
    signing,
    trees,
    witness_keys,
)
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.bundles import bundle
from phyle.cooperative.tree.checkpoints import Head
from phyle.cooperative.tree.keys import base64
from phyle.cooperative.tree.logged import Logged
from phyle.cooperative.tree.paths import Bundle, read_path
from phyle.cooperative.tree.tiles import FULL, Tile
from phyle.errors import Malformed, Missing
from phyle.identity import multikey
from phyle.web.answers import JSON, Answer, json
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_A_WHILE = {"Cache-Control": "public, max-age=60"}
FOR_NOW = {"Cache-Control": "public, max-age=2"}
MOST_LISTED = 1000
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_WORTH_PACKING = 1024


async def checkpoint(asked: Asked) -> Answer:
    """The newest head, signed by the log and by whoever has cosigned it so far (c2sp.org/tlog-checkpoint)."""
    return note_of(await _newest(asked))


async def tile(asked: Asked) -> Answer:
    """A tile of hashes or a bundle of entries (c2sp.org/tlog-tiles). What a checkpoint does not cover is not there.

    Below the address of its epoch it never changes; below the bare one it may, when a new epoch begins.
    """
    wanted, tx, head = read_path(f"tile/{asked.args['path']}"), asked.tx, await _newest(asked)
    if isinstance(wanted, Bundle):
        leaves = await reading.entries(tx, wanted.number * FULL, wanted.width) if _covers(wanted, head.size) else []
        answer = await bundle_of(asked, wanted, leaves)
    elif _covers_tile(wanted, head.size):
        found = await reading.tiles(tx, [wanted.place], head.size)
        answer = tile_of(wanted, found[wanted.place])
    else:
        raise not_covered()
    lasting = "epoch" in asked.args or head.checkpoint.origin.endswith("/1")
    return answer if lasting else replace(answer, headers={**answer.headers, **FOR_A_WHILE})


async def blob(asked: Asked) -> Answer:
    """What an entry names by this SHA-256."""
    data = await blobs.blob(asked.tx, a_hash(asked))
    if data is None:
        raise Missing("No entry of this ledger names a document with that hash.")
    return Answer(body=data, content_type=BYTES, headers=FOR_EVER)


async def list_blobs(asked: Asked) -> Answer:
    """Which blobs and public sheets entries from `since` on named first: for whoever copies the ledger."""
    size = (await _newest(asked)).size
    rows = await listing.named_since(asked.tx, asked.number("since", 0) or 0, before=size, most=MOST_LISTED)
    return json({"size": size, "blobs": rows}, headers=FOR_NOW)


async def ballot(asked: Asked) -> Answer:
    """The papers of a counted ballot, opened, if the charter shows them to everybody; its hash is in the tally."""
    sheet = await sheets.sheet(asked.tx, asked.args["ballot"])
    if sheet is None or sheet.audience != "public":
        raise Missing("There is no public sheet of that ballot: it is not counted, or for members only, or erased.")
    return Answer(body=sheet.data, content_type=JSON, headers=FOR_NOW)


async def keys(asked: Asked) -> Answer:
    """By which keys this phyle speaks: its log, its credentials, itself as a witness of others, and for their draws."""
    tx, origin = asked.tx, asked.settings.origin
    logs, own = await checkpoints.log_signers(tx), await signing.keys(tx)
    witness = await witness_keys.known(tx)
    document: dict[str, Any] = {
        "origin": logs[0].name,
        "log": [str(signer.public) for signer in logs],
        "credential": multikey.encode(own.credential.public_key()),
    }
    draws = await draw_keys.public(tx)
    if draws is not None:
        document["draws"] = {"key": draws, "submission": f"{origin}/ledger/draws/sign"}
    if witness is not None:
        document["witness"] = {
            "vkey": str(witness),
            "submission": f"{origin}/ledger",
            "monitoring": f"{origin}/ledger/witnessed",
        }
    return json(document, headers={"Cache-Control": "public, max-age=60"})


async def entry(asked: Asked) -> Answer:
    """One entry, byte for byte as it stands in the tree."""
    seq = asked.id("seq")
    leaf = await reading.entry(asked.tx, seq)
    if leaf is None:
        raise not_covered()
    return Answer(body=leaf, content_type=JSON, headers=FOR_EVER)


async def entry_proof(asked: Asked) -> Answer:
    """The proof that an entry stands in the ledger, in one file to keep (c2sp.org/tlog-proof)."""
    seq, tx = asked.id("seq"), asked.tx
    head = await checkpoints.cosigned(tx)
    if head is None or head.size <= seq:
        head = await checkpoints.at(tx, seq + 1)
    proof = Logged(seq, tuple(await trees.inclusion(tx, seq, head.size)), head.note)
    return Answer(body=bytes(proof), content_type=TEXT, headers=FOR_NOW)


async def inclusion(asked: Asked) -> Answer:
    """`seq`, `size` (the newest by default) -> the leaf's hash and its inclusion proof, RFC 9162 section 2.1.3."""
    seq, size = _number(asked, "seq"), await _size(asked)
    proof = await trees.inclusion(asked.tx, seq, size)
    leaf = await reading.entry(asked.tx, seq) or b""
    return json({"seq": seq, "size": size, "leaf": base64(hashing.leaf(leaf)), "proof": list(map(base64, proof))})


async def consistency(asked: Asked) -> Answer:
    """`from`, `size` (the newest by default) -> the consistency proof, RFC 9162 section 2.1.4; empty from 0."""
    old, size = _number(asked, "from"), await _size(asked)
    proof = await trees.consistency(asked.tx, old, size)
    return json({"from": old, "size": size, "proof": list(map(base64, proof))})


async def _newest(asked: Asked) -> Head:
    """Missing before the first, and for another epoch than the present one."""
    head = await checkpoints.newest(asked.tx)
    epoch = asked.args.get("epoch")
    if head is not None and epoch is not None and not head.checkpoint.origin.endswith(f"/ledger/{epoch}"):
        raise Missing("That epoch of the ledger is over, or has not begun.")
    if head is None:
        raise Missing("This ledger has not published a checkpoint yet.")
    return head


async def _size(asked: Asked) -> int:
    newest = (await _newest(asked)).size
    size = asked.number("size", newest)
    if size is None or size > newest:
        raise Missing(f"The newest checkpoint covers {newest} entries.")
    return size


def _number(asked: Asked, name: str) -> int:
    number = asked.number(name)
    if number is None:
        raise Malformed(f"{name} is missing: the number of an entry, or of entries.")
    return number


def _covers(wanted: Bundle, size: int) -> bool:
    return wanted.number * FULL + wanted.width <= size


def _covers_tile(wanted: Tile, size: int) -> bool:
    return wanted.first + wanted.width <= size >> 8 * wanted.level


# What the copies of other ledgers are served with too


def not_covered() -> Missing:
    """What lies beyond the newest checkpoint is not shown."""
    return Missing("No checkpoint covers that.")


def note_of(head: Head) -> Answer:
    """A checkpoint with all its signatures."""
    return Answer(body=bytes(head.note), content_type=TEXT, headers=FOR_NOW)


def tile_of(wanted: Tile, row: bytes) -> Answer:
    """A tile as wide as it was asked for. Missing when it is not so wide."""
    data = row[: wanted.width * hashing.WIDTH]
    if len(data) != wanted.width * hashing.WIDTH:
        raise not_covered()
    return Answer(body=data, content_type=BYTES, headers=FOR_EVER)


async def bundle_of(asked: Asked, wanted: Bundle, leaves: list[bytes]) -> Answer:
    """A bundle as wide as it was asked for, packed for those who take it so. Missing when it is not so wide."""
    if len(leaves) != wanted.width:
        raise not_covered()
    data = bundle(leaves)
    headers = {**FOR_EVER, "Vary": "Accept-Encoding"}
    if len(data) > _WORTH_PACKING and "gzip" in asked.headers.get("accept-encoding", ""):
        data = await asyncio.to_thread(gzip.compress, data, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Answer(body=data, content_type=BYTES, headers=headers)


def a_hash(asked: Asked, name: str = "hash") -> str:
    """A SHA-256 in the path. Missing when it is none."""
    text = asked.args[name]
    if not _HASH.fullmatch(text):
        raise Missing("A SHA-256 has 64 hexadecimal digits in lower case.")
    return text


ROUTES: tuple[Route, ...] = (
    public("GET", "/ledger/checkpoint", checkpoint),
    public("GET", "/ledger/tile/<path:path>", tile),
    public("GET", "/ledger/<epoch>/checkpoint", checkpoint),
    public("GET", "/ledger/<epoch>/tile/<path:path>", tile),
    public("GET", "/ledger/blobs", list_blobs),
    public("GET", "/ledger/blobs/<hash>", blob),
    public("GET", "/ledger/ballots/<ballot>", ballot),
    public("GET", "/ledger/keys", keys),
    public("GET", "/ledger/entries/<seq>", entry),
    public("GET", "/ledger/entries/<seq>/proof", entry_proof),
    public("GET", "/ledger/proofs/inclusion", inclusion),
    public("GET", "/ledger/proofs/consistency", consistency),
)
