"""Draws by lot: who was drawn for what, and how anybody can run them again."""

from hashlib import sha256
from typing import Any

from phyle.cooperative import draws, seeing
from phyle.cooperative.law.draws import digest_of
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, framed, older, part_of, sight
from phyle.web.pages.visitors import to

_ONE = "/phyle/draws/{id}"
FEWEST_LETTERS = 12

PURPOSES = {
    "jury": "A jury",
    "office": "An office",
    "house": "A house of people from outside",
    "lot": "A tie between options",
}
PHASES = {
    "begun": "Begun",
    "signing": "Waiting for the signatures of other phyles",
    "committing": "Waiting for contributions",
    "revealing": "Contributions are being revealed",
    "drawn": "Drawn",
    "void": "Void",
}


async def show(asked: Asked) -> Answer:
    """GET /phyle/draws"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await draws.draws(asked.tx, part)
    shown: dict[str, Any] = {"draws": found, "purposes": PURPOSES, "phases": PHASES, "older": older(part, times)}
    return framed(asked, "draws", viewer, part=OVERVIEW, **shown)


async def show_one(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/draws/ID"""
    viewer = await sight(asked)
    found = await draws.draw(asked.tx, asked.args["id"])
    people = {*found.draw.taken, *found.silent, *(each.member for each in found.secrets)}
    names = await seeing.called(asked.tx, viewer, people)
    shown: dict[str, Any] = {"found": found, "one": found.draw, "names": names, "purposes": PURPOSES, "phases": PHASES}
    return framed(asked, "draw", viewer, part=OVERVIEW, fault=fault, **shown)


async def commit(asked: Asked) -> Answer:
    """POST /phyle/draws/ID/commit: words that nobody else can guess add chance to the draw."""
    return await _contribute(asked, reveal=False)


async def reveal(asked: Asked) -> Answer:
    """POST /phyle/draws/ID/reveal: the same words again."""
    return await _contribute(asked, reveal=True)


async def _contribute(asked: Asked, *, reveal: bool) -> Answer:
    id = asked.args["id"]
    try:
        secret = _secret(asked)
        async with asked.store.reading() as tx:
            asked.tx = tx
            member = (await sight(asked)).member
        if reveal:
            await act(asked, "reveal_secret", {"draw": id, "secret": secret})
        else:
            await act(asked, "commit_secret", {"draw": id, "digest": digest_of(id, member, secret)})
    except Refusal as refusal:
        return await again(asked, show_one, refusal)
    return redirect(to(_ONE.format(id=id), done="committed"))


def _secret(asked: Asked) -> str:
    """The secret that somebody's words come to. Unprocessable for words that are soon guessed."""
    words = " ".join(asked.text("words").split())
    if len(words) < FEWEST_LETTERS:
        raise Unprocessable(f"Write at least {FEWEST_LETTERS} letters that nobody can guess.")
    return sha256(words.encode()).hexdigest()[:32]
