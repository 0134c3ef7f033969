"""Credentials of our members: issued to those past probation, with the newest checkpoint as their proof."""

from typing import Any

from phyle.cooperative import people
from phyle.cooperative.law import credentials
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import checkpoints, reading, signing, trees
from phyle.cooperative.tree.logged import Logged
from phyle.errors import Missing, Refused
from phyle.identity import actors
from phyle.store.transaction import Tx


async def issue(tx: Tx, member: str) -> dict[str, Any]:
    """The credential of a full member. Refused for whoever is none; Missing as long as no checkpoint covers the entry
    that made them one, and if nothing says any more whose membership it is."""
    found = await reading.get(tx, Member, member)
    if found is None or found.standing != "member":
        raise Refused("Only full members have a credential.", cause=member)
    actor = await people.actor_of(tx, member)
    head, leaf = await checkpoints.newest(tx), await reading.entry(tx, found.entry)
    if actor is None or leaf is None:
        raise Missing("Nothing says any more whose membership this is.", cause=member)
    if head is None or head.size <= found.entry:
        raise Missing("No checkpoint covers your membership yet. One is published at most a second after each entry.")
    logged = Logged(found.entry, tuple(await trees.inclusion(tx, found.entry, head.size)), head.note)
    return credentials.credential(
        await reading.load(tx, (Member.SLICE, member)),
        member,
        actor=(await actors.by_id(tx, actor)).uri,
        issuer=(await actors.service(tx)).uri,
        leaf=leaf,
        logged=logged,
        key=(await signing.keys(tx)).credential,
        at=await tx.value(signing.SQL.clock),
    )
