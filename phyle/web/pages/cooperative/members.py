"""The members, those who wait to become one, and what one can say about them."""

from phyle.cooperative import lists, members, seeing
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.members import Member
from phyle.cooperative.members import WAITING
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, at, doing, framed, named, older, part_of, sight
from phyle.web.pages.cooperative.words import CUSTODY, STANDINGS

_LISTS = {
    "": ("Members", ("member", "lapsed", "suspended")),
    "waiting": ("Waiting", WAITING),
    "former": ("Former", ("exited", "moved", "expelled", "refused", "withdrawn")),
}
_ONE = "/phyle/members/{id}"


async def show(asked: Asked) -> Answer:
    """GET /phyle/members"""
    viewer, part = await sight(asked), part_of(asked)
    chosen = asked.text("who") if asked.text("who") in _LISTS else ""
    found, times = await members.members(asked.tx, viewer, part, standings=_LISTS[chosen][1])
    return framed(
        asked,
        "members",
        viewer,
        part=MEMBERS,
        lists={word: words for word, (words, _) in _LISTS.items()},
        chosen=chosen,
        members=found,
        standings=STANDINGS,
        numbers=await lists.phases(asked.tx, Member),
        older=older(part, times),
    )


async def show_one(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/members/ID"""
    viewer, id = await sight(asked), asked.args["id"]
    member = await members.member(asked.tx, viewer, id)
    waits = await members.application(asked.tx, viewer, id) if member.standing in WAITING else None
    mandates = (await members.mandates_of(asked.tx, id)).values()
    said = {*member.vouchers, *(each.by for each in waits.objections)} if waits else set(member.vouchers)
    return framed(
        asked,
        "member",
        viewer,
        part=MEMBERS,
        fault=fault,
        member=member,
        waits=waits,
        mandates=sorted(mandates, key=lambda mandate: -mandate.since),
        charges=await lists.about(asked.tx, Charge, id) if viewer.inside else {},
        names=await seeing.called(asked.tx, viewer, said),
        standings=STANDINGS,
        custody=CUSTODY,
    )


vouch = doing("vouch", named(member="<id>", statement="statement"), show_one, at(_ONE), "vouched")
object_to = doing("object", named(member="<id>", reason="reason"), show_one, at(_ONE), "objected")
withdraw_objection = doing("withdraw_objection", named(member="<id>"), show_one, at(_ONE), "withdrawn_objection")
