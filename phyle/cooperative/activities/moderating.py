"""Moderating: what stewards, decisions and the operator took from sight is out of sight here, as long as it holds."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from phyle.conversation import posts, withholding
from phyle.cooperative import abilities, seeing
from phyle.cooperative.forms import is_hash
from phyle.cooperative.law.moderations import AGAIN_AFTER, Moderation
from phyle.cooperative.law.withholdings import Withholding
from phyle.cooperative.ledger import openings, reading
from phyle.errors import Missing, Refusal, Refused, Unprocessable
from phyle.federation import peers
from phyle.identity import accounts, actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

What = Literal["post", "account", "actor", "host"]
HOLDS = ("provisional", "confirmed")
ABOUT = frozenset(
    ("moderate", "moderated", "lift_moderation", "withhold", "withheld", "release", "execute", "appeal", "decide")
)
"""Entries after which something may have to be hidden, or shown again."""
CHECKED = frozenset(("moderate", "propose", "revise"))
"""Acts that can be about something to moderate, which `check` looks for."""
_PAGE = re.compile(r"/@[^/]+/([0-9]{1,19})/?|/objects/([0-9]{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is moderated: the number of a post or actor, or the name of a host."""

    what: What
    name: str


async def entered(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of Entered: at once."""
    if body["kind"] in ABOUT:
        await look(tx, body)


async def look(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: hide what is moderated and not hidden, show what is moderated no more."""
    await tx.run(SQL.alone)
    for row in await tx.rows(SQL.fresh):
        await _begin(tx, row["id"])
    for row in await tx.rows(SQL.over):
        await _end(tx, row["moderation"], Target(what=row["what"], name=row["name"]))


async def failure(tx: Tx, moderation: str) -> str:
    """Why a moderation could not be carried out here; empty if it was."""
    return str(await tx.value(SQL.error, moderation) or "")


async def _begin(tx: Tx, id: str) -> None:
    held = await reading.get(tx, Moderation, id) or await reading.get(tx, Withholding, id)
    if held is None:
        return
    action = held.action if isinstance(held, Moderation) else "hide"
    try:
        told = (await openings.opened(tx, [held.target], audiences=("public", "members"))).get(held.target)
        if told is None:
            raise Missing("Nothing says what is meant.")
        target = await found(tx, str(told.value), action)
        await _DO[target.what](tx, target.name, True)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        await tx.run(SQL.keep, id, None, None, refusal.sentence[:1000])
        return
    await tx.run(SQL.keep, id, target.what, target.name, None)


async def _end(tx: Tx, id: str, target: Target) -> None:
    await tx.run(SQL.undone, id)
    if not await tx.value(SQL.still, target.what, target.name):
        await _DO[target.what](tx, target.name, False)


async def found(tx: Tx, text: str, action: str) -> Target:
    """What somebody means who wants to `hide` a post, `suspend` an account or `block` a host: an address, an account's
    name with its host, or a host. Missing if it is not known here; Unprocessable for another action."""
    given = text.strip()
    if action == "hide":
        return Target(what="post", name=str(await _post(tx, given)))
    if action == "suspend":
        actor = await _actor(tx, given)
        return Target(what="account" if actor.local else "actor", name=str(actor.id))
    if action == "block":
        return Target(what="host", name=given.partition("://")[2].partition("/")[0] or given)
    raise Unprocessable("A host can hide a post, suspend an account and block a server; this is none of it.")


async def check(tx: Tx, kind: str, given: Mapping[str, Any], *, by: str) -> None:
    """Refused if an act, or an effect that it proposes, is about something that is not known here: it could not be
    moderated, and would stand in the ledger for ever. `given`: as people give it, with targets in the open. `by`: the
    member; of who may not moderate nothing is asked, so that nobody learns by it what is here."""
    if kind == "moderate" and await seeing.mandated(tx, by, "moderation") and given.get("target") is not None:
        await refuse_again(tx, await found(tx, str(given["target"]), str(given.get("action"))))
    for effect in abilities.effects_in(given) if kind in ("propose", "revise") else ():
        arguments = effect.get("arguments") if isinstance(effect, Mapping) else None
        revised = isinstance(arguments, Mapping) and is_hash(arguments.get("target"))  # it was looked for before
        if isinstance(arguments, Mapping) and effect.get("kind") == "Moderate" and not (kind == "revise" and revised):
            await _check(tx, arguments)


async def _check(tx: Tx, given: Mapping[str, Any]) -> None:
    if given.get("target") is not None:
        await found(tx, str(given["target"]), str(given.get("action")))


async def refuse_again(tx: Tx, target: Target) -> None:
    """Refused if one person did the same to it not long ago, under another id: what nobody confirmed in time is for all
    to decide. The law cannot see that, because the ledger only commits to what is meant."""
    row = await tx.row(SQL.again, target.what, target.name, AGAIN_AFTER)
    if row is not None and row["phase"] in HOLDS:
        raise Refused("This holds already. Who wants it to last confirms it, or proposes it to all.")
    if row is not None:
        raise Refused(
            "This was done not long ago, and nobody confirmed it in time: now it takes a decision.", cause=row["id"]
        )


async def _post(tx: Tx, given: str) -> int:
    page = _PAGE.fullmatch(given.removeprefix(tx.store.settings.origin))
    number = (
        int(next(filter(None, page.groups()))) if page else int(given) if given.isascii() and given.isdigit() else 0
    )
    known = await posts.by_id(tx, number) if 0 < number < 1 << 63 else await posts.by_uri(tx, given)
    if known is None:
        raise Missing("There is no such post here.")
    return known.boost_of or known.id


async def _actor(tx: Tx, given: str) -> Actor:
    if "://" in given:
        page = given.removeprefix(f"{tx.store.settings.origin}/@")
        actor = await (actors.by_uri(tx, given) if page == given else actors.by_name(tx, page))
    else:
        name, _, host = given.removeprefix("@").partition("@")
        ours = host in (tx.store.settings.domain, tx.store.settings.account_domain)
        actor = await actors.by_name(tx, name, "" if ours else host)
    if actor is None or actor.kind == actors.INSTANCE_KIND:
        raise Missing("There is no such account here.")
    return actor


async def _hide_post(tx: Tx, name: str, hidden: bool) -> None:
    await (withholding.withhold(tx, int(name)) if hidden else withholding.show(tx, int(name)))


async def _suspend_account(tx: Tx, name: str, hidden: bool) -> None:
    account = await accounts.by_actor(tx, int(name))
    if hidden and account.state != "active":
        raise Refused(f"{account.actor.name} is {account.state}, not active.")
    if hidden:
        await accounts.suspend(tx, account)
    elif account.state == "suspended":
        await accounts.restore(tx, account)


async def _suspend_actor(tx: Tx, name: str, hidden: bool) -> None:
    await tx.run(actors.SQL.set_suspended, int(name), hidden)


async def _block_host(tx: Tx, name: str, hidden: bool) -> None:
    if hidden and await peers.is_blocked(tx, name):
        raise Refused(f"{name} is blocked already.")
    await (peers.block(tx, name, "The phyle decided so.") if hidden else peers.unblock(tx, name))


_DO: Mapping[What, Callable[[Tx, str, bool], Awaitable[None]]] = {
    "post": _hide_post,
    "account": _suspend_account,
    "actor": _suspend_actor,
    "host": _block_host,
}
