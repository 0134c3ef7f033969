"""Other phyles: to become a member of one, what became of it, and how to leave."""

from phyle.cooperative import elsewhere
from phyle.cooperative.activities import joining
from phyle.errors import Missing, Refusal, Unprocessable
from phyle.web.answers import Answer, json, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, again, framed, sight
from phyle.web.pages.visitors import first_log_in, to

PATH = "/phyle/elsewhere"
STATES = {
    "asked": "You have applied",
    "admitted": "You are a member",
    "refused": "You were not admitted",
    "left": "You have left",
}
SENT = {"sent": "on its way", "entered": "entered there", "refused": "refused there"}


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/elsewhere"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return framed(
        asked,
        "elsewhere",
        await sight(asked),
        part=MEMBERS,
        fault=fault,
        memberships=await elsewhere.mine(asked.tx, asked.me.id),
        acts=await elsewhere.sent(asked.tx, asked.me.id),
        states=STATES,
        sent=SENT,
        live=elsewhere.LIVE,
    )


async def join(asked: Asked) -> Answer:
    """POST /phyle/elsewhere"""
    try:
        group = asked.text("group", most=2048).strip()
        if not group:
            raise Unprocessable("Name the phyle that you want to join.")
        await asked.around.join_phyle(asked.me, group)
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(PATH, done="asked"))


async def leave(asked: Asked) -> Answer:
    """POST /phyle/elsewhere/leave"""
    try:
        async with asked.store.transaction() as tx:
            await joining.perform(tx, asked.me, asked.text("phyle", most=300), "exit", {})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(PATH, done="leaving"))


async def credential(asked: Asked) -> Answer:
    """GET /phyle/elsewhere/credential?phyle=: what another phyle gave, to be shown to others."""
    for each in await elsewhere.mine(asked.tx, asked.me.id):
        if each.phyle == asked.text("phyle", most=300) and each.credential is not None:
            headers = {"Content-Disposition": 'attachment; filename="phyle-credential.json"'}
            return json(each.credential, headers=headers)
    raise Missing("That phyle has given you no credential yet.")
