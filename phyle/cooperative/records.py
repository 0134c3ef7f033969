"""Records: entries of the ledger with what they mean, receipts, openings for those who audit, heads and witnesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists
from phyle.cooperative.ledger import checkpoints, partners, reading, receipts, sheets, signing, trees, witnesses
from phyle.cooperative.ledger.disclosing import disclosed
from phyle.cooperative.seeing import Sight
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.checkpoints import Head
from phyle.cooperative.tree.keys import base64
from phyle.errors import Malformed, Missing, Refused
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

MOST_OPENED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """An entry: its place, when it was entered (milliseconds), its kind, and whose act it holds, if it does."""

    seq: int
    at: int
    kind: str
    by: str | None
    author: str | None
    entry: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEntry:
    """An entry under a checkpoint: `leaf`, its hash in base64 (RFC 6962), `proof`, the inclusion proof in the tree of
    `size` entries, and `checkpoint`, the signed note. All None as long as no checkpoint covers it."""

    entry: ShownEntry
    leaf: str
    size: int | None
    proof: tuple[str, ...] | None
    checkpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The last entry at some time, and when it was entered: milliseconds."""

    entry: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """`entries`: how many there are; `size`, `root`: under the newest signed head, which `checkpoint` is, with the
    signatures of `cosigned_by`. `keys`: by which the phyle speaks (Multikeys)."""

    origin: str
    entries: int
    size: int
    root: str | None
    checkpoint: str | None
    cosigned_by: tuple[str, ...]
    cosigned_size: int
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Another phyle that cosigns this ledger: its host, its key, and how many entries it has cosigned as far as we
    know."""

    host: str
    key: str | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A ledger that this phyle witnesses: the newest head that it cosigned; `mirrored`: how many entries it keeps."""

    origin: str
    host: str
    size: int
    mirrored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """Who witnesses this ledger, whom it witnesses, and every proof that a ledger contradicted itself."""

    witnesses: tuple[Witness, ...]
    watched: tuple[Watched, ...]
    equivocations: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEntries:
    """For an audit by a member: `opened`, lists of commitment, name, value and salt; `closed`, commitments whose values
    are for fewer than all members; `erasures`, commitments with the entry that erased them."""

    opened: tuple[tuple[str, str, Any, str], ...]
    closed: tuple[str, ...]
    erasures: tuple[tuple[str, int], ...]


async def entries(tx: Tx, page: Page, *, kind: str = "") -> tuple[list[ShownEntry], list[int]]:
    """A page of entries, of one kind if it is named, the newest first; and the indices by which it is paged."""
    bounds = (page.below, page.above, page.limit)
    query = lists.SQL.entries_of_kind if kind else SQL.entries
    rows = await tx.rows(page.way(query), *((kind, *bounds) if kind else bounds))
    found = page.ordered([_entry(row["leaf"]) for row in rows])
    return found, [each.seq for each in found]


async def entry(tx: Tx, seq: int) -> ProvenEntry:
    """One entry with its proof. Missing."""
    leaf = await reading.entry(tx, seq)
    if leaf is None:
        raise Missing("The ledger has no such entry.")
    head = await checkpoints.newest(tx)
    covered: Head | None = head if head is not None and seq < head.size else None
    proof = await trees.inclusion(tx, seq, covered.size) if covered is not None else None
    return ProvenEntry(
        entry=_entry(leaf),
        leaf=base64(hashing.leaf(leaf)),
        size=covered.size if covered is not None else None,
        proof=tuple(map(base64, proof)) if proof is not None else None,
        checkpoint=bytes(covered.note).decode() if covered is not None else None,
    )


def _entry(leaf: bytes) -> ShownEntry:
    whole = orjson.loads(leaf)
    act = whole.get("act")
    return ShownEntry(
        seq=whole["seq"],
        at=whole["at"],
        kind=act["kind"] if act else whole["kind"],
        by=act["by"] if act else None,
        author=whole.get("author"),
        entry=whole,
    )


async def moment(tx: Tx, at: int) -> Moment:
    """The last entry at a time in milliseconds. Missing if the ledger began later."""
    low, high = 0, await reading.size(tx)
    while low < high:  # entries never become older, so half of them can be left out at each look
        middle = (low + high) // 2
        if await tx.value(SQL.at, middle) <= at:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        raise Missing("The ledger had no entries then.")
    return Moment(entry=low - 1, at=await tx.value(SQL.at, low - 1))


async def head(tx: Tx) -> LedgerHead:
    """Where the ledger is, and who has signed that."""
    newest, cosigned, keys = await checkpoints.newest(tx), await checkpoints.cosigned(tx), await signing.keys(tx)
    here = await reading.phyle(tx)
    return LedgerHead(
        origin=await signing.origin(tx),
        entries=await reading.size(tx),
        size=newest.size if newest is not None else 0,
        root=newest.checkpoint.root.hex() if newest is not None else None,
        checkpoint=bytes(newest.note).decode() if newest is not None else None,
        cosigned_by=tuple(_others(cosigned, await signing.origin(tx))) if cosigned is not None else (),
        cosigned_size=cosigned.size if cosigned is not None else 0,
        keys={"log": here.log_key, "credential": here.credential_key} if here is not None and keys else {},
    )


def _others(head: Head, origin: str) -> list[str]:
    return sorted({signature.name for signature in head.note.signatures if signature.name != origin})


async def known_witnesses(tx: Tx) -> Witnesses:
    """Who witnesses whom."""
    own = [Witness(host=it.host, key=str(it.key) if it.key else None, size=it.size) for it in await partners.every(tx)]
    logs = [
        Watched(origin=it.origin, host=it.host, size=it.size, mirrored=it.mirrored)
        for it in await witnesses.watched(tx)
    ]
    proofs = [{"origin": row["origin"], **row["document"]} for row in await witnesses.equivocations(tx)]
    return Witnesses(witnesses=tuple(own), watched=tuple(logs), equivocations=tuple(proofs))


async def receipt(tx: Tx, hash: str) -> Mapping[str, Any]:
    """The signed receipt of an act, by its hash, as things stand. Missing if it never came."""
    return await receipts.receipt(tx, hash)


async def openings(tx: Tx, viewer: Sight, first: int, count: int) -> OpenedEntries:
    """What members may see of `count` entries from `first` on. Refused for others."""
    _check_inside(viewer)
    if not 1 <= count <= MOST_OPENED:
        raise Malformed(f"count lies between 1 and {MOST_OPENED}.")
    found = await disclosed(tx, first, first + count)
    return OpenedEntries(
        opened=tuple((row[0], row[1], row[2], row[3]) for row in found.opened),
        closed=tuple(found.closed),
        erasures=tuple((row[0], row[1]) for row in found.erasures),
    )


async def sheet(tx: Tx, viewer: Sight, ballot: str) -> bytes:
    """The papers of a counted ballot, opened, byte for byte as the ledger names them by their hash. Missing; Refused
    where the charter shows them to members alone."""
    found = await sheets.sheet(tx, ballot)
    if found is None:
        raise Missing("There is no sheet of that ballot: it is not counted, or erased.")
    if found.audience != "public":
        _check_inside(viewer)
    return found.data


def _check_inside(viewer: Sight) -> None:
    if not viewer.inside:
        raise Refused("This is for members of the phyle.")
