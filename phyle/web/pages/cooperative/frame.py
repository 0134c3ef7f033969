"""What all pages of the cooperative share: who looks, the tabs, what was done, and what is wrong with a form."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from phyle.conversation.paging import Page
from phyle.cooperative import acting, people, seeing
from phyle.cooperative.acting import Done
from phyle.cooperative.activities import moderating
from phyle.cooperative.forms import FORMS
from phyle.cooperative.seeing import Sight
from phyle.errors import Refusal, Unproven
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.words import DONE
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import here, to

OVERVIEW, MEMBERS, PROPOSALS = "/phyle", "/phyle/members", "/phyle/proposals"
DECISIONS, CHARTER, LEDGER = "/phyle/decisions", "/phyle/charter", "/phyle/ledger"
_PARTS: Mapping[str, str] = {
    OVERVIEW: "Overview",
    MEMBERS: "Members",
    PROPOSALS: "Proposals",
    DECISIONS: "Decisions",
    CHARTER: "Charter",
    LEDGER: "Ledger",
}
ON_A_PAGE = 20

Show = Callable[[Asked, Refusal | None], Awaitable[Answer]]
"""A page; with a refusal, the page again with what was typed and what is wrong with it."""


async def sight(asked: Asked) -> Sight:
    """What of the phyle the one who asks may see."""
    return await seeing.sight(asked.tx, asked.viewer.actor_id)


def framed(
    asked: Asked, template: str, viewer: Sight, *, part: str, fault: Refusal | None = None, **shown: Any
) -> Answer:
    """A page of the cooperative. `part`: the tab that it belongs to; `typed` in the template: what a form held."""
    return page(
        asked,
        f"cooperative/{template}.html",
        status=_status(fault),
        parts=_PARTS,
        part=part,
        viewer=viewer,
        done=DONE.get(asked.text("done"), "") if fault is None else "",
        fault=fault.sentence.removeprefix("Validation failed: ") if fault is not None else "",
        typed=asked.parameters if fault is not None else {},
        back=here(asked, without="done") if asked.method == "GET" else OVERVIEW,
        **shown,
    )


def _status(fault: Refusal | None) -> int:
    if fault is None:
        return 200
    return 422 if isinstance(fault, Unproven) else fault.status


def part_of(asked: Asked, *, most: int = ON_A_PAGE) -> Page:
    """Which part of a list is asked for."""
    return Page(limit=most, max_id=asked.number("max_id"))


def older(part: Page, bounds: Sequence[int]) -> int | None:
    """From where the next page goes on, None if there is none."""
    return bounds[-1] if len(bounds) >= part.limit else None


# Forms


async def act(asked: Asked, kind: str, given: Mapping[str, Any]) -> Done:
    """What somebody does by a form. Sent twice, what makes something new makes it once."""
    form = FORMS[kind]
    key = f"{asked.text('key', most=100)} {sorted(given.items())!r}" if form.fresh and asked.text("key") else ""
    if form.introduces:
        return await acting.introduce(asked.store, asked.me, kind, given, key=key)
    if kind in moderating.CHECKED:
        async with asked.store.reading() as tx:
            await moderating.check(tx, kind, given, by=await people.member_of(tx, asked.me.id) or "")
    return await acting.perform(asked.store, asked.me, kind, given, key=key)


async def again(asked: Asked, show: Show, refusal: Refusal) -> Answer:
    """The page with the form as it was typed, and what is wrong with it."""
    async with asked.store.reading() as tx:
        asked.tx = tx
        return await show(asked, refusal)


def doing(
    kind: str,
    given: Callable[[Asked], Mapping[str, Any]],
    show: Show,
    then: Callable[[Asked, Done], str],
    done: str,
) -> Callable[[Asked], Awaitable[Answer]]:
    """What answers a form: the act, and then the page `then` that says it was `done`; or the form again."""

    async def answer(asked: Asked) -> Answer:
        try:
            entered = await act(asked, kind, given(asked))
        except Refusal as refusal:
            return await again(asked, show, refusal)
        return redirect(to(then(asked, entered), done=done))

    return answer


def named(**names: str) -> Callable[[Asked], dict[str, Any]]:
    """What a form gives whose fields are texts: members of the payload by the field or part of the address (in angle
    brackets) that holds them. What is empty is not given."""

    def read(asked: Asked) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, source in names.items():
            value = asked.args[source[1:-1]] if source.startswith("<") else asked.text(source).strip()
            if value:
                found[name] = value
        return found

    return read


def at(path: str) -> Callable[[Asked, Done], str]:
    """To a page, with the parts of this address in it."""
    return lambda asked, done: path.format(**asked.args)
