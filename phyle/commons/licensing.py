"""Licences of their own: terms as an ODRL policy, which a decision grants; and rulings on uses, which one makes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import orjson

from phyle.commons.contributions import words
from phyle.cooperative import seeing
from phyle.cooperative.forms import new_id
from phyle.cooperative.law.commons.holdings import RECIPROCITY, Grant
from phyle.cooperative.law.commons.licensing import without_mandate
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import reading
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Malformed, Missing, Unprocessable
from phyle.store.transaction import Tx

NEGOTIATED = "negotiated"
DAY = 24 * 3600 * 1000
Action = Literal["use", "reproduce", "distribute", "derive", "sell"]
"""What can be allowed, in the words of ODRL's vocabulary."""
Duty = Literal["attribute", "inform", "share-alike"]
ACTIONS: tuple[Action, ...] = get_args(Action)
DUTIES: tuple[Duty, ...] = get_args(Duty)
_DUTIES: Mapping[str, str] = {"attribute": "attribute", "inform": "inform", "share-alike": "cc:ShareAlike"}
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_UNIT = re.compile(r"[A-Z]{3}")
_CONTEXT: Sequence[Any] = (
    "http://www.w3.org/ns/odrl.jsonld",
    {"cc": "http://creativecommons.org/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#", "phyle": "urn:phyle:v1#"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is negotiated. `actions`: what is allowed; `purpose`, `territory`, `until` (a day): its bounds; `duties`: in
    return; `amount` and `unit` (ISO 4217): what is paid, and to whom, `payee`; `words`: all else, for people."""

    actions: tuple[Action, ...] = ("use",)
    purpose: str = "commercial"
    territory: str = ""
    until: str = ""
    duties: tuple[Duty, ...] = ("attribute",)
    amount: str = ""
    unit: str = ""
    payee: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a proposal carries, and what follows when it passes."""

    kind: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGrant:
    """A licence that the phyle granted: for one `work`, or for all that its commons hold. `terms`: its text, an ODRL
    policy where it is one. `since` and `until`: milliseconds. `live`: whether it holds now."""

    id: str
    licence: str
    work: str | None
    title: str
    to: str | None
    account: Account | None
    name: str | None
    since: int
    until: int | None
    live: bool
    terms: str | None
    policy: Mapping[str, Any] | None = field(default=None)


def policy(of: Work, *, origin: str, uid: str, assignee: str, terms: Terms) -> dict[str, Any]:
    """The terms as an ODRL 2.2 Agreement. `uid`: where it will be served. Unprocessable for what cannot be said so."""
    _check(terms)
    permission = {
        "target": of.at,
        "assigner": origin,
        "assignee": assignee,
        "action": [str(each) for each in terms.actions],
        "constraint": _constraints(terms),
        "duty": [*({"action": _DUTIES[each]} for each in terms.duties), *_payment(terms)],
    }
    bare = {name: value for name, value in permission.items() if value}
    document = {"@context": list(_CONTEXT), "@type": "Agreement", "uid": uid, "permission": [bare]}
    return {**document, "phyle:words": terms.words} if terms.words else document


def _check(terms: Terms) -> None:
    if not terms.actions or set(terms.actions) - set(ACTIONS):
        raise Unprocessable(f"What is allowed is some of: {', '.join(ACTIONS)}.")
    if set(terms.duties) - set(DUTIES):
        raise Unprocessable(f"Duties are some of: {', '.join(DUTIES)}; and a payment.")
    if bool(terms.amount) != bool(terms.unit):
        raise Unprocessable("A payment has an amount and a currency.")
    if terms.amount and (not _AMOUNT.fullmatch(terms.amount) or not _UNIT.fullmatch(terms.unit)):
        raise Unprocessable("An amount is written as 500 or 500.00, its currency as three letters (ISO 4217).")


def _constraints(terms: Terms) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if terms.purpose:
        found.append({"leftOperand": "purpose", "operator": "eq", "rightOperand": terms.purpose})
    if terms.territory:
        found.append({"leftOperand": "spatial", "operator": "eq", "rightOperand": terms.territory})
    if terms.until:
        until = {"@value": terms.until, "@type": "xsd:date"}
        found.append({"leftOperand": "dateTime", "operator": "lt", "rightOperand": until})
    return found


def _payment(terms: Terms) -> list[dict[str, Any]]:
    if not terms.amount:
        return []
    amount = {"@value": terms.amount, "@type": "xsd:decimal"}
    constraint = {"leftOperand": "payAmount", "operator": "eq", "rightOperand": amount, "unit": terms.unit}
    payee = {"compensatedParty": terms.payee} if terms.payee else {}
    return [{"action": "compensate", "constraint": [constraint], **payee}]


def until_of(terms: Terms) -> int:
    """When the terms end, in milliseconds; 0 for never. Malformed for what is no day."""
    if not terms.until:
        return 0
    try:
        return int(datetime.strptime(terms.until, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1000
    except ValueError as error:
        raise Malformed("until must be a day such as 2030-01-31.") from error


async def granting(tx: Tx, work: str, terms: Terms, *, to: str = "", name: str = "") -> Effect:
    """The effect by which a decision grants a negotiated licence of a work, to a member or to somebody who is named."""
    of = await reading.get(tx, Work, work)
    if of is None or bool(to) == bool(name):
        raise Unprocessable("A licence is of a work, and for one member or one name.")
    settings, grant = tx.store.settings, new_id()
    uid = address(settings.origin, grant)
    assignee = name or f"{settings.origin}/phyle/members/{to}"
    document = policy(of, origin=settings.origin, uid=uid, assignee=assignee, terms=terms)
    arguments: dict[str, Any] = {
        "grant": grant,
        "licence": NEGOTIATED,
        "work": work,
        "text": orjson.dumps(document, option=orjson.OPT_INDENT_2).decode(),
        "until": until_of(terms),
    }
    return Effect(kind="Grant", arguments={**arguments, **({"to": to} if to else {"name": name})})


async def reciprocity(tx: Tx, work: str, *, to: str = "", name: str = "", until: int = 0, text: str = "") -> Effect:
    """The effect that grants a licence for what was contributed, on the strength of the contributors' mandates.
    Unprocessable, naming whose mandates are missing, as long as it cannot be granted."""
    state = await reading.load(tx)
    missing = await reading.knowing(tx, state, lambda: without_mandate(state, work))
    if missing:
        raise Unprocessable(f"{len(missing)} of those who made the work gave no mandate: {', '.join(missing[:10])}.")
    if bool(to) == bool(name):
        raise Unprocessable("A licence is for one member or one name.")
    arguments = {"licence": RECIPROCITY, "work": work, "text": text or _RECIPROCITY, "until": until}
    return Effect(kind="Grant", arguments={**arguments, **({"to": to} if to else {"name": name})})


_RECIPROCITY = (
    "Who contributes to the commons can use the commons. For what they contributed, and as long as they keep to the "
    "other terms of the work's licence, its user may use, reproduce, distribute and adapt the work, for any purpose."
)


async def ruling(tx: Tx, work: str, use: str, *, outcome: str, clause: str, text: str) -> Effect:
    """The effect by which the licensors rule on a use; who declared it, if a member, does not vote. Missing."""
    found = await reading.get(tx, Use, f"{work}/{use}")
    if found is None:
        raise Missing("There is no such use.")
    arguments = {"work": work, "use": use, "outcome": outcome, "clause": clause or found.clause, "text": text}
    declarer = await declarer_of(tx, found)
    return Effect(kind="Ruling", arguments={**arguments, **({"member": declarer} if declarer else {})})


async def declarer_of(tx: Tx, use: Use) -> str:
    """The member who declared a use; "" if it was nobody who is one."""
    return use.by if await reading.get(tx, Member, use.by) is not None else ""


def address(origin: str, grant: str) -> str:
    """Where the terms of a grant are served as JSON-LD."""
    return f"{origin}/commons/licences/{grant}"


async def grants(tx: Tx, viewer: Sight, *, work: str = "") -> list[ShownGrant]:
    """The licences that the phyle granted, the newest first; of one work, those that cover it by name."""
    found = await reading.group(tx, Grant)
    wanted = {id: each for id, each in found.items() if not work or each.work == work}
    return await _shown(tx, viewer, dict(sorted(wanted.items(), key=lambda each: -each[1].since)))


async def grant(tx: Tx, viewer: Sight, id: str) -> ShownGrant:
    """One of them. Missing."""
    found = await reading.get(tx, Grant, id)
    if found is None:
        raise Missing("There is no such licence.")
    return (await _shown(tx, viewer, {id: found}))[0]


async def _shown(tx: Tx, viewer: Sight, found: Mapping[str, Grant]) -> list[ShownGrant]:
    texts = await words(tx, [each.text for each in found.values()])
    accounts = await seeing.names(tx, viewer, [each.to for each in found.values() if each.to is not None])
    works = {str(id): await reading.get(tx, Work, id) for id in {each.work for each in found.values() if each.work}}
    now = await seeing.at(tx)
    return [
        ShownGrant(
            id=id,
            licence=it.licence,
            work=it.work,
            title=work.name if (work := works.get(str(it.work))) is not None else "",
            to=it.to,
            account=accounts.get(str(it.to)),
            name=it.name,
            since=it.since,
            until=it.until or None,
            live=not it.until or it.until > now,
            terms=texts.get(it.text),
            policy=_policy(texts.get(it.text)),
        )
        for id, it in found.items()
    ]


def _policy(text: str | None) -> Mapping[str, Any] | None:
    """The text as the policy that it is, None if it is none."""
    try:
        found = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and "permission" in found else None
