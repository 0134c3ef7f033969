"""Keys: those of the phyle, which stewards endorse; and how a member is known, by which key and who acts for them."""

from typing import Any

from phyle.cooperative import custody, people, seeing
from phyle.cooperative.law.phyle_keys import Which
from phyle.cooperative.ledger import rotating
from phyle.errors import Refusal, Refused, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import LEDGER, MEMBERS, act, again, at, doing, framed, sight
from phyle.web.pages.cooperative.words import CUSTODY
from phyle.web.pages.visitors import first_log_in, to

PATH, OWN = "/phyle/keys", "/phyle/membership/key"
SCOPE = "keys"


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/keys"""
    viewer = await sight(asked)
    found = await custody.phyle_keys(asked.tx)
    return framed(
        asked,
        "keys",
        viewer,
        part=LEDGER,
        fault=fault,
        keys=found,
        names=await seeing.called(asked.tx, viewer, {who for each in found for who in each.endorsed_by}),
        steward=viewer.inside and await seeing.mandated(asked.tx, viewer.member, SCOPE),
    )


async def endorse(asked: Asked) -> Answer:
    """POST /phyle/keys: the key is made, if there is none yet that waits, and endorsed."""
    try:
        which: Which = "log" if asked.text("which") == "log" else "credential"
        async with asked.store.reading() as tx:
            member = await people.member(tx, asked.me.id)
            if not await seeing.mandated(tx, member, SCOPE):
                raise Refused(f"This takes a mandate with the scope {SCOPE}, and you hold none.")
        async with asked.store.transaction() as tx:
            key = await rotating.prepare(tx, which)
        await act(asked, "endorse_key", {"which": which, "key": key})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(PATH, done="endorsed"))


async def show_own(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/membership/key"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    own = await custody.own_key(asked.tx, viewer)
    return framed(asked, "key", viewer, part=MEMBERS, fault=fault, own=own, custody=CUSTODY)


def _own(asked: Asked) -> dict[str, Any]:
    key, possession = asked.text("key").strip(), asked.text("possession").strip()
    if not key or not possession:
        raise Unprocessable("Give the key, and what you signed with it.")
    if not asked.flag("sure"):
        raise Unprocessable("Tick the box if you are sure: without that key nobody here can act for you.")
    return {"key": key, "custody": "member", "possession": possession}


async def renew(asked: Asked) -> Answer:
    """POST /phyle/membership/key/renew: a new key, kept here, in the place of the one that is kept here."""
    try:
        async with asked.store.transaction() as tx:
            made = await rotating.prepare_member(tx, await people.member(tx, asked.me.id))
        await act(asked, "rekey", {"key": made["key"], "custody": "server", "possession": made["proof"]})
    except Refusal as refusal:
        return await again(asked, show_own, refusal)
    return redirect(to(OWN, done="rekeyed"))


def _representative(asked: Asked) -> dict[str, Any]:
    """Whoever acts for an organisation, by a key of their own; nobody, if none is given."""
    key, possession = asked.text("their_key").strip(), asked.text("their_signature").strip()
    if not key:
        return {}
    if not possession or not asked.text("actor").strip():
        raise Unprocessable("Say who it is, and give what they signed with their key.")
    identity = {"actor": asked.text("actor").strip()}
    via = asked.store.settings.domain
    return {
        "representative": {"key": key, "custody": "member", "via": via, "identity": identity},
        "possession": possession,
    }


rekey = doing("rekey", _own, show_own, at(OWN), "rekeyed")
represent = doing("represent", _representative, show_own, at(OWN), "represented")
