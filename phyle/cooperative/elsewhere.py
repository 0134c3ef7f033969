"""Elsewhere: memberships of people here in other phyles, and what they did there, as far as we were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.errors import Missing
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

LIVE = ("asked", "admitted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A membership in another phyle. `phyle`: the origin of its ledger; `state`: asked, admitted, refused or left;
    `credential`: what that phyle gave, once one is admitted; `reason`: why it did not take the application at all."""

    phyle: str
    member: str
    state: str
    changed: datetime
    credential: Mapping[str, Any] | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAct:
    """An act that went to another phyle: sent, entered there, or refused for a reason. Its receipt is kept."""

    act: str
    kind: str
    phyle: str
    state: str
    reason: str | None
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How we know a membership elsewhere. `group`: the number of the group of that phyle's members; `reason`: why the
    application was not taken, so that it stands in no ledger."""

    origin: str
    member: str
    actor: int
    group: int
    state: str
    reason: str | None


async def mine(tx: Tx, actor: int) -> list[Elsewhere]:
    """The memberships of somebody here in other phyles."""
    return [Elsewhere(**row) for row in await tx.rows(SQL.mine, actor)]


async def sent(tx: Tx, actor: int) -> list[SentAct]:
    """What somebody here sent to other phyles, the newest first."""
    return [SentAct(**row) for row in await tx.rows(SQL.sent, actor)]


async def link(tx: Tx, actor: int, origin: str) -> Link:
    """The newest membership of somebody here in a phyle. Missing if there is none."""
    found = _link(await tx.row(SQL.link, actor, origin))
    if found is None:
        raise Missing("You have not asked to become a member of that phyle.", cause=origin)
    return found


async def live(tx: Tx, actor: int) -> list[Link]:
    """The memberships in other phyles that somebody here has or has asked for."""
    return [Link(**row) for row in await tx.rows(SQL.live, actor, list(LIVE))]


async def known(tx: Tx, actor: int, origin: str) -> Link | None:
    """As `link`, None if there is none; nobody else changes it until the transaction ends."""
    await tx.run(SQL.one_at_a_time, actor)
    return _link(await tx.row(SQL.link, actor, origin))


async def by_activity(tx: Tx, activity: str) -> Link | None:
    """The membership that an activity of ours asked for."""
    return _link(await tx.row(SQL.by_activity, activity))


async def by_act(tx: Tx, activity: str) -> tuple[Link, Record] | None:
    """The membership as which an act was done that an activity of ours carried, and the act: act, kind, state."""
    row = await tx.row(SQL.by_act, activity)
    found = _link(await tx.row(SQL.of_member, row["origin"], row["member"])) if row is not None else None
    return (found, row) if found is not None and row is not None else None


async def ask(tx: Tx, origin: str, member: str, *, actor: int, group: int, activity: str) -> None:
    """A membership is asked for, or again, by an activity."""
    await tx.run(SQL.ask, origin, member, actor, group, activity)


async def stands(tx: Tx, origin: str, member: str, state: str, *, reason: str | None = None) -> None:
    """What we were told of it."""
    await tx.run(SQL.stands, origin, member, state, reason)


async def keep_credential(tx: Tx, origin: str, member: str, credential: Mapping[str, Any]) -> None:
    """A credential that was verified: it is an admission."""
    await tx.run(SQL.keep_credential, origin, member, dict(credential))


async def note_sent(tx: Tx, activity: str, *, act: str, kind: str, origin: str, member: str) -> None:
    """An act is on its way."""
    await tx.run(SQL.note_sent, activity, act, kind, origin, member)


async def answered(tx: Tx, activity: str, *, entered: bool, reason: str | None) -> None:
    """What became of it."""
    await tx.run(SQL.answered, activity, "entered" if entered else "refused", reason)


def _link(row: Record | None) -> Link | None:
    return None if row is None else Link(**row)
