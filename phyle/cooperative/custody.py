"""Custody: the keys of the phyle and who endorses new ones; and what a member signs to bring a key of their own."""

from dataclasses import dataclass

from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyle_keys import ENDORSERS, Endorsement, Which
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.ledger import reading, signing
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx

USES: tuple[Which, ...] = ("log", "credential")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhyleKey:
    """A key of the phyle as a Multikey, and the one that shall follow it with the members who endorsed that."""

    which: Which
    key: str
    next: str | None
    endorsed_by: tuple[str, ...]
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """How a member is known: by which key, in whose custody. `bring`: what to sign with a new key of one's own, where
    the place of the key is marked; `organisation`: somebody else acts for the member, by the key `represented_by`."""

    key: str | None
    custody: str
    bring: str
    organisation: bool
    represented_by: str | None


async def phyle_keys(tx: Tx) -> list[PhyleKey]:
    """Both keys of the phyle. Missing before the ledger began."""
    here = await reading.phyle(tx)
    if here is None:
        raise Missing("The ledger of this instance has not begun yet.")
    found = []
    for which, key in zip(USES, (here.log_key, here.credential_key), strict=True):
        endorsed = await reading.get(tx, Endorsement, which)
        by = endorsed.by if endorsed is not None else ()
        found.append(
            PhyleKey(
                which=which,
                key=key,
                next=endorsed.key if endorsed is not None else None,
                endorsed_by=tuple(by),
                missing=max(ENDORSERS - len(by), 0),
            )
        )
    return found


async def own_key(tx: Tx, viewer: Sight) -> OwnKey:
    """One's own. Missing for somebody who has no membership."""
    member = await reading.get(tx, Member, viewer.member) if viewer.member else None
    if member is None:
        raise Missing("You are no member of this phyle: apply first.")
    state = await reading.load(tx)
    classes = (await reading.knowing(tx, state, lambda: charter(state))).membership.classes
    named = member.representative
    return OwnKey(
        key=member.key,
        custody=member.custody,
        bring=f"phyle-key/v1\n{await signing.origin(tx)}\n{viewer.member}\nKEY\n",
        organisation=member.klass in classes and classes[member.klass].principal == "organisation",
        represented_by=(named.key or named.via) if named is not None else None,
    )
