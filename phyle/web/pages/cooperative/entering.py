"""The way into the booth for people whose accounts are on ordinary servers: the question, the link, the button."""

from urllib.parse import quote

from phyle.cooperative import entering
from phyle.cooperative.activities import entering as inviting
from phyle.cooperative.audit.asking import APPLY, BOOTH
from phyle.errors import Gone, Refusal
from phyle.identity.actors import Actor
from phyle.web import cookies
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, again, framed, sight
from phyle.web.pages.visitors import after

ENTER = "/phyle/enter"
_LONGEST_LINK, _LONGEST_NAME = 200, 400


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/enter: a form; with `link`, whom that is for, and a button. To look at a link uses up nothing, since
    programs look at links, too."""
    link, shown = asked.text("link", most=_LONGEST_LINK), None
    if link and fault is None:
        try:
            shown = await entering.entrance(asked.tx, link)
        except Gone as refusal:
            fault = refusal
    return await _form(asked, fault, link=link if shown else "", person=shown.actor if shown else None)


async def _form(
    asked: Asked, fault: Refusal | None, *, link: str = "", person: Actor | None = None, sent: str = ""
) -> Answer:
    group = f"@members@{asked.settings.account_domain}"
    words = APPLY if asked.text("purpose") == APPLY else BOOTH
    return framed(
        asked,
        "enter",
        await sight(asked),
        part=MEMBERS,
        fault=fault,
        link=link,
        person=person,
        sent=sent,
        group=group,
        word=words,
        purpose=words,
        then=after(asked),
        minutes=int(entering.LINK_LASTS.total_seconds()) // 60,
        hours=int(entering.LASTS.total_seconds()) // 3600,
        compose=f"https://{person.host}/share?text={quote(f'{group} {words}')}" if person and sent else "",
    )


async def ask(asked: Asked) -> Answer:
    """POST /phyle/enter/ask: the account that somebody says is theirs is asked whether it is."""
    name, purpose = asked.text("account", most=_LONGEST_NAME).strip(), asked.text("purpose")
    purpose = APPLY if purpose == APPLY else BOOTH
    given = {"path": after(asked), "place": asked.address}
    try:
        person = await inviting.invite(asked.store, asked.resolve_actor, name, purpose, **given)
    except Refusal as refusal:
        return await again(asked, show, refusal)
    async with asked.store.reading() as tx:
        asked.tx = tx
        return await _form(asked, None, person=person, sent=f"@{person.acct}")


async def enter(asked: Asked) -> Answer:
    """POST /phyle/enter: uses the link. The session is a new one, and whichever this browser had ends."""
    try:
        begun = await entering.enter(asked.store, asked.text("link", most=_LONGEST_LINK), before=asked.cookie)
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(_after(begun.next), cookies=[cookies.guest(asked.settings, begun.secret, entering.LASTS)])


def _after(path: str) -> str:
    return path if path.startswith("/") and not path.startswith("//") and path != "/" else "/phyle"
