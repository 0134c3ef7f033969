"""The people of a repository: who holds which role, who is invited or asks, what waits for a majority."""

from collections.abc import Awaitable, Callable

from phyle.commons import granting, grants, invitations, motions, people, permission, showing
from phyle.commons.granting import Outcome
from phyle.commons.repositories import Repository
from phyle.errors import Refusal
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.grants import named, role_of, words
from phyle.web.pages.commons.frame import PEOPLE, base, framed, permitted
from phyle.web.pages.commons.new import RULES
from phyle.web.pages.commons.tried import after, done, tried

Deed = Callable[[Tx, Repository], Awaitable[tuple[Outcome | None, str]]]


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/people"""
    return await _page(asked, None)


async def invite(asked: Asked) -> Answer:
    """POST /@NAME.git/people/invite"""

    async def do(asked: Asked) -> str:
        person = await named(asked, asked.text("who", most=2048))

        async def deed(tx: Tx, repository: Repository) -> tuple[Outcome | None, str]:
            made = await granting.invite(tx, asked.me, repository, person, role_of(asked), words=words(asked))
            return made, "invited"

        return await _do(asked, deed)

    return await tried(asked, do, _page)


async def ask(asked: Asked) -> Answer:
    """POST /@NAME.git/people/ask: to be let in."""

    async def deed(tx: Tx, repository: Repository) -> tuple[Outcome | None, str]:
        await granting.ask(tx, asked.me, repository, role_of(asked), words=words(asked))
        return None, "asked"

    return await tried(asked, lambda asked: _do(asked, deed), _page)


async def revoke(asked: Asked) -> Answer:
    """POST /@NAME.git/people/revoke: somebody's role, or one's own."""

    async def deed(tx: Tx, repository: Repository) -> tuple[Outcome | None, str]:
        grant, reason = asked.id_of("grant") or 0, asked.text("reason", most=2000)
        return await granting.revoke(tx, asked.me, repository, grant, reason=reason), "revoked"

    return await tried(asked, lambda asked: _do(asked, deed), _page)


async def answer(asked: Asked) -> Answer:
    """POST /@NAME.git/people/answer: whether who asks is let in; or an invitation is taken back."""

    async def deed(tx: Tx, repository: Repository) -> tuple[Outcome | None, str]:
        found, word = await invitations.get(tx, asked.id_of("invitation") or 0), asked.text("answer", most=20)
        if word == "withdraw":
            await granting.withdraw(tx, asked.me, found)
            return None, "withdrawn"
        return await granting.answer(tx, asked.me, found, yes=word == "accept"), "changed"

    return await tried(asked, lambda asked: _do(asked, deed), _page)


async def second(asked: Asked) -> Answer:
    """POST /@NAME.git/people/second: be for a motion, or take back one's own."""

    async def deed(tx: Tx, repository: Repository) -> tuple[Outcome | None, str]:
        motion = asked.id_of("motion") or 0
        if asked.text("answer", most=20) == "withdraw":
            await motions.withdraw(tx, repository.id, motion, asked.me.id)
            return None, "withdrawn"
        return await granting.second(tx, asked.me, repository, motion), "changed"

    return await tried(asked, lambda asked: _do(asked, deed), _page)


async def _do(asked: Asked, deed: Deed) -> str:
    async with asked.store.transaction() as tx:
        repository = await permitted(tx, asked)
        outcome, word = await deed(tx, repository)
    waits = outcome is not None and outcome.motion is not None and outcome.motion.state == "open"
    return after(f"{base(repository)}/people", "moved" if waits else word)


async def _page(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        viewer = asked.viewer.actor_id
        maintains = await permission.allowed(tx, viewer, repository, "maintain")
        holders = await showing.holders(tx, repository)
        waiting = await invitations.of_repository(tx, repository.id) if maintains else []
        invited = await people.invited(tx, waiting)
        moved = [await people.moved(tx, each) for each in await motions.of(tx, repository.id)]
        own = await grants.role(tx, repository.id, viewer) if viewer is not None else None
        commons = await permission.is_commons(tx, repository)
    return framed(
        asked,
        "people",
        repository,
        tab=PEOPLE,
        fault=fault,
        holders=holders,
        invited=invited,
        motions=moved,
        rules=RULES,
        maintains=maintains,
        own=own,
        viewer=str(viewer or ""),
        commons=commons,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
    )
