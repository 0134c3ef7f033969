"""Proposals: the list, each with what governs it, and all that can be done with it before and after the vote."""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative import proposals, seeing
from phyle.cooperative.law.values import write
from phyle.errors import Refusal, Unprocessable
from phyle.store.transaction import Tx
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.choosing import among, meant
from phyle.web.pages.cooperative.frame import (
    PROPOSALS,
    act,
    again,
    at,
    doing,
    framed,
    named,
    older,
    part_of,
    sight,
)
from phyle.web.pages.cooperative.words import METHODS, PHASES
from phyle.web.pages.visitors import to

_LISTS = {
    "": ("All", ()),
    "talk": ("Being discussed", ("draft", "deliberation")),
    "vote": ("Being voted on", ("balloting", "counting", "drawing")),
    "over": ("Decided", proposals.PHASES["decided"]),
}
_ONE = "/phyle/proposals/{id}"
EARLY = ("draft", "deliberation")
"""Phases in which a proposal can still be changed."""


async def show(asked: Asked) -> Answer:
    """GET /phyle/proposals"""
    viewer, part = await sight(asked), part_of(asked)
    chosen = asked.text("which") if asked.text("which") in _LISTS else ""
    found, times = await proposals.proposals(asked.tx, viewer, part, phases=_LISTS[chosen][1])
    return framed(
        asked,
        "proposals",
        viewer,
        part=PROPOSALS,
        lists={word: words for word, (words, _) in _LISTS.items()},
        chosen=chosen,
        proposals=found,
        phases=PHASES,
        older=older(part, times),
    )


async def show_one(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/proposals/ID"""
    viewer = await sight(asked)
    found = await proposals.proposal(asked.tx, viewer, asked.args["id"])
    one = found.proposal
    people = {one.by, *one.sponsors, *found.recused, *found.stayed_by, *(each.member for each in found.candidates)}
    people |= {option.label for option in one.options if one.office}
    nominable = one.office is not None and one.phase in EARLY and viewer.inside
    return framed(
        asked,
        "proposal",
        viewer,
        part=PROPOSALS,
        fault=fault,
        found=found,
        one=one,
        terms=await _terms(asked.tx, one),
        names=await seeing.called(asked.tx, viewer, people),
        phases=PHASES,
        methods=METHODS,
        early=one.phase in EARLY,
        over=one.phase in proposals.PHASES["over"],
        decided=bool(one.decided),
        members=await among(asked.tx, viewer, "member") if nominable else [],
    )


async def _terms(tx: Tx, one: proposals.Summary) -> list[str]:
    """The texts that its effects carry: of a licence, of a ruling. Who votes on them reads them."""
    effects = [effect for option in one.options for effect in option.effects]
    named = [each.arguments.get("text") for each in effects if isinstance(each.arguments, Mapping)]
    return [text for hash in named if hash and (text := await proposals.text(tx, str(hash))) is not None]


async def revising(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/proposals/ID/revise"""
    viewer = await sight(asked)
    found = await proposals.proposal(asked.tx, viewer, asked.args["id"])
    return framed(asked, "proposal_revise", viewer, part=PROPOSALS, fault=fault, found=found, one=found.proposal)


async def revise(asked: Asked) -> Answer:
    """POST /phyle/proposals/ID/revise: title and text; what would happen stays."""
    id = asked.args["id"]
    try:
        await act(asked, "revise", await _revised(asked, id))
    except Refusal as refusal:
        return await again(asked, revising, refusal)
    return redirect(to(_ONE.format(id=id), done="revised"))


async def _revised(asked: Asked, id: str) -> dict[str, Any]:
    async with asked.store.reading() as tx:
        kept = await proposals.get(tx, id)
    title, text = asked.text("title").strip(), asked.text("text").replace("\r\n", "\n").strip()
    if not title or not text:
        raise Unprocessable("A proposal needs a title and a text that gives its reasons.")
    same = {"options": kept.options, "effects": kept.effects, "method": kept.method, "params": kept.params}
    given: dict[str, Any] = write({**same, "seats": kept.seats, "scope": kept.scope})
    if kept.election is not None:
        given |= {"election": write(kept.election), "options": []}
    return {**given, "proposal": id, "title": title, "text": text}


async def nominate(asked: Asked) -> Answer:
    """POST /phyle/proposals/ID/nominate"""
    id = asked.args["id"]
    try:
        async with asked.store.reading() as tx:
            asked.tx = tx
            member = await meant(tx, await sight(asked), asked.text("member"))
        await act(asked, "nominate", {"proposal": id, "member": member})
    except Refusal as refusal:
        return await again(asked, show_one, refusal)
    return redirect(to(_ONE.format(id=id), done="nominated"))


_PROPOSAL, _HERE = named(proposal="<id>"), at(_ONE)
sponsor = doing("sponsor", _PROPOSAL, show_one, _HERE, "sponsored")
withdraw = doing("withdraw", _PROPOSAL, show_one, _HERE, "withdrawn")
accept = doing("accept_nomination", _PROPOSAL, show_one, _HERE, "accepted")
decline = doing("decline_nomination", _PROPOSAL, show_one, _HERE, "declined")
declare = doing("declare_interest", named(proposal="<id>", interest="interest"), show_one, _HERE, "interest")
tell_outcome = doing("outcome", named(proposal="<id>", text="outcome"), show_one, _HERE, "outcome")
