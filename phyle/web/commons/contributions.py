"""Contributions at the API: claimed by whoever did something, validated by a maintainer who is somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from phyle.commons import contributions, registers, showing
from phyle.commons.contributions import Found, ShownContribution
from phyle.commons.repositories import Repository
from phyle.conversation.paging import Page
from phyle.cooperative import people
from phyle.cooperative.law.commons.contributions import Terms, What
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ
from phyle.web.cooperative.deeds import Entered, entered, idempotency_key
from phyle.web.cooperative.endpoints import WRITE as ACT
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """What somebody did. `subject`: the address or commit that it is about; `on`: the day, as 2030-01-31. A `change`
    comes with `terms`: `dco`, that one may give it; `licence`, under which; `mandate`, whether the phyle may grant
    licences of it."""

    what: What
    subject: str
    text: str | None = None
    on: str | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """In words, for all to read."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionsFile:
    """A register to take along."""

    contributions: list[ShownContribution]


BY = {"by": "Only of this member or outsider, by id.", "account": "Only of this account, by id."}


async def list_all(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Contributions to all works of the phyle, newest first; of one person if one is named."""
    found = await contributions.page_of(asked.tx, page, by=await whose(asked.tx, asked))
    return await contributions.shown(asked.tx, viewer, found), [each.entry for each in found.values()]


async def whose(tx: Tx, asked: Asked) -> str:
    """The member or outsider whom the address names, by id or by account; "" for all. Missing."""
    account = asked.id_of("account")
    if account is None:
        return asked.text("by", most=64)
    found = await people.member_of(tx, account)
    if found is None:
        raise Missing("Nobody with this account is known to the ledger.")
    return found


async def list_of(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Contributions to one work, newest first."""
    work, _ = await contributions.work_of(asked.tx, await _repository(asked.tx, asked))
    found = await contributions.to(asked.tx, work, page)
    return await contributions.shown(asked.tx, viewer, found), [each.entry for each in found.values()]


async def show(asked: Asked, viewer: Sight) -> ShownContribution:
    """One contribution, with the entries of both signatures."""
    work, _ = await contributions.work_of(asked.tx, await _repository(asked.tx, asked))
    return (
        await contributions.shown(asked.tx, viewer, await contributions.one(asked.tx, work, asked.args["contribution"]))
    )[0]


async def export(asked: Asked, viewer: Sight) -> Any:
    """All contributions, of one person if one is named, as JSON or (`format=csv`) for a spreadsheet."""
    found = await contributions.every(asked.tx, by=await whose(asked.tx, asked))
    return await exported(asked, viewer, found, "contributions")


async def export_of(asked: Asked, viewer: Sight) -> Any:
    """All contributions to one work, as JSON or (`format=csv`) for a spreadsheet."""
    repository = await _repository(asked.tx, asked)
    work, _ = await contributions.work_of(asked.tx, repository)
    found = await contributions.every(asked.tx, work=work, by=await whose(asked.tx, asked))
    return await exported(asked, viewer, found, f"{repository.name}-contributions")


async def exported(asked: Asked, viewer: Sight, found: Found, name: str) -> Answer | ContributionsFile:
    """The file."""
    rows = await contributions.shown(asked.tx, viewer, found)
    if asked.text("format", most=10) == "csv":
        return as_file(registers.as_csv(rows, ShownContribution), f"{name}.csv")
    return ContributionsFile(contributions=rows)


def as_file(data: bytes, name: str) -> Answer:
    """A spreadsheet that browsers keep rather than show."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(body=data, content_type=CSV, headers=headers)


async def claim(asked: Asked) -> Entered:
    """Say what one did for a work. Whoever has an account here may, member or not."""
    found = await repository(asked)
    done = await contributions.claim(asked.store, asked.me, found, claimed(asked), key=idempotency_key(asked))
    return await entered(asked, done)


def claimed(asked: Asked) -> dict[str, Any]:
    """What was said of it."""
    given: dict[str, Any] = {
        "what": asked.text("what", most=40),
        "subject": asked.text("subject", most=300).strip(),
        "text": asked.text("text", most=100_000).strip() or None,
        "on": asked.text("on", most=20).strip() or None,
    }
    terms = asked.parameters.get("terms")
    return {**given, "terms": terms} if isinstance(terms, dict) else given


Kind = Literal["validate", "refuse_contribution", "correct_contribution", "withdraw_contribution"]


async def validate(asked: Asked) -> Entered:
    """A maintainer of the work who is not the claimant says that it was so; `text`: in words, for all to read."""
    return await _answer(asked, "validate", {"text": asked.text("text", most=100_000).strip() or None})


async def refuse(asked: Asked) -> Entered:
    """A maintainer says that it was not so, or takes back a validation; `text`: the reason, for all to read."""
    return await _answer(asked, "refuse_contribution", {"text": asked.text("text", most=100_000)})


async def correct(asked: Asked) -> Entered:
    """Whoever claimed it says it anew, all of it; it waits for validation again."""
    return await _answer(asked, "correct_contribution", claimed(asked))


async def withdraw(asked: Asked) -> Entered:
    """Whoever claimed it takes it back."""
    return await _answer(asked, "withdraw_contribution", {})


async def _answer(asked: Asked, kind: Kind, given: dict[str, Any]) -> Entered:
    found, id = await repository(asked), asked.args["contribution"]
    done = await contributions.answer(asked.store, asked.me, found, kind, id, given, key=idempotency_key(asked))
    return await entered(asked, done)


async def repository(asked: Asked) -> Repository:
    """The repository that the address names, for who may read it. Missing."""
    async with asked.store.reading() as tx:
        return await _repository(tx, asked)


async def _repository(tx: Tx, asked: Asked) -> Repository:
    return await showing.found(tx, asked.viewer.actor_id, asked.args["name"])


_OF = "/repositories/<name>/contributions"
_ONE = f"{_OF}/<contribution>"
_FORMAT = {"format": "`csv` for a spreadsheet; JSON otherwise."}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/contributions", list_all, list[ShownContribution], query=BY, scope=READ),
    get("/contributions/export", export, ContributionsFile, query={**BY, **_FORMAT}, scope=READ),
    pages(_OF, list_of, list[ShownContribution], scope=READ),
    get(f"{_OF}/export", export_of, ContributionsFile, query={**BY, **_FORMAT}, scope=READ),
    get(_ONE, show, ShownContribution, scope=READ),
    change("POST", _OF, claim, Entered, enters=("claim",), body=Claiming, scope=ACT),
    change("POST", f"{_ONE}/validate", validate, Entered, enters=("validate",), body=Reason, scope=ACT),
    change("POST", f"{_ONE}/refuse", refuse, Entered, enters=("refuse_contribution",), body=Reason, scope=ACT),
    change("POST", f"{_ONE}/correct", correct, Entered, enters=("correct_contribution",), body=Claiming, scope=ACT),
    change("POST", f"{_ONE}/withdraw", withdraw, Entered, enters=("withdraw_contribution",), scope=ACT),
)
