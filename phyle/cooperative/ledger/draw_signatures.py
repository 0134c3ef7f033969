"""Signing the draws of others: for a ledger that is witnessed here, once its pool stands under a head cosigned here.

Who is drawn hangs on the signature, so it is given for what can no more be changed, and for one pool of each draw.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from phyle.cooperative.law.drawing import PoolFixed
from phyle.cooperative.law.draws import message
from phyle.cooperative.law.entries import Consequence, read_entry
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.values import Id, read
from phyle.cooperative.ledger import draw_keys, witnesses
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.keys import base64, unbase64
from phyle.cooperative.tree.proofs import LONGEST, verify_inclusion
from phyle.errors import Conflict, Malformed, Missing, Refused, TooMany, Unprocessable
from phyle.identity import limits, multikey
from phyle.identity.limits import Limit
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

LONGEST_REQUEST = 120_000
"""Bytes: an entry in base 64 and a proof."""
DRAWS_OF_A_LEDGER = Limit(
    name="draws-signed",
    most=200,
    window=timedelta(days=1),
    sentence="This phyle has signed as many draws of that ledger today as it signs in a day.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    origin: str
    draw: Id
    index: int
    size: int
    entry: str
    proof: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A ledger asks for a signature over a draw of its own. `leaf`: the entry that fixed the pool, which is number
    `index`; `proof`: that it stands in the tree of `size` entries, which is the newest head cosigned here."""

    origin: str
    draw: Id
    index: int
    size: int
    leaf: bytes
    proof: tuple[bytes, ...]

    @classmethod
    def read(cls, data: bytes) -> Self:
        """From the body of a request, canonical JSON. Malformed when it is none."""
        if len(data) > LONGEST_REQUEST:
            raise Malformed(f"A request for a signature has at most {LONGEST_REQUEST} bytes.")
        written = read(_Written, parse(data))
        if len(written.proof) > LONGEST:
            raise Malformed(f"An inclusion proof has at most {LONGEST} hashes.")
        return cls(
            origin=written.origin,
            draw=written.draw,
            index=written.index,
            size=written.size,
            leaf=unbase64(written.entry),
            proof=tuple(map(unbase64, written.proof)),
        )

    def __bytes__(self) -> bytes:
        return spell(
            {
                "origin": self.origin,
                "draw": self.draw,
                "index": self.index,
                "size": self.size,
                "entry": base64(self.leaf),
                "proof": list(map(base64, self.proof)),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A draw that was signed here: the leaf hash of its pool's entry, our key, and the signature; hex and Multikey."""

    origin: str
    draw: str
    entry: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """The proof is for another tree than the one that was cosigned here last, which has this size."""

    size: int


async def sign(tx: Tx, body: bytes) -> Signed | Holds:
    """The answer to a request. Asked twice it is the same.

    Missing for a ledger that is not witnessed here; Refused for one that showed two histories, and for a draw that
    names others; Unproven when the entry is not in the tree; Unprocessable when it fixes no pool of this draw;
    Conflict for another pool of a draw that was signed; TooMany beyond what is signed in a day.
    """
    request = Request.read(body)
    log = await witnesses.locked(tx, request.origin)
    if await tx.value(SQL.convicted, log.id):
        raise Refused("That ledger has shown two histories; nothing of it is signed here.")
    if log.note is None or request.size != log.size or request.index >= log.size:
        return Holds(size=log.size if log.note is not None else 0)
    leaf = hashing.leaf(request.leaf)
    verify_inclusion(index=request.index, size=log.size, leaf=leaf, proof=request.proof, root=log.root)
    _check_pool(request, tx.store.settings.domain)
    return await _signed(tx, log, request.draw, leaf.hex())


def _check_pool(request: Request, domain: str) -> None:
    """Unprocessable unless the entry fixes the pool of the draw; Refused unless the draw names us."""
    entry = read_entry(request.leaf)
    if not isinstance(entry, Consequence) or entry.kind != "pool" or entry.seq != request.index:
        raise Unprocessable("This entry does not fix the pool of a draw.")
    fixed = read(PoolFixed, entry.payload, "payload")
    if fixed.draw != request.draw:
        raise Unprocessable("This entry fixes the pool of another draw.")
    if domain not in {origin.partition("/")[0] for origin in fixed.signed_by}:
        raise Refused("That draw is to be signed by others, and not by this phyle.")


async def _signed(tx: Tx, log: Log, draw: str, entry: str) -> Signed:
    row = await tx.row(SQL.signed, log.id, draw)
    if row is None:
        if not await limits.within(tx, DRAWS_OF_A_LEDGER, log.origin):
            raise TooMany(DRAWS_OF_A_LEDGER.sentence, cause=log.origin, retry_after=3600)
        key = await draw_keys.current(tx)
        public, signature = multikey.encode(key.public_key()), key.sign(message(log.origin, draw, entry)).hex()
        await tx.run(SQL.keep, log.id, draw, entry, public, signature)
        return Signed(origin=log.origin, draw=draw, entry=entry, key=public, signature=signature)
    if row["entry"] != entry:
        raise Conflict("Another pool of this draw was signed here already.", cause=f"{log.origin} {draw}")
    return _known(log, draw, row)


async def signed(tx: Tx, log: Log, draw: str) -> Signed:
    """What was signed here of a ledger's draw, for everybody who wonders whether its host kept a signature back.
    Missing if nothing was."""
    row = await tx.row(SQL.signed, log.id, draw)
    if row is None:
        raise Missing("No such draw was signed here.")
    return _known(log, draw, row)


def _known(log: Log, draw: str, row: Record) -> Signed:
    return Signed(origin=log.origin, draw=draw, entry=row["entry"], key=row["key"], signature=row["signature"])
