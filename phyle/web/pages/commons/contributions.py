"""The pages of contributions: what people did for a work, claimed by a form, answered by a maintainer."""

from typing import Any, get_args

from phyle.commons import contributions, permission, works
from phyle.commons.contributions import ShownContribution
from phyle.conversation import paging
from phyle.cooperative import people, seeing
from phyle.cooperative.law.commons.contributions import What
from phyle.errors import Missing, Refusal
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.contributions import claimed
from phyle.web.commons.opening import opened, permitted
from phyle.web.pages.commons.frame import CONTRIBUTIONS, base, framed
from phyle.web.pages.commons.tried import after, done, tried
from phyle.web.pages.rendering import page

KINDS = get_args(What)
ANSWERS = {
    "validate": "validate",
    "refuse": "refuse_contribution",
    "correct": "correct_contribution",
    "withdraw": "withdraw_contribution",
}
ON_A_PAGE = 40


async def listing(asked: Asked) -> Answer:
    """GET /@NAME.git/contributions"""
    return await _listing(asked, None)


async def _listing(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        work = await works.find(tx, repository)
        shown = list[ShownContribution]()
        if work is not None:
            viewer = await seeing.sight(tx, asked.viewer.actor_id)
            bounds = paging.page(limit=ON_A_PAGE, max_id=asked.number("below"))
            shown = await contributions.shown(tx, viewer, await contributions.to(tx, work[0], bounds))
    return framed(
        asked,
        "contributions",
        repository,
        tab=CONTRIBUTIONS,
        fault=fault,
        work=work,
        shown=shown,
        older=shown[-1].entry if len(shown) == ON_A_PAGE else None,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
        what=[(each, each.capitalize()) for each in KINDS],
    )


async def claim(asked: Asked) -> Answer:
    """POST /@NAME.git/contributions"""

    async def do(asked: Asked) -> str:
        repository = await opened(asked)
        await contributions.claim(asked.store, asked.me, repository, _given(asked))
        return after(f"{base(repository)}/contributions", "claimed")

    return await tried(asked, do, _listing)


def _given(asked: Asked) -> dict[str, Any]:
    """As the form has it: the terms of a change are fields of their own."""
    given = claimed(asked)
    licence = asked.text("licence", most=300).strip()
    if licence or asked.flag("dco"):
        given["terms"] = {"dco": asked.flag("dco"), "licence": licence, "mandate": asked.flag("mandate")}
    return given


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/contributions/ID"""
    return await _show(asked, None)


async def _show(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        work, _ = await contributions.work_of(tx, repository)
        viewer = await seeing.sight(tx, asked.viewer.actor_id)
        found = await contributions.one(tx, work, asked.args["contribution"])
        (shown,) = await contributions.shown(tx, viewer, found)
        maintains = await permission.allowed(tx, asked.viewer.actor_id, repository, "maintain")
    return framed(
        asked,
        "contribution",
        repository,
        tab=CONTRIBUTIONS,
        fault=fault,
        one=shown,
        maintains=maintains and shown.by != viewer.member,
        mine=bool(viewer.member) and shown.by == viewer.member,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
        what=[(each, each.capitalize()) for each in KINDS],
    )


async def answer(asked: Asked) -> Answer:
    """POST /@NAME.git/contributions/ID: `do` is validate, refuse, correct or withdraw."""

    async def do(asked: Asked) -> str:
        word, id = asked.text("do", most=20), asked.args["contribution"]
        if word not in ANSWERS:
            raise Missing("There is no such thing to do.")
        repository = await opened(asked)
        given = _given(asked) if word == "correct" else {}
        if word in ("validate", "refuse"):
            given = {"text": asked.text("text", most=20_000).strip() or None}
        await contributions.answer(asked.store, asked.me, repository, ANSWERS[word], id, given)
        return after(f"{base(repository)}/contributions/{id}", "changed")

    return await tried(asked, do, _show)


async def everywhere(asked: Asked) -> Answer:
    """GET /commons/contributions: to all works; of one person with `by` or `account`."""
    viewer = await seeing.sight(asked.tx, asked.viewer.actor_id)
    by, called = await person(asked.tx, asked)
    bounds = paging.page(limit=ON_A_PAGE, max_id=asked.number("below"))
    shown = await contributions.shown(asked.tx, viewer, await contributions.page_of(asked.tx, bounds, by=by))
    return page(
        asked,
        "commons/all_contributions.html",
        shown=shown,
        by=by,
        called=called,
        older=shown[-1].entry if len(shown) == ON_A_PAGE else None,
    )


async def person(tx: Tx, asked: Asked) -> tuple[str, str]:
    """The member or outsider whom the address names, and how they are called; "" for all. Missing."""
    account = asked.id_of("account")
    if account is None:
        return asked.text("by", most=64), ""
    found = await people.member_of(tx, account)
    if found is None:
        raise Missing("Nobody with this account is known to the ledger.")
    return found, f"@{(await actors.by_id(tx, account)).acct}"
