"""Licences of their own and rulings, at the API: what a proposal carries, from plain words; and what was granted."""

from dataclasses import dataclass
from typing import Any

from phyle.commons import declaring, licensing, showing
from phyle.commons.contributions import work_of
from phyle.commons.licensing import Effect, ShownGrant, Terms
from phyle.cooperative import people, seeing
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ
from phyle.web.cooperative.endpoints import Endpoint, change, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiating(Terms):
    """What is negotiated, and with whom: `account`, the id of a member's account, or the `name` of somebody else."""

    account: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocal:
    """For whom: `account`, the id of a member's account, or a `name`; `until`: a day; `text`: terms in other words."""

    account: str | None = None
    name: str | None = None
    until: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """`outcome`: recognised, refused, breach or permitted; `clause`: of the licence, as in 4(c); `text`: why."""

    outcome: str
    text: str
    clause: str = ""


async def list_grants(asked: Asked, viewer: Sight) -> list[ShownGrant]:
    """The licences that the phyle granted, newest first."""
    return await licensing.grants(asked.tx, viewer)


async def list_of(asked: Asked, viewer: Sight) -> list[ShownGrant]:
    """The licences that the phyle granted for one work, newest first."""
    return await licensing.grants(asked.tx, viewer, work=await _work(asked.tx, asked))


async def draft(asked: Asked) -> Effect:
    """The effect by which a decision grants a negotiated licence (an ODRL policy): a proposal carries it."""
    to, name = await whom(asked.tx, asked)
    return await licensing.granting(asked.tx, await _work(asked.tx, asked), terms(asked), to=to, name=name)


async def draft_reciprocity(asked: Asked) -> Effect:
    """The effect that grants a licence for what was contributed: a proposal carries it. It takes the mandates of all
    whose validated changes are in the work."""
    until = declaring.moment("until", asked.parameters.get("until")) or 0
    to, name = await whom(asked.tx, asked)
    text, work = asked.text("text", most=20_000).strip(), await _work(asked.tx, asked)
    return await licensing.reciprocity(asked.tx, work, to=to, name=name, until=until, text=text)


async def draft_ruling(asked: Asked) -> Effect:
    """The effect by which the licensors rule on a use: a proposal carries it."""
    return await licensing.ruling(
        asked.tx,
        await _work(asked.tx, asked),
        asked.args["use"],
        outcome=asked.text("outcome", most=40),
        clause=asked.text("clause", most=300).strip(),
        text=asked.text("text", most=20_000).strip(),
    )


async def whom(tx: Tx, asked: Asked) -> tuple[str, str]:
    """The member or the name that a licence is for. Missing for an account of nobody who is a member."""
    account = asked.id_of("account")
    if account is None:
        return "", asked.text("name", most=300).strip()
    member = await people.member_of(tx, account)
    if member is None or not (await seeing.sight(tx, account)).inside:
        raise Missing("Nobody with this account is a member: a licence for them is for their name.")
    return member, ""


def terms(asked: Asked) -> Terms:
    """What was negotiated, as it was given."""
    actions: Any = asked.texts("actions", most=10) or ["use"]
    duties: Any = asked.texts("duties", most=10) if asked.has("duties") else ["attribute"]
    return Terms(
        actions=tuple(actions),
        purpose=asked.text("purpose", "commercial", most=200).strip(),
        territory=asked.text("territory", most=200).strip(),
        until=asked.text("until", most=20).strip(),
        duties=tuple(each for each in duties if each),
        amount=asked.text("amount", most=20).strip(),
        unit=asked.text("unit", most=3).strip().upper(),
        payee=asked.text("payee", most=300).strip(),
        words=asked.text("words", most=10_000).strip(),
    )


async def _work(tx: Tx, asked: Asked) -> str:
    return (await work_of(tx, await showing.found(tx, asked.viewer.actor_id, asked.args["name"])))[0]


ENDPOINTS: tuple[Endpoint, ...] = (
    get("/licences", list_grants, list[ShownGrant], scope=READ),
    get("/repositories/<name>/uses/licences", list_of, list[ShownGrant], scope=READ),
    change(
        "POST",
        "/repositories/<name>/uses/licences/draft",
        draft,
        Effect,
        body=Negotiating,
        who="anyone",
        holds="reading",
        scope=READ,
    ),
    change(
        "POST",
        "/repositories/<name>/uses/licences/reciprocity",
        draft_reciprocity,
        Effect,
        body=Reciprocal,
        who="anyone",
        holds="reading",
        scope=READ,
    ),
    change(
        "POST",
        "/repositories/<name>/uses/<use>/ruling",
        draft_ruling,
        Effect,
        body=Ruled,
        who="anyone",
        holds="reading",
        scope=READ,
    ),
)
