"""Uses at the API: what would follow, declared with evidence, objected to, withdrawn; the registers, to take along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phyle.commons import declaring, evidence, registers, showing, uses
from phyle.commons.contributions import work_of
from phyle.commons.declaring import Outlook
from phyle.commons.evidence import Paper
from phyle.commons.repositories import Repository
from phyle.commons.uses import Found, ShownUse
from phyle.conversation.paging import Page
from phyle.cooperative import acting, contributing, seeing
from phyle.cooperative.licences.facts import Kind, Purpose, Said
from phyle.cooperative.seeing import Sight
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.contributions import Reason, as_file, repository, whose
from phyle.web.commons.repositories import READ
from phyle.web.cooperative.deeds import Entered, entered, idempotency_key
from phyle.web.cooperative.endpoints import WRITE as ACT
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEvidence:
    """A document: `what` it is in a word (`statutes`, `credential`...), and its text, or only its SHA-256. A credential
    is the JSON that one's phyle gave; it is verified, and must be one's own."""

    what: str
    text: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Facts. `said`: what is said of how the user works; what is not said is taken at its worst. `licence`: the one to
    rely on, where there is a choice. `grant`: a licence of one's own. `since`, `until`: days, or milliseconds."""

    user: Kind
    purpose: Purpose
    said: Said = field(default_factory=Said)
    licence: str | None = None
    name: str | None = None
    grant: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaring(Asking):
    """A declaration. `name`: of an entity; or `person`: of a person, which stays erasable. `commit`: a branch, a tag or
    an id; the newest commit if nothing is said. `licence_text`: its SHA-256, where the repository does not hold it."""

    person: str | None = None
    seat: str | None = None
    commit: str | None = None
    licence_text: str | None = None
    territory: str = declaring.WORLDWIDE
    adaptation: bool = False
    evidence: list[GivenEvidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsesFile:
    """A register to take along."""

    uses: list[ShownUse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """It is not here any more."""

    digest: str


BY = {
    "by": "Only what this member or outsider declared, by id.",
    "account": "Only what this account declared, by id.",
    "user": "Only of the entity of this name.",
}


async def list_all(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Declared uses of all works of the phyle, newest first; of one user if one is named."""
    by = await whose(asked.tx, asked)
    found = await uses.page_of(asked.tx, page, by=by, name=asked.text("user", most=300))
    return await uses.shown(asked.tx, viewer, found), [each.entry for each in found.values()]


async def list_of(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Declared uses of one work, newest first."""
    work, _ = await work_of(asked.tx, await _repository(asked.tx, asked))
    found = await uses.of(asked.tx, work, page)
    return await uses.shown(asked.tx, viewer, found), [each.entry for each in found.values()]


async def show(asked: Asked, viewer: Sight) -> ShownUse:
    """One declared use."""
    return await _one(asked.tx, viewer, asked, await _repository(asked.tx, asked))


async def _one(tx: Tx, viewer: Sight, asked: Asked, of: Repository) -> ShownUse:
    work, _ = await work_of(tx, of)
    return (await uses.shown(tx, viewer, await uses.one(tx, work, asked.args["use"])))[0]


async def export(asked: Asked, viewer: Sight) -> Any:
    """All declared uses, of one user if one is named, as JSON or (`format=csv`) for a spreadsheet."""
    by = await whose(asked.tx, asked)
    found = await uses.every(asked.tx, by=by, name=asked.text("user", most=300))
    return await exported(asked, viewer, found, "uses")


async def export_of(asked: Asked, viewer: Sight) -> Any:
    """All declared uses of one work, as JSON or (`format=csv`) for a spreadsheet."""
    of = await _repository(asked.tx, asked)
    work, _ = await work_of(asked.tx, of)
    return await exported(asked, viewer, await uses.of(asked.tx, work), f"{of.name}-uses")


async def exported(asked: Asked, viewer: Sight, found: Found, name: str) -> Answer | UsesFile:
    """The file."""
    rows = await uses.shown(asked.tx, viewer, found)
    if asked.text("format", most=10) == "csv":
        return as_file(registers.as_csv(rows, ShownUse), f"{name}.csv")
    return UsesFile(uses=rows)


async def outlook(asked: Asked) -> Outlook:
    """What would follow from these facts, by which clause; nothing is entered. Never legal advice."""
    of = await declaring.subject(asked.tx, await _repository(asked.tx, asked))
    return await declaring.outlook(asked.tx, asked.viewer.actor, of, told(asked))


async def declare(asked: Asked) -> Entered:
    """Declare a use of a work. Whoever has an account here may, for themselves or for an entity that they act for."""
    found = await repository(asked)
    return await entered(asked, await declared(asked, found, told(asked), papers(asked)))


async def declared(asked: Asked, found: Repository, given: Mapping[str, Any], shown: tuple[Paper, ...]) -> Any:
    """Enter a declaration of a work here, with its evidence, which is verified first."""
    async with asked.store.reading() as tx:
        of = await declaring.subject(tx, found)
        now = await seeing.at(tx)
    whole = await declaring.payload(of, await declaring.located(asked.store, found, of, given), shown, now)
    verified = await asked.around.check_papers(asked.me, shown)
    async with asked.store.transaction() as tx:
        await declaring.count(tx, asked.me)
        await evidence.keep(tx, asked.me.id, shown, verified)
    return await declaring.declare(asked.store, asked.me, whole, key=idempotency_key(asked))


def told(asked: Asked) -> dict[str, Any]:
    """What was declared, as far as it was given. Malformed for what is no such thing."""
    given: dict[str, Any] = {
        name: asked.text(name, most=300).strip() or None
        for name in (
            "user",
            "purpose",
            "licence",
            "licence_text",
            "name",
            "person",
            "seat",
            "territory",
            "grant",
            "commit",
        )
    }
    given["said"] = declaring.said(asked.parameters.get("said"))
    given["since"] = declaring.moment("since", asked.parameters.get("since"))
    given["until"] = declaring.moment("until", asked.parameters.get("until"))
    given["adaptation"] = asked.flag("adaptation")
    return {name: value for name, value in given.items() if value is not None}


def papers(asked: Asked) -> tuple[Paper, ...]:
    """The evidence that came with it."""
    return evidence.read(asked.parameters.get("evidence") or [])


async def object_to(asked: Asked) -> Entered:
    """A member objects to a use within 30 days, for a reason that all can read; the licensors rule then."""
    return await _answer(asked, "object_to_use", {"text": asked.text("text", most=100_000)})


async def withdraw(asked: Asked) -> Entered:
    """Whoever declared a use takes it back, or ends it."""
    return await _answer(asked, "withdraw_use", {})


async def _answer(asked: Asked, kind: str, given: Mapping[str, Any]) -> Entered:
    return await entered(asked, await answered(asked, await repository(asked), kind, given))


async def answered(asked: Asked, of: Repository, kind: str, given: Mapping[str, Any]) -> Any:
    """Enter an act about the use that the address names."""
    async with asked.store.reading() as tx:
        work, _ = await work_of(tx, of)
    whole, key = {**given, "work": work, "use": asked.args["use"]}, idempotency_key(asked)
    if contributing.open_to_all(kind):
        return await contributing.contribute(asked.store, asked.me, kind, whole, key=key)
    return await acting.perform(asked.store, asked.me, kind, whole, key=key)


async def erase_evidence(asked: Asked) -> Erased:
    """Take back a document that one gave as evidence: its hash stays in the ledger, and nobody reads it here again."""
    digest = asked.args["digest"]
    async with asked.store.transaction() as tx:
        await evidence.erase(tx, asked.me.id, digest)
    return Erased(digest=digest)


async def _repository(tx: Tx, asked: Asked) -> Repository:
    return await showing.found(tx, asked.viewer.actor_id, asked.args["name"])


_OF = "/repositories/<name>/uses"
_ONE = f"{_OF}/<use>"
_FORMAT = {"format": "`csv` for a spreadsheet; JSON otherwise."}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/uses", list_all, list[ShownUse], query=BY, scope=READ),
    get("/uses/export", export, UsesFile, query={**BY, **_FORMAT}, scope=READ),
    pages(_OF, list_of, list[ShownUse], scope=READ),
    get(f"{_OF}/export", export_of, UsesFile, query=_FORMAT, scope=READ),
    get(_ONE, show, ShownUse, scope=READ),
    change("POST", f"{_OF}/outlook", outlook, Outlook, body=Asking, who="anyone", holds="reading", scope=READ),
    change("POST", _OF, declare, Entered, enters=("declare_use",), body=Declaring, scope=ACT),
    change("POST", f"{_ONE}/object", object_to, Entered, enters=("object_to_use",), body=Reason, scope=ACT),
    change("POST", f"{_ONE}/withdraw", withdraw, Entered, enters=("withdraw_use",), scope=ACT),
    change("DELETE", "/evidence/<digest>", erase_evidence, Erased, scope=ACT),
)
