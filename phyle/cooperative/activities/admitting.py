"""The door of the members' group: to follow it, from any server, is to apply; to unfollow is to leave."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from phyle.conversation import follows, publishing
from phyle.conversation.publishing import Draft
from phyle.cooperative import acting, people
from phyle.cooperative.activities import crediting
from phyle.cooperative.activities.attesting import attest, attest_by, identity_of, unneeded
from phyle.cooperative.agora import page
from phyle.cooperative.audit.asking import BOOTH
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.forms import new_id
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.ledger import acts, reading, signing
from phyle.federation import evidence
from phyle.federation.evidence import Evidence
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

IN = ("probation", "member", "lapsed", "suspended")
"""Standings in which somebody belongs to the group: they hear of what is deliberated."""
APPLYING = ("applicant",)
_WELCOME: Mapping[str, str] = {
    "probation": "You are on probation in {phyle}: you can take part and make proposals, and do not vote yet",
    "member": "You are a full member of {phyle} and can vote, in the polls of its agora or in the booth",
}
"""What somebody is told whose standing is another now."""


async def asked(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of GroupFollowAsked: who asks to follow the members' group applies, unless they are in already."""
    await _answer(tx, body)
    await unneeded(tx, body["evidence"])


async def _answer(tx: Tx, body: Mapping[str, Any]) -> None:
    group, follower = await circle(tx, MEMBERS), await actors.by_id(tx, body["follower"])
    if body["followed"] != group.id:
        return
    here = await reading.phyle(tx)
    member = await people.member_of(tx, follower.id)
    standing = await acting.standing(tx, member) if member is not None else None
    if standing in IN:
        await follows.accept(tx, group, follower)
    elif here is None or here.phase not in ("active", "dormant"):
        await follows.reject(tx, group, follower)
        await write_to(tx, group, follower, "This phyle is not founded yet, so it cannot take applications.")
    elif standing not in APPLYING:
        await _apply(tx, here, group, follower, body["evidence"])
        member = await people.member_of(tx, follower.id)
        if member is not None:
            await crediting.remember(tx, member, "Follow", body["uri"])


async def _apply(tx: Tx, here: Phyle, group: Actor, follower: Actor, request: int | None) -> None:
    if follower.local:
        await acting.apply_in(tx, follower)
    elif request is None or "rsa" not in await actors.public_keys(tx, follower):  # nothing could prove who asked
        await follows.reject(tx, group, follower)
        return
    else:
        await apply_from_elsewhere(tx, follower, await evidence.take(tx, request))
    await write_to(tx, group, follower, f"{applied(tx, here)} To withdraw, unfollow.")


def applied(tx: Tx, here: Phyle) -> str:
    """What somebody is told who has applied."""
    return (
        f"You have applied for membership of {here.origin.partition('/')[0]}. Members who know you can vouch for you, "
        f"or the phyle decides; what is going on: {page(tx, 'members')}."
    )


async def apply_from_elsewhere(tx: Tx, person: Actor, request: Evidence, klass: str | None = None) -> str:
    """An application of somebody on a server without ledger keys, known by the key that signs their requests, as it is
    now; the act's hash. Whoever was a member before applies under the same membership."""
    known = await people.member_of(tx, person.id)
    wanted = {"klass": klass} if klass else {}
    if known is not None and await acting.standing(tx, known) in acting.GONE:
        return await attest_by(tx, known, "apply_again", wanted, [], request=request)
    contributed = known is not None and await reading.get(tx, Contributor, known) is not None  # by a key of their own
    member = new_id() if known is None or contributed else known
    openings = await identity_of(tx, person, member)
    payload = {
        "member": member,
        "custody": "none",
        "via": urlsplit(person.uri).netloc.lower(),
        "identity": {opening.name: opening.commitment for opening in openings},
        **wanted,
    }
    await people.link(tx, member, person.id)
    return await attest_by(tx, member, "apply", payload, openings, request=request)


async def ended(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of GroupFollowEnded: who takes back the Follow leaves, or withdraws their application."""
    await _leave(tx, body)
    await unneeded(tx, body["evidence"])


async def _leave(tx: Tx, body: Mapping[str, Any]) -> None:
    group, follower = await circle(tx, MEMBERS), await actors.by_id(tx, body["follower"])
    member = await people.member_of(tx, follower.id) if body["followed"] == group.id else None
    if member is None or await acting.standing(tx, member) not in (*IN, *APPLYING):
        return
    if follower.local:
        document = await signing.as_member(tx, member, "exit", {})
        await acts.submit_in(tx, document, author="server-key")
    elif body["evidence"] is not None:
        await attest(tx, member, "exit", {}, [], request=body["evidence"])


async def stood(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of StandingChanged: the group has exactly those who belong to the phyle."""
    actor = await people.actor_of(tx, body["member"])
    if actor is None or await people.member_of(tx, actor) != body["member"]:
        return
    group, person = await circle(tx, MEMBERS), await actors.by_id(tx, actor)
    standing = await acting.standing(tx, body["member"])
    if standing in IN:
        await follows.accept(tx, group, person)
        await _tell(tx, group, person, body)
    elif standing not in APPLYING:
        await follows.reject(tx, group, person)


async def _tell(tx: Tx, group: Actor, person: Actor, body: Mapping[str, Any]) -> None:
    """An accepted Follow is no news in any app; whoever came in is told, and where to vote. Founders know."""
    says = _WELCOME.get(body["standing"])
    member = await reading.get(tx, Member, body["member"])
    if says is None or member is None or member.founder:
        return
    says = says.format(phyle=tx.store.settings.domain)
    how = "" if person.local else f". To enter the booth, answer this post with the one word {BOOTH}"
    await write_to(tx, group, person, f"{says}: {page(tx, 'proposals')}{how}")


async def write_to(tx: Tx, group: Actor, person: Actor, says: str) -> None:
    """A direct post of the members' group to somebody."""
    await publishing.publish_as(tx, group, Draft(text=f"@{person.acct} {says}", visibility="direct"))
