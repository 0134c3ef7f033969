"""The founding: choose a charter to begin with, change it, sign it with others, and found the phyle."""

import asyncio

from phyle.cooperative import charters, overview
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.ledger import reading
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, framed, sight
from phyle.web.pages.cooperative.joining import identity
from phyle.web.pages.visitors import to

PATH, WRITE = "/phyle/founding", "/phyle/founding/write"
TEMPLATES = {
    "small-assembly": "A small assembly: a circle of people who decide by consent",
    "worker-co-operative": "A worker co-operative: people who work together and own their work",
    "federation-of-phyles": "A federation: other phyles as members, through representatives",
}
LONGEST = 400_000


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/founding: who has signed what, and a charter that is being looked at (`charter`)."""
    viewer = await sight(asked)
    gathering = await overview.gathering(asked.tx, viewer, asked.viewer.actor_id)
    signed: dict[str, list[overview.Founder]] = {}
    for each in gathering.signatures:
        signed.setdefault(each.charter, []).append(each)
    chosen = asked.text("charter", most=64)
    mine = next((each.charter for each in gathering.signatures if each.member == viewer.member), "")
    hashes = [*sorted(signed, key=lambda hash: -len(signed[hash])), *([chosen] if chosen else [])]
    return framed(
        asked,
        "founding",
        viewer,
        part=OVERVIEW,
        fault=fault,
        gathering=gathering,
        signed=signed,
        mine=mine,
        chosen=chosen,
        charters={hash: await charters.of_hash(asked.tx, hash) for hash in dict.fromkeys(hashes)},
        templates=TEMPLATES,
    )


async def write(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/founding/write: the text of a template, or of a charter that was signed or kept, to be changed."""
    viewer = await sight(asked)
    return framed(
        asked,
        "founding_write",
        viewer,
        part=OVERVIEW,
        fault=None if fault is None else Unprocessable(fault.sentence.partition("\n")[0]),
        problems=fault.sentence.split("\n")[1:] if fault is not None else [],
        text=asked.text("text", most=LONGEST + 1) if fault is not None else await _beginning(asked),
        longest=LONGEST,
        templates=TEMPLATES,
    )


async def _beginning(asked: Asked) -> str:
    if asked.text("charter"):
        return (await charters.of_hash(asked.tx, asked.text("charter", most=64))).text
    name = asked.text("template") or next(iter(TEMPLATES))
    return charters.template(name).text


async def keep(asked: Asked) -> Answer:
    """POST /phyle/founding/write: a charter that holds together is kept, to be read and signed."""
    try:
        data = await asyncio.to_thread(charters.checked, asked.text("text", most=LONGEST))
    except Refusal as refusal:
        return await again(asked, write, refusal)
    async with asked.store.transaction() as tx:
        draft = await charters.keep(tx, data)
    return redirect(to(PATH, charter=draft.charter, done="kept"))


async def sign(asked: Asked) -> Answer:
    """POST /phyle/founding/sign"""
    try:
        await act(asked, "sign", {"charter": asked.text("charter", most=64), **identity(asked)})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(PATH, done="signed"))


async def found(asked: Asked) -> Answer:
    """POST /phyle/founding/found: by all who have signed this charter."""
    charter = asked.text("charter", most=64)
    async with asked.store.reading() as tx:
        signed = await reading.group(tx, Signature)
    founders = sorted(id for id, each in signed.items() if each.charter == charter)
    try:
        await act(asked, "found", {"charter": charter, "founders": founders})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(OVERVIEW, done="founded"))
