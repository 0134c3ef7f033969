"""This phyle as a witness of other ledgers (c2sp.org/tlog-witness), and the copies that it keeps of them."""

import re
from dataclasses import asdict
from http import HTTPStatus

from phyle.cooperative.ledger import draw_signatures, mirrors, witnesses
from phyle.cooperative.ledger.draw_signatures import Holds
from phyle.cooperative.ledger.witnesses import Log
from phyle.cooperative.tree.checkpoints import verified
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.paths import Bundle, read_path
from phyle.cooperative.tree.tiles import FULL
from phyle.cooperative.tree.witness import SIZE_TYPE
from phyle.errors import Missing
from phyle.web.answers import Answer, json
from phyle.web.asked import Asked
from phyle.web.ledger import BYTES, FOR_EVER, FOR_NOW, MOST_LISTED, a_hash, bundle_of, not_covered, note_of, tile_of
from phyle.web.routes import Route, public

_ID = re.compile(r"[a-z2-7]{26}", re.ASCII)


async def add_checkpoint(asked: Asked) -> Answer:
    """A ledger asks for our cosignature."""
    status, media_type, body = await witnesses.answer(asked.tx, asked.body)
    return Answer(body=body, status=status, content_type=media_type, headers={"Cache-Control": "no-store"})


async def sign_draw(asked: Asked) -> Answer:
    """A ledger asks us to sign a draw of its own: the signature; or 409 and the size of the tree that we hold."""
    found = await draw_signatures.sign(asked.tx, asked.body)
    if isinstance(found, Holds):
        return Answer(body=f"{found.size}\n".encode(), status=HTTPStatus.CONFLICT, content_type=SIZE_TYPE)
    return json(asdict(found), headers={"Cache-Control": "no-store"})


async def signed_draw(asked: Asked) -> Answer:
    """What we signed for a draw of a watched ledger: so nobody can say that we kept silent."""
    draw = asked.args["draw"]
    if _ID.fullmatch(draw) is None:
        raise Missing("The id of a draw has 26 characters.")
    return json(asdict(await draw_signatures.signed(asked.tx, await _log(asked), draw)), headers=FOR_NOW)


async def overview(asked: Asked) -> Answer:
    """Which ledgers are watched here, how far, and which of them contradicted themselves."""
    found = await witnesses.watched(asked.tx)
    convicted = {row["origin"] for row in await witnesses.equivocations(asked.tx)}
    rows = [
        {
            "origin": log.origin,
            "hash": log.hash,
            "size": log.size,
            "root": log.root.hex(),
            "copied": log.mirrored,
            "equivocated": log.origin in convicted,
        }
        for log in found
    ]
    return json({"ledgers": rows}, headers=FOR_NOW)


async def equivocations(asked: Asked) -> Answer:
    """Every proof held here that a ledger showed two histories."""
    rows = [{"origin": row["origin"], **row["document"]} for row in await witnesses.equivocations(asked.tx)]
    return json({"equivocations": rows}, headers=FOR_NOW)


async def checkpoint(asked: Asked) -> Answer:
    """The newest head of a watched ledger that we cosigned, with its own signature and ours."""
    log = await _log(asked)
    if log.note is None:
        raise Missing("Nothing of that ledger was cosigned here yet.")
    return note_of(verified(Note.read(log.note), log.keys))


async def tile(asked: Asked) -> Answer:
    """A tile of hashes or a bundle of entries of our copy."""
    log, wanted = await _log(asked), read_path(f"tile/{asked.args['path']}")
    if isinstance(wanted, Bundle):
        leaves = await mirrors.entries(asked.tx, log, wanted.number * FULL, wanted.width)
        return await bundle_of(asked, wanted, leaves)
    found = await mirrors.tiles(asked.tx, log, [wanted.place], log.mirrored)
    return tile_of(wanted, found[wanted.place])


async def blob(asked: Asked) -> Answer:
    """A blob of our copy."""
    data = await mirrors.blob(asked.tx, await _log(asked), a_hash(asked, "blob"))
    if data is None:
        raise not_covered()
    return Answer(body=data, content_type=BYTES, headers=FOR_EVER)


async def ballot(asked: Asked) -> Answer:
    """The opened papers of a ballot, of our copy."""
    data = await mirrors.sheet(asked.tx, await _log(asked), asked.args["ballot"])
    if data is None:
        raise not_covered()
    return Answer(body=data, headers=FOR_NOW)


async def list_blobs(asked: Asked) -> Answer:
    """Which blobs are here, of entries from `since` on."""
    log = await _log(asked)
    rows = await mirrors.named_since(asked.tx, log, asked.number("since", 0) or 0, most=MOST_LISTED)
    return json({"size": log.blobs, "blobs": rows}, headers=FOR_NOW)


async def _log(asked: Asked) -> Log:
    return await witnesses.log_of_hash(asked.tx, a_hash(asked))


ROUTES: tuple[Route, ...] = (
    public("POST", "/ledger/add-checkpoint", add_checkpoint),
    public("POST", "/ledger/draws/sign", sign_draw),
    public("GET", "/ledger/witnessed", overview),
    public("GET", "/ledger/equivocations", equivocations),
    public("GET", "/ledger/witnessed/<hash>/checkpoint", checkpoint),
    public("GET", "/ledger/witnessed/<hash>/tile/<path:path>", tile),
    public("GET", "/ledger/witnessed/<hash>/blobs", list_blobs),
    public("GET", "/ledger/witnessed/<hash>/blobs/<blob>", blob),
    public("GET", "/ledger/witnessed/<hash>/ballots/<ballot>", ballot),
    public("GET", "/ledger/witnessed/<hash>/draws/<draw>", signed_draw),
)
