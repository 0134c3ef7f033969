"""Seeing: who asks about the phyle, and which openings are meant for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative import people
from phyle.cooperative.law.mandates import holds
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.register import Inspection
from phyle.cooperative.ledger import openings, reading, signing
from phyle.cooperative.ledger.openings import Audience
from phyle.errors import Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

PRESENT = ("probation", "member", "lapsed", "suspended")
"""Standings in which somebody is a member, and sees what is meant for members."""
HOUR = 3600 * 1000
INSPECTION_LASTS = HOUR
"""How long after an inspection was entered the register is open to whoever asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Who asks: their membership and standing, if they have any."""

    member: str = ""
    standing: str = ""

    @property
    def inside(self) -> bool:
        """Whether they are a member of the phyle, in whichever standing."""
        return self.standing in PRESENT

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whose openings they may see, besides their own."""
        return ("public", "members") if self.inside else ("public",)


NOBODY = Sight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of a member: `id` as everywhere in the API, `uri` on the wire."""

    id: str
    uri: str
    acct: str
    display_name: str
    url: str


async def sight(tx: Tx, actor: int | None) -> Sight:
    """What somebody may see. `actor`: their account, None for nobody in particular."""
    member = None if actor is None else await people.member_of(tx, actor)
    if member is None:
        return NOBODY
    found = await reading.get(tx, Member, member)
    return Sight(member=member, standing=found.standing if found is not None else "")


async def at(tx: Tx) -> int:
    """The time of the ledger's clock, in milliseconds."""
    return int(await tx.value(signing.SQL.clock))


async def check_register(tx: Tx, viewer: Sight, as_of: int | None = None) -> None:
    """Refused unless they hold a mandate with the scope `register`, or had a purpose entered within the last hour for
    which they inspect the register as it is, or as it was after the entry `as_of`."""
    if viewer.inside and await mandated(tx, viewer.member, "register"):
        return
    found = await reading.get(tx, Inspection, viewer.member) if viewer.inside else None
    if found is None or await at(tx) >= found.at + INSPECTION_LASTS or found.as_of != as_of:
        raise Refused("The register is open to members for an hour after they had their purpose entered: inspect it.")


async def mandated(tx: Tx, member: str, scope: str) -> bool:
    """Whether a member holds an office with this scope now."""
    here = await reading.get(tx, Phyle)
    if here is None or here.charter is None:
        return False
    now, state = await at(tx), await reading.load(tx)
    return await reading.knowing(tx, state, lambda: holds(state, member, scope, now))


async def names(tx: Tx, viewer: Sight, members: Iterable[str]) -> dict[str, Account]:
    """The accounts of members, for those who may see them: themselves theirs, members all."""
    wanted = [id for id in dict.fromkeys(members) if viewer.inside or id == viewer.member]
    found = await people.actors_of(tx, wanted) if wanted else {}
    known = await actors.by_ids(tx, found.values())
    return {member: account(known[actor]) for member, actor in found.items() if actor in known}


async def called(tx: Tx, viewer: Sight, members: Iterable[str]) -> dict[str, str]:
    """How members are called in sentences, as far as one may see it."""
    return {member: f"@{account.acct}" for member, account in (await names(tx, viewer, members)).items()}


def account(actor: Actor) -> Account:
    """An account as it is shown."""
    display = "" if actor.gone else actor.display_name
    return Account(id=str(actor.id), uri=actor.uri, acct=actor.acct, display_name=display, url=actor.url)


async def opened(tx: Tx, viewer: Sight, commitments: Iterable[str | None]) -> Mapping[str, Any]:
    """The values behind commitments, as far as the viewer may see them: what is for others or erased is absent."""
    wanted = [each for each in commitments if each is not None]
    found = await openings.opened(tx, wanted, audiences=viewer.audiences, own=viewer.member) if wanted else {}
    return {commitment: it.value for commitment, it in found.items()}


async def said(tx: Tx, viewer: Sight, about: str, name: str) -> dict[str, str]:
    """What members said, by member: openings of a name about something, as far as the viewer may see them. What was
    said last counts."""
    found = await openings.about(tx, about, name, audiences=viewer.audiences)
    return {it.by: it.value for it in found if isinstance(it.value, str)}
