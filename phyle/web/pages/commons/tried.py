"""Forms of the commons: what they do, and the page again with what is wrong when it is refused."""

from collections.abc import Awaitable, Callable, Mapping

from phyle.errors import Refusal
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.visitors import to

Show = Callable[[Asked, Refusal | None], Awaitable[Answer]]
Do = Callable[[Asked], Awaitable[str]]
"""Does what a form asks for; the path to go to afterwards."""

SHOWN = frozenset({400, 403, 404, 409, 422, 429, 502})
DONE: Mapping[str, str] = {
    "asked": "You have asked to be let in. Whoever maintains it is told, and you will find the answer here.",
    "changed": "It is changed.",
    "claimed": "It is in the ledger. A maintainer who is somebody else validates it.",
    "declared": "Your declaration is in the ledger, with what follows from it.",
    "deleted": "The repository is deleted.",
    "given_back": "You have given your role back.",
    "invited": "The invitation is on its way.",
    "moved": "This takes a majority of the maintainers: your motion is open, with your vote.",
    "named": "That address is being asked. The fork is listed here as soon as it says what it was forked from.",
    "offered": "It is offered as a work, in the ledger.",
    "refused": "You have refused.",
    "revoked": "The role is taken back.",
    "sent": "It is on its way. What its home says, you find here.",
    "taken": "You have accepted. The role is yours as soon as the repository says so.",
    "update": "It is being brought up to date.",
    "withdrawn": "It is taken back.",
}


async def tried(asked: Asked, do: Do, show: Show) -> Answer:
    """Where `do` leads, or the page of `show` with what is wrong."""
    try:
        return redirect(await do(asked))
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return await show(asked, refusal)


def after(path: str, done: str) -> str:
    """Back to a page, which says what was done."""
    return to(path, done=done)


def done(asked: Asked) -> str:
    """What was done, as the page says it."""
    return DONE.get(asked.text("done", most=40), "") if asked.method == "GET" else ""
