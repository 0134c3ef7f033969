"""What is about oneself: one's membership, what one has lent and holds, and all that the phyle holds about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.cooperative import lists, members
from phyle.cooperative.law.delegations import Delegation
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.law.values import write
from phyle.cooperative.ledger import reading, receipts
from phyle.cooperative.members import Application, Membership
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """`application`: as long as one waits. `identity`: what one told, by name. `delegations`: votes one has lent;
    `lent_to_me`: those that others lent one, by the member, each with its scope."""

    membership: Membership
    application: Application | None
    key: str | None
    identity: Mapping[str, Any]
    mandates: tuple[Mandate, ...]
    delegations: tuple[Delegation, ...]
    lent_to_me: tuple[Delegation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOpening:
    """A value that one gave, with the salt that opens its commitment, and the entry that holds it."""

    name: str
    value: Any
    salt: str
    commitment: str
    entry: int | None
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAct:
    """An act that one signed, as signed; what became of it, with its entry or the reason why it was refused."""

    hash: str
    state: str
    received: int
    entry: int | None
    reason: str | None
    act: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Everything. `member` is the slice of the ledger's state. `receipts`: of other phyles, for what one did there."""

    id: str
    member: Any
    openings: tuple[OwnOpening, ...]
    acts: tuple[OwnAct, ...]
    receipts: tuple[Any, ...]


async def mine(tx: Tx, viewer: Sight) -> Mine:
    """One's own membership. Missing for somebody who has none."""
    found = await _member(tx, viewer)
    lent = await reading.group(tx, Delegation)
    waits = found.standing in members.WAITING
    return Mine(
        membership=await members.member(tx, viewer, viewer.member),
        application=await members.application(tx, viewer, viewer.member) if waits else None,
        key=found.key,
        identity=await _identity(tx, viewer, found),
        mandates=tuple((await lists.about(tx, Mandate, viewer.member)).values()),
        delegations=tuple(each for each in lent.values() if each.member == viewer.member),
        lent_to_me=tuple(each for each in lent.values() if each.to == viewer.member),
    )


async def _member(tx: Tx, viewer: Sight) -> Member:
    found = await reading.get(tx, Member, viewer.member) if viewer.member else None
    if found is None:
        raise Missing("You are no member of this phyle: apply first.")
    return found


async def _identity(tx: Tx, viewer: Sight, member: Member) -> dict[str, Any]:
    rows = await tx.rows(SQL.opened, list(member.identity.values()))
    values = {row["commitment"]: orjson.loads(row["value"]) for row in rows}
    return {name: values[hash] for name, hash in member.identity.items() if hash in values}


async def export(tx: Tx, viewer: Sight) -> Export:
    """All that the phyle holds about somebody. Missing for somebody who has no membership."""
    member = await _member(tx, viewer)
    return Export(
        id=viewer.member,
        member=write(member),
        openings=tuple(
            OwnOpening(
                name=row["name"],
                value=parse(row["value"]),
                salt=row["salt"],
                commitment=row["commitment"],
                entry=row["seq"],
                about=row["about"],
            )
            for row in await tx.rows(SQL.openings_of, viewer.member)
        ),
        acts=tuple(
            OwnAct(
                hash=row["hash"],
                state=row["state"],
                received=row["received"],
                entry=row["seq"],
                reason=row["sentence"],
                act=orjson.loads(row["document"]),
            )
            for row in await tx.rows(SQL.acts_of, viewer.member)
        ),
        receipts=tuple(await receipts.kept(tx, viewer.member)),
    )
