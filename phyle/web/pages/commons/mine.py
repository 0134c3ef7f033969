"""What somebody has to do with repositories, here and elsewhere: those they made, roles, invitations, questions."""

from phyle.commons import granting, invitations, people, repositories
from phyle.errors import Refusal
from phyle.identity import actors
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.grants import repository_named, role_of, words
from phyle.web.pages.commons.frame import KINDS, VISIBILITIES
from phyle.web.pages.commons.tried import after, done, tried
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in

MINE = "/commons/mine"
_DONE = {"accept": "taken", "refuse": "refused", "withdraw": "withdrawn"}


async def show(asked: Asked) -> Answer:
    """GET /commons/mine"""
    return await _page(asked, None)


async def answer(asked: Asked) -> Answer:
    """POST /commons/mine/answer: `answer` is accept, refuse or withdraw."""

    async def do(asked: Asked) -> str:
        word = asked.text("answer", most=20)
        async with asked.store.transaction() as tx:
            found = await invitations.get(tx, asked.id_of("invitation") or 0)
            if word == "withdraw":
                await granting.withdraw(tx, asked.me, found)
            else:
                await granting.answer(tx, asked.me, found, yes=word == "accept")
        return after(MINE, _DONE.get(word, ""))

    return await tried(asked, do, _page)


async def ask(asked: Asked) -> Answer:
    """POST /commons/mine/ask: to be let into a repository, wherever it is."""

    async def do(asked: Asked) -> str:
        repository = await repository_named(asked, asked.text("repository", most=2048))
        async with asked.store.transaction() as tx:
            here = (await repositories.by_ids(tx, [repository.id])).get(repository.id)
            if here is not None:
                await granting.ask(tx, asked.me, here, role_of(asked), words=words(asked))
            else:
                await invitations.make(tx, "join", repository.id, asked.me.id, role_of(asked), words=words(asked))
        return after(MINE, "asked")

    return await tried(asked, do, _page)


async def leave(asked: Asked) -> Answer:
    """POST /commons/mine/leave"""

    async def do(asked: Asked) -> str:
        async with asked.store.transaction() as tx:
            repository = await actors.by_id(tx, asked.id_of("repository") or 0)
            await people.left(tx, asked.me, repository)
        return after(MINE, "given_back")

    return await tried(asked, do, _page)


async def _page(asked: Asked, fault: Refusal | None) -> Answer:
    if asked.viewer.actor is None:
        return first_log_in(asked)
    me = asked.me
    async with asked.store.reading() as tx:
        made = await repositories.made_by(tx, me.id)
        held = await people.mine(tx, me)
        asked_and_invited = await people.invited(tx, await invitations.of_person(tx, me.id))
    return page(
        asked,
        "commons/mine.html",
        status=fault.status if fault is not None else 200,
        made=made,
        held=held,
        invitations=asked_and_invited,
        kinds=KINDS,
        visibilities=VISIBILITIES,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
        fault=fault.sentence if fault is not None else "",
    )
